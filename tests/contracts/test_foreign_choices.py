"""A form takes no row of another Ambito, whatever somebody writes into a hidden field or a choice. Made from the pages themselves."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps

from impresasolidale.accounts.permissions import Role
from tests.contracts.test_sweep import NOWHERE, ONE, UUID, WORDS, addresses, client_of, demo, filled, of_an_ambito  # noqa: F401
from tests.support import database

pytestmark = pytest.mark.deep
OURS = ONE.__class__(int=2, version=4)  # the public id of a row of ours of every kind
TOKENS = {"csrfmiddlewaretoken", "_submission"}


class Forms(HTMLParser):
    """The POST forms of a page: where each goes, and every field with the values it offers, the chosen one first."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]]]] = []
        self.action: str | None = None
        self.choice = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.action = given.get("action", "")
            self.found.append((self.action, {}))
        elif self.action is None:
            return
        elif tag == "option" and self.choice:
            self._offer(self.choice, given.get("value", ""), first="selected" in given)
        elif name := given.get("name", ""):
            self.choice = name if tag == "select" else self.choice
            if tag in ("input", "textarea") and given.get("type") != "submit":  # buttons that lead elsewhere are not pressed
                chosen = given.get("type") not in ("checkbox", "radio") or "checked" in given
                self._offer(name, given.get("value", ""), first=chosen)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.action = None
        if tag in ("form", "select"):
            self.choice = ""

    def _offer(self, name: str, value: str, *, first: bool) -> None:
        values = self.found[-1][1].setdefault(name, [])
        values.insert(0 if first else len(values), value)


@pytest.fixture(scope="module")
def house(demo: dict[str, Any]) -> dict[str, Any]:  # noqa: F811
    """One row of ours of each kind under one public id, so that every page opens."""
    owned = {*of_an_ambito()}
    with database.owner(demo["name"]) as owner:
        for model in apps.get_models():
            if hasattr(model, "public_id") and model._meta.managed:
                table, mine = model._meta.db_table, "WHERE ambito_id = %s" if model in owned else "WHERE %s > 0"
                owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                owner.execute(
                    f"UPDATE {table} SET public_id = %s WHERE id = (SELECT id FROM {table} {mine} AND public_id <> %s ORDER BY id LIMIT 1)",
                    [OURS, demo["sondrio"].pk, ONE],
                )
                owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return demo


def attempts(client: Any) -> Iterator[tuple[str, str, dict[str, str]]]:
    """(address, field, what is sent) of every form that offers rows, once for each such field, a foreign row in it."""
    seen = set()
    for name, route in addresses():
        if name in NOWHERE or name == "accounts:end_membership":
            continue
        page = filled(route, OURS, word=WORDS.get(name, ["pdf"])[0])
        response = client.get(page)
        if response.status_code != 200 or response.streaming or "text/html" not in response["Content-Type"]:
            continue
        for action, fields in Forms(response.content.decode()).found:
            for field, values in fields.items():
                if field not in TOKENS and any(UUID.fullmatch(value) for value in values) and (action or page, field) not in seen:
                    seen.add((action or page, field))
                    sent = {name: next((v for v in values if v), "") for name, values in fields.items() if name not in TOKENS}
                    yield action or page, field, {**sent, field: str(ONE)}


@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.COORDINATOR, Role.ACCOUNTING])
def test_a_foreign_row_is_refused_wherever_it_is_written(house: dict[str, Any], role: Role) -> None:
    client, tried, taken = client_of(house["users"][role]), 0, []
    for address, field, sent in attempts(client):
        tried += 1
        answer = client.post(address, sent)
        said = answer.context["form"].errors if answer.status_code == 422 else {}
        if answer.status_code not in (403, 404, 405, 409) and field not in said:
            taken.append((answer.status_code, address, field, said))
    assert tried > 3 and taken == []
