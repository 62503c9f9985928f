"""What was paid too much comes back: off the next months, or paid back. Giving it up takes two people."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError, ReasonRequired
from impresasolidale.core.four_eyes import require_second_key
from impresasolidale.core.transitions import perform
from impresasolidale.core.views import constraint_words
from impresasolidale.core.words import euro

from ..enums import ItemState, RecoveryState, RecoveryWay
from ..liquidation_rules import ZERO, split
from ..models import ItemShare, LiquidationItem, Recovery, RecoveryStep
from ..transitions import RECOVERY
from . import ledger
from .liquidations import refuse_limited


@transaction.atomic
def open_recovery(
    *, item: LiquidationItem, way: str, amount: Decimal, instalment: Decimal | None = None, reason: str, by: Access
) -> Recovery:
    """Begin to get back `amount` of a paid row. Raises ReasonRequired, DomainError over what was paid, or when one is under way."""
    by.require(Permission.PREPARE_LIQUIDATIONS)
    refuse_limited(by)
    row: LiquidationItem = LiquidationItem.objects.select_for_update(of=("self",), no_key=True).get(pk=item.pk)
    if not reason.strip():
        raise ReasonRequired
    if row.state != ItemState.PAID:
        raise DomainError(_("Si recupera solo quello che è stato pagato."))
    before = Recovery.objects.filter(item=row, state=RecoveryState.RECOVERED).aggregate(total=Sum("amount", default=ZERO))["total"]
    if not ZERO < amount <= row.amount - before:
        raise DomainError(
            _("Di questa riga si possono recuperare al massimo %(most)s.") % {"most": euro(row.amount - before)}, field="amount"
        )
    if way == RecoveryWay.TAKE_OFF and (instalment is None or not ZERO < instalment <= amount):
        raise DomainError(_("Scrivi quanto togliere al mese: più di zero, e non più di quanto si recupera."), field="instalment")
    recovery = Recovery(
        ambito_id=row.ambito_id,
        item=row,
        way=way,
        amount=amount,
        instalment=instalment if way == RecoveryWay.TAKE_OFF else None,
        reason=reason.strip(),
        created_by_id=by.actor_id,
    )
    try:
        with transaction.atomic():
            recovery.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError(constraint_words(error)) from error
    record_fact("treasury.recovery.opened", recovery, by=by, reason=recovery.reason, way=way, amount=str(amount))
    return recovery


def missing_of(recovery: Recovery) -> Decimal:
    """Euro still to come back."""
    back = RecoveryStep.objects.filter(recovery=recovery).aggregate(total=Sum("amount", default=ZERO))["total"]
    return recovery.amount - back


@transaction.atomic
def record_pay_back(*, recovery: Recovery, amount: Decimal, on: date, receipt: str, by: Access, today: date) -> Recovery:
    """The person gave back a part: into the bank, free in the pots it came from. The same receipt counts once.

    Raises DomainError over what is missing, without a receipt, for a day to come.
    """
    by.require(Permission.RECORD_PAYMENTS)
    row = _locked(recovery)
    receipt = receipt.strip()
    if row.way != RecoveryWay.PAY_BACK:
        raise DomainError(_("Questo recupero si toglie dai prossimi mesi: qui non si registra niente."))
    if not receipt:
        raise DomainError(_("Scrivi il numero della quietanza."), field="receipt")
    if on > today:
        raise DomainError(_("Il giorno è nel futuro: scrivi quando i soldi sono arrivati."), field="on")
    known = RecoveryStep.objects.filter(recovery=row, key=f"receipt:{receipt}"[:60]).first()
    if known:
        if known.amount == amount:
            return row
        raise DomainError(_("Questa quietanza è già registrata, con un altro importo."), field="receipt")
    if row.state != RecoveryState.OPEN:
        raise DomainError(_("Questo recupero non è più in corso."))
    take_step(
        recovery=row, key=f"receipt:{receipt}"[:60], amount=amount, on=on, words=_("Quietanza %(number)s") % {"number": receipt}, by=by
    )
    shares = list(ItemShare.objects.filter(item=row.item_id).select_related("pot").order_by("position"))
    with translation.override("it"):
        words = _("Contributo restituito, quietanza %(number)s") % {"number": receipt}
    for share, part in zip(shares, split(amount, [s.amount for s in shares]), strict=True):
        if part:
            ledger.receive(
                pot=share.pot,
                amount=part,
                key=f"recovery:{row.public_id}:{receipt}:{share.position}",
                posted_on=on,
                words=words[:200],
                source=row,
                by=by,
            )
    return row


def take_step(*, recovery: Recovery, key: str, amount: Decimal, on: date, words: str, by: Access) -> None:
    """One part came back (the recovery is locked), even while giving up the rest is asked for; the last one ends it. Raises DomainError
    over what is missing."""
    if recovery.state not in (RecoveryState.OPEN, RecoveryState.ASKED):
        raise DomainError(_("Questo recupero non è più in corso."))
    missing = missing_of(recovery)
    if not ZERO < amount <= missing:
        raise DomainError(_("Mancano %(missing)s: non si può recuperare di più.") % {"missing": euro(missing)}, field="amount")
    RecoveryStep.objects.create(ambito_id=recovery.ambito_id, recovery=recovery, key=key, amount=amount, on=on, words=words[:120])
    record_fact("treasury.recovery.came_back", recovery, by=by, amount=str(amount))
    if amount == missing and recovery.state == RecoveryState.OPEN:
        perform(RECOVERY, "recovered", recovery, by=by, as_system=True)


@transaction.atomic
def ask_write_off(*, recovery: Recovery, reason: str, by: Access) -> Recovery:
    """The first of two who give it up, with the reason."""
    refuse_limited(by)
    asked: Recovery = perform(
        RECOVERY, "asked", recovery, by=by, reason=reason, asked_by_id=by.actor_id, given_up_reason=reason.strip()[:300]
    )
    return asked


@transaction.atomic
def approve_write_off(*, recovery: Recovery, by: Access) -> Recovery:
    """The second: another person. Raises FourEyesRequired."""
    refuse_limited(by)

    def guard(row: Recovery) -> None:
        require_second_key(first_id=row.asked_by_id, by=by, words=_("Per rinunciare servono due persone: l'hai chiesto tu."))

    done: Recovery = perform(RECOVERY, "written_off", recovery, by=by, guard=guard, given_up_by_id=by.actor_id)
    return done


@transaction.atomic
def keep_recovering(*, recovery: Recovery, reason: str, by: Access) -> Recovery:
    """The write-off is not approved: it goes on."""
    refuse_limited(by)
    kept: Recovery = perform(RECOVERY, "kept", recovery, by=by, reason=reason, asked_by_id=None, given_up_reason="")
    return kept


def _locked(recovery: Recovery) -> Recovery:
    row: Recovery = Recovery.objects.select_for_update(of=("self",), no_key=True).get(pk=recovery.pk)
    return row
