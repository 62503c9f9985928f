"""When one may apply (rule 84), and who was invited."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.territory.rules import Severity
from impresasolidale.territory.selectors import common_rules
from placements.agreements.enums import HOSTED
from placements.agreements.models import Placement

from ..enums import SchemeState
from ..models import Application, Campaign, Invitation, SchemeVersion
from ..rules import next_opening
from .certificates import live
from .facts import across


@dataclass(frozen=True)
class Door:
    """Whether a company may apply today, in which campaign; if not, the next day on which it may, as far as it is known."""

    is_open: bool
    campaign: Campaign | None = None
    opens_on: date | None = None


def door(access: Access, today: date) -> Door:
    """Open while a campaign is; with rule 84 off, always."""
    rows = Campaign.objects.filter(network_id=access.network_id).select_related("scheme")
    running = rows.filter(Q(closes_on=None) | Q(closes_on__gte=today), opens_on__lte=today).order_by("-opens_on", "-id").first()
    if running:
        return Door(True, running)
    rules = common_rules(access.own_network, today)
    if rules.severity(84) == Severity.OFF:
        return Door(True)
    coming = rows.filter(opens_on__gt=today).order_by("opens_on").values_list("opens_on", flat=True).first()
    return Door(False, opens_on=coming or next_opening(rules.certification_windows, today))


def campaigns(access: Access) -> list[Campaign]:
    """The network's campaigns, the last first, each with `asked` (applications) and `invited`."""
    rows = Campaign.objects.filter(network_id=access.network_id).select_related("scheme")
    counts = {"asked": Count("applications", distinct=True), "invited": Count("invitations", distinct=True)}
    return list(rows.annotate(**counts).order_by("-opens_on", "-id")[:50])


def campaign_for(access: Access, public_id: UUID) -> Campaign:
    rows = Campaign.objects.filter(network_id=access.network_id).select_related("scheme")
    return get_object_or_404(rows, public_id=public_id)


WHOM = ("hosts", "without", "expiring")


def to_invite(access: Access, campaign: Campaign, whom: str, *, today: date, soon: date) -> QuerySet[Company]:
    """Companies of the network that were not invited and did not apply yet: all that hosted; of those, who holds no recognition; or who
    holds one that ends by `soon`."""
    with across(access):
        hosts = [*Placement.objects.filter(state__in=HOSTED).values_list("company_id", flat=True).distinct()]
    rows = (
        Company.objects.filter(network_id=access.network_id, merged_into=None, pk__in=hosts)
        .exclude(Exists(Invitation.objects.filter(campaign=campaign, company_id=OuterRef("pk"))))
        .exclude(Exists(Application.objects.filter(campaign=campaign, company_id=OuterRef("pk"))))
    )
    held = live(today).filter(company_id=OuterRef("pk"))
    if whom == "without":
        rows = rows.exclude(Exists(held))
    elif whom == "expiring":
        rows = rows.filter(Exists(held.filter(valid_to__lte=soon)))
    return rows.order_by("search_key", "pk")


def invitations(access: Access, campaign: Campaign) -> list[Invitation]:
    """Who was invited, each with `application`, the state of what it asked since, or None."""
    rows = (
        Invitation.objects.filter(network_id=access.network_id, campaign=campaign).select_related("company").order_by("company__search_key")
    )
    asked = dict(Application.objects.filter(campaign=campaign).order_by("id").values_list("company_id", "state"))
    found = list(rows[:500])
    for row in found:
        row.application = asked.get(row.company_id)  # type: ignore[attr-defined]
    return found


def published_schemes(access: Access) -> list[SchemeVersion]:
    """What a campaign may be judged by, the newest first."""
    rows = SchemeVersion.objects.filter(network_id=access.network_id, state=SchemeState.PUBLISHED)
    return list(rows.order_by("-version")[:20])
