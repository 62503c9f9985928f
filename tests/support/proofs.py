"""Every test that docs/operations/asvs.csv names as a proof ran, and was green: asked at the end of the whole CI tier.

As a plugin (tests/conftest.py) it writes which tests were green to the file that IMPRESA_RAN names, one run after the other; as a program
(`python -m tests.support.proofs FILE`) it compares. A test that was skipped, left out or not collected proves nothing.
"""

import csv
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

LIST = Path(__file__).resolve().parents[2] / "docs" / "operations" / "asvs.csv"
RAN = "IMPRESA_RAN"
_green: set[str] = set()
_not: set[str] = set()


def named() -> dict[str, list[str]]:
    """Test → the requirements that it stands behind."""
    found: dict[str, list[str]] = {}
    with LIST.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if "::" in row["proof"]:
                found.setdefault(row["proof"], []).append(row["id"])
    return found


def missing(green: Collection[str]) -> list[str]:
    """The proofs that are not among the tests that were green, with their requirements."""
    return sorted(f"{test} ({', '.join(ids)})" for test, ids in named().items() if test not in green)


def pytest_runtest_logreport(report: Any) -> None:
    """With parameters a test is green when all that ran are, and one did."""
    test = report.nodeid.partition("[")[0]
    if report.failed or report.skipped:
        _not.add(test)
    elif report.when == "call":
        _green.add(test)


def pytest_sessionfinish(session: Any) -> None:
    """Several workers tell one process, which writes."""
    if (name := os.environ.get(RAN, "")) and not hasattr(session.config, "workerinput"):
        with Path(name).open("a", encoding="utf-8") as file:
            file.writelines(f"{test}\n" for test in sorted(_green - _not))


def main(name: str) -> int:
    path = Path(name)
    green = set(path.read_text(encoding="utf-8").split("\n")) if path.is_file() else set()
    without = missing(green)
    for each in without:
        print(f"docs/operations/asvs.csv names a proof that did not run, or was not green: {each}")
    print(f"{len(named()) - len(without)} of {len(named())} proofs of docs/operations/asvs.csv ran and were green.")
    return 1 if without else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
