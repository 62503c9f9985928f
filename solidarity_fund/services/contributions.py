"""Contributions: every euro enters the ledger in the same transaction as its reason, and leaves it by the opposite entry."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.four_eyes import OutsideAct
from impresasolidale.core.transitions import perform
from impresasolidale.core.words import euro, in_italian
from impresasolidale.territory.models import Comune
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Entry, Pot

from ..enums import kinds_in_words
from ..giving_rules import refuse_over_restricted
from ..models import BankLine, Contribution, Donor, Pledge, PotPurpose
from ..selectors import contributions as selectors
from ..selectors.holder import holder_by_act
from ..transitions import BANK_LINE
from . import pledges, receipts

# What a line says of its match when it has none.
UNMATCHED: dict[str, Any] = {"entry": None, "contribution": None, "made": False, "decided_by_id": None}


@transaction.atomic
def record_contribution(
    *,
    donor: Donor,
    pot: Pot,
    amount: Decimal,
    received_on: date,
    reference: str,
    by: Access,
    today: date,
    way: str = Contribution.Way.TRANSFER,
    pledge: Pledge | None = None,
    scope: str = "",
    restriction: str = "",
    for_kind: str = "",
    for_comune: Comune | None = None,
    act: OutsideAct | None = None,
) -> Contribution:
    """Money given, in a pot and in the ledger together.

    Raises DomainError for a future day, a closed period, a pot of another use, one that pays more than the kind that was asked for, a
    gift that asks for too little a circle (`scope`: "", "kind", "comune", "person"), more than its promise still waits for, an act that
    is missing.
    """
    by.require(Permission.RECORD_CONTRIBUTIONS)
    if received_on > today:
        raise DomainError(_("Il giorno è nel futuro: scrivi quando i soldi sono arrivati."), field="received_on")
    if pot.use != Pot.Use.FUND:
        raise DomainError(_("Questo salvadanaio non è del fondo di solidarietà."), field="pot")
    if donor.ended_on and donor.ended_on <= received_on:
        raise DomainError(_("Questo donatore non va più contattato: se ha donato di nuovo, scrivilo come nuovo o anonimo."), field="donor")
    _refuse_without_act(act, received_on, by)
    refuse_over_restricted(
        scope=scope,
        words=restriction,
        receivers=selectors.receivers(by, kind=for_kind, comune=for_comune) if scope in ("kind", "comune") else None,
        minimum=selectors.least_people(by, received_on),
    )
    if scope == "kind":
        _refuse_other_purpose(pot, for_kind)
    held = pledges.take_in(pledge=pledge, donor=donor, pot=pot, amount=amount) if pledge else None
    row = Contribution.objects.create(
        network_id=by.network_id,
        donor=donor,
        pot=pot,
        amount=amount,
        received_on=received_on,
        reference=reference.strip()[:120],
        way=way,
        pledge=held,
        restriction=restriction.strip(),
        for_kind=for_kind if scope == "kind" else "",
        for_comune=for_comune if scope == "comune" else None,
        act_number=act.number.strip() if act else "",
        act_on=act.on if act else None,
        created_by_id=by.actor_id,
    )
    try:
        ledger.receive(
            pot=pot,
            amount=amount,
            key=f"solidarity_fund.contribution:{row.pk}",
            posted_on=received_on,
            words=in_italian("Dono ricevuto (%(kind)s)", kind=donor.get_kind_display),
            source=row,
            by=by,
        )
    except ledger.PeriodClosed as error:
        raise DomainError(error.words, field="received_on") from error
    record_fact("solidarity_fund.contribution.recorded", row, by=by)
    if held:
        pledges.settle(held, by=by)
    return row


def _refuse_other_purpose(pot: Pot, kind: str) -> None:
    """What was given for one kind of help stands in a pot that pays that kind alone: so it is kept when a pot is chosen, long after."""
    # Held to the end of the transaction: whoever changes what the pot pays waits, and finds the gift.
    only = PotPurpose.objects.select_for_update(of=("self",), no_key=True).filter(pot=pot).first()
    kinds = only.kinds if only else []
    if kinds == [kind]:
        return
    words = (
        _("Chi dona ha chiesto solo: %(kind)s. «%(pot)s» dà solo: %(kinds)s. Scegli un altro salvadanaio.")
        if kinds
        else _(
            "Chi dona ha chiesto solo: %(kind)s. «%(pot)s» dà qualunque aiuto. Scegli un altro salvadanaio, o aprine uno solo per questo."
        )
    )
    values = {"kind": kinds_in_words([kind]), "pot": pot.name, "kinds": kinds_in_words(kinds)}
    raise DomainError(words % values, field="pot")


def _refuse_without_act(act: OutsideAct | None, on: date, by: Access) -> None:
    """Some holders accept by an act."""
    if act is None and (holder := holder_by_act(by, on)):
        words = _("%(body)s accetta i doni con un atto: scrivi il suo numero e la sua data.")
        raise DomainError(words % {"body": holder.body.name}, field="act_number")


def entry_of(contribution: Contribution, by: Access) -> Entry:
    """The movement with which it entered the ledger."""
    return treasury.entries_of(by, selectors.CONTRIBUTION_TYPE, contribution.pk).get(reverses=None)


@transaction.atomic
def take_back_contribution(*, contribution: Contribution, reason: str, by: Access, today: date) -> None:
    """Undo a contribution recorded by mistake, with the opposite entry; the row stays. Asked twice, it is done once.

    Its receipt is annulled by a paper of its own, its promise waits again, its bank line is to be matched again.
    Raises ReasonRequired, DomainError when the money has been set aside or paid meanwhile.
    """
    by.require(Permission.RECORD_CONTRIBUTIONS)
    try:
        ledger.reverse_entry(entry=entry_of(contribution, by), reason=reason, posted_on=today, by=by)
    except ledger.NotEnoughMoney as error:
        free = euro(treasury.free_balance(contribution.pot))
        words = _("Questi soldi sono già impegnati o versati: nel salvadanaio ne restano liberi %(free)s.")
        raise DomainError(words % {"free": free}) from error
    # A second who asks has waited for the first at the ledger's key, and finds nothing left to do.
    receipts.annul(subject=contribution, by=by, today=today)
    for line in BankLine.objects.filter(contribution=contribution):
        perform(BANK_LINE, "undone", line, by=by, reason=reason, **UNMATCHED)
    if contribution.pledge:
        pledges.settle(contribution.pledge, by=by)
