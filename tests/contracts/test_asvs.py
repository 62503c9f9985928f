"""docs/operations/asvs.csv: every requirement of levels 1 and 2 once, and behind each a test that exists and runs, or a dated look."""

import ast
import csv
import os
import re
import subprocess
import sys
from datetime import date
from functools import cache

import pytest

from tests.support import proofs
from tests.support.sources import ROOT

FILE = ROOT / "docs" / "operations" / "asvs.csv"
# Requirements of levels 1 and 2 by chapter, counted in the standard's own list (5.0.0).
CHAPTERS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16, 17: 7}
NOTE = re.compile(r"note (\d{4}-\d{2}-\d{2})(: .+)?")


def rows() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def functions_in(path: str) -> dict[str, bool]:
    """Test functions of a file → whether each change runs them: neither skipped nor for the long run alone."""
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module(body=[], type_ignores=[])
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = {
                getattr(part, "attr", "") for each in node.decorator_list for part in [each.func if isinstance(each, ast.Call) else each]
            }
            found[node.name] = not marks & {"skip", "skipif", "xfail", "deep"}
    return found


def complaint(row: dict[str, str]) -> str:
    """What is wrong with a row, in words; nothing when it is fine."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", row["id"]) or row["level"] not in {"1", "2"}:
        return "no number or no level"
    if row["state"] not in {"met", "partly", "no", "n.a."} or not row["requirement"] or not row["where"]:
        return "a cell is empty or its state does not exist"
    if note := NOTE.fullmatch(row["proof"]):
        return "" if date.fromisoformat(note[1]) else "no day"
    path, _, name = row["proof"].partition("::")
    if name not in functions_in(path):
        return f"{row['proof']} does not exist"
    return "" if functions_in(path)[name] else f"{row['proof']} is not run"


def test_every_requirement_stands_there_once():
    ids = [row["id"] for row in rows()]
    assert len(ids) == len({*ids}) == 253
    assert ids == sorted(ids, key=lambda text: [int(part) for part in text.split(".")])
    assert {chapter: sum(each.startswith(f"{chapter}.") for each in ids) for chapter in CHAPTERS} == CHAPTERS
    assert [sum(row["level"] == level for row in rows()) for level in "12"] == [70, 183]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["id"])
def test_a_requirement_has_its_proof(row):
    assert not complaint(row)


GOOD = {"id": "1.1.1", "level": "1", "requirement": "x", "state": "met", "where": "y", "proof": "note 2026-12-01"}


@pytest.mark.parametrize(
    "change",
    [
        {"id": "V1"}, {"level": "3"}, {"state": "yes"}, {"where": ""}, {"proof": ""}, {"proof": "note"},
        {"proof": "tests/nowhere.py::test_x"},
        {"proof": "tests/contracts/test_asvs.py::test_that_nobody_wrote"},
        {"proof": "tests/demo/test_crowd.py::nothing"},
    ],
)  # fmt: skip
def test_a_wrong_row_is_noticed(change):
    assert not complaint(GOOD)
    assert complaint({**GOOD, **change})


def test_a_test_that_is_skipped_is_no_proof(tmp_path, monkeypatch):
    lines = ("@pytest.mark.skip(reason='x')", "def test_a(): pass", "@pytest.mark.deep", "def test_b(): pass", "def test_c(): pass")
    (tmp_path / "t.py").write_text("\n".join(lines))
    monkeypatch.setattr("tests.contracts.test_asvs.ROOT", tmp_path)
    assert functions_in("t.py") == {"test_a": False, "test_b": False, "test_c": True}


# --- That they ran: the end of the CI tier

TRIAL = """
import pytest

def test_good(): pass

def test_red(): assert False

@pytest.mark.skip(reason="x")
def test_skipped(): pass

def test_gives_up(): pytest.skip("x")

@pytest.mark.parametrize("n", [1, 2])
def test_both(n): pass

@pytest.mark.parametrize("n", [1, 2])
def test_half(n):
    if n == 2: pytest.skip("x")

@pytest.fixture
def late():
    yield
    assert False

def test_red_afterwards(late): pass

@pytest.mark.deep
def test_deep(): pass
"""


def test_only_what_ran_and_was_green_is_written_down(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text(TRIAL)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  deep: x\n")
    ran = tmp_path / "ran.txt"
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.support.proofs", "-p", "no:schemathesis", "-m", "not deep", "tests"]
    for _twice in "ab":  # the runs of the tier write one after the other
        subprocess.run(command, cwd=tmp_path, env={**own, "PYTHONPATH": str(ROOT), proofs.RAN: str(ran)}, check=False, capture_output=True)
    assert ran.read_text().split() == ["tests/test_x.py::test_both", "tests/test_x.py::test_good"] * 2


def test_a_proof_that_did_not_run_fails_the_tier(tmp_path, capsys):
    every = sorted(proofs.named())
    assert len(every) > 60 and proofs.missing(every) == []
    ran = tmp_path / "ran.txt"
    ran.write_text("\n".join(every))
    assert proofs.main(str(ran)) == 0
    ran.write_text("\n".join(every[1:]))
    assert proofs.main(str(ran)) == 1 and every[0] in capsys.readouterr().out
    assert proofs.main(str(tmp_path / "nothing.txt")) == 1
