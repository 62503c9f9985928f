"""Who takes part: tutors with their people, offices with theirs, each with a session of their own. Written by the tables' owner.

The crowd's tutors have no sign-in: those that are chosen get one. Everything else that is read is as the seed left it.
"""

import secrets
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, transaction
from django.utils import timezone

from impresasolidale.accounts.models import Membership, Session, User
from impresasolidale.accounts.permissions import Role
from impresasolidale.accounts.sessions import CONFIRMED, IDLE, LAST, STARTED, SessionStore
from impresasolidale.privacy.middleware import KEY as INSTRUCTIONS
from impresasolidale.runner import Problem

BACKEND = "django.contrib.auth.backends.ModelBackend"
MAIL = "carico.tutor.{}@example.org"
LARGE = 3  # offices with the most placements, which together get
SHARE = 10  # one in so many of the offices' requests
DAYS = 22  # of a month that the spike fills
HOURS = 12

# Tutors of the crowd, or with a sign-in that opens nothing else, who have people whose today may be recorded.
_TUTORS = """
SELECT t.id, t.user_id, t.first_name, t.last_name, t.network_id, p.company_id, array_agg(p.public_id::text ORDER BY p.id)
FROM agreements_placement p JOIN hosts_companytutor t ON t.id = p.company_tutor_id
WHERE p.state = 'active' AND %(today)s BETWEEN coalesce(p.entered_on, p.starts_on) AND coalesce(p.ended_on, p.ends_on)
  AND NOT EXISTS (SELECT 1 FROM attendance_timesheet s WHERE s.placement_id = p.id AND s.month = %(month)s AND s.state <> 'open')
  AND NOT EXISTS (SELECT 1 FROM agreements_suspension u WHERE u.placement_id = p.id)
  AND (t.email LIKE 'folla.%%' OR t.user_id IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM accounts_membership m WHERE m.user_id = t.user_id AND m.role <> 'company_tutor')
  AND (%(ambito)s::bigint IS NULL OR p.ambito_id = %(ambito)s)
GROUP BY t.id, p.company_id HAVING t.user_id IS NULL OR EXISTS (
  SELECT 1 FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
  WHERE m.user_id = t.user_id AND m.company_id = p.company_id AND m.valid_to IS NULL AND u.is_active)
ORDER BY hashint8(t.id), p.company_id LIMIT %(many)s
"""
_OFFICES = """
SELECT a.id, a.network_id, w.user_id, c.user_id, n.placements, x.some
FROM territory_ambito a
JOIN LATERAL (SELECT m.user_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
  WHERE m.ambito_id = a.id AND m.role = 'social_worker' AND m.valid_to IS NULL AND m.deputy_of_id IS NULL ORDER BY m.id LIMIT 1) w ON true
JOIN LATERAL (SELECT m.user_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
  WHERE m.ambito_id = a.id AND m.role = 'coordinator' AND m.valid_to IS NULL AND m.deputy_of_id IS NULL ORDER BY m.id LIMIT 1) c ON true
CROSS JOIN LATERAL (SELECT count(*) AS placements FROM agreements_placement p WHERE p.ambito_id = a.id) n
CROSS JOIN LATERAL (SELECT array_agg(s.public_id::text) AS some FROM (
  SELECT p.public_id FROM agreements_placement p
  JOIN beneficiaries_caremember m ON m.beneficiary_id = p.beneficiary_id AND m.user_id = w.user_id AND m.valid_to IS NULL
  WHERE p.ambito_id = a.id AND p.state = 'active' LIMIT 20) s) x
WHERE x.some IS NOT NULL ORDER BY n.placements DESC, a.id
"""


class Mark(NamedTuple):
    """What was there before anybody did anything: the database's clock, and the last row of each table. The demo has days to come."""

    at: Any
    document: int
    job: int
    fact: int
    event: int


def mark() -> Mark:
    tables = ("core_document", "core_job", "core_fact", "attendance_attendanceevent")
    lasts = ", ".join(f"(SELECT coalesce(max(id), 0) FROM {table})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT clock_timestamp(), {lasts}")
        return Mark(*cursor.fetchone())


@dataclass(frozen=True)
class Tutor:
    user_id: int
    session: str
    placements: list[str]


@dataclass(frozen=True)
class Office:
    """An Ambito's social worker and coordinator, and some placements whose people the worker follows."""

    ambito_id: int
    network_id: int
    worker_id: int
    worker: str  # session
    coordinator: str
    placements: list[str]


