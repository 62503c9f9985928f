"""What everybody may read of the fund."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from impresasolidale.accounts.access import Access
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot

from ..models import BenefitRequest, Contribution, Donor
from ..rules import KindFigures, fold_small
from .donors import taken_back


@dataclass(frozen=True)
class PublicFigures:
    """The fund as the public page shows it, in euro: pots, kinds of help, donors who want to be named (rules 71, 73 and 88)."""

    received: Decimal
    committed: Decimal
    paid: Decimal
    free: Decimal
    pots: list[treasury.PotBalance]
    kinds: list[tuple[str, int, Decimal]]  # label in words, people helped, euro paid
    donors: list[str]
    donor_count: int | None  # None under the minimum


def public_figures(access: Access, *, minimum: int = 5) -> PublicFigures:
    """Figures of the whole network, which need no Ambito and no right: aggregates, nothing about fewer than `minimum` people (rule 88)."""
    pots = treasury.balances(access, use=Pot.Use.FUND)
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, people, amount FROM solidarity_fund_paid_by_kind(%s)", [access.network_id])
        kinds = [KindFigures(*row) for row in cursor.fetchall()]
    labels = dict(BenefitRequest.Kind.choices)
    standing = Contribution.objects.filter(~taken_back("pk"), network_id=access.network_id)
    givers = Donor.objects.filter(network_id=access.network_id, pk__in=standing.values("donor_id"))
    named = givers.filter(shows_name=True).exclude(kind=Donor.Kind.ANONYMOUS).order_by("name").values_list("name", flat=True)
    count = givers.count()
    return PublicFigures(
        received=sum((p.received for p in pots), Decimal(0)),
        committed=sum((p.committed for p in pots), Decimal(0)),
        paid=sum((p.paid for p in pots), Decimal(0)),
        free=sum((p.free for p in pots), Decimal(0)),
        pots=pots,
        kinds=[(str(labels.get(row.kind, "")), row.people, row.amount) for row in fold_small(kinds, minimum=minimum)],
        donors=list(dict.fromkeys(named)),
        donor_count=count if count >= minimum else None,
    )
