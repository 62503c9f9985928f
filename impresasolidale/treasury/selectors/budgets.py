"""Reads of budgets and grants: what was given, set aside, paid, and is free. Each is a turnover of the ledger."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.territory.models import Body
from impresasolidale.territory.selectors import bodies_around

from ..models import Budget, Commitment, Entry, Leg, LiquidationItem, Pot, Recovery
from .ledger import FIGURES, ZERO, PotBalance, balance_of, balances


@dataclass(frozen=True)
class Line:
    """A source of allowances with its figures in euro; `budget` is None for a grant of the network."""

    figures: PotBalance
    budget: Any = None  # Budget with its body

    @property
    def pot(self) -> Pot:
        return self.figures.pot

    @property
    def name(self) -> str:
        return f"{self.budget.body.name}, {self.budget}" if self.budget else self.pot.name

    @property
    def allocated(self) -> Decimal:
        return self.figures.received

    @property
    def committed(self) -> Decimal:
        return self.figures.committed

    @property
    def paid(self) -> Decimal:
        return self.figures.paid

    @property
    def free(self) -> Decimal:
        return self.figures.free


def bodies(access: Access) -> QuerySet[Body]:
    """The bodies that may pay for the active Ambito, its lead body first."""
    return bodies_around(access.network_id, access.ambito_id).order_by("-is_lead", "name", "id")


def allowance_pots(access: Access) -> QuerySet[Pot]:
    """What may pay the allowances of the active Ambito: the lines of its budgets, newest year first, and the network's grants."""
    ours = Q(use=Pot.Use.BUDGET, budget__ambito_id=access.ambito_id) | Q(use=Pot.Use.GRANT)
    rows = Pot.objects.filter(ours, network_id=access.network_id).select_related("budget__body")
    return rows.order_by("use", "-budget__year", "name", "id")


_LINES = FIGURES.replace(
    "-f.balance\n", "-f.balance,\n       b.id, b.public_id, b.year, b.chapter, b.cup, b.row_version, b.ambito_id, y.id, y.name\n", 1
) + (
    "LEFT JOIN treasury_budget b ON b.pot_id = p.id LEFT JOIN territory_body y ON y.id = b.body_id"
    " WHERE p.network_id = %(network)s AND (p.use = ANY (%(uses)s)"
    " OR (p.use = 'budget' AND b.ambito_id = %(ambito)s AND (%(year)s::int IS NULL OR b.year = %(year)s)))"
    " ORDER BY b.year DESC NULLS LAST, y.name, b.chapter, b.cup, p.name"
)


def budget_lines(access: Access, *, year: int | None = None, beside: Collection[Pot.Use] = ()) -> list[Line]:
    """The lines of the active Ambito's budgets with their figures, newest year first; then the network's pots of the uses `beside`, by
    name. One query."""
    values = {"network": access.network_id, "ambito": access.ambito_id, "year": year, "uses": [str(use) for use in beside]}
    with connection.cursor() as cursor:
        cursor.execute(_LINES, values)
        found = cursor.fetchall()
    lines = []
    for row in found:
        figures = balance_of(row)
        pk, public_id, its_year, chapter, cup, version, ambito_id, body_id, body_name = row[10:]
        if pk is None:
            lines.append(Line(figures))
            continue
        budget = Budget(
            pk=pk, public_id=public_id, year=its_year, chapter=chapter, cup=cup, row_version=version, ambito_id=ambito_id,
            body=Body(pk=body_id, name=body_name), pot=figures.pot,
        )  # fmt: skip
        lines.append(Line(figures, budget))
    return lines


def grants(access: Access) -> list[Line]:
    """The grants of the network with their figures, by name; one query."""
    return [Line(found) for found in balances(access, use=Pot.Use.GRANT)]


def budget_for(access: Access, public_id: object) -> Budget:
    rows: Any = Budget.objects.filter(ambito_id=access.ambito_id).select_related("body", "pot")
    return get_object_or_404(rows, public_id=public_id)


def grant_for(access: Access, public_id: object) -> Pot:
    return get_object_or_404(Pot.objects.filter(network_id=access.network_id, use=Pot.Use.GRANT), public_id=public_id)


def years(access: Access) -> list[int]:
    """The years of the active Ambito's budgets, newest first."""
    return list(Budget.objects.filter(ambito_id=access.ambito_id).order_by("-year").values_list("year", flat=True).distinct())


@dataclass(frozen=True)
class Totals:
    """Euro of several sources together."""

    allocated: Decimal
    committed: Decimal
    paid: Decimal
    free: Decimal


def allowance_totals(lines: list[Line]) -> Totals:
    names = ("allocated", "committed", "paid", "free")
    return Totals(*(sum((getattr(line, name) for line in lines), ZERO) for name in names))


def entries_of_pot(pot: Pot) -> QuerySet[Entry]:
    legs = Leg.objects.filter(entry=OuterRef("pk"), account__pot=pot)
    return Entry.objects.filter(Exists(legs), network_id=pot.network_id)


def our_entries(access: Access) -> QuerySet[Entry]:
    """What moved in the active Ambito's budgets, and in grants by its own commitments, liquidations and recoveries, or for all."""
    budgets = Leg.objects.filter(entry=OuterRef("pk"), account__pot__budget__ambito_id=access.ambito_id)
    given = Leg.objects.filter(entry=OuterRef("pk"), account__pot__use=Pot.Use.GRANT)
    own = Commitment.objects.filter(ambito_id=access.ambito_id).values("pk")
    by_us = Q(source_type="treasury.commitment", source_id__in=own) | Q(source_type="treasury.pot")
    for model in (LiquidationItem, Recovery):  # paid from what is free in a grant, and what came back to it
        ours = model.objects.filter(pk=OuterRef("source_id"), ambito_id=access.ambito_id)
        by_us |= Q(Exists(ours), source_type=model._meta.label_lower)
    return Entry.objects.filter(Exists(budgets) | (Exists(given) & by_us), network_id=access.network_id)
