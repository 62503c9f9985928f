"""The month stands still: its snapshot is kept and hashed, and the database refuses whatever would change it (house.md §3, Months)."""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import CharField, Func, TextField, Value
from django.db.models.functions import Cast

from impresasolidale.accounts.access import Access
from impresasolidale.core.errors import TransitionNotAllowed
from impresasolidale.core.fields import canonical
from impresasolidale.core.transitions import perform_all

from ..enums import MonthState
from ..models import SheetSnapshot, Timesheet
from ..transitions import TIMESHEET

# The whole content of each snapshot: days planned or spoken of, each with its last word. A day that was taken back says nothing.
_CONTENT = """
SELECT t.id, json_build_object(
         'placement', p.public_id, 'month', t.month, 'planned', t.planned_minutes, 'done', t.done_minutes,
         'credited', t.credited_minutes, 'days_present', t.days_present, 'days_absent', t.days_absent, 'days', d.days)::text
FROM attendance_timesheet t
JOIN agreements_placement p ON p.id = t.placement_id
CROSS JOIN LATERAL (
  SELECT coalesce(json_agg(json_build_object(
           'day', day, 'planned', coalesce(s.minutes, 0), 'outcome', coalesce(e.outcome, ''), 'minutes', coalesce(e.minutes, 0),
           'travel', coalesce(e.travel_minutes, 0), 'note', coalesce(e.note, ''), 'channel', coalesce(e.channel, ''))
         ORDER BY day), '[]') AS days
  FROM (SELECT day, minutes FROM attendance_plannedsession
        WHERE placement_id = t.placement_id AND day >= t.month AND day < t.month + interval '1 month') s
  FULL JOIN (SELECT DISTINCT ON (day) day, outcome, minutes, travel_minutes, note, channel FROM attendance_attendanceevent
             WHERE placement_id = t.placement_id AND day >= t.month AND day < t.month + interval '1 month'
             ORDER BY day, id DESC) e USING (day)
  WHERE s.day IS NOT NULL OR e.outcome <> 'withdrawn') d
WHERE t.id = ANY (%(sheets)s)
ORDER BY t.id
"""


def freeze_sheets(*, sheets: Collection[int], by: Access, now: datetime) -> int:
    """Confirmed sheets become final, each with its encrypted snapshot and the SHA-256 of it; six queries for one as for thousands.

    Called by what approves a liquidation, inside its transaction: the step is the system's, the approval asked the permission. Sheets
    that are frozen already stay as they are. Raises TransitionNotAllowed when one of them is not confirmed. Returns how many it froze.
    """
    rows = list(
        Timesheet.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=sheets).order_by("pk").only("state", "ambito_id")
    )
    fresh = {row.pk: row for row in rows if row.state == MonthState.CONFIRMED}
    if len(rows) != len(set(sheets)) or any(row.state not in (MonthState.CONFIRMED, MonthState.FROZEN) for row in rows):
        raise TransitionNotAllowed
    if not fresh:
        return 0
    found = contents(fresh)
    SheetSnapshot.objects.bulk_create(
        SheetSnapshot(ambito_id=fresh[pk].ambito_id, timesheet_id=pk, content=content, taken_at=now) for pk, content in found.items()
    )
    hashes = json.dumps({pk: hash_of(content) for pk, content in found.items()})
    each = Func(Value(hashes), Cast("pk", TextField()), template="(%(expressions)s)", arg_joiner="::jsonb ->> ", output_field=CharField())
    confirmed = Timesheet.objects.filter(pk__in=fresh)
    return len(perform_all(TIMESHEET, "frozen", confirmed, by=by, as_system=True, frozen_at=now, snapshot_hash=each))


def contents(sheets: Collection[int]) -> dict[int, Any]:
    """What a snapshot of each of these sheets says now. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTENT, {"sheets": sorted(sheets)})
        return {pk: json.loads(text) for pk, text in cursor.fetchall()}


def hash_of(content: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()
