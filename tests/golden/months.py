"""What the golden months share: terms in a word, timetables, and the rows of a month as text."""

from datetime import date, timedelta
from decimal import Decimal as D

from impresasolidale.territory.rules import Rules
from placements.attendance.allowance_rules import Month, Terms, Version, compute, parts_of

OCTOBER = date(2026, 10, 1)
BOOK = Rules()
FIRST_OF_ALL, LAST_OF_ALL = date(2020, 1, 1), date(2030, 12, 31)


def book(**values):
    return Rules.from_values({name: str(value) if isinstance(value, D) else value for name, value in values.items()})


def flat(amount, **more):
    return Terms("monthly", D(amount), **more)


def threshold(amount, **more):
    return Terms("monthly_threshold", D(amount), **more)


def hourly(rate, **more):
    return Terms("hourly", D(rate), **more)


def bands(most, **more):
    return Terms("bands", D(most), **more)


def timetable(month, weekdays=(0, 1, 2, 3), minutes=240):
    """The days of a month on these weekdays (these months have no feast on them, or the case says so)."""
    days = (month + timedelta(days=n) for n in range(31))
    return {day: minutes for day in days if day.month == month.month and day.weekday() in weekdays}


def gives(terms, rules=BOOK, *, planned=4080, credited=None, month=OCTOBER, extras=(), owed="0.00", **span):
    """What a month gives whose days are worked out from a timetable. Without `credited` the person was there as planned."""
    versions = span.pop("versions", None) or [Version(1, FIRST_OF_ALL, terms, span.pop("days", None) or timetable(month))]
    credited = planned if credited is None else credited
    first, last = span.pop("first", FIRST_OF_ALL), span.pop("last", LAST_OF_ALL)
    whole, parts = parts_of(month, versions, first=first, last=last, credited=credited, book=rules, **span)
    return compute(Month(month, planned, credited, whole, parts, tuple(extras), D(owed)), rules)


def sums(result):
    """The amounts of the rows in their order, as text: their sum is the total, whatever the case, and each is so many times its rate."""
    for row in result.rows:
        if row.code in ("monthly", "hourly", "bands") and row.unit:
            assert abs(D(row.quantity) * D(row.rate) - row.amount) <= D("0.006"), row
    assert sum((row.amount for row in result.rows), D(0)) == result.amount >= 0
    return [str(row.amount) for row in result.rows]
