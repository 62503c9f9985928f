"""./impresa bench, the rows of exchange: a month of attendance from its staging table, with all its rules.

Beside COPY of the same rows into a table like it that has no keys and no rules, and beside the barest insert into the table itself."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection
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

PLACEMENTS = 500
TARGET = 4.0  # at least a quarter of COPY's speed (performance.md §4)

FLOOR = """
CREATE TEMP TABLE floor_event (LIKE attendance_attendanceevent INCLUDING ALL) ON COMMIT DROP;
"""
COPY = (
    "COPY floor_event (ambito_id, placement_id, day, outcome, minutes, travel_minutes, note, channel, recorded_by_id, recorded_at,"
    " submission) FROM STDIN"
)
INSERT = """
INSERT INTO attendance_attendanceevent
  (ambito_id, placement_id, day, outcome, minutes, travel_minutes, note, channel, recorded_by_id, recorded_at, submission)
SELECT %s, g.placement_id, g.day, 'present', 240, 0, '', 'import', %s, %s, g.submission
FROM unnest(%s::bigint[], %s::date[], %s::uuid[]) AS g(placement_id, day, submission)
"""


def exchange_rows(access: Access, rounds: int) -> Iterator[Any]:
    from .bench import compare, timed

    today = timezone.localdate()
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    batch, rows, days = _month(access, month)
    kind = KINDS["attendance"]
    assert isinstance(kind, Attendance)
    with connection.cursor() as cursor:
        cursor.execute(FLOOR)
        cursor.execute("ANALYZE")

    def ours() -> None:
        for first in range(0, len(rows), PIECE_OF_DAYS):
            tried = kind.take(batch, rows[first : first + PIECE_OF_DAYS], by=as_office(access), today=today)
            assert all(each.outcome == "taken" for each in tried.values())

    def bare() -> None:
        now = timezone.now()
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            for day in days:
                copy.write_row(
                    (access.ambito_id, day.placement_id, day.day, "present", 240, 0, "", "import", access.actor_id, now, uuid.uuid4())
                )

    def insert() -> None:
        """What COPY would be of the real table: PostgreSQL refuses it under row-level security. The table's own keys are looked at."""
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
