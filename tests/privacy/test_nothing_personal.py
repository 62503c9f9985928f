"""No personal data where nobody would look for it: arguments of jobs, names of files, subjects of mails, addresses. That journeys leave
none there, nor in logs and headers, the sweep sees on its way (tests/contracts/test_sweep.py)."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from impresasolidale.core.fields import decrypt
from tests.support import database
from tests.support.seeded import seeded_database
from tests.support.told import told


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[str]:
    with django_db_blocker.unblock(), seeded_database(tmp_path_factory.mktemp("demo")) as name:
        yield name


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


@pytest.mark.django_db
def test_the_log_of_queries_is_off():
    """SQL carries values: it is never among the log lines of an installation."""
    assert not logging.getLogger("django.db.backends").isEnabledFor(logging.DEBUG) or connection.force_debug_cursor
