"""Papers about a placement, made one at a time or for many at once, and who funds it."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact, type_of
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.models import Document, Job
from impresasolidale.core.once import reading_once

from .. import issuing_selectors as selectors
from ..models import Placement
from ..papers import KINDS, PaperKind
from .flow import issue_papers

PROJECT = "project"  # the step of the state table, as one of the kinds that are made for many
MANY = 100
_WITH = ("beneficiary__residence", "company__comune", "site__comune", "company_tutor", "promoter_tutor", "agreement__document", "rulebook")


class Watched(Protocol):
    """What is told how far the work is: a job's run."""

    def progress(self, done: int, total: int, words: str = "") -> None: ...


@transaction.atomic
def issue_paper(*, placement: Placement, kind: str, by: Access, today: date, details: dict[str, Any] | None = None) -> Document:
    """Make one paper of `papers.KINDS`: frozen, numbered, in the place of the last one of its kind.

    `details`: what its kind `asks`. Refuses a kind that says nothing in this state (Conflict), details that are missing, and what its
    context refuses.
    """
    wanted = KINDS[kind]
    by.require(wanted.permission)
    row = Placement.objects.select_for_update(of=("self",), no_key=True).select_related("ambito", *_WITH).get(pk=placement.pk)
    if row.state not in wanted.states:
        words = _("Questo tirocinio ora è «%(state)s»: questa carta non si può fare.")
        raise Conflict(words % {"state": row.get_state_display()})
    details = details or {}
    for name in wanted.asks:
        if not str(details.get(name, "")).strip():
            raise DomainError(_("Manca qualcosa: scrivilo qui."), field=name)
    document = issue(
        kind=wanted.code,
        kind_label=wanted.label,
        template=wanted.template,
        subject=row,
        context=wanted.context(row, details),
        today=today,
        by=by,
        ambito_id=row.ambito_id,
        supersedes=_last(row, wanted),
        funding_source=row.funding_source,
    )
    record_fact("agreements.paper.issued", row, by=by, kind=wanted.code, number=document.number)
    return document


@transaction.atomic
def set_funding_source(*, placement: Placement, source: str, by: Access) -> Placement:
    """Who funds this placement: papers made from now on bear its logo and words (rule 78); empty for nobody in particular."""
    by.require(Permission.PREPARE_PLACEMENTS)
    row = Placement.objects.select_for_update(of=("self",), no_key=True).get(pk=placement.pk)
    row.funding_source, row.row_version = source, row.row_version + 1
    row.save(update_fields=["funding_source", "row_version"])
    record_fact("agreements.placement.funding_set", row, by=by, source=source)
    return row


@transaction.atomic
def order_papers(*, public_ids: Collection[UUID], kind: str, by: Access) -> Job:
    """Have one kind of paper made for many placements, in the background. Refuses none, more than a hundred, a kind made one by one."""
    if kind != PROJECT and not (kind in KINDS and KINDS[kind].in_bulk):
        raise DomainError(_("Scegli quale carta preparare."), field="kind")
    by.require(Permission.PREPARE_PLACEMENTS if kind == PROJECT else KINDS[kind].permission)
    if not public_ids:
        raise DomainError(_("Scegli almeno un tirocinio."), field="placements")
    if len(public_ids) > MANY:
        raise DomainError(_("Al massimo %(many)s tirocini per volta.") % {"many": MANY}, field="placements")
    ids = selectors.placement_ids(by, public_ids)
    return enqueue("agreements.make_papers", by=by, kind=kind, placement_ids=ids)


def make_papers(*, run: Watched, kind: str, placement_ids: Iterable[int], by: Access, today: date) -> dict[str, Any]:
    """The job's work: each placement by itself, so that one that is refused stops no other. Gives the ids of the papers, and who was
    refused with the words why."""
    ids = list(placement_ids)
    made: list[int] = []
    refused: list[list[Any]] = []
    with reading_once():
        for count, pk in enumerate(ids, 1):
            try:
                with transaction.atomic():
                    made.append(_make(Placement(pk=pk), kind, by=by, today=today))
            except DomainError as error:
                refused.append([pk, str(error.words)])
            run.progress(count, len(ids), _("%(count)s di %(total)s") % {"count": count, "total": len(ids)})
    return {"made": made, "refused": refused}


def _make(placement: Placement, kind: str, *, by: Access, today: date) -> int:
    if kind != PROJECT:
        return issue_paper(placement=placement, kind=kind, by=by, today=today).pk
    row = issue_papers(placement=Placement.objects.get(pk=placement.pk), by=by, today=today)
    return int(row.projects.order_by("-version").values_list("document_id", flat=True)[0])


def _last(row: Placement, kind: PaperKind) -> Document | None:
    return Document.objects.filter(
        kind=kind.code, subject_type=type_of(row), subject_id=row.pk, ambito_id=row.ambito_id, superseded_by=None
    ).first()
