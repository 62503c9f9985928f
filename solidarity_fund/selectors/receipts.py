"""The receipts of gifts: papers of the network, found by what they are about."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.models import Document, Verification


def receipt_of(subject: Any) -> Document | None:
    """The receipt that stands; None before it is issued and once it was annulled."""
    rows = Document.objects.filter(subject_type=audit.type_of(subject), subject_id=subject.pk, kind__startswith="solidarity_fund.")
    return rows.filter(superseded_by=None, supersedes=None).order_by("-id").first()


def papers_of(subjects: Sequence[Any]) -> dict[int, Document]:
    """Id of the gift → its latest paper: the receipt, or what annulled it. One query; the gifts are of one kind."""
    if not subjects:
        return {}
    rows = Document.objects.filter(subject_type=audit.type_of(subjects[0]), subject_id__in=[row.pk for row in subjects])
    return {paper.subject_id: paper for paper in rows.filter(kind__startswith="solidarity_fund.").order_by("id").defer("context")}


def with_receipts(subjects: list[Any]) -> list[Any]:
    """The same rows, each with its `receipt` (or None)."""
    found = papers_of(subjects)
    for row in subjects:
        row.receipt = found.get(row.pk)
    return subjects


def paper_for(access: Access, public_id: UUID) -> Document:
    """The file of a receipt for the office. Raises Http404."""
    access.require(Permission.RECORD_CONTRIBUTIONS)
    row: Document = get_object_or_404(
        Document, network_id=access.network_id, kind__startswith="solidarity_fund.holder", public_id=public_id
    )
    return row


def own_paper(access: Access, public_id: UUID) -> Document:
    """The file of a receipt for the donor it was issued to: the scope opens those papers alone. Raises Http404."""
    if not access.donors:
        raise Http404
    row: Document = get_object_or_404(Document, pk__in=access.papers, kind__startswith="solidarity_fund.holder", public_id=public_id)
    return row


def code_of(document: Document) -> str:
    return Verification.objects.values_list("code", flat=True).get(document_id=document.pk)
