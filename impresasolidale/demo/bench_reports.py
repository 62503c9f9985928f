"""The rows of ./impresa bench that are about reports: the month beside its bare statement, the files beside their libraries."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.core.management import CommandError
from django.db.models import Count
from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.core.spreadsheets import Minutes, Sheet, csv_pieces, workbook
from impresasolidale.reports.kinds.monitoring import monthly
from impresasolidale.reports.queries import monitoring
from impresasolidale.reports.units import month_end
from impresasolidale.reports.wanted import Wanted
from placements.attendance.models import Timesheet

from . import floor

LINES = 5_000
HEAD = ["Persona", "Impresa", "Ore previste", "Ore fatte", "Giorni"]


def report_rows(access: Access, rounds: int) -> Iterator[Any]:
    from .bench import compare, timed

    months = Timesheet.objects.filter(ambito_id=access.ambito_id, month__lt=timezone.localdate().replace(day=1))
    biggest = months.values("month").annotate(sheets=Count("pk")).order_by("-sheets", "-month").first()
    if biggest is None:
        raise CommandError("Nel database manca un mese finito: prima servono i dati di prova, con ./impresa seed.")
    month = biggest["month"]
    ambito_id = int(access.ambito_id)
    content = monthly(access, Wanted(month, month_end(month), timezone.localdate()))
    totals = content.tables[0].totals or ()
    told, counted = (totals[8], totals[5]), floor.recount(ambito_id, month)
    if told != counted:
        raise CommandError(f"Il monitoraggio di {month:%m/%Y} dice {told} giorni e minuti, gli eventi {counted}.")
    yield compare(
        f"monthly monitoring, {biggest['sheets']}",
        timed(lambda: monitoring.monitoring(access, month)),
        timed(lambda: floor.month_table(ambito_id, month)),
        target=1.5,
        rounds=rounds,
    )
    rows = [(f"Persona di Prova {n}", "Impresa di Prova", Minutes(60 * n), Minutes(59 * n), n) for n in range(LINES)]
    plain = [tuple(map(int, row[2:])) for row in rows]

    def bare_book() -> None:
        import xlsxwriter

        book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True, "in_memory": True})
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for column, cell in enumerate((*row[:2], *plain[line])):
                sheet.write(line, column, cell)
        book.close()

    def bare_csv() -> None:
        csv.writer(io.StringIO(), delimiter=";").writerows(rows)

    yield compare(f"xlsx, {LINES}", timed(lambda: workbook([Sheet("Prova", HEAD, rows)])), timed(bare_book), target=3.0, rounds=rounds)
    yield compare(f"csv, {LINES}", timed(lambda: "".join(csv_pieces(HEAD, rows))), timed(bare_csv), target=3.0, rounds=rounds)
