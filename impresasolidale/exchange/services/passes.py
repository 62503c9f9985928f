"""The passes over the rows of a file: read, checked, imported, taken back. A piece of rows is one job and one transaction.

`cursor` says how far a pass is. A worker that dies loses its piece, which is rolled back and done again by the next; a piece that was done
is not done again, for its job knows after which row it begins.
"""

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core import jobs
from impresasolidale.core.audit import record_fact, type_of
from impresasolidale.core.errors import DomainError
from impresasolidale.core.lookups import any_of
from impresasolidale.core.transitions import perform

from ..enums import ImportState, RowOutcome
from ..kinds import KINDS, RowKind, Tried
from ..kinds.attendance import Attendance
from ..models import ImportBatch, ImportRow
from ..tables import open_table
from ..transitions import IMPORT
from ._common import recount
from .imports import forget_file
from .undoing import closure, take_away

READ_TOGETHER = 1_000
PIECE = 200  # rows that go through a form and a service, one by one
PIECE_OF_DAYS = 5_000
NAMES = ("batch", "number", "key", "subject_id")  # of rows whose cells are not read again

_SETTLE = """
UPDATE exchange_importrow AS r
SET outcome = g.outcome, subject_type = g.subject_type, subject_id = g.subject_id, key = g.key, problems = g.problems
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::text[], %s::text[])
  AS g(id, outcome, subject_type, subject_id, key, problems)
WHERE r.id = g.id
"""


def piece_of(kind: RowKind) -> int:
    return PIECE_OF_DAYS if isinstance(kind, Attendance) else PIECE


def _batch(batch_id: int, state: str, after: int | None = None) -> ImportBatch | None:
    """The batch, locked; None when this piece is not to be done (any more)."""
    batch: ImportBatch = ImportBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch_id)
    return batch if batch.state == state and after in (None, batch.cursor) else None


def read_file(*, batch_id: int, run: jobs.Run, by: Access) -> int:
    """All the rows of a file, or its refusal in words. The file is thrown away either way."""
    batch = _batch(batch_id, ImportState.WAITING)
    if batch is None:
        return 0
    total = 0
    try:
        with transaction.atomic(), default_storage.open(batch.file_name) as file, open_table(file) as table:
            while piece := list(itertools.islice(table.rows, READ_TOGETHER)):
                ImportRow.objects.bulk_create([_row(batch, number, cells) for number, cells in piece])
                total += len(piece)
                run.progress(0, 1, _("%(n)d righe lette") % {"n": total})
            if not total:
                raise DomainError(_("Sotto i nomi delle colonne non c'è nessuna riga."))
    except DomainError as error:
        forget_file(batch)
        perform(IMPORT, "refused", batch, by=by, as_system=True, error=str(error.words), file_name="")
        return 0
    forget_file(batch)
    perform(IMPORT, "read", batch, by=by, as_system=True, rows_total=total, file_name="")
    return total


def _row(batch: ImportBatch, number: int, cells: Any) -> ImportRow:
    return ImportRow(ambito_id=batch.ambito_id, batch=batch, number=number, cells=cells)


def check_rows(*, batch_id: int, after: int, run: jobs.Run, by: Access, today: date) -> int:
    """The next rows are tried: through the form and the service, and rolled back; days by their statement, without its writing."""
    batch = _batch(batch_id, ImportState.CHECKING, after)
    if batch is None:
        return 0
    kind = KINDS[batch.kind]
    rows = _next(batch, piece_of(kind))
    values = [(row, row.values(batch)) for row in rows]
    if isinstance(kind, Attendance):
        tried = kind.stage(batch, values, by=by, today=today)
    else:
        tried = {row.pk: kind.try_row(said, by=by, today=today, writes=False) for row, said in values}
    keys = {row.pk: kind.key(said) for row, said in values}
    _settle(batch, rows, tried, keys)
    _say_twice(batch, rows, keys)
    _go_on(batch, rows, "exchange.check_rows", by=by, size=piece_of(kind), end="checked")
    return len(rows)


def take_rows(*, batch_id: int, after: int, run: jobs.Run, by: Access, today: date) -> int:
    """The next good rows are written. What is refused now and was good before says why."""
    batch = _batch(batch_id, ImportState.TAKING, after)
    if batch is None:
        return 0
    kind = KINDS[batch.kind]
    if isinstance(kind, Attendance):
        rows = _next(batch, piece_of(kind), RowOutcome.GOOD, *NAMES)
        _take_days(kind, batch, rows, by=by, today=today)
    else:
        rows = _next(batch, piece_of(kind), RowOutcome.GOOD)
        for row in rows:
            _take_one(kind, batch, row, by=by, today=today)
    _go_on(batch, rows, "exchange.take_rows", by=by, size=piece_of(kind), end="taken", taken_at=timezone.now())
    return len(rows)


