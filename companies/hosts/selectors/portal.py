"""Reads of a company's portal: its corrections, who acts for it, what hosting cost."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.models import Membership, User
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look

from ..enums import ExpensePayer, ProposalState
from ..models import Company, DataProposal, HostExpense
from .companies import companies, company_for

NEWEST = ("-spent_on", "-id")


def own_company(access: Access, public_id: UUID) -> Company:
    """One of the companies whose contact is signed in, or 404: a tutor is no contact."""
    company = company_for(access, public_id)
    if company.pk not in access.contact_for:
        raise Http404
    return company


# --- Who acts for a company


@dataclass(frozen=True)
class Colleague:
    """Somebody who acts for a company on the portal, and as what."""

    user: User
    memberships: list[Membership]
    may_go: bool  # as a contact: somebody else is one too

    @property
    def roles(self) -> list[str]:
        return [str(m.get_role_display()) for m in self.memberships]

    @property
    def is_contact(self) -> bool:
        return any(m.role == "company_contact" for m in self.memberships)

    @property
    def is_in(self) -> bool:
        return self.user.has_usable_password()


def colleagues_of(access: Access, found: Collection[int], on: date) -> dict[int, list[Colleague]]:
    """Company → who acts for it on a day, by name. One query."""
    held = Membership.objects.in_force(on).filter(network_id=access.network_id, company__in=found)
    by: dict[int, dict[int, list[Membership]]] = {pk: {} for pk in found}
    for row in held.select_related("user").order_by("user__last_name", "user__first_name", "id"):
        by[row.company_id].setdefault(row.user_id, []).append(row)  # type: ignore[index]
    answer = {}
    for pk, people in by.items():
        staying = {u for u, rows in people.items() if any(r.role == "company_contact" and r.valid_to is None for r in rows)}
        answer[pk] = [Colleague(rows[0].user, rows, bool(staying - {user_id})) for user_id, rows in people.items()]
    return answer


def portal_user_for(access: Access, company: Company, public_id: UUID, on: date) -> User:
    """One who acts for the company on the portal, or 404."""
    held = Membership.objects.in_force(on).filter(company=company, role="company_contact", user__public_id=public_id)
    return get_object_or_404(held.select_related("user")).user


# --- Corrections


def proposals_of(access: Access, found: Iterable[int]) -> QuerySet[DataProposal]:
    """The corrections these companies asked for, the last first."""
    rows = DataProposal.objects.filter(network_id=access.network_id, company__in=list(found))
    return rows.exclude(state=ProposalState.WITHDRAWN).select_related("decided_by", "created_by").order_by("-id")


def last_proposals(access: Access, found: Iterable[int]) -> dict[int, DataProposal]:
    """Company → its last correction, of those that were not withdrawn. One query."""
    rows = proposals_of(access, found).order_by("company_id", "-id").distinct("company_id")
    return {row.company_id: row for row in rows}


def proposal_for(access: Access, company: Company, public_id: UUID) -> DataProposal:
    rows = DataProposal.objects.filter(network_id=access.network_id, company=company).select_related("created_by", "decided_by")
    return get_object_or_404(rows, public_id=public_id)


# --- What hosting cost


def expenses(access: Access, *, filters: dict[str, Any]) -> QuerySet[HostExpense]:
    """Expenses of the companies in reach. `filters`: ambito, payer, kind, year, all optional."""
    hosts = companies(access)
    if filters.get("ambito"):
        hosts = hosts.filter(comune__ambito=filters["ambito"])
    rows = HostExpense.objects.filter(company__in=hosts).select_related("company__comune__ambito", "created_by")
    if filters.get("payer"):
        rows = rows.filter(payer=filters["payer"])
    if filters.get("kind"):
        rows = rows.filter(kind=filters["kind"])
    if filters.get("year"):
        rows = rows.filter(spent_on__year=filters["year"])
    return rows


def expenses_page(access: Access, query: QueryDict, *, filters: dict[str, Any]) -> Slice:
    """One page, the newest first. The look is logged."""
    page = page_of(expenses(access, filters=filters), query, order=NEWEST)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="hosts:expenses", subject_type="hosts.hostexpense")
    return page


def expenses_of(access: Access, company: Company) -> QuerySet[HostExpense]:
    """What hosting at one company cost, the newest first."""
    return HostExpense.objects.filter(network_id=access.network_id, company=company).select_related("created_by").order_by(*NEWEST)


def spent_at(access: Access, found: Iterable[int]) -> QuerySet[HostExpense]:
    """The same of several companies."""
    return HostExpense.objects.filter(network_id=access.network_id, company__in=list(found)).order_by(*NEWEST)


def expense_for(access: Access, company: Company, public_id: UUID) -> HostExpense:
    return get_object_or_404(HostExpense, network_id=access.network_id, company=company, public_id=public_id)


@dataclass(frozen=True)
class Borne:
    """Who bore what hosting cost, in euro. `company` is the zero-cost figure: what companies paid on their own."""

    company: Decimal
    others: Decimal

    @property
    def total(self) -> Decimal:
        return self.company + self.others


def borne(rows: QuerySet[HostExpense]) -> Borne:
    """Add up these expenses. One query."""
    mine = Q(payer=ExpensePayer.COMPANY)
    found = rows.order_by().aggregate(company=Sum("cents", filter=mine, default=0), others=Sum("cents", filter=~mine, default=0))
    return Borne(euro_of(found["company"]), euro_of(found["others"]))


def borne_by_ambito(rows: QuerySet[HostExpense]) -> list[tuple[str, Borne]]:
    """The same by the Ambito of the company's seat, those outside last. One query."""
    mine = Q(payer=ExpensePayer.COMPANY)
    place = F("company__comune__ambito__name")
    found = (
        rows.order_by()
        .values(ambito=place)
        .annotate(company_cents=Sum("cents", filter=mine, default=0), others_cents=Sum("cents", filter=~mine, default=0))
    )
    return [
        (row["ambito"] or "", Borne(euro_of(row["company_cents"]), euro_of(row["others_cents"])))
        for row in sorted(found, key=lambda row: (row["ambito"] is None, row["ambito"]))
    ]


def euro_of(cents: int) -> Decimal:
    """Whole cents as euro."""
    return Decimal(cents) / 100
