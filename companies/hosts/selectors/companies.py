"""Companies and their sites."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.merge import MergedAway
from impresasolidale.core.models import Look
from impresasolidale.core.names import named
from impresasolidale.core.periods import in_force
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import name_key

from ..enums import RegisterAnswer
from ..models import Company, Engagement, RegisterCheck, Site

BY_NAME = ("search_key", "id")


SAME_NAME = 0.5  # trigram similarity: "Segheria Valbosco" and "Segheria Val Bosco srl", but not two joiners' workshops of two families


def companies(access: Access) -> QuerySet[Company]:
    """The companies that are reachable, with their comune; not those that were merged into another."""
    return _in_reach(access).filter(merged_into=None)


def _in_reach(access: Access) -> QuerySet[Company]:
    rows = Company.objects.filter(network_id=access.network_id).select_related("comune")
    return rows if access.companies is None else rows.filter(pk__in=access.companies)


def resembling(rows: QuerySet[Company], text: str) -> QuerySet[Company]:
    """The companies whose name contains `text` or nearly does; eleven digits are looked up as a code."""
    digits = text.replace(" ", "").upper().removeprefix("IT")
    if digits.isascii() and digits.isdigit():
        return rows.filter(Q(partita_iva=digits) | Q(tax_code=digits))
    return named(rows, name_key(text))


def companies_wanted(access: Access, filters: dict[str, Any]) -> QuerySet[Company]:
    """The companies in reach. `filters`: q, kind, association, ambito, comune, welcoming, all optional."""
    rows = resembling(companies(access), filters.get("q") or "")
    if filters.get("kind"):
        rows = rows.filter(kind=filters["kind"])
    if filters.get("association"):
        rows = rows.filter(associations__contains=[filters["association"]])
    if filters.get("ambito"):
        rows = rows.filter(comune__ambito=filters["ambito"])
    if filters.get("comune"):
        rows = rows.filter(comune=filters["comune"])
    return rows.filter(welcomes_disability=True) if filters.get("welcoming") else rows


def with_tutor_count(rows: Collection[Company], on: date) -> None:
    """Each gets `tutor_count`, its tutors of a day. One query."""
    engaged = Engagement.objects.filter(in_force(on), company__in=rows).values("company").annotate(tutors=Count("pk"))
    tutors = dict(engaged.values_list("company", "tutors"))
    for company in rows:
        company.tutor_count = tutors.get(company.pk, 0)  # type: ignore[attr-defined]


def companies_page(access: Access, query: QueryDict, *, on: date, filters: dict[str, Any]) -> tuple[Slice, int]:
    """One page of companies by name, each with `tutor_count`, and how many there are. The look is logged.

    `filters` as in `companies_wanted`.
    """
    rows = companies_wanted(access, filters)
    page = page_of(rows, query, order=BY_NAME)
    with_tutor_count(page.rows, on)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="hosts:list", subject_type="hosts.company")
    return page, rows.count()


def companies_sheet(access: Access, query: QueryDict, *, filters: dict[str, Any]) -> Slice:
    """The same page as the API shows it: without tutors, and without counting. The look is logged."""
    page = page_of(companies_wanted(access, filters), query, order=BY_NAME)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="hosts:list", subject_type="hosts.company")
    return page


def company_for(access: Access, public_id: UUID) -> Company:
    """404 for a company that is not reachable; raises MergedAway for one that was merged into another. The look is logged."""
    row = stays_for(access, public_id)
    if row.public_id != public_id:
        raise MergedAway(dropped=public_id, kept=row.public_id, home=reverse("hosts:detail", args=[row.public_id]))
    audit.look(Look.Kind.DETAIL, row, by=access, place="hosts:detail")
    return row


def stays_for(access: Access, public_id: UUID) -> Company:
    """The company of an address, or the one into which it was merged; 404 for one that is not reachable."""
    row = get_object_or_404(_in_reach(access), public_id=public_id)
    while row.merged_into_id:
        row = get_object_or_404(_in_reach(access), pk=row.merged_into_id)
    return row


def companies_for_choice(access: Access) -> QuerySet[Company]:
    """All companies by name, for a choice in a form."""
    return companies(access).order_by(*BY_NAME)


def known_companies(access: Access, *, partita_iva: str, tax_code: str, but: Company | None = None) -> QuerySet[Company]:
    """The companies that carry one of these codes already."""
    codes = Q(pk=None)
    if partita_iva:
        codes |= Q(partita_iva=partita_iva)
    if tax_code:
        codes |= Q(tax_code=tax_code)
    rows = companies(access).filter(codes)
    return rows.exclude(pk=but.pk) if but else rows


def similar_companies(access: Access, name: str) -> list[Company]:
    """Companies whose whole name is nearly this one: at most five, for a question before a new one is written."""
    key = name_key(name)
    near = companies(access).filter(search_key__trigram_similar=key).annotate(near=TrigramSimilarity("search_key", key))
    return list(near.filter(near__gte=SAME_NAME).order_by("-near", "id")[:5])


def sites_of(access: Access, company: Company) -> QuerySet[Site]:
    """All sites of a company, those that closed too."""
    return Site.objects.filter(network_id=access.network_id, company=company).select_related("comune").order_by("id")


def open_sites_of(access: Access, company: Company, on: date) -> QuerySet[Site]:
    """Where somebody can be placed on a day."""
    return sites_of(access, company).filter(Q(closed_on=None) | Q(closed_on__gte=on))


def site_for(access: Access, company: Company, public_id: UUID) -> Site:
    return get_object_or_404(sites_of(access, company), public_id=public_id)


def checks_of(access: Access, company: Company) -> list[RegisterCheck]:
    """The last answer of each register of this company's VAT number of today, and before a silence the last one that was none."""
    rows = RegisterCheck.objects.filter(network_id=access.network_id, company=company, partita_iva=company.partita_iva)
    told = rows.exclude(answer=RegisterAnswer.NO_ANSWER).order_by("register", "-id").distinct("register")
    last = rows.order_by("register", "-id").distinct("register")
    return sorted({*told, *last}, key=lambda row: (row.register, row.pk))


def ambiti_of(access: Access) -> QuerySet[Ambito]:
    return Ambito.objects.filter(network_id=access.network_id)
