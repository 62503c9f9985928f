"""No personal data where nobody would look for it: logs, arguments of jobs, names of files, subjects of mails, addresses."""

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from impresasolidale.accounts.models import Membership
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.fields import decrypt
from tests.contracts.test_sweep import NOWHERE, addresses
from tests.support import database
from tests.support.seeded import seeded_database

MARK = "Zqxvw"  # a surname of nobody: planted in every person of the demo before the journeys
# Where the program writes by itself, and somebody reads who may not know the person. Words for people in the office (to-dos) are not here.
PLACES = {
    "core_job": ("arguments", "label", "words", "error"),
    "core_message": ("subject",),
    "core_document": ("file_name",),
    "core_upload": ("file_name",),
    "core_look": ("place",),
    "core_fact": ("data",),
    "core_todo": ("url",),
    "core_deadline": ("url",),
}
ROLES = (Role.SOCIAL_WORKER, Role.COORDINATOR, Role.CLERK, Role.ACCOUNTING, Role.COMUNE_OFFICER, Role.DPO, Role.COMPANY_TUTOR)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[str]:
    with django_db_blocker.unblock(), seeded_database(tmp_path_factory.mktemp("demo")) as name:
        yield name


def told(name: str, words: list[str]) -> list[tuple[str, str]]:
    """(place, word) for each word that stands in one of the PLACES."""
    found = []
    with database.owner(name) as db:
        for table, columns in PLACES.items():
            for column in columns:
                # One pass a column: the text of all rows, searched for all the words at once.
                rows = db.execute(f"SELECT DISTINCT lower({column}::text) FROM {table} WHERE {column}::text <> ''").fetchall()
                text = "\n".join(value for (value,) in rows)
                found += [(f"{table}.{column}", word) for word in words if word.lower() in text]
    return found


def people(name: str) -> list[str]:
    """Both orders of each person's whole name, and the codici fiscali."""
    with database.owner(name) as db:
        rows = db.execute("SELECT first_name, last_name, codice_fiscale FROM beneficiaries_beneficiary").fetchall()
    names = [word for first, last, _code in rows for word in (f"{first} {last}", f"{last} {first}")]
    return names + [decrypt(code, place="beneficiaries_beneficiary.codice_fiscale") for _first, _last, code in rows]


def test_what_the_program_wrote_by_itself_names_nobody(demo):
    words = people(demo)
    assert len(words) > 100
    assert told(demo, words) == []


def test_a_name_that_stood_there_is_found(demo):
    """The search is not blind."""
    somebody = people(demo)[0]
    with database.owner(demo) as db:
        (todo, url) = db.execute("SELECT id, url FROM core_todo ORDER BY id LIMIT 1").fetchone()
        try:
            db.execute("UPDATE core_todo SET url = %s WHERE id = %s", [f"/x/?q={somebody}", todo])
            db.execute("COMMIT")
            assert ("core_todo.url", somebody) in told(demo, [somebody])
        finally:  # the tests of this file share one database, in any order
            db.execute("UPDATE core_todo SET url = %s WHERE id = %s", [url, todo])
            db.execute("COMMIT")


def test_journeys_leave_no_name_in_logs_addresses_or_headers(demo, caplog):
    with database.owner(demo) as db:
        db.execute("UPDATE beneficiaries_beneficiary SET last_name = last_name || %s", [MARK])
        db.execute("COMMIT")
    caplog.set_level(logging.INFO)
    leaks, shown = [], 0
    for role in ROLES:
        held = Membership.objects.in_force(timezone.localdate()).filter(role=role).exclude(ambito__name__in=["Tirano", "Morbegno"])
        client = Client(raise_request_exception=False)
        client.force_login(held.order_by("id").first().user, backend="django.contrib.auth.backends.ModelBackend")
        for name, route in addresses():
            if "<" in route or name in NOWHERE:
                continue
            answer = client.get(route)
            body = "" if answer.streaming else answer.content.decode(errors="replace")
            shown += MARK in body
            leaks += [(name, header) for header, value in answer.headers.items() if MARK.lower() in value.lower()]
            # an address on a page says who by a public id alone
            leaks += [(name, link) for link in re.findall(r'(?:href|action|src)="([^"]*)"', body) if MARK.lower() in link.lower()]
    assert shown > 5  # the name is on the pages, where it belongs
    assert leaks == []
    assert [record.getMessage() for record in caplog.records if MARK.lower() in record.getMessage().lower()] == []
    assert told(demo, [MARK]) == []


@pytest.mark.django_db
def test_the_log_of_queries_is_off():
    """SQL carries values: it is never among the log lines of an installation."""
    assert not logging.getLogger("django.db.backends").isEnabledFor(logging.DEBUG) or connection.force_debug_cursor
