"""Budgets, grants and commitments, all through the services."""

from datetime import date
from decimal import Decimal
from typing import Any

from impresasolidale.accounts.access import Access
from impresasolidale.territory.models import Body
from impresasolidale.treasury import selectors, services
from impresasolidale.treasury.models import Budget, Commitment, Pot
from impresasolidale.treasury.services import Act

from .fixtures import TODAY

ACT = Act("12", date(2026, 1, 20))


def lead(access: Access) -> Body:
    found = selectors.bodies(access).filter(is_lead=True).first()
    assert found
    return found


def make_budget(access: Access, amount: str | Decimal = "1000", *, year: int = 2026, chapter: str = "1204.10", **more: Any) -> Budget:
    values: dict[str, Any] = {"body": lead(access), "cup": "", "act": ACT, "today": TODAY, **more}
    return services.open_budget(year=year, chapter=chapter, amount=Decimal(amount), by=access, **values)


def make_grant(access: Access, amount: str | Decimal = "60000", *, name: str = "Fondazione Prova") -> Pot:
    return services.open_grant(name=name, purpose="Tirocini", amount=Decimal(amount), act=ACT, by=access, today=TODAY)


def make_commitment(access: Access, pot: Pot, amount: str | Decimal = "400", *, number: str = "101", year: int = 2026) -> Commitment:
    return services.open_commitment(
        pot=pot, body=lead(access), year=year, number=number, amount=Decimal(amount), act=ACT, by=access, today=TODAY
    )


def figures(row: Commitment) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Amount, paid, left, released."""
    found = selectors.commitment_figures([row.pk])[row.pk]
    return found.amount, found.paid, found.left, found.released


def line(access: Access, budget: Budget) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Allocated, committed, paid, free."""
    found = next(each for each in selectors.budget_lines(access) if each.pot.pk == budget.pot_id)
    return found.allocated, found.committed, found.paid, found.free
