"""What the end of a placement asks of its months."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from placements.agreements.models import Placement

from ..enums import MonthState
from ..models import Timesheet


@dataclass(frozen=True, slots=True)
class Totals:
    """Minutes planned, done and credited, and days of presence, over all months."""

    planned: int
    done: int
    credited: int
    days: int

    @property
    def percent(self) -> int | None:
        """Credited out of planned, whole percent rounded down; None when nothing was planned."""
        return self.credited * 100 // self.planned if self.planned else None


def totals_of(placement: Placement) -> Totals:
    columns = {"planned": "planned_minutes", "done": "done_minutes", "credited": "credited_minutes", "days": "days_present"}
    sums = Timesheet.objects.filter(placement=placement).aggregate(**{name: Sum(column) for name, column in columns.items()})
    return Totals(**{name: value or 0 for name, value in sums.items()})


def open_months(placement: Placement) -> list[date]:
    """First days of the months with something in them that the office has not confirmed."""
    told = Q(planned_minutes__gt=0) | Q(done_minutes__gt=0)
    rows = Timesheet.objects.filter(told, placement=placement, state__in=(MonthState.OPEN, MonthState.CLOSED))
    return list(rows.order_by("month").values_list("month", flat=True))
