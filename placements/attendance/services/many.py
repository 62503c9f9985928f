"""Many days at once: what a file says of a month, or that it is taken back. One statement judges and writes them all.

The facts are those of the taps: the same events, the same totals, the same to-dos; a test holds the two beside each other. What is refused
is refused by the statement, and said in the words of the tap (`check_day`). The days stand in a table, or come as values: the statement
reads them where they are, and a day that is written never passes through Python.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
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
from ..rules import MINUTES_A_DAY, NOTES, OUTCOMES, PRESENT, check_note, day_minutes
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
class SaidDays:
    """Where days stand: a query with the columns n (bigint, each once), placement_id, day, outcome, minutes (int), note, submission and
    over, as in `SaidDay`, and its values. Its values are named `said_…`."""

    sql: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NotWritten:
    """Why a day was not written, in words; `is_known`: it says what stands there already."""

    words: str
    field: str | None = None
    is_known: bool = False


_AT_HAND = """
SELECT g.n, g.placement_id, g.day, g.outcome, g.minutes, g.note, g.submission, g.over
FROM unnest(%(said_placements)s::bigint[], %(said_days)s::date[], %(said_outcomes)s::text[], %(said_minutes)s::int[],
            %(said_notes)s::text[], %(said_submissions)s::uuid[], %(said_over)s::uuid[])
  WITH ORDINALITY AS g(placement_id, day, outcome, minutes, note, submission, over, n)"""
_JUDGED = """
WITH said AS MATERIALIZED ({said}), asked AS (
  SELECT *, outcome = ANY (%(present)s) AS is_presence, date_trunc('month', day::timestamp)::date AS month,
    outcome = ANY (%(sayable)s) AND (note = '' OR note || ' ' || outcome = ANY (%(noted)s)) AS is_sayable
  FROM said
), judged AS MATERIALIZED (
  SELECT g.n, g.placement_id, g.day, g.month, g.outcome, g.minutes AS said_minutes, g.note, g.submission, p.ambito_id,
    e.outcome AS before, CASE WHEN g.is_presence THEN coalesce(g.minutes, s.minutes) ELSE 0 END AS minutes,
    CASE
      WHEN p.id IS NULL OR NOT g.is_sayable THEN 'rule'
      WHEN p.state = 'suspended' AND NOT EXISTS (SELECT 1 FROM agreements_suspension WHERE placement_id = p.id) THEN 'rule'
      WHEN EXISTS (SELECT 1 FROM agreements_suspension u WHERE u.placement_id = p.id AND u.starts_on <= g.day
                   AND (u.ends_on IS NULL OR u.ends_on >= g.day OR p.state = 'suspended')) THEN 'rule'
      WHEN p.state <> ALL (%(recordable)s) AND p.state <> 'suspended' THEN 'rule'
      WHEN g.day < coalesce(p.entered_on, p.starts_on) OR g.day > coalesce(p.ended_on, p.ends_on) OR g.day > %(today)s THEN 'rule'
      WHEN coalesce(t.state, 'open') <> 'open' THEN 'rule'
      WHEN g.is_presence AND coalesce(coalesce(g.minutes, s.minutes) NOT BETWEEN 1 AND %(most)s, true) THEN 'rule'
      WHEN NOT g.is_presence AND g.minutes <> 0 THEN 'rule'
      WHEN row_number() OVER (PARTITION BY g.placement_id, g.day, g.is_sayable ORDER BY g.n) > 1 THEN 'twice'
      WHEN g.outcome = 'withdrawn' THEN CASE WHEN e.submission = g.over THEN '' ELSE 'other' END
      WHEN coalesce(e.outcome, 'withdrawn') = 'withdrawn' THEN ''
      WHEN e.outcome = g.outcome AND e.minutes = CASE WHEN g.is_presence THEN coalesce(g.minutes, s.minutes) ELSE 0 END THEN 'same'
      ELSE 'other'
    END AS problem
  FROM asked g
  LEFT JOIN agreements_placement p ON p.id = g.placement_id
  LEFT JOIN attendance_plannedsession s ON s.placement_id = g.placement_id AND s.day = g.day
  LEFT JOIN attendance_timesheet t ON t.placement_id = g.placement_id AND t.month = g.month
  LEFT JOIN LATERAL (SELECT outcome, minutes, submission FROM attendance_attendanceevent
                     WHERE placement_id = g.placement_id AND day = g.day ORDER BY id DESC LIMIT 1) e ON true
)"""
_REFUSED = """
SELECT problem, n, placement_id, day, outcome, said_minutes, note, '' FROM judged WHERE problem <> ''"""
_WRITTEN = """, written AS (
  INSERT INTO attendance_attendanceevent
    (ambito_id, placement_id, day, outcome, minutes, travel_minutes, note, channel, recorded_by_id, recorded_at, submission)
  SELECT ambito_id, placement_id, day, outcome, minutes, 0, note, %(channel)s, %(actor)s, %(now)s, submission
  FROM judged WHERE problem = '' ORDER BY n)"""
# Beside what was refused: the months that have a day more, and the days somebody is to be told of, with what they said before.
_TOUCHED = """
UNION ALL SELECT DISTINCT 'month', NULL::bigint, placement_id, month, '', NULL::int, '', '' FROM judged WHERE problem = ''
UNION ALL SELECT 'loud', n, placement_id, day, outcome, NULL, '', coalesce(before, '') FROM judged
WHERE problem = '' AND (outcome = ANY (%(alerting)s) OR outcome = 'withdrawn' AND before = ANY (%(alerting)s))"""
_LOCK = """
SELECT count(*) FROM (
  SELECT id FROM agreements_placement WHERE id IN (SELECT placement_id FROM ({said}) AS said) ORDER BY id FOR NO KEY UPDATE) AS held"""


class _Answer(NamedTuple):
    """A line of what the statement answers."""

    what: str
    n: int
    placement: int
    day: date
    outcome: str
    minutes: int | None
    note: str
    before: str


def at_hand(days: Sequence[SaidDay]) -> SaidDays:
    """Days that are at hand; `n` is their place, from 1."""
    return SaidDays(
        _AT_HAND,
        {
            "said_placements": [d.placement for d in days],
            "said_days": [d.day for d in days],
            "said_outcomes": [d.outcome for d in days],
            "said_minutes": [d.minutes for d in days],
            "said_notes": [d.note for d in days],
            "said_submissions": [d.submission for d in days],
            "said_over": [d.over for d in days],
        },
    )


@transaction.atomic
def record_many(*, days: SaidDays, by: Access, today: date, channel: str = Channel.IMPORT) -> dict[int, NotWritten]:
    """Write these days, all that may be; returns why the others were not, by their `n`."""
    by.require(Permission.IMPORT_ATTENDANCE)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK.format(said=days.sql), days.values)
    answers = _judge(days, by, today, channel)
    months: dict[date, set[int]] = defaultdict(set)
    for answer in answers["month"]:
        months[answer.day].add(answer.placement)
    for month, placements in months.items():
        recompute_totals(placements, [month])
    _tell(answers["loud"], by)
    return _refusals(answers, by, today)


def look_at_many(*, days: SaidDays, by: Access, today: date) -> dict[int, NotWritten]:
    """What `record_many` would refuse now; nothing is written."""
    by.require(Permission.IMPORT_ATTENDANCE)
    return _refusals(_judge(days, by, today, ""), by, today)


def _judge(days: SaidDays, by: Access, today: date, channel: str) -> dict[str, list[_Answer]]:
    """What the statement answers, by what it says; with a `channel` the good days are written."""
    values: dict[str, Any] = {
        "present": PRESENT,
        "sayable": [str(code) for code in OUTCOMES if _may_say(code, by)],
        "noted": [f"{note} {outcome}" for note, outcomes in NOTES.items() for outcome in outcomes],
        "alerting": [str(code) for code, rule in OUTCOMES.items() if rule.alerts_referent],
        "recordable": [str(state) for state in RECORDABLE],
        "today": today,
        "most": MINUTES_A_DAY,
        "channel": channel,
        "actor": by.actor_id,
        "now": timezone.now(),
    }
    statement = _JUDGED.format(said=days.sql) + (_WRITTEN + _REFUSED + _TOUCHED if channel else _REFUSED)
    found: dict[str, list[_Answer]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, **days.values})
        for row in cursor.fetchall():
            found[row[0]].append(_Answer(*row))
    return found


def _may_say(outcome: str, by: Access) -> bool:
    return outcome in OUTCOMES and bool(by.system_reason or OUTCOMES[outcome].roles & by.roles)


def _refusals(answers: Mapping[str, list[_Answer]], by: Access, today: date) -> dict[int, NotWritten]:
    refused = [answer for problem in ("rule", "twice", "same", "other") for answer in answers.get(problem, ())]
    known = _placements({answer.placement for answer in refused if answer.what == "rule"})
    return {answer.n: _why(answer, known.get(answer.placement), by, today) for answer in sorted(refused, key=lambda answer: answer.n)}


def _placements(ids: Collection[int]) -> dict[int, Placement]:
    return Placement.objects.in_bulk(ids) if ids else {}


def _why(said: _Answer, placement: Placement | None, by: Access, today: date) -> NotWritten:
    if said.what == "twice":
        return NotWritten(_("Lo stesso giorno della stessa persona c'è due volte nel file."), "day")
    if said.what == "same":
        return NotWritten(_("Questo giorno è già scritto così."), "day", is_known=True)
    if said.what == "other":
        return NotWritten(_("Per questo giorno è già scritto altro: si corregge nel foglio del mese."), "day")
    try:
        if not _may_say(said.outcome, by):
            raise DomainError(_("Questo esito lo può indicare solo l’ufficio."), field="outcome")
        check_note(said.note, said.outcome)
        if said.minutes is not None:
            day_minutes(said.outcome, said.minutes, None)
        if placement is None:
            return NotWritten(_("Questo tirocinio non c'è."), "day")
        state, planned, _last, _twin, is_paused = _situation(placement, said.day, None)
        check_day(placement, said.day, state, today, is_paused=is_paused)
        day_minutes(said.outcome, said.minutes, planned)
    except DomainError as error:
        return NotWritten(str(error), error.field)
    return NotWritten(_("Nel frattempo qualcosa è cambiato: controlla di nuovo."), "day")


def _tell(loud: Iterable[_Answer], by: Access) -> None:
    """An absence without a word is somebody's to-do, as after a tap; taken back, it is nobody's."""
    days = sorted(loud, key=lambda said: (said.day, said.n))
    rows = Placement.objects.select_related("beneficiary").in_bulk({said.placement for said in days}) if days else {}
    for said in days:
        event = AttendanceEvent(placement=rows[said.placement], day=said.day, outcome=said.outcome)
        _tell_referent(rows[said.placement], event, said.before if said.outcome == Outcome.WITHDRAWN else "", by)