def _take_days(kind: Attendance, batch: ImportBatch, rows: list[ImportRow], *, by: Access, today: date) -> None:
    refused = kind.take(batch, rows, by=by, today=today)
    _settle(batch, [row for row in rows if row.pk in refused], refused, {row.pk: row.key for row in rows})
    ImportRow.objects.filter(any_of("pk", [row.pk for row in rows if row.pk not in refused])).update(outcome=RowOutcome.TAKEN)


def _take_one(kind: RowKind, batch: ImportBatch, row: ImportRow, *, by: Access, today: date) -> None:
    tried = kind.try_row(row.values(batch), by=by, today=today, writes=True)
    row.outcome, row.problems = tried.outcome, tried.problems or None
    if tried.subject:
        row.subject_type, row.subject_id = type_of(tried.subject), tried.subject.pk
    if tried.outcome == RowOutcome.GOOD:
        row.outcome, row.made = RowOutcome.TAKEN, closure(tried.roots)
        assert tried.subject
        record_fact("exchange.row.imported", tried.subject, by=by, batch=batch.pk)
    row.save(update_fields=["outcome", "problems", "subject_type", "subject_id", "made"])


def undo_rows(*, batch_id: int, after: int, run: jobs.Run, by: Access, today: date) -> int:
    """The next rows that were written are taken back, the last ones first; what somebody touched since stays and says why."""
    batch = _batch(batch_id, ImportState.UNDOING, after)
    if batch is None:
        return 0
    kind = KINDS[batch.kind]
    left = ImportRow.objects.filter(batch=batch, outcome=RowOutcome.TAKEN).order_by("-number")
    rows = list((left.only(*NAMES) if isinstance(kind, Attendance) else left)[: piece_of(kind)])
    if isinstance(kind, Attendance):
        why = kind.take_back(batch, rows, by=by, today=today)
    else:
        why = {row.pk: take_away(row, batch, kind, by=by) for row in rows}
    for row in rows:
        row.outcome = RowOutcome.KEPT if why[row.pk] else RowOutcome.UNDONE
        row.problems = {"": why[row.pk]} if why[row.pk] else None
    ImportRow.objects.bulk_update([row for row in rows if row.problems], ["outcome", "problems"], batch_size=500)
    ImportRow.objects.filter(pk__in=[row.pk for row in rows if not row.problems]).update(outcome=RowOutcome.UNDONE, problems=None)
    batch.cursor += len(rows)
    if left.exists():
        batch.save(update_fields=["cursor"])
        jobs.enqueue("exchange.undo_rows", by=by, batch_id=batch.pk, after=batch.cursor)
    else:
        recount(batch)
        perform(IMPORT, "undone", batch, by=by, as_system=True)
    return len(rows)


def _next(batch: ImportBatch, size: int, outcome: str = "", *names: str) -> list[ImportRow]:
    """The next rows; with `names` only those columns of them."""
    rows = ImportRow.objects.filter(batch=batch, number__gt=batch.cursor).order_by("number")
    rows = rows.filter(outcome=outcome) if outcome else rows
    return list((rows.only(*names) if names else rows)[:size])


def _go_on(batch: ImportBatch, rows: Sequence[ImportRow], name: str, *, by: Access, size: int, end: str, **changes: Any) -> None:
    if len(rows) == size:
        batch.cursor = rows[-1].number
        batch.save(update_fields=["cursor"])
        jobs.enqueue(name, by=by, batch_id=batch.pk, after=batch.cursor)
        return
    recount(batch)
    perform(IMPORT, end, batch, by=by, as_system=True, **changes)


def _settle(batch: ImportBatch, rows: Sequence[ImportRow], tried: dict[int, Tried], keys: dict[int, str]) -> None:
    """Write how rows went, in one statement; what is wrong goes in as the column keeps it, encrypted."""
    found = [tried[row.pk] for row in rows]
    kept: Any = ImportRow._meta.get_field("problems")
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            [
                [row.pk for row in rows],
                [str(t.outcome) for t in found],
                [type_of(t.subject) if t.subject else "agreements.placement" if t.subject_id else "" for t in found],
                [t.subject.pk if t.subject and t.outcome == RowOutcome.KNOWN else t.subject_id for t in found],
                [keys[row.pk] for row in rows],
                [kept.get_db_prep_save(t.problems or None, connection) for t in found],
            ],
        )


def _say_twice(batch: ImportBatch, rows: Sequence[ImportRow], keys: dict[int, str]) -> None:
    """The same thing said by an earlier row of the file is wrong here, where the kind knows what makes two rows the same."""
    wanted = {key for key in keys.values() if key}
    if not wanted:
        return
    said: dict[str, int] = {}
    for key, number in ImportRow.objects.filter(batch=batch, key__in=wanted).order_by("-number").values_list("key", "number"):
        said[key] = number
    again = [row for row in rows if keys[row.pk] and said[keys[row.pk]] < row.number]
    for row in again:
        row.outcome, row.key = RowOutcome.WRONG, keys[row.pk]
        row.problems = {"": _("È già alla riga %(n)d di questo file.") % {"n": said[keys[row.pk]]}}
    ImportRow.objects.bulk_update(again, ["outcome", "problems"], batch_size=200)
