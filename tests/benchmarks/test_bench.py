"""./impresa bench on the demo's data: its rows and their shape, nothing left behind, its verdict. Never how long anything took."""

import io
import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from psycopg import sql

from impresasolidale.demo import bench, bench_papers, bench_reports, bench_verdict, crowd, together
from impresasolidale.demo.management.commands import bench as command
from tests.support import database, seeded

PAGES = ["agreements:list", "agreements:detail", "reports:dashboard", "website:figures", "attendance:today", "api:company-list"]
TOGETHER = [f"post_entry {how}" for how in ("x4", "hot x4", "hot x16", "hot x4 to x1", "hot x16 to x1")]
FUND = ["posting of a grant", "one pot, 32 hands to one"]
MONTHS = ["allowance engine", "month close"]  # each with how many months the demo has open
EXCHANGE = ["days from a file", "days from a file, bare insert"]  # the first with how many days it writes
MATCHING = ["matching", "matching, 95 in 100"]  # the first with how many sites have a sheet
REPORTS = ["monthly monitoring", "xlsx", "csv"]  # the first with how many months it reads, the others with how many rows
PAPERS = ["verification, queries", "register of 500, 95 in 100", "register of 500, a fifth found"]
POLICIES = ["policies, a list", "policies, a count"]
NAMES = [
    *PAGES,
    *POLICIES,
    "one tap",
    "post_entry",
    *TOGETHER,
    *FUND,
    *MONTHS,
    *EXCHANGE,
    *MATCHING,
    *REPORTS,
    "two schemes",
    "certificate",
    *PAPERS,
    "papers x3",
    "two workers",
    "django.setup",
]


def count_rows(name: str) -> dict[str, int]:
    """Rows of every table, as its owner sees them."""
    with psycopg.connect(database.url_of(name)) as db:
        tables = [table for (table,) in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        found = {}
        for table in tables:
            row = db.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
            assert row
            found[table] = row[0]
    return found


def _cold(compare: Callable[..., bench.Row], *args: Any, **options: Any) -> bench.Row:
    return compare(*args, **{**options, "warm_up": 0})


def test_it_measures_every_row_and_leaves_none(
    tmp_path: Path, django_db_setup: None, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # That every row is measured does not hang on how much is measured, nor on warm caches.
    monkeypatch.setattr(bench, "MANY", 3)
    monkeypatch.setattr(bench, "compare", partial(_cold, bench.compare))
    monkeypatch.setattr(bench_reports, "LINES", 500)
    monkeypatch.setattr(bench_papers, "COMPANIES", 500)
    monkeypatch.setattr(bench_papers, "EACH", 1)
    monkeypatch.setattr(together, "SLICE", 0.1)
    said = io.StringIO()
    with django_db_blocker.unblock(), seeded.seeded_database(tmp_path) as name:
        before = count_rows(name)
        try:
            call_command("bench", "--json", "--rounds=1", stdout=said)
            failed = False
        except CommandError as error:  # one cold round on a busy machine may be over a bound
            failed = "Oltre il limite" in str(error)
        assert count_rows(name) == before
    rows = json.loads(said.getvalue())
    assert failed == (not all(row["ok"] for row in rows))
    assert [re.sub(r", \d+$", "", row["name"]) for row in rows] == NAMES
    for row in rows:
        assert set(row) == {"name", "ours", "floor", "ratio", "target", "spread", "ok"}
        assert min(row["ours"], row["floor"], row["ratio"]) > 0
        assert row["ok"] == (row["ratio"] <= row["target"])


def row(name: str, ratios: list[float], target: float = 3.0) -> bench.Row:
    """As `compare` makes it of these rounds."""
    return bench.Row(name, 10.0, 5.0, round(median(ratios), 2), target, bench_verdict.spread(ratios))


QUIET = [1.98, 1.99, 2.0, 2.0, 2.0, 2.01, 2.02]
WIDE = [1.6, 1.7, 1.8, 2.0, 2.2, 2.3, 2.4]  # quartiles 1.75 and 2.25
COUNTED = [2.0]  # one figure of the whole run


@pytest.mark.parametrize(
    ("before", "now", "is_slower"),
    [
        (QUIET, QUIET, False),
        (QUIET, [x + 0.10 for x in QUIET], False),  # within a twentieth, whatever the rounds say
        (QUIET, [x + 0.11 for x in QUIET], True),
        (QUIET, [x - 0.5 for x in QUIET], False),
        (WIDE, [x + 0.5 for x in WIDE], False),  # as much as half of the rounds differ among themselves
        (WIDE, [x + 0.52 for x in WIDE], True),
        (QUIET, [x + 0.4 for x in WIDE], False),  # the wider of the two runs
        (WIDE, [x + 0.4 for x in QUIET], False),
        (COUNTED, [9.0], False),  # its bound alone holds it
    ],
)
def test_slower_is_what_the_noise_of_the_rounds_does_not_explain(before: list[float], now: list[float], is_slower: bool) -> None:
    then, rows = (bench_verdict.by_name([row("a page", ratios).as_json()]) for ratios in (before, now))
    assert bool(bench_verdict.slower(then, rows)) == is_slower


def run(monkeypatch: pytest.MonkeyPatch, rows: list[bench.Row], *words: str) -> str:
    """What the command says of these rows, as if they had been measured."""
    said = io.StringIO()
    monkeypatch.setattr(command, "measure", lambda rounds: iter(rows))
    monkeypatch.setattr(crowd, "is_there", lambda: True)
    call_command("bench", *words, stdout=said)
    return said.getvalue()


def test_a_run_fails_over_a_bound_and_beside_a_better_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    file.write_text(run(monkeypatch, [row("a page", QUIET), row("a tap", WIDE)], "--json"))
    against = f"--against={file}"
    assert "a page" in run(monkeypatch, [row("a page", QUIET), row("a tap", WIDE), row("new", QUIET)], against)
    with pytest.raises(CommandError, match="Oltre il limite: a page: 2.00, al massimo 1.90"):
        run(monkeypatch, [row("a page", QUIET, target=1.9)])
    with pytest.raises(CommandError, match=r"Peggio di prima: a page: 2.20, prima 2.00 \(rumore 0.10\)"):
        run(monkeypatch, [row("a page", [x + 0.2 for x in QUIET]), row("a tap", WIDE)], against)
    with pytest.raises(CommandError, match="Peggio di prima: a tap: non è più misurato"):
        run(monkeypatch, [row("a page", QUIET)], against)


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '[{"name": "a page", "ratio": 2}]', '[{"name": "a", "ratio": "2", "target": 1, "spread": 0}]']
)
def test_what_is_no_run_is_refused_before_anything_is_measured(text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "before.json"
    file.write_text(text)
    for path in (file, tmp_path / "nowhere.json"):
        with pytest.raises(CommandError, match="non è una misura"):
            run(monkeypatch, [], f"--against={path}")
