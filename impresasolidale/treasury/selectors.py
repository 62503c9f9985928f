"""Reads of the ledger: balances, movements, months, and the count that compares balances with their legs."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core.actor import Actor
from impresasolidale.core.keyset import Slice, page_of

from .models import Account, Entry, Leg, Pot

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class PotBalance:
    """Figures of one pot in euro: received − paid = free + committed."""

    pot: Pot
    received: Decimal
    committed: Decimal
    paid: Decimal
    free: Decimal


@dataclass(frozen=True)
class Movement:
    """One entry as a reader sees it, in euro: what came in, what was set aside (below zero: given back), what went out."""

    entry: Entry
    pots: str
    received: Decimal
    committed: Decimal
    paid: Decimal

    @property
    def amount(self) -> Decimal:
        return self.received or self.committed or self.paid


@dataclass(frozen=True)
class Month:
    """Euro that came into and went out of the bank in the month beginning on `first`, reversals taken off."""

    first: date
    received: Decimal
    paid: Decimal


def pots(access: Access, *, use: Pot.Use) -> QuerySet[Pot]:
    return Pot.objects.filter(network_id=access.network_id, use=use).order_by("name")


def pot_for(access: Access, public_id: object, *, use: Pot.Use) -> Pot:
    return get_object_or_404(pots(access, use=use), public_id=public_id)


# One statement: the balances stand in the accounts, received and paid are the turnovers against the bank.
_BALANCES = """
SELECT p.id, p.public_id, p.name, p.purpose, p.use, p.network_id,
       coalesce(t.received, 0), -c.balance, coalesce(t.paid, 0), -f.balance
FROM treasury_pot p
JOIN treasury_account f ON f.pot_id = p.id AND f.kind = 'free'
JOIN treasury_account c ON c.pot_id = p.id AND c.kind = 'committed'
LEFT JOIN LATERAL (
  SELECT -sum(l.amount) FILTER (WHERE l.account_id = f.id) AS received, sum(l.amount) FILTER (WHERE l.account_id = c.id) AS paid
  FROM treasury_leg l
  WHERE l.account_id IN (f.id, c.id) AND EXISTS (
    SELECT 1 FROM treasury_leg b JOIN treasury_account a ON a.id = b.account_id WHERE b.entry_id = l.entry_id AND a.kind = 'bank')
) t ON true
WHERE p.network_id = %s AND p.use = %s
ORDER BY p.name
"""


def balances(access: Access, *, use: Pot.Use) -> list[PotBalance]:
    """Every pot of a use with its figures, by name; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, [access.network_id, use])
        found = cursor.fetchall()
    names = ("id", "public_id", "name", "purpose", "use", "network_id")
    return [PotBalance(Pot(**dict(zip(names, row, strict=False))), *row[6:]) for row in found]


def free_balance(pot: Pot) -> Decimal:
    """Euro of the pot that nobody has committed."""
    return -Account.objects.values_list("balance", flat=True).get(pot=pot, kind=Account.Kind.FREE)


def _entries(access: Access, use: Pot.Use, pot: Pot | None) -> QuerySet[Entry]:
    legs = Leg.objects.filter(entry=OuterRef("pk"), **({"account__pot": pot} if pot else {"account__pot__use": use}))
    return Entry.objects.filter(Exists(legs), network_id=access.network_id)


def movements(access: Access, query: QueryDict, *, use: Pot.Use, pot: Pot | None = None, until: date | None = None) -> Slice:
    """The page of movements that `query` asks for: a use's pots (or one), newest first, from `until` back."""
    rows = _entries(access, use, pot).prefetch_related(Prefetch("legs", Leg.objects.select_related("account__pot").order_by("id")))
    if until:
        rows = rows.filter(posted_on__lte=until)
    page = page_of(rows, query, order=("-posted_on", "-id"), key="id")
    return replace(page, rows=[_movement(entry) for entry in page.rows])


def _movement(entry: Entry) -> Movement:
    legs = list(entry.legs.all())
    with_bank = any(leg.account.kind == Account.Kind.BANK for leg in legs)
    turned = {kind: sum((leg.amount for leg in legs if leg.account.kind == kind), ZERO) for kind in Account.Kind}
    return Movement(
        entry=entry,
        pots=", ".join(dict.fromkeys(leg.account.pot.name for leg in legs if leg.account.pot)),
        received=-turned[Account.Kind.FREE] if with_bank else ZERO,
        committed=ZERO if with_bank else -turned[Account.Kind.COMMITTED],
        paid=turned[Account.Kind.COMMITTED] if with_bank else ZERO,
    )


def months(access: Access, *, use: Pot.Use, since: date) -> list[Month]:
    """Months with movements of the bank from `since` on, oldest first; one query."""
    came_in = Q(amount__gt=0, entry__reverses=None) | Q(amount__lt=0, entry__reverses__isnull=False)
    rows = (
        Leg.objects.filter(account__kind=Account.Kind.BANK, network_id=access.network_id, entry__in=_entries(access, use, None))
        .filter(entry__posted_on__gte=since)
        .annotate(first=TruncMonth("entry__posted_on"))
        .values("first")
        .annotate(
            received=Sum("amount", filter=came_in, default=ZERO),
            paid=-Sum("amount", filter=~came_in, default=ZERO),
        )
        .order_by("first")
    )
    return [Month(**row) for row in rows]


def recount(access: Actor) -> list[Account]:
    """Accounts with `counted`, the sum of their legs; `balance` must be equal to it."""
    return list(
        Account.objects.filter(network_id__in=access.scope.networks).annotate(counted=Sum("legs__amount", default=ZERO)).order_by("id")
    )


def entries_of(access: Access, source_type: str, source_id: int) -> QuerySet[Entry]:
    """What one contribution or request moved, oldest first."""
    return Entry.objects.filter(network_id=access.network_id, source_type=source_type, source_id=source_id).order_by("id")
