"""The month stands still: its snapshot is kept and hashed, and the database refuses whatever would change it (house.md §3, Months)."""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime

from django.db import connection
from django.db.models import CharField, Func, TextField, Value
from django.db.models.functions import Cast

from impresasolidale.accounts.access import Access
from impresasolidale.core.errors import TransitionNotAllowed
from impresasolidale.core.fields import encrypt
from impresasolidale.core.lookups import any_of
from impresasolidale.core.transitions import perform_all

from ..enums import MonthState
from ..models import SheetSnapshot, Timesheet
from ..transitions import TIMESHEET

# The whole content of each snapshot: days planned or spoken of, each with its last word. A day that was taken back says nothing.
# The columns stand in the order of their names and rows become JSON without spaces: that is the canonical text already.
_CONTENT = """
SELECT t.id, row_to_json(c)::text
FROM attendance_timesheet t
JOIN agreements_placement p ON p.id = t.placement_id
CROSS JOIN LATERAL (
  SELECT coalesce(array_to_json(array_agg(x ORDER BY day)), '[]') AS days FROM (
    SELECT coalesce(e.channel, '') AS channel, day, coalesce(e.minutes, 0) AS minutes, coalesce(e.note, '') AS note,
           coalesce(e.outcome, '') AS outcome, coalesce(s.minutes, 0) AS planned, coalesce(e.travel_minutes, 0) AS travel
    FROM (SELECT day, minutes FROM attendance_plannedsession
          WHERE placement_id = t.placement_id AND day >= t.month AND day < (t.month + interval '1 month')::date) s
    FULL JOIN (SELECT DISTINCT ON (day) day, outcome, minutes, travel_minutes, note, channel FROM attendance_attendanceevent
               WHERE placement_id = t.placement_id AND day >= t.month AND day < (t.month + interval '1 month')::date
               ORDER BY day, id DESC) e USING (day)
    WHERE s.day IS NOT NULL OR e.outcome <> 'withdrawn') x) d
CROSS JOIN LATERAL (
  SELECT t.credited_minutes AS credited, d.days, t.days_absent, t.days_present, t.done_minutes AS done, t.month,
         p.public_id AS placement, t.planned_minutes AS planned) c
WHERE t.id = ANY (%(sheets)s)
"""
_KEEP = """
INSERT INTO attendance_sheetsnapshot (ambito_id, timesheet_id, content, taken_at)
SELECT ambito, sheet, content, %(now)s FROM json_to_recordset(%(given)s) AS x(ambito bigint, sheet bigint, content text)
"""


def freeze_sheets(*, sheets: Collection[int], by: Access, now: datetime) -> int:
    """Confirmed sheets become final, each with its encrypted snapshot and the SHA-256 of it; six queries for one as for thousands.

    Called by what approves a liquidation, inside its transaction: the step is the system's, the approval asked the permission. Sheets
    that are frozen already stay as they are. Raises TransitionNotAllowed when one of them is not confirmed. Returns how many it froze.
    """
    asked = Timesheet.objects.select_for_update(of=("self",), no_key=True).filter(any_of("pk", sheets))
    rows = list(asked.order_by("pk").only("state", "ambito_id"))
    fresh = {row.pk: row for row in rows if row.state == MonthState.CONFIRMED}
    if len(rows) != len(set(sheets)) or any(row.state not in (MonthState.CONFIRMED, MonthState.FROZEN) for row in rows):
        raise TransitionNotAllowed
    if not fresh:
        return 0
    found = contents(fresh)
    place = SheetSnapshot._meta.get_field("content").place
    given = [{"ambito": fresh[pk].ambito_id, "sheet": pk, "content": encrypt(text, place=place)} for pk, text in found.items()]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"given": json.dumps(given), "now": now})
    hashes = json.dumps({pk: hash_of(text) for pk, text in found.items()})
    each = Func(Value(hashes), Cast("pk", TextField()), template="(%(expressions)s)", arg_joiner="::jsonb ->> ", output_field=CharField())
    confirmed = Timesheet.objects.filter(any_of("pk", fresh))
    return len(perform_all(TIMESHEET, "frozen", confirmed, by=by, as_system=True, frozen_at=now, snapshot_hash=each))


def contents(sheets: Collection[int]) -> dict[int, str]:
    """What a snapshot of each of these sheets says now, as canonical JSON. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTENT, {"sheets": list(sheets)})
        return dict(cursor.fetchall())


def hash_of(content: str) -> str:
    """The SHA-256 of a snapshot's canonical text."""
    return hashlib.sha256(content.encode()).hexdigest()
