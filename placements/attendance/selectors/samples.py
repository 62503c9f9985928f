"""What the months behind paid rows tell a check by sample: reasons to look, who confirmed them, where they are read."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from impresasolidale.treasury.enums import Risk

from ..liquidation_selectors import SOURCE
from ..models import MonthAllowance

# A day typed from paper; a day said again after the month was given back, or put right once it was final; nothing but what was planned,
# corrections counted too.
_TOLD = """
SELECT a.id, coalesce(d.on_paper, false),
       coalesce(d.last_said > r.first_at, false) OR EXISTS (
         SELECT 1 FROM attendance_adjustment j
         WHERE j.placement_id = a.placement_id AND j.about_month = a.month AND j.facts <> '[]'::jsonb),
       coalesce(d.as_planned, false) AND t.done_minutes = t.planned_minutes
FROM attendance_monthallowance a
JOIN attendance_timesheet t ON t.id = a.timesheet_id
CROSS JOIN LATERAL (
  SELECT bool_or(e.channel = 'paper') AS on_paper, max(e.recorded_at) AS last_said,
         bool_and(e.minutes = coalesce(s.minutes, 0) AND e.minutes > 0) AS as_planned
  FROM attendance_attendanceevent e
  LEFT JOIN attendance_plannedsession s ON s.placement_id = e.placement_id AND s.day = e.day
  WHERE e.placement_id = a.placement_id AND e.day >= a.month AND e.day < (a.month + interval '1 month')::date) d
CROSS JOIN LATERAL (
  SELECT min(f.at) AS first_at FROM core_fact f
  WHERE f.subject_type = 'attendance.timesheet' AND f.subject_id = t.id AND f.code = 'attendance.timesheet.reopened') r
WHERE a.id = ANY (%(months)s)
"""


def told_of(months: Collection[int]) -> dict[tuple[str, int], list[Risk]]:
    """Source → the reasons to look at it more. One query for any number of months."""
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, {"months": list(months)})
        found = cursor.fetchall()
    kinds = (Risk.ON_PAPER, Risk.CORRECTED, Risk.AS_PLANNED)
    return {(SOURCE, pk): [risk for risk, holds in zip(kinds, flags, strict=True) if holds] for pk, *flags in found}


@dataclass(frozen=True, slots=True)
class Month:
    """The month a row paid: its address, and who confirmed it."""

    public_id: UUID
    confirmed_by: int | None


def months_paid_by(sources: Collection[int]) -> dict[int, Month]:
    """One query."""
    rows = MonthAllowance.objects.filter(pk__in=sources).values_list("pk", "public_id", "timesheet__confirmed_by")
    return {pk: Month(public_id, confirmed_by) for pk, public_id, confirmed_by in rows}
