"""Writes of the fund. Every euro enters and leaves through the ledger in the same transaction as its reason."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
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

from . import selectors
from .models import BenefitRequest, Contribution, Donor
from .transitions import REQUEST

# Either may decide: the to-do of each, closed together.
DECIDE = {"solidarity_fund.decide": Role.COORDINATOR, "solidarity_fund.decide_together": Role.COMMISSION_MEMBER}
DONOR_FIELDS = ("kind", "name", "tax_code", "email", "shows_name")


# --- Donors and contributions


@transaction.atomic
def add_donor(*, values: dict[str, Any], by: Access) -> Donor:
    by.require(Permission.RECORD_CONTRIBUTIONS)
    donor = Donor(network_id=by.network_id, created_by_id=by.actor_id)
    _fill(donor, values)
    donor.save()
    record_fact("solidarity_fund.donor.added", donor, by=by)
    return donor


@transaction.atomic
def edit_donor(*, donor: Donor, values: dict[str, Any], seen: int, by: Access) -> Donor:
    """Raises Conflict when somebody changed the donor after version `seen`."""
    by.require(Permission.RECORD_CONTRIBUTIONS)
    row: Donor = Donor.objects.select_for_update(of=("self",), no_key=True).get(pk=donor.pk)
    check_version(row, seen)
    _fill(row, values)
    row.row_version += 1
    row.save()
    record_fact("solidarity_fund.donor.edited", row, by=by)
    return row


def _fill(donor: Donor, values: dict[str, Any]) -> None:
    for name in DONOR_FIELDS:
        setattr(donor, name, values[name])
    if donor.kind == Donor.Kind.ANONYMOUS and donor.shows_name:
        raise DomainError(_("Chi resta anonimo non può comparire nella pagina pubblica."), field="shows_name")


@transaction.atomic
def record_contribution(
    *, donor: Donor, pot: Pot, amount: Decimal, received_on: date, reference: str, by: Access, today: date
) -> Contribution:
    """Money given, in a pot and in the ledger together. Raises DomainError for a future day, a closed period, a pot of another use."""
    by.require(Permission.RECORD_CONTRIBUTIONS)
    if received_on > today:
        raise DomainError(_("Il giorno è nel futuro: scrivi quando i soldi sono arrivati."), field="received_on")
    if pot.use != Pot.Use.FUND:
        raise DomainError(_("Questo salvadanaio non è del fondo di solidarietà."), field="pot")
    row = Contribution.objects.create(
        network_id=by.network_id,
        donor=donor,
        pot=pot,
        amount=amount,
        received_on=received_on,
        reference=reference.strip(),
        created_by_id=by.actor_id,
    )
    try:
        ledger.receive(
            pot=pot,
            amount=amount,
            key=f"solidarity_fund.contribution:{row.pk}",
            posted_on=received_on,
            words=_in_italian("Contributo ricevuto (%(kind)s)", kind=donor.get_kind_display),
            source=row,
            by=by,
        )
    except ledger.PeriodClosed as error:
        raise DomainError(error.words, field="received_on") from error
    record_fact("solidarity_fund.contribution.recorded", row, by=by)
    return row


@transaction.atomic
def take_back_contribution(*, contribution: Contribution, reason: str, by: Access, today: date) -> None:
    """Undo a contribution recorded by mistake, with the opposite entry; the row stays. Asked twice, it is done once.

    Raises ReasonRequired, DomainError when the money has been set aside or paid meanwhile.
    """
    by.require(Permission.RECORD_CONTRIBUTIONS)
    entry = treasury.entries_of(by, selectors.CONTRIBUTION_TYPE, contribution.pk).get(reverses=None)
    try:
        ledger.reverse_entry(entry=entry, reason=reason, posted_on=today, by=by)
    except ledger.NotEnoughMoney as error:
        free = euro(treasury.free_balance(contribution.pot))
        words = _("Questi soldi sono già impegnati o versati: nel salvadanaio ne restano liberi %(free)s.")
        raise DomainError(words % {"free": free}) from error


# --- Requests


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
            title=_in_italian("Una richiesta di aiuto da decidere: %(kind)s", kind=row.get_kind_display),
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
        title=_in_italian("Un aiuto concesso da versare: %(kind)s", kind=row.get_kind_display),
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
    return _in_italian(text, kind=lambda: str(row.get_kind_display()).partition(" (")[0], ambito=lambda: row.ambito.name)


def _in_italian(text: str, **values: Any) -> str:
    """What is kept for everybody, in the ledger or as a to-do, reads the same whoever caused it."""
    with translation.override(settings.LANGUAGE_CODE):
        return text % {name: value() for name, value in values.items()}
