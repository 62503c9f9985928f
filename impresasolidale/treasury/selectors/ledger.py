"""Reads of the ledger: balances, movements, months, and the count that compares balances with their legs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core.actor import Actor
from impresasolidale.core.keyset import Slice, page_of

from ..models import Account, ClosedPeriod, Entry, Leg, Pot

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
        """Without its sign: which way it went is said beside it."""
        return abs(self.received or self.committed or self.paid)


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


# One statement over the accounts alone: what came in and what was paid are their turnovers against the bank.
FIGURES = """
SELECT p.id, p.public_id, p.name, p.purpose, p.use, p.network_id,
       -f.at_bank, -c.balance, c.at_bank, -f.balance
FROM treasury_pot p
JOIN treasury_account f ON f.pot_id = p.id AND f.kind = 'free'
JOIN treasury_account c ON c.pot_id = p.id AND c.kind = 'committed'
"""
_BALANCES = FIGURES + "WHERE p.network_id = %s AND p.use = %s ORDER BY p.name"


def balances(access: Access, *, use: Pot.Use) -> list[PotBalance]:
    """Every pot of a use with its figures, by name; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, [access.network_id, use])
        return [balance_of(row) for row in cursor.fetchall()]


def balance_of(row: tuple[Any, ...]) -> PotBalance:
    """One row of FIGURES; what a statement adds behind its ten columns is left to the caller."""
    names = ("id", "public_id", "name", "purpose", "use", "network_id")
    return PotBalance(Pot(**dict(zip(names, row, strict=False))), *row[6:10])


def first_open_day(network_id: int) -> date:
    """The first day on which something may still be posted."""
    latest = ClosedPeriod.objects.filter(network_id=network_id, state=ClosedPeriod.State.CLOSED).aggregate(to=Max("closed_to"))["to"]
    return latest + timedelta(days=1) if latest else date.min


def has_entry(network_id: int, key: str) -> bool:
    return Entry.objects.filter(network_id=network_id, key=key).exists()


def free_balance(pot: Pot) -> Decimal:
    """Euro of the pot that nobody has committed."""
    return -Account.objects.values_list("balance", flat=True).get(pot=pot, kind=Account.Kind.FREE)


def _entries(access: Access, use: Pot.Use, pot: Pot | None) -> QuerySet[Entry]:
    legs = Leg.objects.filter(entry=OuterRef("pk"), **({"account__pot": pot} if pot else {"account__pot__use": use}))
    return Entry.objects.filter(Exists(legs), network_id=access.network_id)


def movements(access: Access, query: QueryDict, *, use: Pot.Use, pot: Pot | None = None, until: date | None = None) -> Slice:
    """The page of movements that `query` asks for: a use's pots (or one), newest first, from `until` back."""
    return movements_page(_entries(access, use, pot), query, until=until)


def movements_page(entries: QuerySet[Entry], query: QueryDict, *, until: date | None = None) -> Slice:
    """The page of these entries that `query` asks for, as movements, newest first, from `until` back."""
    rows = _with_legs(entries)
    if until:
        rows = rows.filter(posted_on__lte=until)
    page = page_of(rows, query, order=("-posted_on", "-id"), key="id")
    return replace(page, rows=[_movement(entry) for entry in page.rows])


def all_movements(entries: QuerySet[Entry], *, until: date | None = None) -> Iterator[Movement]:
    """The same movements, all of them, for a file: read a thousand at a time."""
    rows = _with_legs(entries).order_by("-posted_on", "-id")
    if until:
        rows = rows.filter(posted_on__lte=until)
    for entry in rows.iterator(chunk_size=1000):
        yield _movement(entry)


def _with_legs(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    return entries.prefetch_related(Prefetch("legs", Leg.objects.select_related("account__pot").order_by("id")))


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
    """Months with movements of the bank from `since` on, oldest first: into what is free, out of what is committed; one query."""
    rows = (
        Leg.objects.filter(at_bank=True, account__pot__use=use, network_id=access.network_id, posted_on__gte=since)
        .annotate(first=TruncMonth("posted_on"))
        .values("first")
        .annotate(
            received=-Sum("amount", filter=Q(account__kind=Account.Kind.FREE), default=ZERO),
            paid=Sum("amount", filter=Q(account__kind=Account.Kind.COMMITTED), default=ZERO),
        )
        .order_by("first")
    )
    return [Month(**row) for row in rows]


def recount(access: Actor) -> list[Account]:
    """Accounts with their legs counted again, all (`counted`) and those at the bank; `agrees` says whether both kept sums are the same."""
    rows = Account.objects.filter(network_id__in=access.scope.networks).annotate(
        counted=Sum("legs__amount", default=ZERO),
        counted_at_bank=Sum("legs__amount", filter=Q(legs__at_bank=True), default=ZERO),
    )
    return list(rows.annotate(agrees=Q(balance=F("counted"), at_bank=F("counted_at_bank"))).order_by("id"))


def entries_of(access: Access, source_type: str, source_id: int) -> QuerySet[Entry]:
    """What one contribution or request moved, oldest first."""
    return Entry.objects.filter(network_id=access.network_id, source_type=source_type, source_id=source_id).order_by("id")
