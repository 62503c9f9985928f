"""What was recognised to people, by who pays it: months that the office confirmed, never worked out again here."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from impresasolidale.accounts.access import Access
from placements.attendance.models import AllowanceShare, MonthAllowance

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Recognised:
    """Sums of confirmed months that one pot pays. Without a body it is a grant of the network."""

    pot: str
    body: str
    body_id: int | None
    is_lead: bool
    comune_id: int | None  # of the body, when it is a comune's own
    months: int
    people: int
    amount: Decimal


def _shares(access: Access, first: date, last: date) -> QuerySet[AllowanceShare]:
    return AllowanceShare.objects.filter(ambito_id=access.ambito_id, allowance__month__range=(first.replace(day=1), last))


def recognised(access: Access, first: date, last: date) -> list[Recognised]:
    """By pot, bodies' budgets first. One query."""
    budget = "pot__budget__"
    rows = (
        _shares(access, first, last)
        .order_by(f"{budget}body__name", "pot__name")
        .values("pot__name", f"{budget}body__name", f"{budget}body_id", f"{budget}body__is_lead", f"{budget}body__comune_id")
        .annotate(months=Count("allowance"), people=Count("allowance__placement__beneficiary", distinct=True), sum=Sum("amount"))
    )
    return [
        Recognised(
            row["pot__name"],
            row[f"{budget}body__name"] or "",
            row[f"{budget}body_id"],
            bool(row[f"{budget}body__is_lead"]),
            row[f"{budget}body__comune_id"],
            row["months"],
            row["people"],
            row["sum"],
        )
        for row in rows
    ]


def recognised_by(access: Access, first: date, last: date, column: str) -> dict[Any, Decimal]:
    """Sums of confirmed months by a column of the person: `target_area`, `residence`. One query."""
    key = f"placement__beneficiary__{column}"
    rows = MonthAllowance.objects.filter(ambito_id=access.ambito_id, month__range=(first.replace(day=1), last))
    return dict(rows.order_by(key).values(key).annotate(sum=Sum("amount")).values_list(key, "sum"))
