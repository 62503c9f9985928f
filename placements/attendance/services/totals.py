"""The month's exact totals, kept in the transaction of every event (performance.md §5)."""

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.utils import timezone

from ..rules import ABSENT, CREDITED, PRESENT

_TOTALS = """
INSERT INTO attendance_timesheet AS t (public_id, created_at, ambito_id, placement_id, month, state,
                                       planned_minutes, done_minutes, credited_minutes, days_present, days_absent)
SELECT gen_random_uuid(), %(now)s, p.ambito_id, p.id, m.month, 'open',
       s.planned, d.done, least(s.planned, d.credited), d.present, d.absent
FROM agreements_placement p
CROSS JOIN unnest(%(months)s::date[]) AS m(month)
CROSS JOIN LATERAL (
  SELECT coalesce(sum(minutes), 0) AS planned FROM attendance_plannedsession
  WHERE placement_id = p.id AND day >= m.month AND day < (m.month + interval '1 month')::date) s
CROSS JOIN LATERAL (
  SELECT coalesce(sum(minutes) FILTER (WHERE outcome = ANY (%(present)s)), 0) AS done,
         coalesce(sum(minutes + travel_minutes) FILTER (WHERE outcome = ANY (%(credited)s)), 0) AS credited,
         count(*) FILTER (WHERE outcome = ANY (%(present)s) AND minutes >= 1) AS present,
         count(*) FILTER (WHERE outcome = ANY (%(absent)s)) AS absent
  FROM (SELECT DISTINCT ON (day) outcome, minutes, travel_minutes FROM attendance_attendanceevent
        WHERE placement_id = p.id AND day >= m.month AND day < (m.month + interval '1 month')::date
        ORDER BY day, id DESC) AS last) d
WHERE p.id = ANY (%(placements)s)
ON CONFLICT (placement_id, month) DO UPDATE SET
  planned_minutes = excluded.planned_minutes, done_minutes = excluded.done_minutes, credited_minutes = excluded.credited_minutes,
  days_present = excluded.days_present, days_absent = excluded.days_absent
WHERE t.state = 'open'
"""


def recompute_totals(placements: Iterable[int], months: Iterable[date]) -> None:
    """Bring the sheets of these placements and months (first days) to their exact totals, in one statement; closed sheets stay as they are.

    Placements must be locked. The arithmetic is rules.month_totals, in SQL.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _TOTALS,
            {
                "now": timezone.now(),
                "placements": sorted(placements),
                "months": sorted(months),
                "present": PRESENT,
                "credited": CREDITED,
                "absent": ABSENT,
            },
        )
