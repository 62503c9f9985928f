"""The insurer's table and the yearly list as spreadsheets: numbers are numbers, no text is ever taken for a formula."""

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from .allowance_rules import month_name
from .selectors.allowances import InsuredDays, YearSum


def inail_workbook(rows: Sequence[InsuredDays], *, year: int) -> bytes:
    head = [_("Posizione"), _("Chi assicura"), _("Voce"), _("Mese"), _("Persone"), _("Giorni"), _("Base al giorno"), _("Totale")]
    body = [[r.position, r.insurer, r.item, month_name(r.month), r.people, r.days, r.base, r.total] for r in rows]
    last = [_("In tutto"), "", "", "", None, sum(r.days for r in rows), None, sum((r.total or Decimal(0) for r in rows), Decimal(0))]
    return _workbook(_("INAIL %(year)s") % {"year": year}, head, body, last)


def taxed_workbook(rows: Sequence[YearSum], *, year: int) -> bytes:
    head = [_("Codice fiscale"), _("Cognome"), _("Nome"), _("Lo versa"), _("Mesi"), _("Lordo"), _("Netto")]
    body = [[r.person.codice_fiscale, r.person.last_name, r.person.first_name, r.payer, r.months, r.gross, r.net] for r in rows]
    last = [_("In tutto"), "", "", "", None, sum((r.gross for r in rows), Decimal(0)), None]
    return _workbook(_("CU %(year)s") % {"year": year}, head, body, last)


def _workbook(name: str, head: list[str], body: list[list[Any]], last: list[Any]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(head) - 1, 20)
    sheet.freeze_panes(1, 0)
    for column, label in enumerate(head):
        sheet.write_string(0, column, label, bold)
    for line, row in enumerate([*body, last], start=1):
        for column, value in enumerate(row):
            if isinstance(value, Decimal):
                sheet.write_number(line, column, float(value), money)
            elif isinstance(value, int):
                sheet.write_number(line, column, value)
            elif value:
                sheet.write_string(line, column, value)
    book.close()
    return out.getvalue()
