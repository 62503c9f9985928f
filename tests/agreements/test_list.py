"""The list of placements: its orders, where it begins, whom a name finds."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import User
from impresasolidale.core.names import ids_named
from impresasolidale.core.scope import scope
from impresasolidale.core.sql import ENOUGH
from placements.agreements.enums import LIFE, PlacementState
from placements.agreements.models import Placement
from placements.beneficiaries.models import Beneficiary
from tests.factories.agreements import make_placement
from tests.factories.beneficiaries import make_beneficiary

pytestmark = pytest.mark.django_db
S = PlacementState
URL = reverse("agreements:list")


@pytest.fixture
def three(worker: User) -> list[Placement]:
    """Bianchi proposed from December, Rossi a draft from January, Verdi active since November."""
    access = access_for(worker)
    with scope(access.scope):
        rows = [
            make_placement(access, state, person=make_beneficiary(access, number=n, last_name=name), starts_on=start)
            for n, (name, state, start) in enumerate(
                [("Bianchi", S.PROPOSED, date(2026, 12, 7)), ("Rossi", S.DRAFT, date(2027, 1, 11)), ("Verdi", S.ACTIVE, date(2026, 11, 2))],
                1,
            )
        ]
    return rows


def names(client: Any, **query: str) -> list[str]:
    page = client.get(URL, query)
    assert page.status_code == 200
    return [str(row.beneficiary.last_name) for row in page.context["rows"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Rossi", "Bianchi", "Verdi"]),
        ({"ordina": "nome"}, ["Bianchi", "Rossi", "Verdi"]),
        ({"ordina": "stato"}, ["Rossi", "Bianchi", "Verdi"]),
        ({"dal": "2026-12-31"}, ["Bianchi", "Verdi"]),
        ({"lettera": "ro"}, ["Rossi", "Verdi"]),
        ({"q": "rosi"}, ["Rossi"]),
        ({"q": "ro"}, ["Rossi", "Bianchi", "Verdi"]),
        ({"ordina": "a caso"}, ["Rossi", "Bianchi", "Verdi"]),
    ],
)
def test_orders_and_filters(query: dict[str, str], expected: list[str], three: list[Placement], worker: User, signed_in: Any) -> None:
    assert names(signed_in(worker), **query) == expected


def test_too_few_letters_are_told(three: list[Placement], worker: User, signed_in: Any) -> None:
    page = signed_in(worker).get(URL, {"q": "ro"})
    assert "almeno 3 caratteri" in page.content.decode()


def test_a_changed_name_is_found_and_sorted(three: list[Placement], worker: User, signed_in: Any) -> None:
    """The trigger carries the person's name to every placement."""
    with scope(access_for(worker).scope):
        Beneficiary.objects.filter(pk=three[0].beneficiary_id).update(last_name="Zanetti", search_key="zanetti anna")
    client = signed_in(worker)
    assert names(client, ordina="nome") == ["Rossi", "Verdi", "Zanetti"]
    assert names(client, q="zaneti") == ["Zanetti"]


def test_every_state_has_its_place_in_the_order() -> None:
    assert set(LIFE) == set(S) and len(LIFE) == len(set(LIFE))


def test_names_stay_behind_the_wall(three: list[Placement], worker: User, stranger: User) -> None:
    """The search runs as the tables' owner: it keeps to the scope by itself."""
    with connection.cursor() as cursor:
        for user, found in ((worker, True), (stranger, False)):
            with scope(access_for(user).scope):
                for table in ("beneficiaries_beneficiary", "agreements_placement"):
                    cursor.execute(f"SELECT count(*) FROM {table}_named('rossi')")
                    assert bool(cursor.fetchone()[0]) is found, (table, user)
        cursor.execute("SELECT count(*) FROM agreements_placement_named('rossi')")
        assert cursor.fetchone() == (0,), "without a scope nobody is found"


def test_mistakes_are_forgiven_until_a_page_of_rows_holds_what_was_typed(within: Any, worker: User, stranger: User) -> None:
    """Those of other offices do not count: 25 Rossi there, and a Rosso here is still found."""
    for number in range(ENOUGH):
        make_beneficiary(within(stranger), last_name="Rossi", number=100 + number)
    by = within(worker)
    near = make_beneficiary(by, last_name="Rosso", number=200)
    ours = {make_beneficiary(by, last_name="Rossi", number=201 + number).pk for number in range(ENOUGH - 1)}
    assert {*ids_named(Beneficiary, "rossi")} == ours | {near.pk}
    last = make_beneficiary(by, last_name="Rossi", number=300)
    assert {*ids_named(Beneficiary, "rossi")} == ours | {last.pk}
