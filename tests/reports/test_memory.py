"""A year of a full network is made by a worker in little memory (performance.md §4)."""

import subprocess
import sys
from datetime import date

import pytest
from django.conf import settings

from impresasolidale.core.spreadsheets import LINES, Sheet, csv_pieces, workbook

LIMIT = 512  # MiB
CHILD = """
import resource, sys
import django
django.setup()
from datetime import date
from decimal import Decimal
from impresasolidale.core.rendering import pdf_of
from impresasolidale.core.spreadsheets import workbook
from impresasolidale.reports import tables
from impresasolidale.reports.services import PAPER_ROWS, _paper_table
from django.template.loader import render_to_string

hours = [tables.Column(f"Ore {n}", tables.Kind.MINUTES) for n in range(6)]
columns = (tables.Column("Persona"), *hours, tables.Column("Euro", tables.Kind.EURO))
rows = [(f"Persona di Prova {n}", *(n + m for m in range(6)), Decimal(n)) for n in range(PAPER_ROWS)]
several = [tables.table(f"t{n}", f"Tabella {n}", columns, rows[60 * n:] if n == 0 else rows[:60], total="Totale") for n in range(6)]
content = tables.Content(tables=tuple(several))
content = tables.from_values(tables.as_values(content))
workbook(tables.sheets_of(content, title="Prova", about=[]))
context = {
    "title": "Prova", "data_until": "2026-11-18T10:00+01:00", "landscape": True, "figures": [], "charts": [], "notes": [], "empty": "",
    "rows_hash": "0" * 64, "definition": 1, "about": [], "tables": [_paper_table(t) for t in content.tables],
}
paper = {"kind_label": "Prova", "number": "1", "issued_on": date(2026, 11, 18), "body_name": "Prova", "verification_code": "A" * 26,
         "verification_url": "https://prova/A", "qr": "", "context_hash": "0" * 64, "page_code": "A"}
pdf, pages = pdf_of(render_to_string("reports/pdf/tables_v1.html", {"paper": paper, "c": context}), identifier="x")
print(pages, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.deep
def test_the_longest_paper_we_print_stays_within_the_worker_s_memory() -> None:
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=False, cwd=settings.BASE_DIR)
    assert done.returncode == 0, done.stderr[-2000:]
    pages, peak = map(int, done.stdout.split()[-2:])
    assert pages > 30 and peak < LIMIT, (pages, peak)


def test_rows_are_written_as_they_come() -> None:
    """Neither format holds the rows: each is asked for when its turn comes, and the CSV has its first lines before the last rows exist."""
    asked: list[int] = []

    def rows():
        for n in range(2 * LINES + 1):
            asked.append(n)
            yield (f"riga {n}", n, date(2026, 1, 1))

    lines = csv_pieces(["a", "b", "c"], rows())
    assert next(lines).endswith("a;b;c\r\n") and asked == []
    assert next(lines).count("\r\n") == len(asked) == LINES
    assert "".join(lines).count("\r\n") == LINES + 1
    assert workbook([Sheet("x", ["a", "b", "c"], rows())]).startswith(b"PK")
