"""How often a report is made, and the periods that come of it: calendar ones, or counted on from a funder's own first day. Pure."""

from calendar import monthrange
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from impresasolidale.core.words import day_short
from impresasolidale.territory.rules import add_months

from .periods import Period


class Unit(TextChoices):
    """How long a period is. FREE: from a day to a day, as a funder's calendar wants it."""

    MONTH = "month", gettext_lazy("ogni mese")
    QUARTER = "quarter", gettext_lazy("ogni tre mesi")
    HALF = "half", gettext_lazy("ogni sei mesi")
    YEAR = "year", gettext_lazy("ogni anno")
    FREE = "free", gettext_lazy("da un giorno a un altro")


MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.HALF: 6, Unit.YEAR: 12}
SHOWN = {Unit.MONTH: 18, Unit.QUARTER: 8, Unit.HALF: 6, Unit.YEAR: 6}  # how far back an order goes


def month_end(month: date) -> date:
    """Its last day."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def start_of(unit: str, day: date) -> date:
    """The first day of the calendar period that holds `day`."""
    months = MONTHS[Unit(unit)]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def end_of(unit: str, first: date) -> date:
    """The last day of the period that begins on `first`, which need not be the first of a calendar one."""
    return add_months(first, MONTHS[Unit(unit)]) - timedelta(days=1)


def recent(unit: str, today: date) -> list[date]:
    """The first days of the periods that have begun, newest first."""
    first, months = start_of(unit, today), MONTHS[Unit(unit)]
    return [add_months(first, -months * n) for n in range(SHOWN[Unit(unit)])]


def last_ended(unit: str, first: date, today: date) -> date | None:
    """The first day of the last whole period before `today`, counted on from `first`; None while the first one is still running."""
    found, number = None, 0
    while end_of(unit, begins := add_months(first, MONTHS[Unit(unit)] * number)) < today:
        found, number = begins, number + 1
    return found


def name_of(first: date, last: date) -> str:
    """`ottobre 2026`, `trimestre 3 del 2026`, `2026`; stretches that are not whole months by their days."""
    if first.day == 1 and last == month_end(last):
        name = str(Period(first, last, last))
        return name.lower() if get_language() == "it" else name
    return _("dal %(first)s al %(last)s") % {"first": day_short(first), "last": day_short(last)}
