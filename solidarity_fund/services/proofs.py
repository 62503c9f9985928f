"""How the help was spent (rule 69): proofs with a second pair of eyes, what comes back to its pot, voucher codes."""

import secrets
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import CaseRole, Permission, Role
from impresasolidale.accounts.services import require_second_key
from impresasolidale.core import mutes, todos
from impresasolidale.core.audit import record_fact, type_of
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.messages import TooSoon, send
from impresasolidale.core.transitions import perform
from impresasolidale.core.uploads import check_upload, store_upload
from impresasolidale.core.views import constraint_words
from impresasolidale.core.words import euro, in_italian
from impresasolidale.territory.rules import Severity
from impresasolidale.treasury import services as ledger
from placements.agreements.models import Placement
from placements.beneficiaries.selectors import signing_representative

from ..enums import Advance, BackReason, ProofState, RequestState
from ..models import BenefitRequest, MoneyBack, SpendingProof, Voucher
from ..selectors import proofs as selectors
from ..transitions import PROOF
from .words import ask_for, movement

DUE, CHECK, RECOVER = "solidarity_fund.proof_due", "solidarity_fund.proof_check", "solidarity_fund.recover"
DEFAULT_DAYS = 60
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like something else
REMINDER = gettext_lazy("Una prova della spesa da raccogliere")
DUE_PERSON = "solidarity_fund.proof_due_person"
REMINDER_PERSON = gettext_lazy("Un foglio che ci serve")  # who reads it over a shoulder learns neither how much nor why


def due_of(request: BenefitRequest, *, paid_on: date) -> dict[str, Any]:
    """The day by which the payment wants its proof; none where rule 69 is off."""
    if request.rulebook.rules.severity(69) == Severity.OFF:
        return {}
    days = request.criteria.proof_days if request.criteria else DEFAULT_DAYS
    return {"proof_due_on": paid_on + timedelta(days=days)}


def expect(row: BenefitRequest, *, by: Access) -> None:
    """The proof stands among the deadlines of who follows the person."""
    if row.proof_due_on is None:
        return
    todos.set_deadline(
        kind=DUE,
        subject=row,
        title=in_italian("Serve la prova della spesa: %(kind)s", kind=row.get_kind_display),
        url=selectors.url_of(row),
        role=Role.SOCIAL_WORKER,
        case_role=CaseRole.REFERENT,
        due_on=row.proof_due_on,
        by=by,
        remind_days=14,
    )


def _locked(request: BenefitRequest) -> BenefitRequest:
    row: BenefitRequest = (
        BenefitRequest.objects.select_for_update(of=("self",), no_key=True).select_related("pot", "ambito", "rulebook").get(pk=request.pk)
    )
    if row.state != RequestState.PAID or row.closed_on:
        raise Conflict(_("Su questo aiuto non c'è più niente da provare."))
    return row


@transaction.atomic
def add_proof(*, request: BenefitRequest, amount: Decimal, spent_on: date, file: UploadedFile, by: Access, today: date) -> SpendingProof:
    """A receipt is handed in. Raises DomainError over what is left to prove, for a day to come, for a file that is none; Conflict when the
    request is closed."""
    by.require(Permission.ASK_BENEFITS)
    row = _locked(request)
    if spent_on > today:
        raise DomainError(_("Il giorno è nel futuro: scrivi quando la spesa è stata fatta."), field="spent_on")
    left = selectors.figures_of(row).left_to_hand_in
    if not 0 < amount <= left:
        words = _("Così si proverebbe più di quanto è stato versato: restano da provare %(left)s.")
        raise DomainError(words % {"left": euro(left)}, field="amount")
    check_upload(file)
    proof = SpendingProof(ambito_id=row.ambito_id, request=row, amount=amount, spent_on=spent_on, created_by_id=by.actor_id)
    proof.save()
    proof.file = store_upload(file=file, kind=selectors.PROOF, subject=proof, by=by)
    proof.save(update_fields=["file"])
    record_fact("solidarity_fund.proof.received", proof, by=by)
    ask_for(CHECK, "Una prova della spesa da controllare: %(kind)s", row, Role.ACCOUNTING, by=by)
    return proof


@transaction.atomic
def accept_proof(*, proof: SpendingProof, by: Access, today: date) -> SpendingProof:
    """Another person finds it in order. With the last euro explained the request is closed. Raises FourEyesRequired."""
    row = _locked(proof.request)

    def guard(fresh: SpendingProof) -> None:
        require_second_key(first_id=fresh.created_by_id, by=by)

    done: SpendingProof = perform(PROOF, "accepted", proof, by=by, guard=guard, checked_by_id=by.actor_id)
    _checked(row, by=by, today=today)
    return done


