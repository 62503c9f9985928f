"""What the ledger says, for the tests to hold the pages against it."""

from decimal import Decimal

from django.db.models import Q, Sum

from impresasolidale.treasury.models import Account, Entry, ItemShare, Leg, LiquidationRun


def posted_total(run: LiquidationRun) -> Decimal:
    """Euro that left the bank for this liquidation, refused rows given back: what the ledger says."""
    keys = [
        f"liquidation-item:{public_id}:{position}"
        for public_id, position in ItemShare.objects.filter(item__run=run).values_list("item__public_id", "position")
    ]
    ours = Entry.objects.filter(key__in=keys)
    legs = Leg.objects.filter(Q(entry__in=ours) | Q(entry__reverses__in=ours), account__kind=Account.Kind.BANK)
    return -legs.aggregate(total=Sum("amount", default=Decimal(0)))["total"]
