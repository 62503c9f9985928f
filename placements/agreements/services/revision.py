"""Editing a project while it waits for signatures: what the edit means is said before, and only those it touches sign again."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Document, Message
from impresasolidale.core.views import check_version

from .. import documents, readiness, signing_rules
from ..enums import PlacementState, ProjectState
from ..models import PersonalProject, Placement, Signature, SignatureRequest
from ..signing_rules import Change
from . import papers, requests
from .flow import issue_papers, propose_placement, return_to_draft
from .placements import Plan, edit_placement, lay_out, locked, write_project


@transaction.atomic
def preview_revision(*, placement: Placement, plan: Plan, by: Access) -> Change:
    """What saving `plan` would mean for the signatures; nothing is written."""
    by.require(Permission.PREPARE_PLACEMENTS)
    row = _waiting(placement)
    return _judge(row, _project(row), plan, by=by)


@transaction.atomic
def revise_placement(*, placement: Placement, plan: Plan, row_version: int, by: Access, today: date) -> Change:
    """Save an edit of a placement whose project waits for signatures.

    Cosmetic and contact edits keep paper and signatures. A substantial one makes a new version: it is issued at once, keeps the
    signatures of those whose part has not changed, and asks the others again where they had been asked.
    """
    by.require(Permission.PREPARE_PLACEMENTS)
    row = _waiting(placement)
    check_version(row, row_version)
    if plan.starts_on < today and plan.starts_on != row.starts_on:
        raise DomainError(_("L'inizio è già passato: scegli da oggi in poi."), field="starts_on")
    project = _project(row)
    change = _judge(row, project, plan, by=by)
    row = _waiting(placement)  # as it was before it was judged
    if not change.asks_again:
        row.prepared_by_id, row.row_version = by.actor_id, row.row_version + 1
        lay_out(row, plan, by=by)
        write_project(_project(row), plan)
        readiness.refresh_readiness(placement=row, by=by, today=today)
    else:
        before = project.document
        assert before
        row = return_to_draft(placement=row, reason=" ".join(change.reasons), by=by, today=today)
        row = edit_placement(placement=row, plan=plan, row_version=row.row_version, by=by, today=today)
        row = propose_placement(placement=row, by=by, today=today)
        row = issue_papers(placement=row, by=by, today=today)
        _carry_over(before, row, change, by=by, today=today)
    record_fact("agreements.placement.revised", row, by=by, kind=change.kind, again=list(change.again))
    return change


def _waiting(placement: Placement) -> Placement:
    row = locked(placement)
    if row.state != PlacementState.TO_SIGN:
        raise Conflict(_("Questo tirocinio non aspetta più firme: ricarica la pagina."))
    return row


def _project(row: Placement) -> PersonalProject:
    return row.projects.select_related("payer", "document").get(state=ProjectState.TO_SIGN)


def _judge(row: Placement, project: PersonalProject, plan: Plan, *, by: Access) -> Change:
    """The paper as it would be written today, before and after the edit: so nothing but the edit makes the difference."""
    before = documents.personal_project(row, project)
    with transaction.atomic():
        lay_out(row, plan, by=by)
        write_project(project, plan)
        after = documents.personal_project(row, project)
        transaction.set_rollback(True)
    return signing_rules.classify_change(before, after)


def _carry_over(before: Document, row: Placement, change: Change, *, by: Access, today: date) -> None:
    """Signatures that stay, and requests that start again."""
    document = row.projects.select_related("document").get(state=ProjectState.TO_SIGN).document
    assert document
    wanted = {signer["code"] for signer in documents.signers_of(document)}
    kept = Signature.objects.filter(document=before, role__in=wanted).exclude(role__in=change.again).order_by("id")
    for old in kept:
        Signature.objects.create(
            ambito_id=old.ambito_id,
            document=document,
            role=old.role,
            signer=old.signer,
            method=old.method,
            signed_on=old.signed_on,
            signed_at=old.signed_at,
            scan_id=old.scan_id,
            context_hash=old.context_hash,
            power_id=old.power_id,
            kept_from_id=old.kept_from_id or old.pk,
            created_by_id=by.actor_id,
        )
    if kept:
        papers.after_signature(document, row, by=by, today=today)
    stays = {old.role for old in kept}
    for asked in SignatureRequest.objects.filter(document=before, role__in=wanted - stays).select_related("power").order_by("position"):
        try:
            with transaction.atomic():
                requests.ask_signature(
                    document=document,
                    role=asked.role,
                    channel=Message.Channel(asked.channel),
                    address=asked.address,
                    power=asked.power,
                    name=asked.signer,
                    by=by,
                    today=today,
                )
        except DomainError:
            continue  # a power or an address that no longer holds: the round's page says who was not asked