@transaction.atomic
def reject_proof(*, proof: SpendingProof, reason: str, by: Access, today: date) -> SpendingProof:
    """It does not do: whoever brought it is told why. Raises ReasonRequired, FourEyesRequired."""
    row = _locked(proof.request)

    def guard(fresh: SpendingProof) -> None:
        require_second_key(first_id=fresh.created_by_id, by=by)

    done: SpendingProof = perform(
        PROOF, "rejected", proof, by=by, reason=reason, guard=guard, checked_by_id=by.actor_id, why_not=reason.strip()[:200]
    )
    _checked(row, by=by, today=today)
    if row.closed_on is None:
        ask_for(
            DUE,
            "Serve un'altra prova della spesa: %(kind)s",
            row,
            Role.SOCIAL_WORKER,
            by=by,
            due_on=row.proof_due_on,
            case_role=CaseRole.REFERENT,
        )
    return done


def _checked(row: BenefitRequest, *, by: Access, today: date) -> None:
    if not SpendingProof.objects.filter(request=row, state=ProofState.RECEIVED).exists():
        todos.done(kind=CHECK, subject=row, by=by)
    close_if_whole(row, by=by, today=today)


def close_if_whole(row: BenefitRequest, *, by: Access, today: date) -> None:
    """Every euro that was paid is proved or came back, and no advance waits for the commission: the request is over."""
    if selectors.figures_of(row).left == 0 and row.advance != Advance.OPEN:
        _close(row, by=by, today=today)


def _close(row: BenefitRequest, *, by: Access, today: date, reason: str = "") -> None:
    row.closed_on = today
    row.row_version += 1
    row.save(update_fields=["closed_on", "row_version"])
    record_fact("solidarity_fund.benefit_request.closed", row, by=by, reason=reason)
    todos.close_deadline(kind=DUE, subject=row)
    todos.done(kind=[DUE, CHECK, RECOVER], subject=row, by=by)


@transaction.atomic
def close_without_proof(*, request: BenefitRequest, reason: str, by: Access, today: date) -> BenefitRequest:
    """The proof will not come: a second person closes and says why (rule 69 where it does not block).

    Raises ReasonRequired, FourEyesRequired for who asked, DomainError where the rule blocks, while a proof waits to be looked at, or while
    an advance waits for the commission.
    """
    by.require(Permission.KEEP_SITTINGS)
    row = _locked(request)
    if not reason.strip():
        raise ReasonRequired
    require_second_key(first_id=row.created_by_id, by=by)
    if row.rulebook.rules.severity(69) == Severity.BLOCK:
        raise DomainError(_("Il regolamento vuole la prova della spesa: senza, la richiesta resta aperta."))
    if row.advance in (Advance.OPEN, Advance.NOT_RATIFIED):
        raise DomainError(_("Questo anticipo aspetta la commissione, oppure di tornare al fondo: non si chiude senza prova."))
    if SpendingProof.objects.filter(request=row, state=ProofState.RECEIVED).exists():
        raise DomainError(_("C'è una prova da controllare: guardala prima di chiudere."))
    _close(row, by=by, today=today, reason=reason.strip())
    return row


@transaction.atomic
def record_back(*, request: BenefitRequest, amount: Decimal, received_on: date, receipt: str, by: Access, today: date) -> MoneyBack:
    """Money that was not spent, or an advance that was not ratified, is back: in the bank and free in the pot it left.

    The same receipt counts once. Raises FourEyesRequired for who said where the money went, DomainError over what is left, without a
    receipt, for an impossible day, a closed period.
    """
    by.require(Permission.PAY_BENEFITS)
    row = _locked(request)
    if sent_by := selectors.sent_by(row):
        words = _("A chi si versava l'hai scritto tu: i soldi tornati li segna un'altra persona.")
        require_second_key(first_id=sent_by, by=by, words=words)
    receipt = receipt.strip()
    if not receipt:
        raise DomainError(_("Scrivi il numero della quietanza."), field="receipt")
    paid_on = selectors.paid_on(row)
    if received_on > today or (paid_on and received_on < paid_on):
        raise DomainError(_("Scrivi un giorno fra il versamento e oggi."), field="received_on")
    figures = selectors.figures_of(row)
    # What the commission did not ratify comes back whole, proofs or not.
    most = row.amount - figures.back if row.advance == Advance.NOT_RATIFIED else figures.left
    if not 0 < amount <= most:
        raise DomainError(_("Possono tornare al massimo %(left)s.") % {"left": euro(most)}, field="amount")
    back = MoneyBack(
        ambito_id=row.ambito_id,
        request=row,
        amount=amount,
        received_on=received_on,
        receipt=receipt,
        reason=BackReason.RECOVERED if row.advance == Advance.NOT_RATIFIED else BackReason.UNSPENT,
        created_by_id=by.actor_id,
    )
    try:
        with transaction.atomic():
            back.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError(constraint_words(error), field="receipt") from error
    assert row.pot
    values: dict[str, Any] = {
        "pot": row.pot,
        "amount": amount,
        "posted_on": received_on,
        "words": movement("Aiuto tornato al fondo: %(kind)s, Ambito di %(ambito)s", row, by=by),
        "source": row,
        "by": by,
    }
    try:
        ledger.receive(key=f"solidarity_fund.back:{back.pk}", **values)
    except ledger.PeriodClosed as error:
        raise DomainError(error.words, field="received_on") from error
    record_fact("solidarity_fund.money.came_back", row, by=by, amount=str(amount))
    close_if_whole(row, by=by, today=today)
    return back


