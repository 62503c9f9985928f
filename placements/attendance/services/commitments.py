"""Which part of a body's commitment stands for which placement. The database keeps the parts within the commitment."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError
from impresasolidale.core.words import euro
from impresasolidale.treasury.models import Commitment
from impresasolidale.treasury.selectors import commitment_figures
from placements.agreements.models import Placement

from ..models import PlacementCommitment
from ..selectors import forecasts


@transaction.atomic
def set_part(*, placement: Placement, commitment: Commitment, amount: Decimal, by: Access) -> PlacementCommitment:
    """Say that `amount` euro of the commitment stand for this placement; said again, the sum changes.

    Raises DomainError on `commitment` when it has ended, on `amount` when all parts together would be more than it.
    """
    by.require(Permission.EDIT_BUDGETS)
    if amount <= 0:
        raise DomainError(_("L'importo deve essere maggiore di zero."), field="amount")
    held: Commitment = Commitment.objects.select_for_update(of=("self",), no_key=True).get(pk=commitment.pk)
    if held.state != Commitment.State.OPEN:
        raise DomainError(_("Questo impegno è chiuso: scegline un altro."), field="commitment")
    before = PlacementCommitment.objects.filter(placement=placement, commitment=held).first()
    others = forecasts.assigned(held) - (before.amount if before else Decimal(0))
    room = commitment_figures([held.pk])[held.pk].amount - others
    if amount > room:
        words = _("Dell'impegno %(number)s restano %(room)s da assegnare.") % {"number": held, "room": euro(room)}
        raise DomainError(words, field="amount")
    row = before or PlacementCommitment(ambito_id=placement.ambito_id, placement=placement, commitment=held, created_by_id=by.actor_id)
    row.amount = amount
    row.save()
    record_fact("attendance.placementcommitment.set", row, by=by, amount=str(amount), commitment=str(held))
    return row


@transaction.atomic
def remove_part(*, part: PlacementCommitment, by: Access) -> None:
    """The commitment no longer stands for this placement; what was paid stays in the ledger. Asked twice, it is done once."""
    by.require(Permission.EDIT_BUDGETS)
    row = PlacementCommitment.objects.select_for_update(of=("self",)).filter(pk=part.pk).first()
    if row is None:
        return
    record_fact("attendance.placementcommitment.removed", row, by=by, amount=str(row.amount))
    row.delete()
