"""Pictures of money, for the pages of every room that shows some."""

from collections.abc import Sequence
from datetime import date

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from impresasolidale.core.charts import Chart, bars, share_bar
from impresasolidale.territory.rules import add_months

from .selectors import ZERO, Line, Month

MONTHS_SHOWN = 12


def first_month_shown(today: date) -> date:
    return add_months(today.replace(day=1), 1 - MONTHS_SHOWN)


def chart_of_months(found: Sequence[Month], *, today: date) -> Chart:
    """In and out of the last twelve months, empty ones too."""
    firsts = [add_months(today.replace(day=1), n) for n in range(1 - MONTHS_SHOWN, 1)]
    by_month = {month.first: month for month in found}
    series = [
        (_("Entrato"), [by_month[f].received if f in by_month else ZERO for f in firsts]),
        (_("Uscito"), [by_month[f].paid if f in by_month else ZERO for f in firsts]),
    ]
    return bars(_("Soldi entrati e usciti, mese per mese"), [date_format(f, "M") for f in firsts], series, unit="€")


def chart_of_line(line: Line) -> Chart:
    """Where the money of a source is: spent, set aside, free."""
    parts = [(_("speso"), line.paid), (_("messo da parte"), line.committed), (_("libero"), line.free)]
    return share_bar(_("Dove sono i soldi"), parts, unit="€")


def chart_of_lines(lines: Sequence[Line], labels: Sequence[str]) -> Chart:
    """Each source as a bar of what is spent, set aside and free."""
    series = [
        (_("speso"), [line.paid for line in lines]),
        (_("messo da parte"), [line.committed for line in lines]),
        (_("libero"), [line.free for line in lines]),
    ]
    return bars(_("Speso, messo da parte e libero"), labels, series, stacked=True, unit="€")
