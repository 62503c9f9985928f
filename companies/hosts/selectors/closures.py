"""When companies are closed."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.territory.selectors import rules_for

from ..models import Closure, Company


def closures_of(access: Access, company: Company, since: date) -> QuerySet[Closure]:
    """When a company is closed, from those that are not over on a day."""
    rows = Closure.objects.filter(network_id=access.network_id, company=company, ends_on__gte=since)
    return rows.select_related("site").order_by("starts_on", "id")


def closures_ahead(access: Access, companies: Collection[int], first: date, last: date) -> QuerySet[Closure]:
    """When these companies are closed between two days."""
    rows = Closure.objects.filter(network_id=access.network_id, company__in=companies, starts_on__lte=last, ends_on__gte=first)
    return rows.select_related("company", "site").order_by("starts_on", "id")


def suspending_days(access: Access, on: date) -> int:
    """From how many days a closure suspends, by the rule book of the active Ambito (rule 52)."""
    assert access.ambito
    return rules_for(access.ambito, on)[1].suspension_closure_days


def closure_for(access: Access, company: Company, public_id: UUID) -> Closure:
    return get_object_or_404(Closure, network_id=access.network_id, company=company, public_id=public_id)
