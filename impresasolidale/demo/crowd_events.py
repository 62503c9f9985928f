"""Attendance for the crowd: planned days, what was said of them, and the month table, made inside the database.

Days follow the week of each placement's first project; what was said of a day is a function of placement and day, so the same number
gives the same rows. Placements get their days whole, in an order that mixes the Ambiti, until the wanted number is reached. Fifty million
take as long as ten times five million, and no more memory.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.core.models import Fact
from impresasolidale.core.scope import scope, unscoped
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.rules import add_months
from placements.agreements.enums import LIVE, OVER
from placements.attendance.enums import MonthState
from placements.attendance.models import AttendanceEvent, PlannedSession, Timesheet
from placements.attendance.rules import ABSENT, CREDITED, PRESENT
from placements.attendance.services.freezing import freeze_sheets

from .crowd import CODE, checked_at_the_end, told

TOGETHER = 5_000  # sheets frozen at once
PIECE, TOLD = 500, 40  # placements whose days are made at once; pieces from one word of progress to the next
TABLES: tuple[type[models.Model], ...] = (PlannedSession, AttendanceEvent, Timesheet, Fact)

# Placements without a day yet, shuffled by their id; each with its days so far, until all together are enough. In pieces, by id.
_CHOSEN = """
CREATE TEMP TABLE crowd_chosen ON COMMIT DROP AS
WITH lived AS (
  SELECT p.id, p.ambito_id, j.id AS project_id, p.starts_on, least(coalesce(p.ended_on, p.ends_on), %(today)s) AS last_day
  FROM agreements_placement p
  JOIN LATERAL (SELECT id FROM agreements_personalproject WHERE placement_id = p.id ORDER BY version LIMIT 1) j ON true
  WHERE p.state = ANY (%(states)s) AND p.starts_on < %(today)s
    AND NOT EXISTS (SELECT 1 FROM attendance_plannedsession s WHERE s.placement_id = p.id)),
counted AS (
  SELECT l.*, (l.last_day - l.starts_on + 1) * (SELECT count(*) FROM agreements_weekday w WHERE w.project_id = l.project_id) / 7.0 AS days
  FROM lived l)
SELECT id, ambito_id, project_id, starts_on, last_day, (row_number() OVER (ORDER BY id) - 1) / %(piece)s AS piece FROM (
  SELECT c.*, sum(days) OVER (ORDER BY hashint8(id), id) AS so_far FROM counted c) s
WHERE so_far - days < %(events)s;
CREATE INDEX ON crowd_chosen (piece);
ANALYZE crowd_chosen;
CREATE TEMP TABLE crowd_day (
  ambito_id bigint, placement_id bigint, day date, starts_at time, minutes int, outcome text, done int) ON COMMIT DROP;
"""
# The days of one piece, and what was said of each, in the evening. One day in fourteen is an absence.
_DAYS = """
TRUNCATE crowd_day;
INSERT INTO crowd_day
SELECT s.ambito_id, s.id, s.day, s.starts_at, s.minutes, o.outcome, CASE WHEN o.outcome = 'present' THEN s.minutes ELSE 0 END FROM (
  SELECT c.ambito_id, c.id, g.day::date AS day, w.starts_at, w.minutes,
         ((hashint8(c.id * 100003 + (g.day::date - date '2000-01-01')) %% 1000) + 1000) %% 1000 AS chance
  FROM crowd_chosen c
  JOIN agreements_weekday w ON w.project_id = c.project_id
  CROSS JOIN LATERAL generate_series(
    c.starts_on + (w.weekday - extract(isodow FROM c.starts_on)::int + 8) %% 7, c.last_day, interval '7 days') AS g(day)
  WHERE c.piece = %(number)s) s
CROSS JOIN LATERAL (SELECT CASE WHEN s.chance < 930 THEN 'present' WHEN s.chance < 960 THEN 'justified'
                                WHEN s.chance < 985 THEN 'sick' ELSE 'unjustified' END AS outcome) o
ORDER BY s.id, s.day
"""
_MONTHS = """
SELECT {columns} FROM (
  SELECT ambito_id, placement_id, date_trunc('month', day)::date AS month, sum(minutes) AS planned,
         coalesce(sum(done) FILTER (WHERE outcome = ANY (%(present)s)), 0) AS done,
         coalesce(sum(done) FILTER (WHERE outcome = ANY (%(credited)s)), 0) AS credited,
         count(*) FILTER (WHERE outcome = ANY (%(present)s)) AS days, count(*) FILTER (WHERE outcome = ANY (%(absent)s)) AS absent
  FROM crowd_day GROUP BY 1, 2, 3) m
"""
# A closed month and a confirmed one are facts: of the months of this piece, which have the last ids.
_FACTS = """
SELECT {columns} FROM attendance_timesheet t
JOIN territory_ambito a ON a.id = t.ambito_id
JOIN LATERAL (VALUES ('closed', 'open', 'closed', t.closed_at), ('confirmed', 'closed', 'confirmed', t.confirmed_at))
  AS f(step, before, after, at) ON f.at IS NOT NULL
