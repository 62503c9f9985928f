"""How values read: euro, hours, days, moments. Pages have them as filters (templatetags/ui.py); papers, messages and refusals too."""

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language

NBSP = "\u00a0"
NOTHING = "—"


def euro(value: Decimal | int | str | None) -> str:
    """Amount in euro, two decimals: `1.234,56 €`; a dash when there is none."""
    if value in (None, ""):
        return NOTHING
    return f"{_number(Decimal(value), 2)}{NBSP}€"


def euro_exact(value: Decimal | str) -> str:
    """Euro with all the decimals that a rate has, two at least: `24,3184 €`. What is multiplied is what is read."""
    places = max(2, -int(Decimal(value).normalize().as_tuple().exponent))
    return f"{_number(Decimal(value), places)}{NBSP}€"


def hours(minutes: int | str | None) -> str:
    """Whole minutes as people say them: `3 h 30 min`."""
    if minutes in (None, ""):
        return NOTHING
    whole, rest = divmod(abs(int(minutes)), 60)
    parts = ([f"{_number(whole)}{NBSP}h"] if whole or not rest else []) + ([f"{rest}{NBSP}min"] if rest else [])
    return ("−" if int(minutes) < 0 else "") + NBSP.join(parts)


def _number(value: Decimal | int, places: int = 0) -> str:
    return _grouped(value + 0, places, get_language())  # no zero below zero: it is equal to the other


@lru_cache(maxsize=4096)
def _grouped(value: Decimal | int, places: int, _language: str | None) -> str:
    """Thousands apart, as the language wants. Kept as days are: a page says the same sums more than once, and zero most of all."""
    return str(number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True))


def _local(value: dt.date | str) -> dt.date:
    """Papers read dates from a frozen context, where they are ISO text."""
    if isinstance(value, str):
        value = dt.date.fromisoformat(value) if len(value) == 10 else dt.datetime.fromisoformat(value)
    return timezone.localtime(value) if isinstance(value, dt.datetime) and timezone.is_aware(value) else value


def written(value: dt.date | str | None, pattern: str) -> str:
    """A date by a pattern of Django. Italian writes months and weekdays in small letters."""
    if not value:
        return NOTHING
    local = _local(value)
    asked = (local, pattern, get_language())
    return _dated(*asked) if type(local) is dt.date else _dated.__wrapped__(*asked)  # a moment seldom comes twice


@lru_cache(maxsize=4096)
def _dated(value: dt.date, pattern: str, language: str | None) -> str:
    """A page of a list has the same days over and over, and to write one costs as much as to read a row."""
    text = date_format(value, pattern)
    return text.lower() if language == "it" else text


def day(value: dt.date | str | None) -> str:
    """`22 novembre 2026`."""
    return written(value, "j F Y")


def day_short(value: dt.date | str | None) -> str:
    """`22/11/2026`, for tables."""
    return written(value, "d/m/Y")


def weekday(value: dt.date | str | None) -> str:
    """`domenica 22 novembre`."""
    return written(value, "l j F")


def month(value: dt.date | str | None) -> str:
    """`novembre 2026`."""
    return written(value, "F Y")


def moment(value: dt.datetime | str | None) -> str:
    """`22 novembre 2026, 19:17`, in the time of Rome."""
    return written(value, "j F Y, H:i")


def percent(value: Decimal | float | None) -> str:
    """A number already in percent, no decimals: `73 %`."""
    return NOTHING if value in (None, "") else f"{number_format(value, decimal_pos=0)}{NBSP}%"


def or_dash(value: object) -> object:
    return NOTHING if value in (None, "") else value


def in_italian(text: str, **values: Any) -> str:
    """What is kept for everybody, in the ledger or as a to-do, reads the same whoever caused it. A value that depends on the language is
    given as a function, and asked for in Italian."""
    with translation.override(settings.LANGUAGE_CODE):
        return text % {name: str(value() if callable(value) else value) for name, value in values.items()}
