"""docs/features.md is whole and true to the tests: every row once, and a test behind everything that is said to work."""

import ast
from functools import cache

import pytest

from tests.support.sources import ROOT

NUMBERS = [*map(str, range(1, 188)), *(f"B{n}" for n in range(1, 26))]


def table() -> list[list[str]]:
    """The cells of each numbered row: number, feature, state, screen, test."""
    lines = (ROOT / "docs" / "features.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in rows if row[0].removeprefix("B").isdigit()]


@cache
def functions_in(path: str) -> set[str]:
    """Names of the test functions in a file; none when it does not exist."""
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module(body=[], type_ignores=[])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def complaint(state: str, screen: str, test: str) -> str:
    """What is wrong with a row, in words; nothing when it is fine."""
    if state not in {"yes", "partly", "no"}:
        return f"the state {state!r} does not exist"
    if screen != "—" and not screen.startswith("/"):
        return f"{screen!r} is no path"
    if (test == "—") != (state == "no"):
        return "a test stands beside what works, and only there"
    path, _, name = test.partition("::")
    return "" if state == "no" or name in functions_in(path) else f"{test} does not exist"


def test_every_feature_stands_there_once():
    assert [row[0] for row in table()] == NUMBERS
    assert all(len(row) == 5 and row[1] for row in table())


@pytest.mark.parametrize("row", table(), ids=lambda row: row[0])
def test_a_feature_that_works_has_a_test(row):
    assert not complaint(*row[2:])


def test_the_sums_above_the_table_are_its_rows():
    said = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")

    def counted(rows):
        return ", ".join(f"{sum(row[2] == state for row in rows)} {state}" for state in ("yes", "partly", "no"))

    rows = table()
    assert f"Of the 187: {counted(rows[:187])}. Of the 25: {counted(rows[187:])}." in said


@pytest.mark.parametrize(
    "cells",
    [
        ("soon", "/", "—"),
        ("yes", "tirocini", f"{__name__.replace('.', '/')}.py::test_every_feature_stands_there_once"),
        ("yes", "/", "—"),
        ("no", "—", f"{__name__.replace('.', '/')}.py::test_every_feature_stands_there_once"),
        ("partly", "/", f"{__name__.replace('.', '/')}.py::test_that_nobody_wrote"),
        ("yes", "/", "tests/nowhere.py::test_every_feature_stands_there_once"),
    ],
)
def test_a_wrong_row_is_noticed(cells):
    assert complaint(*cells)
