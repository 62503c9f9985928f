"""The crowd for measurements: what was asked, whole rows, the same for the same number."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from tests.demo.test_seed import INVARIANTS, seed
from tests.support import database, seeded

pytestmark = pytest.mark.deep
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
