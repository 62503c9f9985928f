"""A file comes in: handed in, its columns matched, its rows checked and corrected, imported, perhaps undone or left."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core import jobs
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.spreadsheets import XLSX
from impresasolidale.core.tables_in import content_type_of
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import hash_of, keep_file, safe_name
from impresasolidale.core.words import day_short

from ..enums import ImportState, RowOutcome
from ..kinds.attendance import Attendance
from ..models import ImportBatch, ImportLayout, ImportRow
from ..tables import MAX_BYTES, open_table
from ..transitions import IMPORT
from ._common import KEPT_DAYS, as_office, kind_of, locked, recount, require_kind, shape_of

OVER = (ImportState.REFUSED, ImportState.DROPPED, ImportState.UNDONE)


@transaction.atomic
def hand_in(*, file: UploadedFile, kind: str, by: Access, today: date) -> ImportBatch:
    """Keep a file until its rows are read, and order that. Raises DomainError on "file": not a table, too large, brought in already."""
    require_kind(kind, by)
    if not file.size:
        raise DomainError(_("Il file è vuoto."), field="file")
    if file.size > MAX_BYTES:
        raise DomainError(_("Il file è troppo grande: al massimo %(limit)s MB.") % {"limit": MAX_BYTES // (1024 * 1024)}, field="file")
    content_type = content_type_of(file)
    digest = hash_of(file)
    same = ImportBatch.objects.filter(ambito_id=by.ambito_id, kind=kind, file_hash=digest).exclude(state__in=OVER).first()
    if same:
        words = _("Questo file è già stato portato qui il %(day)s: lo trovi nell'elenco. Niente viene scritto due volte.")
        raise DomainError(words % {"day": day_short(same.created_at)}, field="file")
    with open_table(file) as table:
        columns = table.columns
    batch = ImportBatch(
        ambito_id=by.ambito_id,
        kind=kind,
        original_name=safe_name(file),
        file_hash=digest,
        columns=columns,
        shape=shape_of(columns),
        created_by_id=by.actor_id,
    )
    file.seek(0)
    batch.file_name = keep_file(file, kind="exchange.import", public_id=batch.public_id, content_type=content_type)
    batch.save()
    jobs.enqueue("exchange.read_file", by=by, batch_id=batch.pk)
    record_fact("exchange.import.handed_in", batch, by=by, kind=kind, xlsx=content_type == XLSX)
    return batch


@transaction.atomic
def match_columns(*, batch: ImportBatch, mapping: Mapping[str, int], fixed: Mapping[str, str], by: Access, today: date) -> ImportBatch:
    """Say which column is what, and what is the same in every row; then the rows are checked. The next file of this shape finds it so."""
    kind = kind_of(batch, by)
    fields = kind.fields(by=as_office(by), today=today)
    if not mapping.keys() <= fields.keys() or not all(0 <= place < len(batch.columns) for place in mapping.values()):
        raise Conflict
    places = list(mapping.values())
    twice = next((name for name, place in mapping.items() if places.count(place) > 1), None)
    if twice:
        raise DomainError(_("La stessa colonna è scelta per due cose diverse."), field=f"col_{twice}")
    for name, words in fields.items():
        if words.needed and name not in mapping and not fixed.get(name):
            raise DomainError(_("Serve: scegli la colonna, oppure scrivi un valore uguale per tutte le righe."), field=f"col_{name}")
    row: ImportBatch = perform(
        IMPORT,
        "mapped",
        batch,
        by=by,
        mapping=dict(mapping),
        fixed={name: text for name, text in fixed.items() if text},
        cursor=0,
        counts={},
    )
    ImportLayout.objects.bulk_create(
        [ImportLayout(ambito_id=row.ambito_id, kind=row.kind, shape=row.shape, mapping=dict(mapping))],
        update_conflicts=True,
        unique_fields=["ambito", "kind", "shape"],
        update_fields=["mapping"],
    )
    jobs.enqueue("exchange.check_rows", by=by, batch_id=row.pk, after=0)
    return row


@transaction.atomic
def correct_row(*, row: ImportRow, fixes: Mapping[str, str], by: Access, today: date) -> ImportRow:
    """What was wrong in a row is written right, here and not in the file; the row is tried at once."""
    batch = locked(row.batch)
    kind = kind_of(batch, by)
    if batch.state != ImportState.CHECKED:
        raise Conflict
    fresh: ImportRow = ImportRow.objects.select_for_update(of=("self",)).get(pk=row.pk)
    before = ImportRow(cells=fresh.cells, number=fresh.number).values(batch)
    known = kind.fields(by=as_office(by), today=today).keys() | kind.ticks.keys()
    fresh.fixes = {name: text for name, text in fixes.items() if name in known and text != before.get(name, "")} or None
    values = fresh.values(batch)
    if isinstance(kind, Attendance):
        tried = kind.stage(batch, [(fresh, values)], by=as_office(by), today=today)[fresh.pk]
    else:
        tried = kind.try_row(values, by=as_office(by), today=today, writes=False)
    fresh.outcome, fresh.problems, fresh.key = tried.outcome, tried.problems or None, kind.key(values)
    fresh.save(update_fields=["fixes", "outcome", "problems", "key"])
    recount(batch)
    return fresh


@transaction.atomic
def confirm(*, batch: ImportBatch, by: Access) -> ImportBatch:
    """Import the good rows; the others wait in the list of what was not taken."""
    kind_of(batch, by)
    if not batch.counts.get(RowOutcome.GOOD):
        raise DomainError(_("Non c'è nessuna riga che va bene: correggile, oppure controlla le colonne."))
    row: ImportBatch = perform(IMPORT, "confirmed", batch, by=by, cursor=0)
    jobs.enqueue("exchange.take_rows", by=by, batch_id=row.pk, after=0)
    return row


@transaction.atomic
def undo(*, batch: ImportBatch, reason: str, by: Access) -> ImportBatch:
    """Take back what the file brought, as far as nobody touched it since. Not once its rows were forgotten."""
    kind_of(batch, by)
    if batch.forgotten_at:
        words = _("Le righe di questo file sono state cancellate dopo %(n)d giorni: l'importazione non si annulla più.")
        raise DomainError(words % {"n": KEPT_DAYS})
    row: ImportBatch = perform(IMPORT, "undone_asked", batch, by=by, reason=reason, cursor=0)
    jobs.enqueue("exchange.undo_rows", by=by, batch_id=row.pk, after=0)
    return row


@transaction.atomic
def drop(*, batch: ImportBatch, by: Access) -> ImportBatch:
    """Leave a file: nothing of it was written, and its rows go at once."""
    kind_of(batch, by)
    row: ImportBatch = perform(IMPORT, "dropped", batch, by=by, fixed=None)
    _forget_rows(row)
    return row


def forget_old(*, today: date) -> int:
    """Every night: the rows of files that came in a month ago, finished or not, are deleted. Returns how many files."""
    old = ImportBatch.objects.filter(forgotten_at=None, created_at__date__lte=today - timedelta(days=KEPT_DAYS))
    found = list(old.exclude(state__in=[ImportState.CHECKING, ImportState.TAKING, ImportState.UNDOING]))
    for batch in found:
        _forget_rows(batch)
    return len(found)


def _forget_rows(batch: ImportBatch) -> None:
    ImportRow.objects.filter(batch=batch).delete()
    forget_file(batch)
    batch.forgotten_at, batch.fixed = timezone.now(), None
    batch.save(update_fields=["forgotten_at", "fixed", "file_name"])


def forget_file(batch: ImportBatch) -> None:
    """The file is deleted once this is committed; the caller saves the row."""
    if name := batch.file_name:
        transaction.on_commit(lambda: default_storage.delete(name))
        batch.file_name = ""
