"""./impresa bench on the demo's data: its rows and their shape, and nothing left behind. Never how long anything took."""

import io
import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from psycopg import sql

from impresasolidale.demo import bench, bench_papers, bench_reports, together
from tests.support import database, seeded

PAGES = ["agreements:list", "agreements:detail", "reports:dashboard", "website:figures", "attendance:today", "api:company-list"]
TOGETHER = [f"post_entry {how}" for how in ("x4", "hot x4", "hot x16", "hot x4 to x1", "hot x16 to x1")]
FUND = ["posting of a grant", "one pot, 32 hands to one"]
MONTHS = ["allowance engine", "month close"]  # each with how many months the demo has open
EXCHANGE = ["days from a file", "days from a file, bare insert"]  # the first with how many days it writes
MATCHING = ["matching", "matching, 95 in 100"]  # the first with how many sites have a sheet
REPORTS = ["monthly monitoring", "xlsx", "csv"]  # the first with how many months it reads, the others with how many rows
PAPERS = ["verification, queries", "register of 500, 95 in 100", "register of 500, a fifth found"]
NAMES = [
    *PAGES,
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
        call_command("bench", "--json", "--rounds=1", stdout=said)
        assert count_rows(name) == before
    rows = json.loads(said.getvalue())
    assert [re.sub(r", \d+$", "", row["name"]) for row in rows] == NAMES
    for row in rows:
        assert set(row) == {"name", "ours", "floor", "ratio", "target", "ok"}
        assert min(row["ours"], row["floor"], row["ratio"]) > 0
        assert row["ok"] == (row["ratio"] <= row["target"])
