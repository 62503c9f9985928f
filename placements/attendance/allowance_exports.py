"""The insurer's table and the yearly list as rows for a spreadsheet: headings, a line a row, the sums in the last."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from impresasolidale.core.spreadsheets import Cell

from .allowance_rules import month_name
from .selectors.allowances import InsuredDays, YearSum

Table = tuple[list[str], list[list[Cell]]]


def insured_table(rows: Sequence[InsuredDays]) -> Table:
    head = [_("Posizione"), _("Chi assicura"), _("Voce"), _("Mese"), _("Persone"), _("Giorni"), _("Base al giorno"), _("Totale")]
    body: list[list[Cell]] = [[r.position, r.insurer, r.item, month_name(r.month), r.people, r.days, r.base, r.total] for r in rows]
    total = sum((r.total or Decimal(0) for r in rows), Decimal(0))
    return head, [*body, [_("In tutto"), None, None, None, None, sum(r.days for r in rows), None, total]]


def taxed_table(rows: Sequence[YearSum]) -> Table:
    head = [_("Codice fiscale"), _("Cognome"), _("Nome"), _("Lo versa"), _("Mesi"), _("Lordo"), _("Netto")]
    body: list[list[Cell]] = [
        [r.person.codice_fiscale, r.person.last_name, r.person.first_name, r.payer, r.months, r.gross, r.net] for r in rows
    ]
    return head, [*body, [_("In tutto"), None, None, None, None, sum((r.gross for r in rows), Decimal(0)), None]]
