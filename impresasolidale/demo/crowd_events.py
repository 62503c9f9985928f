"""Attendance for the crowd: planned days, what was said of them, and the month table, made inside the database.

Days follow the week of each placement's first project; what was said of a day is a function of placement and day, so the same number
gives the same rows. Placements get their days whole, in an order that mixes the Ambiti, until the wanted number is reached.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.core.models import Fact
from impresasolidale.core.scope import scope, unscoped
from impresasolidale.territory.rules import add_months
from placements.agreements.enums import LIVE, OVER
from placements.attendance.enums import MonthState
from placements.attendance.models import AttendanceEvent, PlannedSession, Timesheet
from placements.attendance.rules import ABSENT, CREDITED, PRESENT
from placements.attendance.services.freezing import freeze_sheets

from .crowd import CODE, checked_at_the_end

TOGETHER = 5_000  # sheets frozen at once
TABLES: tuple[type[models.Model], ...] = (PlannedSession, AttendanceEvent, Timesheet, Fact)

# Placements without a day yet, shuffled by their id; each with its days so far, until all together are enough.
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
SELECT id, ambito_id, project_id, starts_on, last_day FROM (
  SELECT c.*, sum(days) OVER (ORDER BY hashint8(id), id) AS so_far FROM counted c) s
WHERE so_far - days < %(events)s
"""
_PLANNED = """
SELECT {columns} FROM crowd_chosen c
JOIN agreements_weekday w ON w.project_id = c.project_id
CROSS JOIN LATERAL generate_series(
  c.starts_on + (w.weekday - extract(isodow FROM c.starts_on)::int + 8) %% 7, c.last_day, interval '7 days') AS g(day)
ORDER BY c.id, g.day
"""
# One day in fourteen is an absence; said by the tutor of the row's own day, in the evening.
_SAID = """
SELECT {columns} FROM (
  SELECT s.*, ((hashint8(s.placement_id * 100003 + (s.day - date '2000-01-01')) %% 1000) + 1000) %% 1000 AS chance
  FROM attendance_plannedsession s JOIN crowd_chosen c ON c.id = s.placement_id) s
CROSS JOIN LATERAL (SELECT CASE WHEN s.chance < 930 THEN 'present' WHEN s.chance < 960 THEN 'justified'
                                WHEN s.chance < 985 THEN 'sick' ELSE 'unjustified' END AS outcome) o
ORDER BY s.placement_id, s.day
"""
_MONTHS = """
SELECT {columns} FROM (
  SELECT s.ambito_id, s.placement_id, date_trunc('month', s.day)::date AS month, sum(s.minutes) AS planned,
         coalesce(sum(e.minutes) FILTER (WHERE e.outcome = ANY (%(present)s)), 0) AS done,
         coalesce(sum(e.minutes) FILTER (WHERE e.outcome = ANY (%(credited)s)), 0) AS credited,
         count(*) FILTER (WHERE e.outcome = ANY (%(present)s)) AS days, count(*) FILTER (WHERE e.outcome = ANY (%(absent)s)) AS absent
  FROM attendance_plannedsession s
  JOIN crowd_chosen c ON c.id = s.placement_id
  LEFT JOIN attendance_attendanceevent e ON e.placement_id = s.placement_id AND e.day = s.day
  GROUP BY 1, 2, 3) m
"""
# A closed month and a confirmed one are facts.
_FACTS = """
SELECT {columns} FROM attendance_timesheet t
JOIN crowd_chosen c ON c.id = t.placement_id
JOIN territory_ambito a ON a.id = t.ambito_id
JOIN LATERAL (VALUES ('closed', 'open', 'closed', t.closed_at), ('confirmed', 'closed', 'confirmed', t.confirmed_at))
  AS f(step, before, after, at) ON f.at IS NOT NULL
ORDER BY f.at, t.id
"""


def is_there() -> bool:
    """Whether the crowd has days."""
    with unscoped("seed"):
        return AttendanceEvent.objects.filter(ambito__code__startswith=CODE).exists()


def create_events(*, events: int, today: date, say: Callable[[str], None]) -> int:
    """About `events` attendance events more, with their planned days and months; returns how many. To be run as the tables' owner."""
    values: dict[str, Any] = {
        "today": today,
        "events": events,
        "states": [*LIVE, *OVER],
        "present": PRESENT,
        "credited": CREDITED,
        "absent": ABSENT,
    }
    with unscoped("seed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with checked_at_the_end(TABLES):
            cursor.execute(_CHOSEN, values)
            cursor.execute("ANALYZE crowd_chosen")
            days = {
                "ambito_id": "c.ambito_id",
                "placement_id": "c.id",
                "day": "g.day::date",
                "starts_at": "w.starts_at",
                "minutes": "w.minutes",
            }
            say(f"{_fill(PlannedSession, days, _PLANNED, values)} giornate previste")
            cursor.execute("ANALYZE attendance_plannedsession")
            said = {
                **{name: f"s.{name}" for name in ("ambito_id", "placement_id", "day")},
                "outcome": "o.outcome",
                "minutes": "CASE WHEN o.outcome = 'present' THEN s.minutes ELSE 0 END",
                "channel": "'import'",
                "recorded_at": "s.day + time '18:00'",
            }
            made = _fill(AttendanceEvent, said, _SAID, values)
            say(f"{made} presenze")
            months = {
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
                "confirmed_at": "CASE WHEN m.month < date_trunc('month', %(today)s::date) - interval '1 month'"
                " THEN m.month + interval '40 days' END",
            }
            say(f"{_fill(Timesheet, months, _MONTHS, values)} mesi")
            fact = {
                **{
                    "subject_type": "'attendance.timesheet'",
                    "subject_id": "t.id",
                    "at": "f.at",
                    "code": "'attendance.timesheet.' || f.step",
                },
                **{"from_state": "f.before", "to_state": "f.after", "ambito_id": "t.ambito_id", "network_id": "a.network_id"},
            }
            _fill(Fact, fact, _FACTS, values)
    _pay(today=today, say=say)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return made


def _pay(*, today: date, say: Callable[[str], None]) -> None:
    """What is older than the last two months was paid: frozen by its service, as in an office that keeps up. One transaction an Ambito."""
    before = add_months(today.replace(day=1), -2)
    with unscoped("seed"):
        ambiti = dict(Timesheet.objects.order_by().values_list("ambito_id", "ambito__network_id").distinct())
    for done, (ambito_id, network_id) in enumerate(ambiti.items(), 1):
        office = Access.system(network_id=network_id, ambito_id=ambito_id, reason="seed")
        with scope(office.scope), transaction.atomic():
            ours = Timesheet.objects.filter(ambito_id=ambito_id, state=MonthState.CONFIRMED, confirmed_by=None, month__lt=before)
            sheets = list(ours.values_list("pk", flat=True))
            for first in range(0, len(sheets), TOGETHER):
                freeze_sheets(sheets=sheets[first : first + TOGETHER], by=office, now=timezone.now())
        if done % 50 == 0:
            say(f"pagati i mesi di {done} Ambiti su {len(ambiti)}")


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
