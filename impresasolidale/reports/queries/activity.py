"""What was done in a period, by month, area, comune and Ambito: people, placements and hours, one aggregate each."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, QuerySet, Sum, Value, When

from impresasolidale.accounts.access import Access
from placements.attendance.models import Timesheet
from placements.beneficiaries.enums import TargetArea

PERSON, PLACEMENT = "placement__beneficiary", "placement"


@dataclass(frozen=True)
class Done:
    """People and placements that had a sheet in the period, minutes, days. `key` is what they are grouped by."""

    key: Any
    people: int
    placements: int
    planned: int
    done: int
    credited: int
    days_present: int


AREA = Case(
    When(placement__beneficiary__target_area=TargetArea.JUDICIAL, then=Value(str(TargetArea.DISADVANTAGE))),
    default="placement__beneficiary__target_area",
)


def by_area(sheets: QuerySet[Timesheet]) -> list[Done]:
    """By area of the person, the judicial one with the disadvantage (see people.area_words). One query."""
    return done_by(sheets.annotate(area=AREA), "area")


def sheets_of(access: Access, first: date, last: date) -> QuerySet[Timesheet]:
    """The months of the period: of the active Ambito, or of all that are in scope."""
    rows = Timesheet.objects.filter(month__range=(first.replace(day=1), last))
    return rows.filter(ambito_id=access.ambito_id) if access.ambito_id else rows


def done_by(sheets: QuerySet[Timesheet], column: str) -> list[Done]:
    """The sheets grouped by a column, in its order. One query."""
    rows = (
        sheets.order_by(column)
        .values(column)
        .annotate(
            people=Count(PERSON, distinct=True),
            placements=Count(PLACEMENT, distinct=True),
            planned=Sum("planned_minutes"),
            done=Sum("done_minutes"),
            credited=Sum("credited_minutes"),
            days=Sum("days_present"),
        )
        .values_list(column, "people", "placements", "planned", "done", "credited", "days")
    )
    return [Done(*row) for row in rows]
