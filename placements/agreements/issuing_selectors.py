"""Reads of the papers that are made of a placement, of orders of many, and of meetings. Looks are logged here."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Document, Job, Look
from impresasolidale.core.names import SHORTEST, named
from impresasolidale.territory.selectors import funding_logos, name_key

from .documents import MINUTES
from .enums import PlacementState as S
from .models import Meeting, Placement
from .papers import KINDS, PaperKind, available
from .selectors import ORDERS, asked_why, opens
from .selectors import _placements as placements_of


@dataclass(frozen=True)
class Issued:
    """One kind of paper that can be made of a placement: those made, newest first, and whether one may be made now."""

    kind: PaperKind
    documents: list[Document]
    may_issue: bool

    @property
    def latest(self) -> Document | None:
        return self.documents[0] if self.documents else None

    @property
    def earlier(self) -> list[Document]:
        return self.documents[1:]


def issued_of(access: Access, placement: Placement, documents: list[Document]) -> list[Issued]:
    """Every kind of paper that was made (among the `documents`, newest first) or may be made now, in the order of the table."""
    made: dict[str, list[Document]] = {}
    for row in documents:
        made.setdefault(row.kind, []).append(row)
    now = {kind.code for kind in available(placement, access)}
    found = [Issued(kind, made.get(kind.code, []), kind.code in now) for kind in KINDS.values()]
    return [row for row in found if row.documents or row.may_issue]


def minutes_of(access: Access, documents: list[Document]) -> list[dict[str, Any]]:
    """The minutes in force among a placement's documents, with the meeting of each; for who works with people."""
    if not access.may(Permission.SEE_PEOPLE):
        return []
    replaced = {row.supersedes_id for row in documents}
    gone = Document.State.DISCARDED
    rows = [row for row in documents if row.kind == MINUTES and row.pk not in replaced and row.state != gone]
    return [{"document": row, "meeting": row.context["meeting"], "decision": row.context["decision"]} for row in rows]


def placement_ids(access: Access, public_ids: Collection[UUID]) -> list[int]:
    """The placements among these that this person reaches, in the order of their people's names."""
    return list(placements_of(access).filter(public_id__in=public_ids).order_by("person_key", "id").values_list("pk", flat=True))


def funding_sources(access: Access) -> list[tuple[str, str]]:
    """(code, words) of the funding sources the network has logos or words for."""
    assert access.network_id
    found = {row.source: row.words or row.source for row in reversed(funding_logos(access.network_id))}
    return sorted(found.items(), key=lambda pair: pair[1])


def funding_words(access: Access, source: str) -> str:
    """A funding source in words; empty for none."""
    return dict(funding_sources(access)).get(source, source) if source else ""


BULK = {  # kind made for many → states it is made in
    "project": (S.PROPOSED,),
    **{kind.slug: kind.states for kind in KINDS.values() if kind.in_bulk},
}


def to_issue(access: Access, query: QueryDict, *, kind: str, company: str = "", missing: bool = True) -> Slice:
    """Placements a kind of paper can be made for; `missing`: those that have none of it yet. The look is logged."""
    rows = placements_of(access).filter(state__in=BULK[kind]).select_related("beneficiary", "company")
    if len(key := name_key(company)) >= SHORTEST:
        rows = rows.filter(company__in=named(Company.objects.filter(network_id=access.network_id), key))
    if missing and kind in KINDS:
        made = Document.objects.filter(
            kind=KINDS[kind].code, subject_type=Placement._meta.label_lower, subject_id=OuterRef("pk"), ambito_id=access.ambito_id
        )
        rows = rows.filter(~Exists(made))
    page = page_of(rows, query, order=ORDERS["nome"], size=50)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="agreements:issue_many", subject_type=Placement._meta.label_lower)
    return page


@dataclass(frozen=True)
class Batch:
    """What became of an order of papers: those made with the placement of each, and those refused with the words why."""

    made: list[tuple[Document, Placement]]
    refused: list[tuple[Placement, str]]

    @property
    def ready(self) -> int:
        return sum(document.state == Document.State.READY for document, _placement in self.made)

    @property
    def is_pending(self) -> bool:
        return any(document.state == Document.State.PENDING for document, _placement in self.made)


def batch_for(access: Access, public_id: UUID) -> Batch:
    """The papers of one's own order. Raises Http404 for somebody else's."""
    job = get_object_or_404(Job, public_id=public_id, actor_id=access.actor_id, ambito_id=access.ambito_id, name="agreements.make_papers")
    result: Any = job.result or {"made": [], "refused": []}
    papers = list(Document.objects.filter(pk__in=result["made"], ambito_id=access.ambito_id).order_by("id"))
    reached = placements_of(access).select_related("beneficiary", "company")
    rows = reached.in_bulk({*(paper.subject_id for paper in papers), *(pk for pk, _words in result["refused"])})
    return Batch(
        [(paper, rows[paper.subject_id]) for paper in papers if paper.subject_id in rows],
        [(rows[pk], words) for pk, words in result["refused"] if pk in rows],
    )


# --- Meetings


def meetings_page(access: Access, query: QueryDict, *, decision: str = "") -> Slice:
    """The Ambito's meetings, newest first, without those that were corrected. The look is logged."""
    rows = Meeting.objects.filter(ambito_id=access.ambito_id, corrected_by=None).select_related(
        "placement__beneficiary", "placement__company"
    )
    if access.comuni is not None:
        rows = rows.filter(placement__beneficiary__residence__in=access.comuni)
    if decision:
        rows = rows.filter(decision=decision)
    page = page_of(rows, query, order=("-held_on", "-id"))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="agreements:meetings", subject_type=Meeting._meta.label_lower)
    return page


def meeting_for(access: Access, public_id: UUID) -> Meeting:
    """One meeting with its minutes; it opens as its placement does. The look is logged."""
    rows = Meeting.objects.filter(ambito_id=access.ambito_id).select_related(
        "placement__beneficiary", "placement__company", "placement__site", "document", "corrected_by"
    )  # fmt: skip
    if access.comuni is not None:
        rows = rows.filter(placement__beneficiary__residence__in=access.comuni)
    row = get_object_or_404(rows.annotate(is_open=opens(access, "placement_id")), public_id=public_id)
    asked_why(row, row.placement.beneficiary)
    audit.look(Look.Kind.DETAIL, row, by=access, place="agreements:meeting")
    return row
