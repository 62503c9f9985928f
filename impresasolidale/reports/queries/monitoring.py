"""The month of every placement: the rows of the monthly report."""

from dataclasses import dataclass
from datetime import date

from impresasolidale.accounts.access import Access
from placements.attendance.models import Timesheet


@dataclass(frozen=True)
class MonitoringRow:
    """A placement's month. Minutes and days."""

    person: str
    company: str
    tutor: str
    state: str
    planned: int
    done: int
    credited: int
    days_present: int
    days_absent: int


def percent(part: int, whole: int) -> int | None:
    """100·part/whole rounded half-up, on integers."""
    return (200 * part + whole) // (2 * whole) if whole else None


def monitoring(access: Access, month: date) -> list[MonitoringRow]:
    """The month of every placement of the Ambito that had a sheet, by company and person."""
    rows = (
        Timesheet.objects.filter(ambito_id=access.ambito_id, month=month)
        .order_by("placement__company__search_key", "placement__beneficiary__search_key", "pk")
        .values_list(
            "placement__beneficiary__last_name",
            "placement__beneficiary__first_name",
            "placement__company__name",
            "placement__company_tutor__last_name",
            "placement__company_tutor__first_name",
            "state",
            "planned_minutes",
            "done_minutes",
            "credited_minutes",
            "days_present",
            "days_absent",
        )
    )
    return [
        MonitoringRow(
            f"{last} {first}", company, f"{tutor_last or ''} {tutor_first or ''}".strip(), state, planned, done, credited, there, away
        )
        for last, first, company, tutor_last, tutor_first, state, planned, done, credited, there, away in rows
    ]
