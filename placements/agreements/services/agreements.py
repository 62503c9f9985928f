"""Framework agreements with hosts."""

from datetime import date
from typing import cast

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.todos import set_deadline
from impresasolidale.core.transitions import perform

from .. import documents, readiness
from ..enums import AgreementState, PlacementState
from ..models import FrameworkAgreement, Placement
from ..transitions import AGREEMENT
from .requests import cancel_requests

S = PlacementState
BEFORE_VALIDATION = (S.DRAFT, S.PROPOSED, S.TO_SIGN, S.SIGNED)
REMIND_DAYS = 60  # before a framework agreement ends


@transaction.atomic
def create_agreement(*, company: Company, valid_from: date, valid_to: date, by: Access, today: date) -> FrameworkAgreement:
    """A draft agreement with a company; its placements that have none yet take it."""
    by.require(Permission.PREPARE_PLACEMENTS)
    if valid_to < valid_from:
        raise DomainError(_("La data di fine viene prima di quella di inizio."), field="valid_to")
    if valid_to < today:
        raise DomainError(_("Questa convenzione sarebbe già scaduta."), field="valid_to")
    agreement = FrameworkAgreement.objects.create(
        ambito_id=by.ambito_id, company=company, valid_from=valid_from, valid_to=valid_to, created_by_id=by.actor_id
    )
    record_fact("agreements.framework_agreement.created", agreement, by=by)
    waiting = Placement.objects.filter(
        ambito_id=by.ambito_id,
        company=company,
        agreement=None,
        state__in=BEFORE_VALIDATION,
        starts_on__range=(valid_from, valid_to),
    )
    waiting.update(agreement=agreement)
    readiness.refresh_where(by=by, today=today, agreement=agreement)
    return agreement


@transaction.atomic
def create_single_agreement(*, placement: Placement, by: Access, today: date) -> FrameworkAgreement:
    """A draft convenzione for this placement alone, over its own days; the placement leans on it from now on.

    Refuses a placement past its validation, and a second one while the first is not withdrawn.
    """
    by.require(Permission.PREPARE_PLACEMENTS)
    row = Placement.objects.select_for_update(of=("self",), no_key=True).select_related("company").get(pk=placement.pk)
    if row.state not in (S.DRAFT, S.PROPOSED):
        raise Conflict(_("La convenzione si sceglie prima di preparare le carte da firmare."))
    if FrameworkAgreement.objects.filter(only_for=row).exists():
        raise Conflict(_("Per questo tirocinio c'è già una convenzione."))
    agreement = FrameworkAgreement.objects.create(
        ambito_id=row.ambito_id,
        company=row.company,
        only_for=row,
        valid_from=row.starts_on,
        valid_to=row.ends_on,
        created_by_id=by.actor_id,
    )
    row.agreement = agreement
    row.save(update_fields=["agreement"])
    record_fact("agreements.framework_agreement.created", agreement, by=by)
    readiness.refresh_readiness(placement=row, by=by, today=today)
    return agreement


@transaction.atomic
def issue_agreement(*, agreement: FrameworkAgreement, by: Access, today: date) -> FrameworkAgreement:
    """Number and freeze the paper (convenzione); from now on it waits for two signatures."""
    by.require(Permission.PREPARE_PLACEMENTS)
    if not agreement.company.representative:
        raise DomainError(_("Nella scheda dell'impresa manca il legale rappresentante: firma lui o lei."))
    one = agreement.only_for
    document = issue(
        kind=documents.FRAMEWORK_AGREEMENT,  # one series of numbers for all convenzioni
        kind_label="Convenzione" if one else "Convenzione quadro",
        template="agreements/pdf/single_agreement_v1.html" if one else "agreements/pdf/framework_agreement_v1.html",
        subject=agreement,
        context=documents.single_agreement(agreement) if one else documents.framework_agreement(agreement),
        today=today,
        by=by,
        ambito_id=agreement.ambito_id,
        funding_source=one.funding_source if one else "",
    )
    return cast("FrameworkAgreement", perform(AGREEMENT, "issued", agreement, by=by, document=document))


@transaction.atomic
def withdraw_agreement(*, agreement: FrameworkAgreement, reason: str, by: Access, today: date) -> FrameworkAgreement:
    """Give up an agreement that nobody completed; placements that counted on it look for another."""
    row = cast("FrameworkAgreement", perform(AGREEMENT, "withdrawn", agreement, by=by, reason=reason, only_for=None))
    cancel_requests(row.document, by=by)
    waiting = list(
        Placement.objects.select_for_update(of=("self",), no_key=True).filter(agreement=row, state__in=BEFORE_VALIDATION).order_by("pk")
    )
    for placement in waiting:
        placement.agreement = agreement_for(placement)
        placement.save(update_fields=["agreement"])
    readiness.refresh_many(ids=[placement.pk for placement in waiting], by=by, today=today)
    return row


def agreement_for(placement: Placement) -> FrameworkAgreement | None:
    """The agreement that covers the start of a placement: its own first, then a signed one, then the one that lasts longest."""
    usable = FrameworkAgreement.objects.filter(
        Q(only_for=None) | Q(only_for=placement.pk),
        ambito_id=placement.ambito_id,
        company_id=placement.company_id,
        valid_from__lte=placement.starts_on,
        valid_to__gte=placement.starts_on,
    ).exclude(state=AgreementState.WITHDRAWN)
    return min(usable.order_by("-valid_to", "-id"), key=lambda a: (a.only_for_id is None, a.state != AgreementState.SIGNED), default=None)


def remind_of_end(agreement: FrameworkAgreement, *, by: Access) -> None:
    """A signed agreement has a deadline of its own."""
    set_deadline(
        kind="agreements.framework_expires",
        subject=agreement,
        title=str(_("Finisce la convenzione con %(company)s") % {"company": agreement.company}),
        url=reverse("agreements:agreement_detail", args=[agreement.public_id]),
        role=Role.SOCIAL_WORKER,
        due_on=agreement.valid_to,
        by=by,
        remind_days=REMIND_DAYS,
    )
