"""Months, quarters and years that figures are asked for. Pure values; today is an argument."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import gettext as _

MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
FIRST_YEAR = 2000  # nothing was kept before; an earlier year is a slip of the hand


class Span(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True)
class Period:
    """Whole months from the day `first` to the day `last`, looked at on `today`: what is still to come does not count."""

    first: date
    last: date
    today: date

    @classmethod
    def of(cls, span: str, day: date, today: date) -> "Period":
        """The month, quarter or year (`Span`) that a day is in."""
        length = MONTHS_OF[span]
        start = (day.month - 1) // length * length + 1
        end = start + length - 1
        return cls(date(day.year, start, 1), date(day.year, end, monthrange(day.year, end)[1]), today)

    @property
    def months(self) -> int:
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def cut_off(self) -> date:
        """The last day there can be facts of."""
        return min(self.last, self.today)

    @property
    def is_over(self) -> bool:
        return self.last < self.today

    @property
    def is_calendar(self) -> bool:
        """A whole quarter or year of the calendar that is over: two of a length never overlap, so their difference says nothing new."""
        return self.is_over and (self.months, self.first.month % self.months) in ((3, 1), (12, 1))

    @property
    def before(self) -> "Period":
        """As many months, ending the day before."""
        index = self.first.year * 12 + self.first.month - 1 - self.months
        first = date(index // 12, index % 12 + 1, 1)
        end = self.first.year * 12 + self.first.month - 2
        return Period(first, date(end // 12, end % 12 + 1, monthrange(end // 12, end % 12 + 1)[1]), self.today)

    @property
    def code(self) -> str:
        """ "2026", "2026-T3" or "2026-09": in addresses and names of files."""
        if self.months == 12 and self.first.month == 1:
            return f"{self.first.year}"
        if self.months == 3 and self.first.month % 3 == 1:
            return f"{self.first.year}-T{self.first.month // 3 + 1}"
        return f"{self.first:%Y-%m}" if self.months == 1 else f"{self.first:%Y-%m}_{self.last:%Y-%m}"

    def __str__(self) -> str:
        if self.months == 12 and self.first.month == 1:
            return str(self.first.year)
        if self.months == 1:
            return date_format(self.first, "F Y")
        if self.months == 3 and self.first.month % 3 == 1:
            ordinals = (_("primo"), _("secondo"), _("terzo"), _("quarto"))
            return _("%(ordinal)s trimestre %(year)s") % {"ordinal": ordinals[self.first.month // 3], "year": self.first.year}
        return f"{date_format(self.first, 'F Y')} – {date_format(self.last, 'F Y')}"


def period_of(code: str, today: date) -> Period:
    """The period with this `code`. Raises ValueError."""
    year, _dash, part = code.partition("-")
    if not part:
        return Period.of(Span.YEAR, date(int(year), 1, 1), today)
    if part.startswith("T"):
        return Period.of(Span.QUARTER, date(int(year), int(part[1:]) * 3, 1), today)
    return Period.of(Span.MONTH, date(int(year), int(part), 1), today)
