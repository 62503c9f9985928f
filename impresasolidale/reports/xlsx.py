"""Spreadsheets: written row by row in constant memory; no text is ever taken for a formula."""

import io
from collections.abc import Sequence

from django.utils.translation import gettext as _

from impresasolidale.core.spreadsheets import new_workbook
from placements.attendance.enums import MonthState

from .queries.monitoring import MonitoringRow, MonitoringTotals


def monitoring_workbook(rows: Sequence[MonitoringRow], sums: MonitoringTotals, *, title: str) -> bytes:
    """One sheet: a row a placement, hours as decimal numbers, the totals last (the same as the page's and the PDF's)."""
    out = io.BytesIO()
    book = new_workbook(out)
    bold, hours = book.add_format({"bold": True}), book.add_format({"num_format": "0.00"})
    total_hours = book.add_format({"num_format": "0.00", "bold": True})
    sheet = book.add_worksheet(_("Monitoraggio"))
    sheet.set_column(0, 2, 28)
    sheet.set_column(3, 9, 14)
    sheet.freeze_panes(2, 1)
    sheet.write_string(0, 0, title, bold)
    head = [_("Persona"), _("Impresa"), _("Tutor"), _("Mese"), _("Ore previste"), _("Ore fatte"), _("Ore riconosciute")]
    head += [_("Presenza %"), _("Giorni presente"), _("Giorni assente")]
    for column, label in enumerate(head):
        sheet.write_string(1, column, label, bold)
    states = dict(MonthState.choices)
    for line, row in enumerate(rows, start=2):
        for column, text in enumerate((row.person, row.company, row.tutor, str(states[row.state]))):
            sheet.write_string(line, column, text)
        for column, minutes in enumerate((row.planned, row.done, row.credited), start=4):
            sheet.write_number(line, column, minutes / 60, hours)
        if row.percent is not None:
            sheet.write_number(line, 7, row.percent)
        sheet.write_number(line, 8, row.days_present)
        sheet.write_number(line, 9, row.days_absent)
    last = len(rows) + 2
    sheet.write_string(last, 0, _("Totale: %(n)s tirocini") % {"n": sums.placements}, bold)
    for column, minutes in enumerate((sums.planned, sums.done, sums.credited), start=4):
        sheet.write_number(last, column, minutes / 60, total_hours)
    if sums.percent is not None:
        sheet.write_number(last, 7, sums.percent, bold)
    sheet.write_number(last, 8, sums.days_present, bold)
    sheet.write_number(last, 9, sums.days_absent, bold)
    book.close()
    return out.getvalue()
