"""Places that companies offer, how many are free and from when, and what companies said when they were asked."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look

from ..models import Company, HostingInterest, Opening, Site, Taken
from ..rules import next_free_day
from .companies import companies


def _openings(access: Access, on: date) -> Any:
    """Those not over on a day, of the companies that are reachable, each with `taken` and `free`: how many places are on that day."""
    held = Taken.objects.filter(site_id=OuterRef("site_id"), starts_on__lte=on, ends_on__gte=on).order_by().values("site_id")
    taken = Subquery(held.annotate(n=Count("beneficiary_id", distinct=True)).values("n"), output_field=IntegerField())
    rows = Opening.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on), company__in=companies(access))
    return rows.annotate(taken=Coalesce(taken, Value(0))).annotate(free=F("places") - F("taken")).select_related("company", "site__comune")


def with_free_day(rows: Iterable[Opening], on: date) -> list[Opening]:
    """Each with `free_from`: the first day, from `on`, with a free place; None when there is none. One query."""
    found = list(rows)
    spans: defaultdict[int, list[tuple[date, date]]] = defaultdict(list)
    stays = Taken.objects.filter(site_id__in=[row.site_id for row in found], ends_on__gte=on)
    for site_id, starts_on, ends_on in stays.values_list("site_id", "starts_on", "ends_on"):
        spans[site_id].append((starts_on, ends_on))
    for row in found:
        row.free_from = next_free_day(row.places, spans[row.site_id], max(on, row.starts_on), row.ends_on)  # type: ignore[attr-defined]
    return found


def openings_of(access: Access, company: Company, on: date) -> list[Opening]:
    """The places a company offers, today's and those to come. Two queries."""
    return with_free_day(_openings(access, on).filter(company=company).order_by("site_id", "starts_on"), on)


def offered_by(access: Access, companies: Iterable[int], on: date) -> list[Opening]:
    """The same of several companies. Two queries."""
    return with_free_day(_openings(access, on).filter(company__in=list(companies)).order_by("company_id", "site_id", "starts_on"), on)


def opening_for(access: Access, company: Company, public_id: UUID) -> Opening:
    rows = Opening.objects.filter(company__in=companies(access)).select_related("site")
    return get_object_or_404(rows, company=company, public_id=public_id)


def places(access: Access, *, on: date, filters: dict[str, Any]) -> QuerySet[Opening]:
    """The places offered on a day by the companies in reach. `filters`: ambito, comune, free, all optional."""
    rows = _openings(access, on).filter(starts_on__lte=on)
    if filters.get("ambito"):
        rows = rows.filter(site__comune__ambito=filters["ambito"])
    if filters.get("comune"):
        rows = rows.filter(site__comune=filters["comune"])
    return rows.filter(free__gt=0) if filters.get("free") else rows


def places_page(access: Access, query: QueryDict, *, on: date, filters: dict[str, Any]) -> Slice:
    """One page of places by company, each with `free_from`. The look is logged."""
    page = page_of(places(access, on=on, filters=filters), query, order=("company__search_key", "id"))
    with_free_day(page.rows, on)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="hosts:places", subject_type="hosts.opening")
    return page


def with_welcome(access: Access, sites: Iterable[Site], on: date) -> None:
    """Each site gets `opening`, what it offers on a day, and `answer`, the last word of its company; None where nobody said. Three
    queries."""
    found = list(sites)
    offered = _openings(access, on).filter(starts_on__lte=on, site__in=[site.pk for site in found])
    by_site = {row.site_id: row for row in with_free_day(offered, on)}
    last = HostingInterest.objects.filter(network_id=access.network_id, company__in=[site.company_id for site in found])
    by_company = {row.company_id: row for row in last.order_by("company_id", "-said_on", "-id").distinct("company_id")}
    for site in found:
        site.opening, site.answer = by_site.get(site.pk), by_company.get(site.company_id)  # type: ignore[attr-defined]


def interests_of(access: Access, company: Company) -> QuerySet[HostingInterest]:
    """What a company said, the last first: that one holds."""
    rows = HostingInterest.objects.filter(network_id=access.network_id, company=company).select_related("created_by")
    return rows.order_by("-said_on", "-id")
