"""What the data say of companies, over all Ambiti of a network: figures alone."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, Q, Sum

from companies.hosts.models import Company, Engagement
from companies.training.selectors import trained_tutors
from impresasolidale.accounts.access import Access
from impresasolidale.core.periods import not_over
from impresasolidale.core.scope import Scope, scope
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import common_rules
from placements.agreements.enums import HOSTED, PlacementState
from placements.agreements.models import Placement
from placements.attendance.models import Timesheet

from ..enums import SizeBand
from ..rules import Facts
from ..scheme import size_band


@contextmanager
def across(access: Access) -> Iterator[None]:
    """All Ambiti of the network, for figures alone: a recognition belongs to the network, whatever Ambito the person comes from."""
    networks = access.scope.networks
    ambiti = frozenset(Ambito.objects.filter(network_id__in=networks).values_list("pk", flat=True))
    with scope(Scope(networks=networks, ambiti=ambiti, actor_id=access.actor_id)):
        yield


def network_of(access: Access) -> int:
    """The network an Access works in; 403 for a user without any membership."""
    if access.network_id is None:
        raise PermissionDenied
    return access.network_id


def facts_of(access: Access, companies: Iterable[int], today: date) -> dict[int, Facts]:
    """Facts by company id, in three set-based queries over all Ambiti. Figures only: no person is named."""
    ids = list(companies)
    with across(access):
        placed = {
            row["company_id"]: Facts(hosted=row["hosted"], running=row["running"], people=row["people"], since=row["since"])
            for row in Placement.objects.filter(company_id__in=ids, state__in=HOSTED)
            .values("company_id")
            .annotate(
                hosted=Count("pk"),
                running=Count("pk", filter=Q(state__in=[PlacementState.ACTIVE, PlacementState.SUSPENDED])),
                people=Count("beneficiary", distinct=True),
                since=Min("starts_on"),
            )
        }
        attended = {
            row["placement__company_id"]: (row["months"], row["minutes"])
            for row in Timesheet.objects.filter(placement__company_id__in=ids, placement__state__in=HOSTED, days_present__gt=0)
            .values("placement__company_id")
            .annotate(months=Count("pk"), minutes=Sum("done_minutes"))
        }
        trained = {
            row["company_id"]: row["trained"]
            for row in Engagement.objects.filter(not_over(today), company_id__in=ids, tutor__in=trained_tutors(today))
            .order_by()
            .values("company_id")
            .annotate(trained=Count("tutor", distinct=True))
        }
    found = {}
    for i in ids:
        months, minutes = attended.get(i, (0, 0))
        found[i] = replace(placed.get(i, Facts()), months=months, minutes=minutes, tutors_trained=trained.get(i, 0))
    return found


def band_of(company: Company) -> SizeBand:
    """The size of a company: as its record says it, else by how many are at work; who said neither counts as the smallest."""
    return SizeBand(company.size_class) if company.size_class else size_band(company.staff_count or 0)
