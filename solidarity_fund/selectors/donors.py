"""Donors and what they gave: only for who records contributions."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from impresasolidale.treasury.models import Entry

from ..models import Contribution, Donor

CONTRIBUTION_TYPE = audit.type_of(Contribution)  # type: ignore[arg-type]


def _donors(access: Access) -> QuerySet[Donor]:
    access.require(Permission.RECORD_CONTRIBUTIONS)
    return Donor.objects.filter(network_id=access.network_id)


def donor_for(access: Access, public_id: object) -> Donor:
    row: Donor = get_object_or_404(_donors(access), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="solidarity_fund:donor")
    return row


def taken_back(contribution: str) -> Exists:
    """Whether the ledger reversed the contribution whose id stands in the column `contribution`."""
    return Exists(Entry.objects.filter(source_type=CONTRIBUTION_TYPE, source_id=OuterRef(contribution), reverses__isnull=False))


def standing(access: Access) -> QuerySet[Contribution]:
    """The network's contributions that nobody took back. It asks no right: for aggregates and for names that may be shown."""
    return Contribution.objects.filter(~taken_back("pk"), network_id=access.network_id)


def donors_page(access: Access, query: QueryDict, *, text: str = "") -> Slice:
    """Donors by name, each with `given` (euro) and `gifts` (how many), reversals taken off."""
    stands = ~taken_back("contributions__pk")
    rows = _donors(access).annotate(
        given=Sum("contributions__amount", filter=stands, default=Decimal(0)),
        gifts=Count("contributions", filter=stands),
    )
    page = page_of(rows.filter(name__icontains=text) if text else rows, query, order=("name", "id"))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="solidarity_fund:donors", subject_type=audit.type_of(Donor))  # type: ignore[arg-type]
    return page


def donor_choices(access: Access) -> list[Donor]:
    return list(_donors(access).order_by("name", "id"))


def _contributions(access: Access) -> QuerySet[Contribution]:
    access.require(Permission.RECORD_CONTRIBUTIONS)
    rows = Contribution.objects.filter(network_id=access.network_id).select_related("pot", "donor")
    return rows.annotate(is_taken_back=taken_back("pk"))


def contributions_of(access: Access, donor: Donor) -> list[Any]:
    """What a donor gave, newest first; `is_taken_back` when it was reversed."""
    return list(_contributions(access).filter(donor=donor).order_by("-received_on", "-id"))


def contribution_for(access: Access, public_id: object) -> Contribution:
    row: Contribution = get_object_or_404(_contributions(access), public_id=public_id)
    return row
