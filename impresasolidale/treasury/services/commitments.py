"""Commitments (impegni) of the body that pays: from free to committed, raised and lowered by further acts, ended with the rest released."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError, ReasonRequired
from impresasolidale.core.transitions import perform
from impresasolidale.core.views import check_version
from impresasolidale.core.words import euro
from impresasolidale.territory.models import Body

from .. import selectors
from ..models import Commitment, Entry, Pot
from ..transitions import COMMITMENT
from . import ledger
from .budgets import Act, check_act, post


class PartsAreMore(DomainError):
    words = gettext_lazy("I tirocini di questo impegno ne contano già di più: prima cambia le loro parti.")


@transaction.atomic
def open_commitment(
    *,
    pot: Pot,
    body: Body,
    year: int,
    number: str,
    amount: Decimal,
    act: Act,
    by: Access,
    today: date,
    chapter: str = "",
    cup: str = "",
) -> Commitment:
    """Set `amount` euro aside for the sums that fall due in `year`. A line of the budget gives its own body, chapter and CUP.

    Raises DomainError over what is free, for the year of another budget, for a number that is there already.
    """
    by.require(Permission.EDIT_BUDGETS)
    check_act(act, today=today)
    if not selectors.allowance_pots(by).filter(pk=pot.pk).exists():
        raise DomainError(_("Da questo salvadanaio non si versano contributi motivazionali."), field="pot")
    if pot.use == Pot.Use.BUDGET:
        line = pot.budget
        if line.year != year:
            words = _("Questa riga di bilancio è del %(year)s: per un altro anno serve la riga di quell'anno.")
            raise DomainError(words % {"year": line.year}, field="year")
        body, chapter, cup = line.body, line.chapter, line.cup
    elif not selectors.bodies(by).filter(pk=body.pk).exists():
        raise DomainError(_("Questo ente non è del tuo Ambito."), field="body")
    number = number.strip()
    if Commitment.objects.filter(ambito_id=by.ambito_id, body=body, year=year, number=number).exists():
        raise DomainError(_("Questo impegno è già registrato."), field="number")
    row = Commitment.objects.create(
        ambito_id=by.ambito_id,
        pot=pot,
        body=body,
        year=year,
        number=number,
        chapter=chapter.strip(),
        cup=cup.strip().upper(),
        act_number=act.number.strip(),
        act_on=act.on,
        created_by_id=by.actor_id,
    )
    post(ledger.commit, pot=pot, amount=amount, key=_key(row), act=act, text="Impegno", source=row, by=by)
    record_fact("treasury.commitment.opened", row, by=by, number=act.number.strip(), on=act.on.isoformat(), amount=str(amount))
    return row


@transaction.atomic
def raise_commitment(*, commitment: Commitment, amount: Decimal, act: Act, reason: str, seen: int, by: Access, today: date) -> Commitment:
    """Add `amount` euro. Raises ReasonRequired, Conflict, DomainError over what is free in its pot."""
    row = _locked(commitment, act=act, reason=reason, seen=seen, by=by, today=today)
    post(ledger.commit, pot=row.pot, amount=amount, key=_key(row), act=act, text="Impegno aumentato", source=row, by=by)
    row.save(update_fields=["row_version"])
    _record("raised", row, amount, act, reason, by)
    return row


@transaction.atomic
def lower_commitment(*, commitment: Commitment, amount: Decimal, act: Act, reason: str, seen: int, by: Access, today: date) -> Commitment:
    """Take `amount` euro off, back to what is free: never what is paid, nor what its placements count on.

    Raises ReasonRequired, Conflict, DomainError on `amount`.
    """
    row = _locked(commitment, act=act, reason=reason, seen=seen, by=by, today=today)
    left = selectors.commitment_figures([row.pk])[row.pk].left
    if amount > left:
        raise DomainError(_("Di questo impegno restano %(left)s: il resto è già speso.") % {"left": euro(left)}, field="amount")
    post(ledger.release, pot=row.pot, amount=amount, key=_key(row), act=act, text="Impegno diminuito", source=row, by=by)
    try:
        with transaction.atomic():
            row.save(update_fields=["row_version"])  # the database compares with the parts of the placements
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) != "treasury_commitment_parts":
            raise
        raise PartsAreMore(field="amount") from error
    _record("lowered", row, amount, act, reason, by)
    return row


@transaction.atomic
def end_commitment(*, commitment: Commitment, act: Act, reason: str, seen: int, by: Access, today: date) -> Commitment:
    """No more payments from it; what is left is free again. Raises TransitionNotAllowed when it has ended, ReasonRequired, Conflict."""
    check_act(act, today=today)

    def guard(row: Commitment) -> None:
        check_version(row, seen)
        left = selectors.commitment_figures([row.pk])[row.pk].left
        if left:
            post(ledger.release, pot=row.pot, amount=left, key=_end_key(row), act=act, text="Impegno chiuso", source=row, by=by)

    row: Commitment = perform(COMMITMENT, "ended", commitment, by=by, reason=reason, guard=guard, ended_on=act.on)
    record_fact("treasury.commitment.end_act", row, by=by, number=act.number.strip(), on=act.on.isoformat())
    return row


@transaction.atomic
def pay_commitment(*, commitment: Commitment, amount: Decimal, key: str, posted_on: date, words: str, by: Access) -> Entry:
    """Money leaves the bank out of what is left of this commitment; the same `key` pays once. The caller asked for the permission.

    Raises NotEnoughMoney over what is left, DomainError when it has ended, PeriodClosed, KeyUsed.
    """
    row: Commitment = Commitment.objects.select_for_update(of=("self",), no_key=True).select_related("pot").get(pk=commitment.pk)
    if not selectors.has_entry(row.pot.network_id, key):
        if row.state != Commitment.State.OPEN:
            raise DomainError(_("L'impegno %(number)s è chiuso: scegline un altro.") % {"number": row})
        left = selectors.commitment_figures([row.pk])[row.pk].left
        if amount > left:
            words_ = _("Dell'impegno %(number)s restano %(left)s: non bastano.")
            raise ledger.NotEnoughMoney(words_ % {"number": row, "left": euro(left)})
    return ledger.pay(pot=row.pot, amount=amount, key=key, posted_on=posted_on, words=words, source=row, by=by)


@transaction.atomic
def release_left(*, commitment: Commitment, reason: str, seen: int, by: Access, today: date) -> Commitment:
    """What came back to a commitment after its end (a refused payment) is free again. Raises ReasonRequired, Conflict."""
    by.require(Permission.EDIT_BUDGETS)
    if not reason.strip():
        raise ReasonRequired
    row: Commitment = Commitment.objects.select_for_update(of=("self",), no_key=True).select_related("pot").get(pk=commitment.pk)
    check_version(row, seen)
    left = selectors.commitment_figures([row.pk])[row.pk].left
    if row.state != Commitment.State.ENDED or not left:
        raise DomainError(_("Non c'è niente da liberare."))
    row.row_version += 1
    act = Act(row.act_number, today)
    post(ledger.release, pot=row.pot, amount=left, key=f"{_key(row)}:end", act=act, text="Somma tornata libera", source=row, by=by)
    row.save(update_fields=["row_version"])
    record_fact("treasury.commitment.released", row, by=by, reason=reason.strip(), amount=str(left))
    return row


def _locked(commitment: Commitment, *, act: Act, reason: str, seen: int, by: Access, today: date) -> Commitment:
    """The open commitment with its next version; the caller saves it."""
    by.require(Permission.EDIT_BUDGETS)
    check_act(act, today=today)
    if not reason.strip():
        raise ReasonRequired
    row: Commitment = Commitment.objects.select_for_update(of=("self",), no_key=True).select_related("pot").get(pk=commitment.pk)
    check_version(row, seen)
    if row.state != Commitment.State.OPEN:
        raise DomainError(_("Questo impegno è chiuso."))
    row.row_version += 1
    return row


def _record(step: str, row: Commitment, amount: Decimal, act: Act, reason: str, by: Access) -> None:
    values = {"number": act.number.strip(), "on": act.on.isoformat(), "amount": str(amount)}
    record_fact(f"treasury.commitment.{step}", row, by=by, reason=reason.strip(), **values)


def _key(row: Commitment) -> str:
    return f"commitment:{row.public_id}:{row.row_version}"


def _end_key(row: Commitment) -> str:
    return f"commitment:{row.public_id}:end"
