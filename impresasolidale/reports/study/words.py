"""How the study's figures read, on page and paper."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impresasolidale.core.words import NBSP, NOTHING

from .statistics import Share


def or_hidden(value: object) -> str:
    """A count or a rate; what is not told is said so."""
    if value in (None, ""):
        return _("nascosto")
    return number_format(value, force_grouping=True) if isinstance(value, int) else str(value)


def percent_of(share: Share | None) -> str:
    return NOTHING if share is None or share.percent is None else f"{share.percent}{NBSP}%"


def interval_of(share: Share | None) -> str:
    """ "fra 41 e 63 %"; empty without one."""
    if share is None or not share.interval:
        return ""
    low, _dash, high = share.interval.partition("–")
    return _("fra %(low)s e %(high)s%%") % {"low": low, "high": high}


def whole_percent(value: int | None) -> str:
    return NOTHING if value is None else f"{value}{NBSP}%"


def months_of(value: Decimal | None) -> str:
    return NOTHING if value is None else _("%(n)s mesi") % {"n": number_format(value, 1)}


def days_of(value: int | None) -> str:
    return "" if value is None else ngettext("%(n)d giorno in tutto", "%(n)d giorni in tutto", value) % {"n": value}


def whole_hours(minutes: int | None) -> str:
    """Hours, whole and half-up; what is not told is said so."""
    return _("nascosto") if minutes is None else f"{number_format((minutes + 30) // 60, force_grouping=True)}{NBSP}h"


def grouped(value: int) -> str:
    return number_format(value, force_grouping=True)


def plain_number(value: Decimal) -> str:
    """Without the zeros of its column."""
    return number_format(value.normalize() + 0, force_grouping=True) if value else "0"
