"""./impresa bench, the rows of exchange: a month of attendance from its staging table, with all its rules.

The floor is COPY of the same rows, as ready text, into a table like it with a primary key, a foreign key, the checks and one covering index
(performance.md §3.2, d1); beside it stands the barest insert into the table itself, with all its keys, indexes and triggers. Keys that are
looked at when a transaction commits are looked at inside the measure, on every side.
"""

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.exchange.kinds import KINDS
from impresasolidale.exchange.kinds.attendance import Attendance
from impresasolidale.exchange.models import ImportBatch, ImportedDay, ImportRow
from impresasolidale.exchange.services import as_office
from impresasolidale.exchange.services.passes import PIECE_OF_DAYS
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.attendance.models import PlannedSession

from .together import shared_floor

PLACEMENTS = 500
TARGET = 4.0  # at least a quarter of COPY's speed (performance.md §4)
SCHEMA = "bench_days"
TABLE = """
CREATE TABLE event (LIKE public.attendance_attendanceevent INCLUDING CONSTRAINTS INCLUDING DEFAULTS INCLUDING IDENTITY);
ALTER TABLE event ADD PRIMARY KEY (id), ADD FOREIGN KEY (placement_id) REFERENCES public.agreements_placement;
CREATE INDEX ON event (day, placement_id) INCLUDE (minutes, travel_minutes, outcome);
"""
COLUMNS = "ambito_id, placement_id, day, outcome, minutes, travel_minutes, note, channel, recorded_by_id, recorded_at, submission"
COPY = f"COPY {SCHEMA}.event ({COLUMNS}) FROM STDIN"
INSERT = f"""
INSERT INTO attendance_attendanceevent ({COLUMNS})
SELECT %s, g.placement_id, g.day, 'present', 240, 0, '', 'import', %s, %s, g.submission
FROM unnest(%s::bigint[], %s::date[], %s::uuid[]) AS g(placement_id, day, submission)
"""  # noqa: S608 (of this module's own words)

KEYS = """
SELECT string_agg(quote_ident(conname), ', ') FROM pg_constraint
WHERE contype = 'f' AND condeferrable AND conrelid IN ('attendance_attendanceevent'::regclass, 'attendance_timesheet'::regclass)
"""


def floor_of_days() -> AbstractContextManager[bool]:
    """The table of the floor, made by the owner before the measuring begins: a foreign key waits for whoever writes placements."""
    return shared_floor(SCHEMA, TABLE)


def exchange_rows(access: Access, rounds: int) -> Iterator[Any]:
    with transaction.atomic():
        yield from _days(access, rounds)
        transaction.set_rollback(True)


def _days(access: Access, rounds: int) -> Iterator[Any]:
    from .bench import compare, timed

    today = timezone.localdate()
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    batch, rows, days = _month(access, month)
    kind = KINDS["attendance"]
    assert isinstance(kind, Attendance)
    with connection.cursor() as cursor:
        cursor.execute(KEYS)
        cursor.execute(f"SET CONSTRAINTS {cursor.fetchone()[0]} IMMEDIATE")

    def ours() -> None:
        for first in range(0, len(rows), PIECE_OF_DAYS):
            refused = kind.take(batch, rows[first : first + PIECE_OF_DAYS], by=as_office(access), today=today)
            assert not refused, "every day is written"

    def text() -> bytes:
        now = timezone.now().isoformat()
        rest = f"present\t240\t0\t\timport\t{access.actor_id}\t{now}"
        return "".join(f"{access.ambito_id}\t{d.placement_id}\t{d.day}\t{rest}\t{uuid.uuid4()}\n" for d in days).encode()

    ready = text()

    def bare() -> None:
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.write(ready)

    def insert() -> None:
        """What COPY would be of the real table: PostgreSQL refuses it under row-level security."""
        now = timezone.now()
        columns: list[Any] = [[day.placement_id for day in days], [day.day for day in days], [uuid.uuid4() for _day in days]]
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [access.ambito_id, access.actor_id, now, *columns])

    yield compare(f"days from a file, {len(rows)}", timed(ours), timed(bare), target=TARGET, rounds=rounds)
    yield compare("days from a file, bare insert", timed(ours), timed(insert), target=TARGET, rounds=rounds)


def _month(access: Access, month: date) -> tuple[ImportBatch, list[ImportRow], list[ImportedDay]]:
    """A file of a month of many placements, staged: all of them like one that runs."""
    running = Placement.objects.filter(ambito_id=access.ambito_id, state=PlacementState.ACTIVE, entered_on=None, starts_on__lte=month)
    like = running.filter(ends_on__gte=timezone.localdate()).order_by("pk")[0]
    placements = _copies(like, PLACEMENTS)
    last = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    weekdays = [d for n in range((last - month).days + 1) if (d := month + timedelta(days=n)).weekday() < 5]
    PlannedSession.objects.bulk_create(
        [
            PlannedSession(ambito_id=access.ambito_id, placement_id=pk, day=d, starts_at="09:00", minutes=240)
            for pk in placements
            for d in weekdays
        ],
        batch_size=5000,
    )
    batch = ImportBatch.objects.create(
        ambito_id=access.ambito_id, kind="attendance", original_name="bench.csv", file_hash="0" * 64, shape=""
    )
    pairs = [(pk, d) for pk in placements for d in weekdays]
    rows = ImportRow.objects.bulk_create(
        [ImportRow(ambito_id=access.ambito_id, batch=batch, number=n, cells="[]", outcome="good") for n, _pair in enumerate(pairs, 2)],
        batch_size=5000,
    )
    days = ImportedDay.objects.bulk_create(
        [
            ImportedDay(ambito_id=access.ambito_id, row=row, batch=batch, number=row.number, placement_id=pk, day=d, outcome="present")
            for row, (pk, d) in zip(rows, pairs, strict=True)
        ],
        batch_size=5000,
    )
    return batch, rows, days


def _copies(like: Placement, count: int) -> list[int]:
    """Placements with the columns of `like`, one beside the other."""
    columns = [str(f.column) for f in Placement._meta.concrete_fields if not f.primary_key and not f.generated]
    own = {"public_id": "gen_random_uuid()", "exclusive": "false"}
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO agreements_placement ({', '.join(columns)}) SELECT {', '.join(own.get(c, c) for c in columns)}"  # noqa: S608
            " FROM agreements_placement, generate_series(1, %s) WHERE id = %s RETURNING id",
            [count, like.pk],
        )
        return [pk for (pk,) in cursor.fetchall()]
