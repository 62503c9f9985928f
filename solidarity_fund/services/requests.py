"""Requests for help, their decision and their payment. Every euro leaves through the ledger in the same transaction as its reason."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission, Role
from impresasolidale.accounts.services import OutsideAct, require_second_key
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload
from impresasolidale.core.views import check_version
from impresasolidale.core.words import euro
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Pot
from placements.agreements.models import Placement
from placements.beneficiaries.models import Beneficiary

from ..models import BenefitRequest
from ..selectors import requests as selectors
from ..transitions import REQUEST
from .words import in_italian

# Either may decide: the to-do of each, closed together.
DECIDE = {"solidarity_fund.decide": Role.COORDINATOR, "solidarity_fund.decide_together": Role.COMMISSION_MEMBER}


@transaction.atomic
def ask_benefit(*, placement: Placement, kind: str, amount: Decimal, quote: str, by: Access, today: date) -> BenefitRequest:
    """A social worker asks help for a person (rule 67: a placement running or ended a short time ago)."""
    by.require(Permission.ASK_BENEFITS)
    rules = placement.rulebook.rules
    if not selectors.may_be_helped(placement, rules, today=today):
        raise DomainError(
            _("Il fondo aiuta chi ha un tirocinio in corso, o finito da non più di %(months)s mesi.")
            % {"months": rules.fund_window_months},
            field="placement",
        )
    row = BenefitRequest.objects.create(
        ambito_id=placement.ambito_id,
        beneficiary_id=placement.beneficiary_id,
        placement=placement,
        kind=kind,
        amount=amount,
        quote=quote.strip(),
        asked_on=today,
        created_by_id=by.actor_id,
    )
    record_fact("solidarity_fund.benefit_request.submitted", row, by=by)
    for asked, role in DECIDE.items():
        todos.ask(
            kind=asked,
            subject=row,
            title=in_italian("Una richiesta di aiuto da decidere: %(kind)s", kind=row.get_kind_display),
            url=_url(row),
            role=role,
            by=by,
        )
    return row


@transaction.atomic
def grant_benefit(
    *,
    request: BenefitRequest,
    pot: Pot,
    seen: int,
    by: Access,
    today: date,
    reason: str = "",
    act: OutsideAct | None = None,
    act_file: UploadedFile | None = None,
) -> BenefitRequest:
    """A second person says yes and the money is set aside (rules 63, 66, 68).

    Raises FourEyesRequired, Conflict, DomainError over the ceiling (when the rule book blocks) or over the pot's free balance.
    """
    by.require(Permission.GRANT_BENEFITS)
    if pot.use != Pot.Use.FUND:
        raise DomainError(_("Questo salvadanaio non è del fondo di solidarietà."), field="pot")
    # One decision at a time on a person: two at once could each look under the ceiling.
    Beneficiary.objects.select_for_update(of=("self",), no_key=True).get(pk=request.beneficiary_id)
    row = _decide("granted", request, seen=seen, by=by, today=today, reason=reason, act=act, act_file=act_file, pot=pot)
    try:
        ledger.commit(
            pot=pot,
            amount=row.amount,
            key=f"solidarity_fund.grant:{row.pk}",
            posted_on=today,
            words=_words("Aiuto concesso: %(kind)s, Ambito di %(ambito)s", row),
            source=row,
            by=by,
        )
    except ledger.NotEnoughMoney as error:
        free = euro(treasury.free_balance(pot))
        words = _("In «%(pot)s» restano liberi %(free)s: non bastano. Scegli un altro salvadanaio, oppure aspetta un contributo.")
        raise DomainError(words % {"pot": pot.name, "free": free}, field="pot") from error
    todos.ask(
        kind="solidarity_fund.pay",
        subject=row,
        title=in_italian("Un aiuto concesso da versare: %(kind)s", kind=row.get_kind_display),
        url=_url(row),
        role=Role.ACCOUNTING,
        by=by,
    )
    return row


@transaction.atomic
def refuse_benefit(
    *,
    request: BenefitRequest,
    reason: str,
    seen: int,
    by: Access,
    today: date,
    act: OutsideAct | None = None,
    act_file: UploadedFile | None = None,
) -> BenefitRequest:
    """A second person says no, and why. Raises ReasonRequired, FourEyesRequired, Conflict."""
    by.require(Permission.GRANT_BENEFITS)
    return _decide("refused", request, seen=seen, by=by, today=today, reason=reason, act=act, act_file=act_file)


def _decide(
    step: str,
    request: BenefitRequest,
    *,
    seen: int,
    by: Access,
    today: date,
    reason: str,
    act: OutsideAct | None,
    act_file: UploadedFile | None,
    **changes: Any,
) -> BenefitRequest:
    def guard(row: BenefitRequest) -> None:
        check_version(row, seen)
        require_second_key(first_id=row.created_by_id, by=by, act=act)
        found = selectors.ceiling_of(row, today=today)
        if step == "granted" and found.is_over and found.blocks:
            words = _("Quest'anno la persona ha già avuto %(granted)s: il regolamento arriva a %(ceiling)s all'anno.")
            raise DomainError(words % {"granted": euro(found.granted), "ceiling": euro(found.ceiling)}, field="decision")

    row: BenefitRequest = perform(
        REQUEST,
        step,
        request,
        by=by,
        reason=reason,
        guard=guard,
        decided_by_id=by.actor_id,
        decided_at=timezone.now(),
        decision_reason=reason.strip(),
        **changes,
    )
    if act:
        if act_file:
            store_upload(file=act_file, kind=selectors.ACT, subject=row, by=by)
        record_fact("solidarity_fund.benefit_request.outside_act", row, by=by, number=act.number, on=act.on.isoformat())
    _is_decided(row, by=by)
    return row


@transaction.atomic
def withdraw_benefit(*, request: BenefitRequest, reason: str, by: Access) -> BenefitRequest:
    """The office takes its request back before a decision. Raises ReasonRequired, TransitionNotAllowed."""
    row: BenefitRequest = perform(REQUEST, "withdrawn", request, by=by, reason=reason)
    _is_decided(row, by=by)
    return row


@transaction.atomic
def pay_benefit(*, request: BenefitRequest, paid_on: date, by: Access, today: date) -> BenefitRequest:
    """The accounting office records the payment: never who decided it. Raises FourEyesRequired, DomainError for an impossible day."""

    def guard(row: BenefitRequest) -> None:
        require_second_key(first_id=row.decided_by_id, by=by)
        if paid_on > today:
            raise DomainError(_("Il giorno è nel futuro: scrivi quando l'aiuto è stato versato."), field="paid_on")
        if row.decided_at and paid_on < timezone.localdate(row.decided_at):
            raise DomainError(_("L'aiuto non può essere versato prima della decisione."), field="paid_on")

    row: BenefitRequest = perform(REQUEST, "paid", request, by=by, guard=guard)
    assert row.pot  # a CHECK keeps it on granted requests
    try:
        ledger.pay(
            pot=row.pot,
            amount=row.amount,
            key=f"solidarity_fund.payment:{row.pk}",
            posted_on=paid_on,
            words=_words("Aiuto versato: %(kind)s, Ambito di %(ambito)s", row),
            source=row,
            by=by,
        )
    except ledger.PeriodClosed as error:
        raise DomainError(error.words, field="paid_on") from error
    todos.done(kind="solidarity_fund.pay", subject=row, by=by)
    return row


def _is_decided(row: BenefitRequest, *, by: Access) -> None:
    for asked in DECIDE:
        todos.done(kind=asked, subject=row, by=by)


def _url(row: BenefitRequest) -> str:
    return reverse("solidarity_fund:request", args=[row.public_id])


def _words(text: str, row: BenefitRequest) -> str:
    """Words of a movement: the kind of help and the Ambito, never the person (rules 71 and 73)."""
    return in_italian(text, kind=lambda: str(row.get_kind_display()).partition(" (")[0], ambito=lambda: row.ambito.name)