# --- Vouchers


def make_vouchers(row: BenefitRequest, *, by: Access, value: Decimal = Decimal(25)) -> list[Voucher]:
    """Codes for the whole sum, of `value` euro each and one for the rest."""
    whole, rest = divmod(row.amount, value)
    amounts = [value] * int(whole) + ([rest] if rest else [])
    made = [Voucher(ambito_id=row.ambito_id, request=row, code=_code(), amount=amount, created_by_id=by.actor_id) for amount in amounts]
    return list(Voucher.objects.bulk_create(made))


def _code() -> str:
    return "".join(secrets.choice(LETTERS) for _n in range(10))


@transaction.atomic
def use_voucher(*, request: BenefitRequest, code: str, used_on: date, by: Access, today: date) -> Voucher:
    """A shop hands a code in: it counts once, whoever presses first. Raises DomainError for an unknown or used one, an
    impossible day."""
    by.require(Permission.PAY_BENEFITS)
    row = _locked(request)
    wanted = code.replace(" ", "").replace("-", "").upper()
    voucher: Voucher | None = Voucher.objects.select_for_update(of=("self",), no_key=True).filter(request=row, code=wanted).first()
    if voucher is None:
        raise DomainError(_("Questo codice non è di questo aiuto: controllalo lettera per lettera."), field="code")
    if voucher.used_on:
        raise DomainError(_("Questo buono è già stato usato il %(day)s.") % {"day": f"{voucher.used_on:%d/%m/%Y}"}, field="code")
    paid_on = selectors.paid_on(row)
    if used_on > today or (paid_on and used_on < paid_on):
        raise DomainError(_("Scrivi un giorno fra la consegna dei buoni e oggi."), field="used_on")
    voucher.used_on, voucher.used_by_id = used_on, by.actor_id
    voucher.save(update_fields=["used_on", "used_by"])
    record_fact("solidarity_fund.voucher.used", voucher, by=by)
    close_if_whole(row, by=by, today=today)
    return voucher


# --- Reminders


@transaction.atomic
def remind_proofs(*, by: Access, today: date) -> int:
    """Every morning, in the Ambito: who asked, and the person or who acts for her, are written to when a proof is a week from its day,
    and every week from then on. Returns how many messages left."""
    waiting = SpendingProof.objects.filter(request=OuterRef("pk")).exclude(state=ProofState.REJECTED)
    rows = (
        BenefitRequest.objects.filter(~Exists(waiting), ambito_id=by.ambito_id, closed_on=None, proof_due_on__lte=today + timedelta(days=7))
        .select_related("created_by", "beneficiary")
        .order_by("id")
    )
    quiet = {(m.subject_type, m.subject_id) for m in mutes.in_force(ambiti=[by.ambito_id], today=today)}
    sent = 0
    for row in rows:
        assert row.proof_due_on
        waited = (today - row.proof_due_on).days
        if waited % 7:
            continue
        if _is_reachable(row.created_by):
            sent += _tell(
                row,
                kind=DUE,
                address=row.created_by.email,  # type: ignore[union-attr]
                language=row.created_by.language,  # type: ignore[union-attr]
                subject=REMINDER,
                template="solidarity_fund/email/proof_due.txt",
                context={"kind": row.short_kind, "due_on": row.proof_due_on, "is_late": waited > 0, "url": selectors.absolute_url_of(row)},
                by=by,
            )
        if not _cases_of(row) & quiet:
            sent += _write_person(row, is_late=waited > 0, by=by, today=today)
    return sent


def _write_person(row: BenefitRequest, *, is_late: bool, by: Access, today: date) -> int:
    """The person, or who signs for her (rule 6), at the address the office has; without one the reminder stays with the office."""
    acting = signing_representative(row.beneficiary, today)
    who: Any = acting or row.beneficiary
    if not who.email:
        return 0
    return _tell(
        row,
        kind=DUE_PERSON,
        address=who.email,
        language=settings.LANGUAGE_CODE,
        subject=REMINDER_PERSON,
        template="solidarity_fund/email/proof_due_person.txt",
        context={"name": who.first_name, "is_person": acting is None, "due_on": row.proof_due_on, "is_late": is_late},
        by=by,
    )


def _tell(row: BenefitRequest, *, by: Access, **message: Any) -> int:
    try:
        send(about=row, by=by, **message)
    except TooSoon:  # the job was run again on the same morning
        return 0
    return 1


def _cases_of(row: BenefitRequest) -> set[tuple[str, int]]:
    """The person and the placement, whose reminders may be kept quiet."""
    return {(type_of(row.beneficiary), row.beneficiary_id), (Placement._meta.label_lower, row.placement_id)}


def _is_reachable(user: User | None) -> bool:
    return bool(user and user.is_active and user.email)
