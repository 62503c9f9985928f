"""The month of every placement: the rows of the monthly report, and their sums."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from impresasolidale.accounts.access import Access
from placements.attendance.models import Timesheet


@dataclass(frozen=True)
class MonitoringRow:
    """A placement's month. Minutes and days; `percent` of plan, whole, half-up; None without a plan."""

    person: str
    company: str
    tutor: str
    state: str
    planned: int
    done: int
    credited: int
    percent: int | None
    days_present: int
    days_absent: int


@dataclass(frozen=True)
class MonitoringTotals:
    """Sums of the rows: totals are always computed from rows, never beside them."""

    placements: int
    planned: int
    done: int
    credited: int
    percent: int | None
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
            person=f"{last} {first}",
            company=company,
            tutor=f"{tutor_last or ''} {tutor_first or ''}".strip(),
            state=state,
            planned=planned,
            done=done,
            credited=credited,
            percent=percent(done, planned),
            days_present=present,
            days_absent=absent,
        )
        for last, first, company, tutor_last, tutor_first, state, planned, done, credited, present, absent in rows
    ]


def totals(rows: Sequence[MonitoringRow]) -> MonitoringTotals:
    planned, done = sum(r.planned for r in rows), sum(r.done for r in rows)
    return MonitoringTotals(
        placements=len(rows),
        planned=planned,
        done=done,
        credited=sum(r.credited for r in rows),
        percent=percent(done, planned),
        days_present=sum(r.days_present for r in rows),
        days_absent=sum(r.days_absent for r in rows),
    )


def as_values(rows: Sequence[MonitoringRow]) -> list[dict[str, Any]]:
    """Rows as JSON values, to be frozen."""
    return [asdict(row) for row in rows]


def from_values(values: Sequence[dict[str, Any]]) -> list[MonitoringRow]:
    names = {f.name for f in fields(MonitoringRow)}
    return [MonitoringRow(**{k: v for k, v in value.items() if k in names}) for value in values]
