"""The registers: breaches, agreements, processing with its notes, papers made of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Document, Fact

from .. import processing, rules
from ..enums import BreachState
from ..models import Breach, DataPact, ProcessingNote


def last_review(access: Access) -> datetime | None:
    """When somebody last said that register, terms and agreements were looked at."""
    access.require(Permission.KEEP_PRIVACY)
    said = Fact.objects.filter(code="privacy.registers.reviewed", subject_type="territory.ambito", subject_id=access.ambito_id)
    found: datetime | None = said.order_by("-at").values_list("at", flat=True).first()
    return found


def _breaches(access: Access) -> QuerySet[Breach]:
    access.require(Permission.KEEP_PRIVACY)
    return Breach.objects.filter(ambito_id=access.ambito_id).select_related("decided_by", "created_by")


def breaches_page(access: Access, query: QueryDict) -> Slice:
    return page_of(_breaches(access), query, order=("-detected_at", "-id"))


def breach_for(access: Access, public_id: UUID) -> Breach:
    row: Breach = get_object_or_404(_breaches(access), public_id=public_id)
    return row


def open_breaches(access: Access, now: datetime) -> list[tuple[Breach, int]]:
    """(a breach that is open, whole hours left of the 72), the oldest first."""
    rows = _breaches(access).filter(state=BreachState.OPEN).order_by("detected_at", "id")
    return [(row, rules.hours_left(row.detected_at, now)) for row in rows]


def _pacts(access: Access) -> QuerySet[DataPact]:
    access.require(Permission.KEEP_PRIVACY)
    return DataPact.objects.filter(ambito_id=access.ambito_id)


def pacts(access: Access) -> list[DataPact]:
    """Those that hold, by their expiry, then those without one, then those that are over."""
    return list(_pacts(access).order_by(F("ended_on").asc(nulls_first=True), F("expires_on").asc(nulls_last=True), "party", "id"))


def pact_for(access: Access, public_id: UUID) -> DataPact:
    row: DataPact = get_object_or_404(_pacts(access), public_id=public_id)
    return row


def expiring_pacts(access: Access, until: date) -> list[DataPact]:
    return list(_pacts(access).filter(ended_on=None, expires_on__lte=until).order_by("expires_on", "id"))


@dataclass(frozen=True)
class Told:
    """An entry of the register with what the code says of it, and the note that holds."""

    entry: processing.Entry
    tables: list[str]
    readers: list[str]
    encrypted: list[str]
    note: ProcessingNote | None


def register(access: Access) -> list[Told]:
    """One query for the notes, however many entries."""
    access.require(Permission.KEEP_PRIVACY)
    last: dict[str, Any] = {}
    for note in ProcessingNote.objects.filter(ambito_id=access.ambito_id).select_related("created_by").order_by("id"):
        last[note.entry] = note
    return [
        Told(entry, processing.tables_of(entry), processing.readers_of(entry), processing.encrypted_of(entry.apps), last.get(entry.code))
        for entry in processing.ENTRIES
    ]


def notes_of(access: Access, entry: str) -> list[ProcessingNote]:
    """What was said of one entry, the newest first."""
    rows = ProcessingNote.objects.filter(ambito_id=access.ambito_id, entry=entry)
    return list(rows.select_related("created_by").order_by("-id"))


def papers(access: Access, *kinds: str) -> list[Document]:
    """The papers of these kinds that this Ambito made, the newest first."""
    access.require(Permission.KEEP_PRIVACY)
    return list(Document.objects.filter(ambito_id=access.ambito_id, kind__in=kinds).defer("context").order_by("-id")[:20])


def paper_for(access: Access, public_id: UUID, *kinds: str) -> Document:
    access.require(Permission.KEEP_PRIVACY)
    return get_object_or_404(Document.objects.filter(ambito_id=access.ambito_id, kind__in=kinds), public_id=public_id)
