"""The crowd for measurements: what was asked, whole rows, the same for the same number."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from tests.demo.test_seed import INVARIANTS, seed
from tests.support import clock, database, seeded

pytestmark = pytest.mark.deep
SPELLING = r"::[a-z ]+(\[\])?|[()]"  # casts and brackets, which PostgreSQL writes otherwise when it reads its own words again
WANTED = ("--ambiti", "6", "--placements", "600", "--events", "20000")


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    name, folder = "impresa_test_crowd", tmp_path_factory.mktemp("crowd")
    with django_db_blocker.unblock():
        seeded.copy(name, folder)
        try:
            told = seed(name, folder, *WANTED)
            assert "Altri 600 tirocini in 6 Ambiti" in told and "presenze, in" in told
            yield name, folder
        finally:
            connections.close_all()
            database.drop(name)


def ask(name: str, statement: str) -> list[tuple[Any, ...]]:
    with database.owner(name) as db:
        return db.execute(statement).fetchall()


def test_it_has_what_was_asked(crowd: tuple[str, Path]) -> None:
    counts = dict(
        ask(crowd[0], "SELECT a.name, count(*) FROM agreements_placement p JOIN territory_ambito a ON a.id = p.ambito_id GROUP BY 1")
    )
    assert sum(counts.values()) == 600 + 90 and len(counts) == 6
    assert counts["Sondrio"] > 200 > counts["Tirano"] > 20, counts


def test_the_events_are_about_as_many_as_asked_and_their_months_add_up(crowd: tuple[str, Path]) -> None:
    of_the_crowd = "JOIN territory_ambito a ON a.id = {}.ambito_id WHERE a.code LIKE 'folla%'"
    (events, minutes), *_ = ask(crowd[0], f"SELECT count(*), sum(minutes) FROM attendance_attendanceevent e {of_the_crowd.format('e')}")
    (days, done, absent), *_ = ask(
        crowd[0],
        f"SELECT count(*), (SELECT sum(done_minutes) FROM attendance_timesheet t {of_the_crowd.format('t')}),"
        f" (SELECT sum(days_absent) FROM attendance_timesheet t {of_the_crowd.format('t')})"
        f" FROM attendance_plannedsession s {of_the_crowd.format('s')}",
    )
    assert events == days > 5000 and minutes == done and 0.03 < absent / events < 0.12


def test_every_invariant_of_the_demo_holds(crowd: tuple[str, Path]) -> None:
    found = ask(crowd[0], INVARIANTS)
    assert not found, {invariant for invariant, _detail in found}


JUDGE = """
import django
django.setup()
from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from placements.agreements.readiness import refresh_where
from tests.support.clock import DAY
from datetime import date
for ambito in Ambito.objects.all():
    office = Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason="test")
    with scope(office.scope):
        refresh_where(by=office, today=date.fromisoformat(DAY))
"""


def test_the_night_finds_it_as_it_is(crowd: tuple[str, Path]) -> None:
    """The lights are judged again every night: who runs has a person whose papers are as good as those of the demo's own."""
    environment = {**os.environ, "OWNER_DATABASE_URL": database.url_of(crowd[0]), "DATABASE_AS_OWNER": "1", **clock.environment()}
    environment["DJANGO_SETTINGS_MODULE"] = "impresasolidale.settings.embedded"
    subprocess.run([sys.executable, "-c", JUDGE], cwd=database.ROOT, env=environment, check=True)
    red = [detail for invariant, detail in ask(crowd[0], INVARIANTS) if "red light" in invariant]
    assert red == []


def test_every_key_and_index_is_back(crowd: tuple[str, Path]) -> None:
    """They are dropped while the tables are filled: uniqueness and exclusion too."""
    wanted = (
        "SELECT conrelid::regclass::text, conname, convalidated::text, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid <> 0 ORDER BY 1, 2",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
        "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
    )
    before = seeded.template(crowd[1])
    for statement in wanted:
        now, then = ([(*names, re.sub(SPELLING, "", text)) for *names, text in ask(db, statement)] for db in (crowd[0], before))
        assert now == then != []


def test_a_second_run_changes_nothing(crowd: tuple[str, Path]) -> None:
    told = seed(crowd[0], crowd[1], *WANTED)
    assert "la folla c'è già" in told and "presenze della folla ci sono già" in told


@pytest.mark.parametrize("options", [("--ambiti", "2", "--placements", "10"), ("--ambiti", "6")])
def test_too_little_is_refused(crowd: tuple[str, Path], options: tuple[str, ...]) -> None:
    from tests.demo.test_seed import run_seed

    done = run_seed(*crowd, *options)
    assert done.returncode and "Servono --ambiti" in done.stderr


def test_events_want_a_crowd(tmp_path: Path, django_db_setup: None, django_db_blocker: Any) -> None:
    from tests.demo.test_seed import run_seed

    with django_db_blocker.unblock():
        seeded.copy("impresa_test_no_crowd", tmp_path)
        try:
            done = run_seed("impresa_test_no_crowd", tmp_path, "--events", "10")
        finally:
            connections.close_all()
            database.drop("impresa_test_no_crowd")
    assert done.returncode and "Le presenze vanno a una folla" in done.stderr
