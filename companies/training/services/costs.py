"""What an edition costs: one person proposes it, another confirms it, and only then the ledger moves."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.four_eyes import require_second_key
from impresasolidale.treasury.models import Pot
from impresasolidale.treasury.services import ledger

from ..models import Edition, EditionCost
from ..selectors.extras import pots_for_costs


@transaction.atomic
def propose_cost(
    *, edition: Edition, pot: Pot, words: str, amount: Decimal, act_number: str, act_on: date, by: Access, today: date
) -> EditionCost:
    """An expense of an edition, in euro, with the act that allows it. No money moves before somebody else confirms it.

    Raises DomainError on `pot` for one that does not pay for training, on `amount`, on `act_on` in the future.
    """
    by.require(Permission.EDIT_TRAINING)
    if not pots_for_costs(by).filter(pk=pot.pk).exists():
        raise DomainError(_("Questo salvadanaio non è per la formazione."), field="pot")
    if amount <= 0:
        raise DomainError(_("L'importo deve essere più di zero."), field="amount")
    if act_on > today:
        raise DomainError(_("La data dell'atto è nel futuro."), field="act_on")
    row = EditionCost.objects.create(
        network_id=edition.network_id,
        edition=edition,
        pot=pot,
        words=words.strip(),
        amount=amount,
        act_number=act_number.strip(),
        act_on=act_on,
        created_by_id=by.actor_id,
    )
    record_fact("training.cost.proposed", row, by=by, amount=str(amount), number=row.act_number)
    return row


def _locked(cost: EditionCost) -> EditionCost:
    row = EditionCost.objects.select_for_update(of=("self",), no_key=True).select_related("pot", "edition__course").get(pk=cost.pk)
    if row.confirmed_on or row.withdrawn_at:
        raise Conflict(_("Questo costo è già confermato o ritirato."))
    return row


@transaction.atomic
def withdraw_cost(*, cost: EditionCost, by: Access, now: datetime) -> EditionCost:
    """Take back a cost that nobody has confirmed. A confirmed one is undone by a reversal in the ledger."""
    by.require(Permission.EDIT_TRAINING)
    row = _locked(cost)
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    record_fact("training.cost.withdrawn", row, by=by)
    return row


@transaction.atomic
def confirm_cost(*, cost: EditionCost, by: Access, today: date) -> EditionCost:
    """The second key: the money is set aside and leaves the bank, on the day of the confirmation. Confirmed once.

    Raises FourEyesRequired for who proposed it, NotEnoughMoney, PeriodClosed, Conflict.
    """
    by.require(Permission.EDIT_BUDGETS)
    row = _locked(cost)
    require_second_key(first_id=row.created_by_id, by=by)
    if not pots_for_costs(by).filter(pk=row.pot_id).exists():
        raise DomainError(_("Questa riga di bilancio è di un altro Ambito: la conferma il suo ufficio."))
    with override("it"):  # what is stored reads the same whoever caused it
        words = _("Formazione dei tutor, «%(course)s»: %(words)s (atto %(number)s)")
        words %= {"course": row.edition.course.title, "words": row.words, "number": row.act_number}
    for verb, step in ((ledger.commit, "commit"), (ledger.pay, "pay")):
        key = f"training.cost:{row.public_id}:{step}"
        verb(pot=row.pot, amount=row.amount, key=key, posted_on=today, words=words[:200], source=row, by=by)
    row.confirmed_by, row.confirmed_on = by.actor, today
    row.save(update_fields=["confirmed_by", "confirmed_on"])
    record_fact("training.cost.confirmed", row, by=by, amount=str(row.amount))
    return row
