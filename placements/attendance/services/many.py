"""Many days at once: what a file says of a month, or that it is taken back. One statement judges and writes them all.

The facts are those of the taps: the same events, the same totals, the same to-dos; a test holds the two beside each other. What is refused
is refused by the statement, and said in the words of the tap (`check_day`).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.errors import DomainError
from placements.agreements.models import Placement

from ..enums import Channel, Outcome
from ..models import AttendanceEvent
from ..rules import MINUTES_A_DAY, OUTCOMES, PRESENT, check_note, day_minutes, first_of_month
from ..selectors import RECORDABLE
from .record import _situation, _tell_referent, check_day
from .totals import recompute_totals


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidDay:
    """One day of one placement (by its id) as somebody says it. `minutes` None means as planned, for a presence.

    `submission` makes it once. Of a day that is taken back (Outcome.WITHDRAWN) `over` is the submission of what is taken back: it must be
    the last thing said.
    """

    placement: int
    day: date
    outcome: str
    submission: UUID
    minutes: int | None = None
    note: str = ""
    over: UUID | None = None


@dataclass(frozen=True, slots=True)
class NotWritten:
    """Why a day was not written, in words; `is_known`: it says what stands there already."""

    words: str
    field: str | None = None
    is_known: bool = False


_JUDGED = """
WITH judged AS MATERIALIZED (
  SELECT g.n, g.day, g.outcome, g.note, g.submission, p.id AS placement_id, p.ambito_id,
    CASE WHEN g.outcome = ANY (%(present)s) THEN coalesce(g.minutes, s.minutes) ELSE 0 END AS minutes,
    CASE
      WHEN p.id IS NULL THEN 'rule'
      WHEN p.state = 'suspended' AND NOT EXISTS (SELECT 1 FROM agreements_suspension WHERE placement_id = p.id) THEN 'rule'
      WHEN EXISTS (SELECT 1 FROM agreements_suspension u WHERE u.placement_id = p.id AND u.starts_on <= g.day
                   AND (u.ends_on IS NULL OR u.ends_on >= g.day OR p.state = 'suspended')) THEN 'rule'
      WHEN p.state <> ALL (%(recordable)s) AND p.state <> 'suspended' THEN 'rule'
      WHEN g.day < coalesce(p.entered_on, p.starts_on) OR g.day > coalesce(p.ended_on, p.ends_on) OR g.day > %(today)s THEN 'rule'
      WHEN coalesce(t.state, 'open') <> 'open' THEN 'rule'
      WHEN g.outcome = ANY (%(present)s) AND coalesce(coalesce(g.minutes, s.minutes) NOT BETWEEN 1 AND %(most)s, true) THEN 'rule'
      WHEN row_number() OVER (PARTITION BY g.placement_id, g.day ORDER BY g.n) > 1 THEN 'twice'
      WHEN g.outcome = 'withdrawn' THEN CASE WHEN e.submission = g.over THEN '' ELSE 'other' END
      WHEN coalesce(e.outcome, 'withdrawn') = 'withdrawn' THEN ''
      WHEN e.outcome = g.outcome
           AND e.minutes = CASE WHEN g.outcome = ANY (%(present)s) THEN coalesce(g.minutes, s.minutes) ELSE 0 END THEN 'same'
      ELSE 'other'
    END AS problem
  FROM unnest(%(placements)s::bigint[], %(days)s::date[], %(outcomes)s::text[], %(minutes)s::int[], %(notes)s::text[],
              %(submissions)s::uuid[], %(over)s::uuid[])
       WITH ORDINALITY AS g(placement_id, day, outcome, minutes, note, submission, over, n)
  LEFT JOIN agreements_placement p ON p.id = g.placement_id
  LEFT JOIN attendance_plannedsession s ON s.placement_id = g.placement_id AND s.day = g.day
  LEFT JOIN attendance_timesheet t ON t.placement_id = g.placement_id AND t.month = date_trunc('month', g.day)::date
  LEFT JOIN LATERAL (SELECT outcome, minutes, submission FROM attendance_attendanceevent
                     WHERE placement_id = g.placement_id AND day = g.day ORDER BY id DESC LIMIT 1) e ON true
)"""
# Of this module's own words, as both are.
_LOOK = _JUDGED + " SELECT n, problem FROM judged WHERE problem <> '' ORDER BY n"  # noqa: S608
_WRITE = (
    _JUDGED  # noqa: S608
    + """, written AS (
  INSERT INTO attendance_attendanceevent
    (ambito_id, placement_id, day, outcome, minutes, travel_minutes, note, channel, recorded_by_id, recorded_at, submission)
  SELECT ambito_id, placement_id, day, outcome, minutes, 0, note, %(channel)s, %(actor)s, %(now)s, submission
  FROM judged WHERE problem = '' ORDER BY n)