@dataclass(frozen=True)
class Sheet:
    """A month that a tutor has still to fill and to close."""

    tutor: Tutor
    placement: str
    sheet: UUID
    rows: int


@dataclass
class Cast:
    today: date
    tutors: list[Tutor]
    offices: list[Office]
    weights: list[float] = field(default_factory=list)  # cumulative, one an office

    def __post_init__(self) -> None:
        large = min(LARGE, len(self.offices))
        rest = len(self.offices) - large
        each = [1 / SHARE / large if n < large else (1 - 1 / SHARE) / rest for n in range(len(self.offices))] if rest else [1.0] * large
        self.weights = list(accumulate(each))


def gather(*, tutors: int, ambito_id: int | None = None) -> Cast:
    """Everybody, signed in. Raises Problem where there is nobody to take part."""
    today = timezone.localdate()
    with transaction.atomic(), connection.cursor() as cursor:
        asked = {"today": today, "month": today.replace(day=1), "ambito": ambito_id, "many": tutors}
        cursor.execute(_TUTORS, asked)
        chosen = cursor.fetchall()
        cursor.execute(_OFFICES)
        offices = cursor.fetchall()
        if not chosen or not offices:
            raise Problem("Nel database mancano tutor con delle persone o uffici: prima serve ./impresa seed --ambiti … --placements …")
        users = _users([row[:6] for row in chosen])
        keys = sign_in({*users.values(), *(row[2] for row in offices), *(row[3] for row in offices)})
    return Cast(
        today=today,
        tutors=[Tutor(users[row[0]], keys[users[row[0]]], row[6]) for row in chosen],
        offices=[Office(a, network, w, keys[w], keys[c], some) for a, network, w, c, _many, some in offices],
    )


def _users(rows: Iterable[tuple[Any, ...]]) -> dict[int, int]:
    """The user of each of these tutors; who has none gets one, with the right to the company of those people and nothing else."""
    found: dict[int, int] = {}
    fresh: dict[int, tuple[User, int, int]] = {}
    for tutor_id, user_id, first, last, network_id, company_id in rows:
        if user_id:
            found[tutor_id] = user_id
        elif tutor_id not in fresh:
            user = User(email=MAIL.format(tutor_id), first_name=first, last_name=last, password="!")
            fresh[tutor_id] = user, network_id, company_id
    User.objects.bulk_create([user for user, _network, _company in fresh.values()])
    Membership.objects.bulk_create(
        [
            Membership(user=user, role=Role.COMPANY_TUTOR, network_id=network, company_id=company, valid_from=date(2020, 1, 1))
            for user, network, company in fresh.values()
        ]
    )
    with connection.cursor() as cursor, without_triggers("hosts_companytutor"):
        cursor.execute(
            "UPDATE hosts_companytutor t SET user_id = n.user_id"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS n (id, user_id) WHERE t.id = n.id",
            [list(fresh), [user.pk for user, _network, _company in fresh.values()]],
        )
    return found | {tutor_id: user.pk for tutor_id, (user, _network, _company) in fresh.items()}


def sign_in(users: Collection[int]) -> dict[int, str]:
    """A session for each, as a sign-in leaves it; the instructions were read today."""
    now = timezone.now()
    rows = []
    for user in User.objects.filter(pk__in=users):
        data = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: BACKEND,
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            **dict.fromkeys((STARTED, LAST, CONFIRMED), now.isoformat()),
            IDLE: HOURS * 60,
            INSTRUCTIONS: timezone.localdate().isoformat(),
        }
        ends = now + timedelta(hours=HOURS)
        key = secrets.token_hex(16)
        text = SessionStore().encode(data)
        rows.append(Session(session_key=key, session_data=text, expire_date=ends, user=user, started_at=now, seen_at=now))
    Session.objects.bulk_create(rows)
    return {int(row.user_id or 0): row.session_key for row in rows}