WHERE t.id > %(last_month)s
ORDER BY f.at, t.id
"""
_DAY = {name: name for name in ("ambito_id", "placement_id", "day")}
PLANNED = {**_DAY, "starts_at": "starts_at", "minutes": "minutes"}
SAID = {**_DAY, "outcome": "outcome", "minutes": "done", "channel": "'import'", "recorded_at": "day + time '18:00'"}
MONTHS = {
    **{name: f"m.{name}" for name in ("ambito_id", "placement_id", "month")},
    "public_id": "gen_random_uuid()",
    "created_at": "now()",
    "planned_minutes": "m.planned",
    "done_minutes": "m.done",
    "credited_minutes": "least(m.planned, m.credited)",
    "days_present": "m.days",
    "days_absent": "m.absent",
    "state": "CASE WHEN m.month < date_trunc('month', %(today)s::date) - interval '1 month' THEN 'confirmed'"
    " WHEN m.month < date_trunc('month', %(today)s::date) THEN 'closed' ELSE 'open' END",
    "closed_at": "CASE WHEN m.month < date_trunc('month', %(today)s::date) THEN m.month + interval '1 month' END",
    "confirmed_at": "CASE WHEN m.month < date_trunc('month', %(today)s::date) - interval '1 month' THEN m.month + interval '40 days' END",
}
FACTS = {
    "subject_type": "'attendance.timesheet'",
    "subject_id": "t.id",
    "at": "f.at",
    "code": "'attendance.timesheet.' || f.step",
    "from_state": "f.before",
    "to_state": "f.after",
    "ambito_id": "t.ambito_id",
    "network_id": "a.network_id",
}


def is_there() -> bool:
    """Whether the crowd has days."""
    with unscoped("seed"):
        return AttendanceEvent.objects.filter(ambito__code__startswith=CODE).exists()


def create_events(*, events: int, today: date, say: Callable[[str], object]) -> int:
    """About `events` attendance events more, with their planned days and months; returns how many. To be run as the tables' owner.

    A piece of some hundred placements after the other, each made in a small table of its own: what is held does not grow with the whole.
    """
    values: dict[str, Any] = {
        "today": today,
        "events": events,
        "piece": PIECE,
        "states": [*LIVE, *OVER],
        "present": PRESENT,
        "credited": CREDITED,
        "absent": ABSENT,
    }
    made = 0
    with unscoped("seed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with checked_at_the_end(TABLES, say):
            cursor.execute(_CHOSEN, values)
            cursor.execute("SELECT coalesce(max(piece) + 1, 0) FROM crowd_chosen")
            pieces: int = cursor.fetchone()[0]
            for number in range(pieces):
                cursor.execute("SELECT coalesce(max(id), 0) FROM attendance_timesheet")
                piece = {**values, "number": number, "last_month": cursor.fetchone()[0]}
                cursor.execute(_DAYS, piece)
                _fill(PlannedSession, PLANNED, "SELECT {columns} FROM crowd_day ORDER BY placement_id, day", piece)
                made += _fill(AttendanceEvent, SAID, "SELECT {columns} FROM crowd_day ORDER BY placement_id, day", piece)
                _fill(Timesheet, MONTHS, _MONTHS, piece)
                _fill(Fact, FACTS, _FACTS, piece)
                if (number + 1) % TOLD == 0 or number + 1 == pieces:
                    say(f"{made} / {events} presenze")
    _pay(today=today, say=say)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return made


def _pay(*, today: date, say: Callable[[str], object]) -> None:
    """What is older than the last two months was paid: frozen by its service, as in an office that keeps up. One transaction an Ambito."""
    before = add_months(today.replace(day=1), -2)
    with unscoped("seed"):
        waiting = Timesheet.objects.filter(state=MonthState.CONFIRMED, confirmed_by=None, month__lt=before)
        ambiti = dict(Ambito.objects.order_by("pk").values_list("pk", "network_id"))
        total, done = waiting.count(), 0
    for ambito_id, network_id in ambiti.items():
        office = Access.system(network_id=network_id, ambito_id=ambito_id, reason="seed")
        with scope(office.scope), transaction.atomic():
            sheets = list(waiting.filter(ambito_id=ambito_id).values_list("pk", flat=True))
            for first in range(0, len(sheets), TOGETHER):
                some = sheets[first : first + TOGETHER]
                freeze_sheets(sheets=some, by=office, now=timezone.now())
                told(say, "mesi pagati", done, done + len(some), total)
                done += len(some)


def _fill(model: type[models.Model], expressions: Mapping[str, str], rows: str, values: Mapping[str, Any]) -> int:
    """INSERT … SELECT of the columns that `expressions` names; every other column has the model's default. Returns the rows."""
    given = dict(expressions)
    defaults: dict[str, Any] = {}
    for column in model._meta.concrete_fields:
        if column.attname not in given and not column.generated and not column.primary_key:
            defaults[f"default_{column.attname}"] = column.get_db_prep_save(column.get_default(), connection)
            given[column.attname] = f"%(default_{column.attname})s::{column.cast_db_type(connection)}"
    table, listed = model._meta.db_table, ", ".join(given)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        # A model's table and columns, and expressions of this module.
        cursor.execute(f"INSERT INTO {table} ({listed}) {rows.format(columns=', '.join(given.values()))}", {**values, **defaults})
        count: int = cursor.rowcount
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    return count
