"""Donors: only for who records contributions."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look

from ..models import Donor
from .contributions import standing, taken_back


def _donors(access: Access) -> QuerySet[Donor]:
    access.require(Permission.RECORD_CONTRIBUTIONS)
    return Donor.objects.filter(network_id=access.network_id)


def donor_for(access: Access, public_id: object) -> Donor:
    row: Donor = get_object_or_404(_donors(access).select_related("company"), public_id=public_id)
    audit.look(Look.Kind.DETAIL, row, by=access, place="solidarity_fund:donor")
    return row


MOST_ROWS = 5000  # of a file


def _given(access: Access, text: str) -> QuerySet[Donor]:
    """Each with `given` (euro) and `gifts` (how many), reversals taken off."""
    stands = ~taken_back("contributions__pk")
    rows = _donors(access).annotate(
        given=Sum("contributions__amount", filter=stands, default=Decimal(0)),
        gifts=Count("contributions", filter=stands),
    )
    return rows.filter(name__icontains=text) if text else rows


def donors_file(access: Access, *, text: str = "") -> list[Any]:
    """The whole list for a file, as it is filtered. The look is an export."""
    rows: list[Any] = list(_given(access, text).order_by("name", "id")[:MOST_ROWS])
    audit.look(Look.Kind.EXPORT, rows, by=access, place="solidarity_fund:donors", subject_type=audit.type_of(Donor))  # type: ignore[arg-type]
    return rows


def donors_page(access: Access, query: QueryDict, *, text: str = "") -> Slice:
    """Donors by name."""
    page = page_of(_given(access, text), query, order=("name", "id"))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="solidarity_fund:donors", subject_type=audit.type_of(Donor))  # type: ignore[arg-type]
    return page


def donor_choices(access: Access, *, named: bool = False) -> list[Donor]:
    """Who may give again, by name; `named`: without those who want to stay unknown."""
    rows = _donors(access).filter(ended_on=None).order_by("name", "id")
    return list(rows.exclude(kind=Donor.Kind.ANONYMOUS) if named else rows)


def named_donors(access: Access) -> list[str]:
    """Who gave and agreed to be named, by name: never how much (rule 73)."""
    givers = Donor.objects.filter(network_id=access.network_id, shows_name=True, pk__in=standing(access).values("donor_id"))
    names = givers.exclude(kind=Donor.Kind.ANONYMOUS).order_by("name").values_list("name", flat=True)
    return list(dict.fromkeys(names))
