"""The crowd for measurements: what was asked, whole rows, the same for the same number."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from tests.demo.test_seed import INVARIANTS, seed
from tests.support import database, seeded

pytestmark = pytest.mark.deep
WANTED = ("--ambiti", "6", "--placements", "600")


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    name, folder = "impresa_test_crowd", tmp_path_factory.mktemp("crowd")
    with django_db_blocker.unblock():
        seeded.copy(name, folder)
        try:
            assert "Altri 600 tirocini in 6 Ambiti" in seed(name, folder, *WANTED)
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


def test_every_invariant_of_the_demo_holds(crowd: tuple[str, Path]) -> None:
    found = ask(crowd[0], INVARIANTS)
    assert not found, {invariant for invariant, _detail in found}


def test_a_second_run_changes_nothing(crowd: tuple[str, Path]) -> None:
    assert "la folla c'è già" in seed(crowd[0], crowd[1], *WANTED)


@pytest.mark.parametrize("options", [("--ambiti", "2", "--placements", "10"), ("--ambiti", "6")])
def test_too_little_is_refused(crowd: tuple[str, Path], options: tuple[str, ...]) -> None:
    from tests.demo.test_seed import run_seed

    done = run_seed(*crowd, *options)
    assert done.returncode and "Servono --ambiti" in done.stderr
