"""Framework agreements with hosts."""

from datetime import date
from typing import cast

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError
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
def issue_agreement(*, agreement: FrameworkAgreement, by: Access, today: date) -> FrameworkAgreement:
    """Number and freeze the paper (convenzione); from now on it waits for two signatures."""
    by.require(Permission.PREPARE_PLACEMENTS)
    if not agreement.company.representative:
        raise DomainError(_("Nella scheda dell'impresa manca il legale rappresentante: firma lui o lei."))
    document = issue(
        kind=documents.FRAMEWORK_AGREEMENT,
        kind_label="Convenzione quadro",
        template="agreements/pdf/framework_agreement_v1.html",
        subject=agreement,
        context=documents.framework_agreement(agreement),
        today=today,
        by=by,
        ambito_id=agreement.ambito_id,
    )
    return cast("FrameworkAgreement", perform(AGREEMENT, "issued", agreement, by=by, document=document))


@transaction.atomic
def withdraw_agreement(*, agreement: FrameworkAgreement, reason: str, by: Access, today: date) -> FrameworkAgreement:
    """Give up an agreement that nobody completed; placements that counted on it look for another."""
    row = cast("FrameworkAgreement", perform(AGREEMENT, "withdrawn", agreement, by=by, reason=reason))
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
    """The agreement that covers the start of a placement: a signed one first, then the one that lasts longest."""
    usable = FrameworkAgreement.objects.filter(
        ambito_id=placement.ambito_id,
        company_id=placement.company_id,
        valid_from__lte=placement.starts_on,
        valid_to__gte=placement.starts_on,
    ).exclude(state=AgreementState.WITHDRAWN)
    return min(usable.order_by("-valid_to", "-id"), key=lambda a: a.state != AgreementState.SIGNED, default=None)


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
