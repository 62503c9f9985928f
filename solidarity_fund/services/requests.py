"""Requests for help, their decision and their payment. Every euro leaves through the ledger in the same transaction as its reason."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import CaseRole, Permission, Role
from impresasolidale.accounts.services import OutsideAct, require_second_key
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError, FourEyesRequired
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import store_upload
from impresasolidale.core.views import check_version
from impresasolidale.core.words import euro
from impresasolidale.territory.rules import Rules, Severity
from impresasolidale.territory.selectors import rules_for
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Pot
from placements.agreements.models import Placement
from placements.beneficiaries.models import Beneficiary

from ..enums import Advance, Missing, Outcome, PayWay, SittingState, kinds_in_words
from ..models import AgendaItem, BenefitRequest, MissingPapers, Vote
from ..rules import is_over_isee
from ..selectors import conflicts
from ..selectors import criteria as criteria_selectors
from ..selectors import requests as selectors
from ..transitions import REQUEST
from . import deciders, goods, payees, procedures, proofs
from .words import ask_for, movement

# Either may decide: the to-do of each, closed together.
DECIDE = {procedures.DECIDE: Role.COORDINATOR, "solidarity_fund.decide_together": Role.COMMISSION_MEMBER}
SCREEN, COMPLETE = "solidarity_fund.screen", "solidarity_fund.complete"
PAY, RATIFY = "solidarity_fund.pay", "solidarity_fund.ratify"
BEFORE_DECISION = (*DECIDE, SCREEN, COMPLETE, procedures.ANNOUNCE, procedures.TERM, procedures.OBSERVATIONS)


@transaction.atomic
def ask_benefit(
    *,
    placement: Placement,
    kind: str,
    amount: Decimal,
    quote: str,
    by: Access,
    today: date,
    need: str = "",
    isee: Decimal | None = None,
    isee_on: date | None = None,
    is_urgent: bool = False,
    payee: payees.Payee = payees.TO_PERSON,
    quote_file: UploadedFile | None = None,
) -> BenefitRequest:
    """A social worker asks help for a person (rule 67: a placement running or ended a short time ago).

    The rules are those in force in the Ambito today, frozen on the request (adr/0025). Raises DomainError outside the window, for a kind
    the criteria do not offer, over their ceiling of the kind, over the ISEE ceiling when rule 65 blocks, for a payee that cannot be paid.
    """
    by.require(Permission.ASK_BENEFITS)
    version, rules = rules_for(placement.ambito, today)
    if not selectors.may_be_helped(placement, rules, today=today):
        raise DomainError(
            _("Il fondo aiuta chi ha un tirocinio in corso, o finito da non più di %(months)s mesi.")
            % {"months": rules.fund_window_months},
            field="placement",
        )
    if isee_on and isee_on > today:
        raise DomainError(_("La data dell'attestazione ISEE è nel futuro."), field="isee_on")
    row = BenefitRequest(
        ambito_id=placement.ambito_id,
        beneficiary_id=placement.beneficiary_id,
        placement=placement,
        rulebook=version,
        kind=kind,
        need=need,
        asked_amount=amount,
        amount=amount,
        quote=quote.strip(),
        isee_value=str(isee) if isee is not None else "",
        isee_on=isee_on,
        is_urgent=is_urgent,
        asked_on=today,
        created_by_id=by.actor_id,
    )
    _refuse_isee(row, rules)
    offer = criteria_selectors.offer_of(by, row, None, on=today)
    if offer.criteria:
        _refuse_kind(row, offer, amount)
    payees.refuse_form(offer.form, payee.way)
    row.save()
    payees.write_payee(row, payees.checked(payee, today=today), by=by)
    if quote_file:
        store_upload(file=quote_file, kind=selectors.QUOTE, subject=row, by=by)
    record_fact("solidarity_fund.benefit_request.submitted", row, by=by)
    ask_for(SCREEN, "Una richiesta di aiuto da guardare: %(kind)s", row, Role.COORDINATOR, by=by)
    if rules.severity(68) != Severity.BLOCK:
        _ask_decision(row, by=by)
    return row


def _refuse_isee(row: BenefitRequest, rules: Rules) -> None:
    """Rule 65, where the rule book blocks."""
    if rules.severity(65) == Severity.BLOCK and is_over_isee(isee=row.isee, ceiling=rules.fund_isee_ceiling):
        words = (
            _("Il regolamento aiuta chi ha un ISEE fino a %(ceiling)s.")
            if row.isee is not None
            else _("Serve l'ISEE: %(ceiling)s al massimo.")
        )
        raise DomainError(words % {"ceiling": euro(rules.fund_isee_ceiling)}, field="isee")


def _refuse_kind(row: BenefitRequest, offer: criteria_selectors.Offer, amount: Decimal) -> None:
    """The criteria offer this kind of help, and up to this sum."""
    if not offer.is_offered:
        raise DomainError(_("I criteri del fondo non prevedono questo tipo di aiuto."), field="kind")
    if offer.ceiling is not None and amount > offer.ceiling:
        words = _("Per questo aiuto i criteri arrivano a %(ceiling)s.")
        raise DomainError(words % {"ceiling": euro(offer.ceiling)}, field="amount")


# --- The office looks at it


@transaction.atomic
def return_request(*, request: BenefitRequest, what: Sequence[str], by: Access, today: date, due_on: date | None = None) -> MissingPapers:
    """Something is missing: back to who asked, with a day. The person's term waits (L. 241/1990 art. 2 c. 7).

    Raises FourEyesRequired for one's own request, DomainError without anything missing or for a day gone by.
    """
    if not set(what) <= set(Missing.values) or not what:
        raise DomainError(_("Scegli che cosa manca."), field="what")

    def guard(row: BenefitRequest) -> None:
        _not_own(row, by)

    row: BenefitRequest = perform(REQUEST, "returned", request, by=by, guard=guard)
    criteria = criteria_selectors.criteria_on(by, today)
    due = due_on or today + timedelta(days=criteria.missing_days if criteria else 15)
    if due < today:
        raise DomainError(_("Il giorno è già passato."), field="due_on")
    procedures.ensure(row, responsible_id=by.actor_id, criteria=criteria, by=by)
    missing = MissingPapers.objects.create(
        ambito_id=row.ambito_id, request=row, what=list(what), asked_on=today, due_on=due, created_by_id=by.actor_id
    )
    todos.done(kind=BEFORE_DECISION, subject=row, by=by)
    ask_for(
        COMPLETE, "Una richiesta di aiuto da completare: %(kind)s", row, Role.SOCIAL_WORKER, by=by, due_on=due, case_role=CaseRole.REFERENT
    )
    procedures.renew_deadline(row, by=by, today=today)
    return missing


@transaction.atomic
def complete_request(
    *,
    request: BenefitRequest,
    by: Access,
    today: date,
    quote: str = "",
    amount: Decimal | None = None,
    isee: Decimal | None = None,
    isee_on: date | None = None,
    quote_file: UploadedFile | None = None,
) -> BenefitRequest:
    """What was missing is there: only what is given changes. Raises DomainError as asking does."""
    changes: dict[str, Any] = {}
    if quote.strip():
        changes["quote"] = quote.strip()
    if amount is not None:
        changes |= {"amount": amount, "asked_amount": amount}
    if isee is not None:
        changes |= {"isee_value": str(isee), "isee_on": isee_on}

    def guard(row: BenefitRequest) -> None:
        for name, value in changes.items():
            setattr(row, name, value)
        _refuse_isee(row, request.rulebook.rules)
        offer = criteria_selectors.offer_of(by, row, None, on=today)
        if offer.criteria:
            _refuse_kind(row, offer, row.amount)

    row: BenefitRequest = perform(REQUEST, "completed", request, by=by, guard=guard, completed_by_id=by.actor_id, **changes)
    if quote_file:
        store_upload(file=quote_file, kind=selectors.QUOTE, subject=row, by=by)
    _answered(row, by=by, today=today)
    return row


@transaction.atomic
def resume_request(*, request: BenefitRequest, reason: str, by: Access, today: date) -> BenefitRequest:
    """The office goes on without what was missing, and says why. Raises ReasonRequired."""
    row: BenefitRequest = perform(REQUEST, "resumed", request, by=by, reason=reason)
    _answered(row, by=by, today=today)
    return row


def _answered(row: BenefitRequest, *, by: Access, today: date) -> None:
    MissingPapers.objects.filter(request=row, answered_on=None).update(answered_on=today)
    todos.done(kind=COMPLETE, subject=row, by=by)
    ask_for(SCREEN, "Una richiesta di aiuto da guardare: %(kind)s", row, Role.COORDINATOR, by=by)
    procedures.renew_deadline(row, by=by, today=today)


@transaction.atomic
def screen_request(*, request: BenefitRequest, responsible: User, by: Access, today: date) -> BenefitRequest:
    """The request is whole: whoever is responsible is named and the decision may come.

    Raises FourEyesRequired for one's own request, DomainError outside the window or over the ISEE ceiling where the rules block.
    """

    def guard(row: BenefitRequest) -> None:
        _not_own(row, by)
        _refuse_isee(row, request.rulebook.rules)

    row: BenefitRequest = perform(REQUEST, "screened", request, by=by, guard=guard, screened_by_id=by.actor_id)
    procedures.ensure(row, responsible_id=responsible.pk, criteria=criteria_selectors.criteria_on(by, today), by=by)
    todos.done(kind=SCREEN, subject=row, by=by)
    _ask_decision(row, by=by)
    procedures.renew_deadline(row, by=by, today=today)
    return row


def _not_own(row: BenefitRequest, by: Access) -> None:
    deciders.refuse_own(row, by=by, words=_("Questa richiesta l'hai fatta tu: la guarda un'altra persona."))


def _ask_decision(row: BenefitRequest, *, by: Access) -> None:
    for kind, role in DECIDE.items():
        ask_for(kind, "Una richiesta di aiuto da decidere: %(kind)s", row, role, by=by)


# --- The decision


@transaction.atomic
def grant_benefit(
    *,
    request: BenefitRequest,
    pot: Pot,
    seen: int,
    by: Access,
    today: date,
    amount: Decimal | None = None,
    reason: str = "",
    act: OutsideAct | None = None,
    act_file: UploadedFile | None = None,
    case: AgendaItem | None = None,
) -> BenefitRequest:
    """A second person says yes, or the commission did (`case`), and the money is set aside (rules 63, 64, 66, 68). `amount`: less than
    what was asked.

    At most twelve statements, the posting last: the pot is held for one of them. Raises FourEyesRequired, StandsAside, Conflict,
    DomainError without published criteria, over a ceiling, for a pot of another purpose, over its free balance, or where only the
    commission may decide.
    """
    by.require(Permission.GRANT_BENEFITS)
    rules = request.rulebook.rules
    if case is None and rules.severity(68) == Severity.BLOCK:
        raise DomainError(_("Qui decide solo la commissione: metti la richiesta all'ordine del giorno di una seduta."))
    return _grant(request, pot, amount, seen=seen, by=by, today=today, reason=reason, act=act, act_file=act_file, case=case)


@transaction.atomic
def grant_advance(
    *, request: BenefitRequest, pot: Pot, seen: int, by: Access, today: date, amount: Decimal | None = None
) -> BenefitRequest:
    """An urgent advance: the coordinator grants before the commission, up to the limit of the criteria; the commission ratifies it later.

    Raises DomainError when it is not urgent, without a limit in the criteria or over it, and what granting raises.
    """
    by.require(Permission.KEEP_SITTINGS)
    by.require(Permission.GRANT_BENEFITS)
    if not request.is_urgent:
        raise DomainError(_("Questa richiesta non è segnata come urgente: la decide la commissione."))
    criteria = criteria_selectors.criteria_on(by, today)
    if criteria is None or criteria.advance_limit is None:
        raise DomainError(_("I criteri del fondo non prevedono anticipi."))
    wanted = request.amount if amount is None else amount
    if wanted > criteria.advance_limit:
        words = _("Un anticipo urgente arriva a %(limit)s: il resto lo decide la commissione.")
        raise DomainError(words % {"limit": euro(criteria.advance_limit)}, field="amount")
    ratify_by = today + timedelta(days=criteria.ratify_days)
    row = _grant(
        request, pot, wanted, seen=seen, by=by, today=today, reason=_("Anticipo urgente"), advance=Advance.OPEN, ratify_by=ratify_by
    )
    ask_for(RATIFY, "Un anticipo urgente da ratificare: %(kind)s", row, Role.COORDINATOR, by=by, due_on=ratify_by)
    return row


def _grant(
    request: BenefitRequest,
    pot: Pot,
    amount: Decimal | None,
    *,
    seen: int,
    by: Access,
    today: date,
    reason: str,
    act: OutsideAct | None = None,
    act_file: UploadedFile | None = None,
    case: AgendaItem | None = None,
    **changes: Any,
) -> BenefitRequest:
    if pot.use != Pot.Use.FUND:
        raise DomainError(_("Questo salvadanaio non è del fondo di solidarietà."), field="pot")
    # One decision at a time on a person: two at once could each look under the ceiling.
    # The same statement asks whether who decides keeps away from it.
    people = Beneficiary.objects.annotate(**conflicts.aside_columns(request, by.actor_id, on=today))
    person: Any = people.select_for_update(of=("self",), no_key=True).get(pk=request.beneficiary_id)
    wanted = request.amount if amount is None else amount
    rules = request.rulebook.rules
    ceiling = selectors.ceiling_of(request, today=today, amount=wanted)
    offer = criteria_selectors.offer_of(by, request, pot, on=today)

    def guard(row: BenefitRequest) -> None:
        check_version(row, seen)
        deciders.refuse_own(row, by=by, act=act, has_completed=person.has_completed)
        if case is None:
            deciders.refuse_for(conflicts.reasons_in(person, row, by.actor_id))
        if offer.criteria is None and rules.severity(64) == Severity.BLOCK:
            raise DomainError(_("Prima del primo aiuto vanno pubblicati i criteri del fondo (D.Lgs. 33/2013, art. 26)."))
        if not 0 < wanted <= row.asked_amount:
            words = _("Si può concedere da un centesimo a quanto è stato chiesto: %(asked)s.")
            raise DomainError(words % {"asked": euro(row.asked_amount)}, field="amount")
        if offer.criteria:
            _refuse_kind(row, offer, wanted)
        if offer.pot_kinds and row.kind not in offer.pot_kinds:
            words = _("«%(pot)s» dà solo: %(kinds)s. Scegli un altro salvadanaio.")
            raise DomainError(words % {"pot": pot.name, "kinds": kinds_in_words(offer.pot_kinds)}, field="pot")
        if ceiling.is_over and ceiling.blocks:
            words = _("Quest'anno la persona ha già avuto %(granted)s: il regolamento arriva a %(ceiling)s all'anno.")
            raise DomainError(words % {"granted": euro(ceiling.granted), "ceiling": euro(ceiling.ceiling)}, field="decision")

    row = _decide(
        "granted",
        request,
        by=by,
        reason=reason,
        act=act,
        act_file=act_file,
        guard=guard,
        pot=pot,
        amount=wanted,
        criteria_id=offer.criteria.pk if offer.criteria else None,
        **changes,
    )
    ask_for(PAY, "Un aiuto concesso da versare: %(kind)s", row, Role.ACCOUNTING, by=by)
    # The pot last: whoever waits for it waits for nothing else of this decision (performance.md, e2).
    try:
        ledger.commit(
            pot=pot,
            amount=wanted,
            key=f"solidarity_fund.grant:{row.pk}",
            posted_on=today,
            words=movement("Aiuto concesso: %(kind)s, Ambito di %(ambito)s", request, by=by),
            source=row,
            by=by,
        )
    except ledger.NotEnoughMoney as error:
        free = euro(treasury.free_balance(pot))
        words = _("In «%(pot)s» restano liberi %(free)s: non bastano. Scegli un altro salvadanaio, oppure aspetta un contributo.")
        raise DomainError(words % {"pot": pot.name, "free": free}, field="pot") from error
    return row


@transaction.atomic
def refuse_benefit(
    *,
    request: BenefitRequest,
    reason: str,
    seen: int,
    by: Access,
    today: date,
    answer: str = "",
    act: OutsideAct | None = None,
    act_file: UploadedFile | None = None,
    case: AgendaItem | None = None,
) -> BenefitRequest:
    """A second person, or the commission, says no, and why: after the pre-notice, answering what the person observed (L. 241/1990 artt. 3
    and 10-bis). The decision is a paper with how to appeal.

    Raises ReasonRequired, FourEyesRequired, StandsAside, Conflict, DomainError before the pre-notice has done its time.
    """
    by.require(Permission.GRANT_BENEFITS)
    if case is None and request.rulebook.rules.severity(68) == Severity.BLOCK:
        raise DomainError(_("Qui decide solo la commissione: metti la richiesta all'ordine del giorno di una seduta."))

    def guard(row: BenefitRequest) -> None:
        check_version(row, seen)
        deciders.refuse_own(row, by=by, act=act)
        if case is None:
            deciders.refuse_aside(row, by=by, today=today)
        if not reason.strip():
            return  # said by the step itself
        procedures.refuse_early(row, answer=answer, today=today)

    row = _decide("refused", request, by=by, reason=reason, act=act, act_file=act_file, guard=guard)
    goods.put_all_back(request=row, by=by, today=today)
    procedures.conclude(row, reason=reason, answer=answer, by=by, today=today)
    return row


def _decide(
    step: str,
    request: BenefitRequest,
    *,
    by: Access,
    reason: str,
    act: OutsideAct | None,
    act_file: UploadedFile | None,
    guard: Any,
    **changes: Any,
) -> BenefitRequest:
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
        _keep_act(row, act, act_file, by=by)
    _is_over(row, by=by)
    return row


def _keep_act(row: BenefitRequest, act: OutsideAct, file: UploadedFile | None, *, by: Access) -> None:
    """The outside act that was the second key, with its copy."""
    if file:
        store_upload(file=file, kind=selectors.ACT, subject=row, by=by)
    record_fact("solidarity_fund.benefit_request.outside_act", row, by=by, number=act.number, on=act.on.isoformat())


@transaction.atomic
def withdraw_benefit(*, request: BenefitRequest, reason: str, by: Access, today: date) -> BenefitRequest:
    """The office takes its request back before a decision; goods put aside are free again. Raises ReasonRequired, TransitionNotAllowed."""
    row: BenefitRequest = perform(REQUEST, "withdrawn", request, by=by, reason=reason)
    AgendaItem.objects.filter(request=row, outcome=Outcome.PENDING).update(outcome=Outcome.WITHDRAWN, reason=reason.strip())
    goods.put_all_back(request=row, by=by, today=today)
    _is_over(row, by=by)
    return row


@transaction.atomic
def revoke_benefit(
    *,
    request: BenefitRequest,
    reason: str,
    by: Access,
    today: date,
    case: AgendaItem | None = None,
    act: OutsideAct | None = None,
    act_file: UploadedFile | None = None,
) -> BenefitRequest:
    """A grant that was not paid is taken back, its money and its goods are free again: by another person than who decided, by the
    commission that did not ratify an advance (`case`), or on an `act` of the body where who decided is alone in the office.

    Raises ReasonRequired, TransitionNotAllowed, FourEyesRequired, StandsAside, DomainError for an advance that waits for the commission.
    """

    def guard(row: BenefitRequest) -> None:
        if case:
            return
        if row.advance == Advance.OPEN:
            raise DomainError(_("È un anticipo da ratificare: se non va bene lo dice la commissione, in una seduta."))
        words = _("Questo aiuto l'hai deciso tu: lo toglie un'altra persona, oppure un atto dell'ente.")
        require_second_key(first_id=row.decided_by_id, by=by, act=act, words=words)
        if act and row.decided_at and not timezone.localdate(row.decided_at) <= act.on <= today:
            raise DomainError(_("L'atto che toglie l'aiuto viene dopo la decisione, e non è nel futuro."), field="act_on")
        deciders.refuse_aside(row, by=by, today=today)

    row: BenefitRequest = perform(REQUEST, "revoked", request, by=by, reason=reason, guard=guard, closed_on=today)
    assert row.pot  # a CHECK keeps it on granted requests
    if act:
        _keep_act(row, act, act_file, by=by)
    goods.put_all_back(request=row, by=by, today=today)
    ledger.release(
        pot=row.pot,
        amount=row.amount,
        key=f"solidarity_fund.revoked:{row.pk}",
        posted_on=today,
        words=movement("Aiuto non più dato: %(kind)s, Ambito di %(ambito)s", row, by=by),
        source=row,
        by=by,
    )
    todos.done(kind=[PAY, RATIFY], subject=row, by=by)
    return row


# --- The payment


@transaction.atomic
def pay_benefit(
    *, request: BenefitRequest, paid_on: date, by: Access, today: date, order_number: str = "", seen: int | None = None
) -> BenefitRequest:
    """The accounting office records the payment: never who decided it, nor who said where the money goes. Who is paid stays as it is from
    here on; vouchers get their codes. `seen`: the version of the payee that the page showed (0: nobody was written yet).

    Raises FourEyesRequired, Conflict when who is paid changed meanwhile, DomainError for an impossible day, or when what paying needs is
    missing.
    """
    by.require(Permission.PAY_BENEFITS)
    # The request first: whoever changes who is paid waits for it, and finds it paid.
    BenefitRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    payee = selectors.payee_of(request)

    def guard(row: BenefitRequest) -> None:
        if seen is not None and seen != (payee.row_version if payee else 0):
            raise Conflict(_("Nel frattempo è cambiato a chi si versa. Ricarica la pagina e controlla."))
        _refuse_before_minutes(row, request.rulebook.rules)
        require_second_key(first_id=row.decided_by_id, by=by)
        if payee and payee.set_by_id:
            words = _("A chi si versa l'hai scritto tu: il versamento lo segna un'altra persona.")
            require_second_key(first_id=payee.set_by_id, by=by, words=words)
        if Vote.objects.filter(item__request=row, member_id=by.actor_id).exists():
            raise FourEyesRequired(_("Hai votato su questo aiuto: il versamento lo segna un'altra persona."))
        if paid_on > today:
            raise DomainError(_("Il giorno è nel futuro: scrivi quando l'aiuto è stato versato."), field="paid_on")
        if row.decided_at and paid_on < timezone.localdate(row.decided_at):
            raise DomainError(_("L'aiuto non può essere versato prima della decisione."), field="paid_on")
        payees.refuse_unpayable(row, payee, on=paid_on)

    changes: dict[str, Any] = proofs.due_of(request, paid_on=paid_on)
    row: BenefitRequest = perform(REQUEST, "paid", request, by=by, guard=guard, **changes)
    assert row.pot  # a CHECK keeps it on granted requests
    if payee is None:
        payee = payees.write_payee(row, payees.TO_PERSON, by=by)
    payee.order_number, payee.paid_on = order_number.strip(), paid_on
    payee.save(update_fields=["order_number", "paid_on"])
    if payee.way == PayWay.VOUCHER:
        proofs.make_vouchers(row, by=by)
    todos.done(kind=PAY, subject=row, by=by)
    proofs.expect(row, by=by)
    try:
        ledger.pay(
            pot=row.pot,
            amount=row.amount,
            key=f"solidarity_fund.payment:{row.pk}",
            posted_on=paid_on,
            words=movement("Aiuto versato: %(kind)s, Ambito di %(ambito)s", row, by=by),
            source=row,
            by=by,
        )
    except ledger.PeriodClosed as error:
        raise DomainError(error.words, field="paid_on") from error
    return row


def _refuse_before_minutes(row: BenefitRequest, rules: Rules) -> None:
    """Where the commission alone decides (rule 68), what it granted is paid once its minutes are approved: until then one person wrote the
    votes down. An advance is paid before it sits."""
    if rules.severity(68) != Severity.BLOCK:
        return
    waiting = AgendaItem.objects.filter(request=row, outcome=Outcome.GRANTED).exclude(sitting__state=SittingState.APPROVED)
    if waiting.exists():
        raise DomainError(_("Si versa quando il verbale della seduta è approvato da chi ha presieduto: ancora non lo è."))


def _is_over(row: BenefitRequest, *, by: Access) -> None:
    """Nobody has to do anything before the decision any more. Two statements."""
    todos.done(kind=BEFORE_DECISION, subject=row, by=by)
    todos.close_deadline(kind=procedures.TERM, subject=row)
