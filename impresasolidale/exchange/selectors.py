"""What the pages of exchange read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from companies.hosts.models import Site
from impresasolidale.accounts.access import Access
from impresasolidale.core import keyset

from .enums import ImportState, NoticeOutcome, RowOutcome
from .kinds import KINDS, RowKind
from .kinds.companies import company_page
from .models import Hook, HookNotice, ImportBatch, ImportLayout, ImportRow, TakeOut

NOT_TAKEN = (RowOutcome.WRONG, RowOutcome.PERHAPS, RowOutcome.WAITING)
MOST_SHOWN = 50
PENDING = (ImportState.WAITING, ImportState.CHECKING, ImportState.TAKING, ImportState.UNDOING)


def kinds_for(access: Access) -> list[RowKind]:
    """What this access may bring in."""
    return [kind for kind in KINDS.values() if access.may(kind.permission) and access.comuni is None]


def imports(access: Access) -> QuerySet[ImportBatch]:
    """The files of the Ambito of the kinds one may bring in, the latest first."""
    mine = [kind.code for kind in kinds_for(access)]
    return ImportBatch.objects.filter(ambito_id=access.ambito_id, kind__in=mine).select_related("created_by").order_by("-id")


def latest_imports(access: Access) -> list[ImportBatch]:
    return list(imports(access)[:MOST_SHOWN])


def import_for(access: Access, public_id: UUID) -> ImportBatch:
    return get_object_or_404(imports(access), public_id=public_id)


def row_for(batch: ImportBatch, number: int) -> ImportRow:
    row: ImportRow = get_object_or_404(ImportRow, batch=batch, number=number)
    row.batch = batch
    return row


@dataclass(frozen=True)
class RowShown:
    """A row as the list shows it: a few of its values, and what is wrong."""

    row: ImportRow
    values: list[str]
    problems: list[str]


def shown_columns(batch: ImportBatch, labels: dict[str, str]) -> list[str]:
    """The fields whose values a list has room for."""
    wanted = [name for name in labels if name in batch.mapping or name in (batch.fixed or {})]
    return wanted[:4]


def rows_page(batch: ImportBatch, query: QueryDict, *, labels: dict[str, str]) -> tuple[list[RowShown], dict[str, str]]:
    """A page of the rows with the outcome that is asked (`esito`), in the order of the file."""
    rows = ImportRow.objects.filter(batch=batch)
    if (wanted := query.get("esito", "")) in RowOutcome.values:
        rows = rows.filter(outcome=wanted)
    page = keyset.page_of(rows, query, order=("number",), key="number")
    names = shown_columns(batch, labels)
    found = []
    for row in page.rows:
        values = row.values(batch)
        problems = [f"{labels[name]}: {words}" if name in labels else words for name, words in (row.problems or {}).items()]
        found.append(RowShown(row, [values.get(name, "") for name in names], problems))
    return found, page.urls(query)


def not_taken(batch: ImportBatch) -> Iterator[Sequence[Any]]:
    """The rows that were not imported, as they stand in the file, with the reason first: to be put right there and brought again."""
    rows = ImportRow.objects.filter(batch=batch, outcome__in=NOT_TAKEN).order_by("number")
    for row in rows.iterator(chunk_size=500):
        yield [row.number, " ".join((row.problems or {}).values()), *row.cells]


def layout_for(batch: ImportBatch) -> dict[str, int] | None:
    """How the columns of a file of this shape were matched the last time."""
    rows = ImportLayout.objects.filter(ambito_id=batch.ambito_id, kind=batch.kind, shape=batch.shape)
    return rows.values_list("mapping", flat=True).first()


def examples(batch: ImportBatch) -> list[list[str]]:
    """The first rows, to recognise the columns by."""
    return [row.cells for row in ImportRow.objects.filter(batch=batch).order_by("number")[:3]]


def address_of(kind: RowKind, row: ImportRow) -> str | None:
    """The page of the record that a row made, or found; None when it is gone."""
    if row.subject_type == "hosts.site":
        company = Site.objects.filter(pk=row.subject_id or 0).values_list("company_id", flat=True).first()
        return company_page(company) if company else None
    return kind.address(row.subject_id or 0)


def take_outs(access: Access) -> list[TakeOut]:
    """The requests for everything, the latest first."""
    rows = TakeOut.objects.filter(ambito_id=access.ambito_id).select_related("created_by", "approved_by", "job").order_by("-id")
    return list(rows[:MOST_SHOWN])


def take_out_for(access: Access, public_id: UUID) -> TakeOut:
    rows = TakeOut.objects.select_related("created_by")
    return get_object_or_404(rows, ambito_id=access.ambito_id, public_id=public_id)


def hooks(access: Access) -> QuerySet[Hook]:
    """The programs that are told what happens, those that are on first."""
    return Hook.objects.filter(ambito_id=access.ambito_id).order_by("-is_on", "name", "id")


def hook_for(access: Access, public_id: UUID) -> Hook:
    return get_object_or_404(hooks(access), public_id=public_id)


def notices_page(hook: Hook, query: QueryDict) -> keyset.Slice:
    """What a program was told, the last first; with `esito` what has this outcome."""
    rows = HookNotice.objects.filter(hook=hook)
    if (wanted := query.get("esito", "")) in NoticeOutcome.values:
        rows = rows.filter(outcome=wanted)
    return keyset.page_of(rows, query, order=("-id",))


def notice_for(access: Access, public_id: UUID) -> HookNotice:
    rows = HookNotice.objects.select_related("hook")
    return get_object_or_404(rows, ambito_id=access.ambito_id, public_id=public_id)