@contextmanager
def without_triggers(*tables: str) -> Iterator[None]:
    """As the seed writes: the tables' own triggers look away."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks that wait cannot be altered
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


# --- The evening of the last day of the month

# One whole month of one placement for each tutor, whose company was never closed in it.
_SHEETS = """
CREATE TEMP TABLE load_sheet ON COMMIT DROP AS
SELECT * FROM (
  SELECT DISTINCT ON (t.id) t.id AS tutor_id, t.user_id, t.first_name, t.last_name, t.network_id, p.company_id, p.id AS placement_id,
         p.public_id, p.ambito_id, s.id AS sheet_id, s.public_id AS sheet
  FROM attendance_timesheet s
  JOIN agreements_placement p ON p.id = s.placement_id
  JOIN hosts_companytutor t ON t.id = p.company_tutor_id
  WHERE s.month = %(month)s AND s.state IN ('open', 'closed') AND s.closed_by_id IS NULL AND p.state = 'active'
    AND p.entered_on IS NULL AND p.starts_on <= %(month)s AND coalesce(p.ended_on, p.ends_on) >= %(last)s AND t.email LIKE 'folla.%%'
    AND NOT EXISTS (SELECT 1 FROM hosts_closure c WHERE c.company_id = p.company_id)
    AND NOT EXISTS (SELECT 1 FROM agreements_suspension u WHERE u.placement_id = p.id)
  ORDER BY t.id, p.id) one
ORDER BY hashint8(tutor_id) LIMIT %(many)s
"""
# As it stood that evening: 22 days planned, nothing said, nothing closed.
_EMPTY = """
DELETE FROM attendance_attendanceevent e USING load_sheet l WHERE e.placement_id = l.placement_id AND e.day BETWEEN %(month)s AND %(last)s;
DELETE FROM core_fact f USING load_sheet l
WHERE f.subject_type = 'attendance.timesheet' AND f.subject_id = l.sheet_id AND f.code = 'attendance.timesheet.closed';
INSERT INTO attendance_plannedsession (ambito_id, placement_id, day, starts_at, minutes)
SELECT ambito_id, placement_id, day, '09:00', 240 FROM (
  SELECT l.ambito_id, l.placement_id, g.day::date, row_number() OVER (PARTITION BY l.placement_id ORDER BY g.day) AS n,
         %(days)s - (SELECT count(*) FROM attendance_plannedsession x
                     WHERE x.placement_id = l.placement_id AND x.day BETWEEN %(month)s AND %(last)s) AS missing
  FROM load_sheet l CROSS JOIN generate_series(%(month)s::date, %(last)s::date, interval '1 day') AS g (day)
  WHERE extract(isodow FROM g.day) < 7
    AND NOT EXISTS (SELECT 1 FROM attendance_plannedsession x WHERE x.placement_id = l.placement_id AND x.day = g.day::date)) d
WHERE n <= missing;
UPDATE attendance_timesheet t
SET state = 'open', closed_at = NULL, done_minutes = 0, credited_minutes = 0, days_present = 0, days_absent = 0,
    planned_minutes = (SELECT sum(x.minutes) FROM attendance_plannedsession x
                       WHERE x.placement_id = t.placement_id AND x.day BETWEEN %(month)s AND %(last)s)
FROM load_sheet l WHERE t.id = l.sheet_id
"""
_EMPTIED = ("attendance_attendanceevent", "core_fact", "attendance_plannedsession", "attendance_timesheet")


def months_to_fill(*, tutors: int, today: date) -> tuple[date, list[Sheet]]:
    """The month before `today`, not filled yet, of so many tutors; fewer where there are not as many."""
    last = today.replace(day=1) - timedelta(days=1)
    values = {"month": last.replace(day=1), "last": last, "many": tutors, "days": DAYS}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SHEETS, values)
        with without_triggers(*_EMPTIED):
            cursor.execute(_EMPTY, values)
        cursor.execute("SELECT tutor_id, user_id, first_name, last_name, network_id, company_id FROM load_sheet")
        users = _users(cursor.fetchall())
        keys = sign_in(users.values())
        cursor.execute(
            "SELECT l.tutor_id, l.public_id::text, l.sheet, (SELECT count(*) FROM attendance_plannedsession x"
            " WHERE x.placement_id = l.placement_id AND x.day BETWEEN %(month)s AND %(last)s) FROM load_sheet l ORDER BY l.tutor_id",
            values,
        )
        rows = cursor.fetchall()
    if not rows:
        raise Problem("Nel database manca un mese da chiudere: prima serve ./impresa seed --ambiti … --placements … --events …")
    return values["month"], [
        Sheet(Tutor(users[tutor], keys[users[tutor]], [placement]), placement, sheet, count) for tutor, placement, sheet, count in rows
    ]


def sign_out(people: Cast, sheets: Iterable[Sheet] = ()) -> None:
    """The sessions made for the run are over."""
    keys = {one.session for one in people.tutors} | {key for office in people.offices for key in (office.worker, office.coordinator)}
    Session.objects.filter(session_key__in=keys | {one.tutor.session for one in sheets}).delete()
