"""What every step of an import stands on."""

from dataclasses import replace

from django.db.models import Count
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.errors import DomainError
from impresasolidale.core.fields import lookup_hash

from ..kinds import KINDS, RowKind, plain
from ..models import ImportBatch, ImportRow

KEPT_DAYS = 30  # the rows of a file, after it came in


def kind_of(batch: ImportBatch, by: Access) -> RowKind:
    """The kind of a batch, to somebody who may bring it in."""
    return require_kind(batch.kind, by)


def require_kind(code: str, by: Access) -> RowKind:
    """Raises PermissionDenied; DomainError to who acts for one comune alone: a file is of the whole Ambito."""
    kind = KINDS[code]
    by.require(kind.permission)
    if by.comuni is not None:
        raise DomainError(_("Il tuo incarico è per alcuni comuni: un file riguarda tutto l'Ambito, chiedi al coordinatore."))
    return kind


def as_office(by: Access) -> Access:
    """Who imports acts on each row as the office would: the right to import was asked, and a job has no more (accounts.access.for_job)."""
    return by if by.system_reason else replace(by, system_reason="import of a file")


def locked(batch: ImportBatch) -> ImportBatch:
    row: ImportBatch = ImportBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    return row


def shape_of(columns: list[str]) -> str:
    """What tells a shape of file: its columns by their words, in order."""
    return lookup_hash("\n".join(plain(name) for name in columns))


def recount(batch: ImportBatch) -> None:
    """How many rows have each outcome."""
    rows = ImportRow.objects.filter(batch=batch).order_by().values_list("outcome").annotate(n=Count("pk"))
    batch.counts = {outcome: n for outcome, n in rows}
    batch.save(update_fields=["counts"])