SELECT n, problem FROM judged WHERE problem <> '' ORDER BY n"""
)
_LOCK = "SELECT id FROM agreements_placement WHERE id = ANY (%s) ORDER BY id FOR NO KEY UPDATE"


@transaction.atomic
def record_many(*, days: Sequence[SaidDay], by: Access, today: date, channel: str = Channel.IMPORT) -> dict[int, NotWritten]:
    """Write these days, all that may be; returns why the others were not, by their place in `days`."""
    by.require(Permission.IMPORT_ATTENDANCE)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [sorted({d.placement for d in days})])
    refused = _judge(days, by, today, channel)
    written = [d for n, d in enumerate(days) if n not in refused]
    months: dict[date, set[int]] = {}
    for d in written:
        months.setdefault(first_of_month(d.day), set()).add(d.placement)
    for month, placements in months.items():
        recompute_totals(placements, [month])
    _tell(written, by)
    return refused


def look_at_many(*, days: Sequence[SaidDay], by: Access, today: date) -> dict[int, NotWritten]:
    """What `record_many` would refuse now; nothing is written."""
    by.require(Permission.IMPORT_ATTENDANCE)
    return _judge(days, by, today, "")


def _judge(days: Sequence[SaidDay], by: Access, today: date, channel: str) -> dict[int, NotWritten]:
    """With a `channel` the good ones are written."""
    refused = _refused_alone(days, by)
    asked = [(n, d) for n, d in enumerate(days) if n not in refused]
    values: dict[str, Any] = {
        "placements": [d.placement for _n, d in asked],
        "days": [d.day for _n, d in asked],
        "outcomes": [d.outcome for _n, d in asked],
        "minutes": [d.minutes for _n, d in asked],
        "notes": [d.note for _n, d in asked],
        "submissions": [d.submission for _n, d in asked],
        "over": [d.over for _n, d in asked] if any(d.over for _n, d in asked) else [],
        "present": PRESENT,
        "recordable": [str(state) for state in RECORDABLE],
        "today": today,
        "most": MINUTES_A_DAY,
        "channel": channel,
        "actor": by.actor_id,
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE if channel else _LOOK, values)
        found = [(asked[n - 1], problem) for n, problem in cursor.fetchall()]
    known = _placements({d.placement for (_n, d), problem in found if problem == "rule"})
    return refused | {n: _why(problem, d, known.get(d.placement), today) for (n, d), problem in found}


def _refused_alone(days: Sequence[SaidDay], by: Access) -> dict[int, NotWritten]:
    """What can be said of a day without looking at anything else."""
    refused: dict[int, NotWritten] = {}
    for n, d in enumerate(days):
        try:
            if d.outcome not in OUTCOMES or not (by.system_reason or OUTCOMES[d.outcome].roles & by.roles):
                raise DomainError(_("Questo esito lo può indicare solo l’ufficio."), field="outcome")
            check_note(d.note, d.outcome)
            if d.minutes is not None:
                day_minutes(d.outcome, d.minutes, None)
        except DomainError as error:
            refused[n] = NotWritten(str(error), error.field)
    return refused


def _placements(ids: Collection[int]) -> dict[int, Placement]:
    return Placement.objects.in_bulk(ids) if ids else {}


def _why(problem: str, d: SaidDay, placement: Placement | None, today: date) -> NotWritten:
    if problem == "twice":
        return NotWritten(_("Lo stesso giorno della stessa persona c'è due volte nel file."), "day")
    if problem == "same":
        return NotWritten(_("Questo giorno è già scritto così."), "day", is_known=True)
    if problem == "other":
        return NotWritten(_("Per questo giorno è già scritto altro: si corregge nel foglio del mese."), "day")
    if placement is None:
        return NotWritten(_("Questo tirocinio non c'è."), "day")
    try:
        state, planned, _last, _twin, is_paused = _situation(placement, d.day, None)
        check_day(placement, d.day, state, today, is_paused=is_paused)
        day_minutes(d.outcome, d.minutes, planned)
    except DomainError as error:
        return NotWritten(str(error), error.field)
    return NotWritten(_("Nel frattempo qualcosa è cambiato: controlla di nuovo."), "day")


def _tell(written: Iterable[SaidDay], by: Access) -> None:
    """An absence without a word is somebody's to-do, as after a tap; taken back, it is nobody's."""
    loud = [d for d in written if OUTCOMES[d.outcome].alerts_referent or d.outcome == Outcome.WITHDRAWN]
    taken_back = [d.over for d in loud if d.over]
    alerting = [str(code) for code, rule in OUTCOMES.items() if rule.alerts_referent]
    before = (
        dict(AttendanceEvent.objects.filter(submission__in=taken_back, outcome__in=alerting).values_list("submission", "outcome"))
        if taken_back
        else {}
    )
    loud = [d for d in loud if d.outcome != Outcome.WITHDRAWN or d.over in before]
    if not loud:
        return
    rows = Placement.objects.select_related("beneficiary").in_bulk({d.placement for d in loud})
    for d in sorted(loud, key=lambda d: d.day):
        event = AttendanceEvent(placement=rows[d.placement], day=d.day, outcome=d.outcome)
        _tell_referent(rows[d.placement], event, before.get(d.over, ""), by)
