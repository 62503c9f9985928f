"""What a company and the offices did together, fit to be told: years, level, tutors, thanks; people and hours only from five up.

Only of placements that are over: nobody learns from this who is at a company now (rule 88).
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, QuerySet, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.models import Document, Look
from impresasolidale.core.scope import scope
from impresasolidale.territory.selectors import common_rules
from placements.agreements.enums import OVER
from placements.agreements.models import Placement
from placements.attendance.models import Timesheet

from ..models import ImpactCard, Thanks
from .certificates import in_force
from .facts import across, facts_of

PAPER = "certification.impact"
SHOWN = 3  # words of thanks on one page


@dataclass(frozen=True)
class Impact:
    """`people` and `minutes` are None while they would point at somebody; `since` is a year, None before anything ended."""

    since: int | None
    years: int
    level: str
    valid_to: date | None
    tutors_trained: int
    people: int | None
    minutes: int | None
    thanks: list[tuple[str, str]]  # (words, whose)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "valid_to": self.valid_to.isoformat() if self.valid_to else None, "thanks": [list(t) for t in self.thanks]}


def impact_of(access: Access, company: Company, *, until: date, today: date) -> Impact:
    """What was done together up to a day. Figures of the whole network, over all Ambiti; no person is named."""
    threshold = common_rules(company.network_id, today).small_number_threshold
    tutors = facts_of(access, [company.pk], today)[company.pk].tutors_trained
    with across(access):
        over = Placement.objects.filter(company=company, state__in=OVER, ended_on__lte=until)
        done = over.aggregate(people=Count("beneficiary", distinct=True), since=Min("starts_on"))
        minutes = Timesheet.objects.filter(placement__in=over).aggregate(n=Sum("done_minutes", default=0))["n"]
    certificate = in_force(today).filter(company=company).order_by("-valid_from").first()
    since = min(filter(None, (done["since"], certificate and certificate.valid_from)), default=None)
    is_told = done["people"] >= threshold
    return Impact(
        since=since.year if since else None,
        years=until.year - since.year + 1 if since else 0,
        level=certificate.get_level_display() if certificate else "",
        valid_to=certificate.valid_to if certificate else None,
        tutors_trained=tutors,
        people=done["people"] if is_told else None,
        minutes=minutes if is_told else None,
        thanks=[(row.words, str(row.get_voice_display())) for row in approved(company)[:SHOWN]],
    )


def approved(company: Company) -> QuerySet[Thanks]:
    return Thanks.objects.filter(company=company, state=Thanks.State.APPROVED).order_by("-id")


def thanks_of(access: Access, company: Company) -> QuerySet[Thanks]:
    """All that was written, the last first, but what was withdrawn."""
    rows = Thanks.objects.filter(network_id=access.network_id, company=company).exclude(state=Thanks.State.WITHDRAWN)
    return rows.select_related("created_by", "decided_by").order_by("-id")


def thanks_for(access: Access, public_id: UUID) -> Thanks:
    return get_object_or_404(Thanks.objects.filter(network_id=access.network_id).select_related("company"), public_id=public_id)


def card_of(company: Company) -> ImpactCard | None:
    """The public card that is open, if the company agreed to one."""
    return ImpactCard.objects.filter(company=company, closed_on=None).order_by("-id").first()


def papers_of(access: Access, company: Company) -> list[Document]:
    """The yearly papers of a company, newest first. A contact reaches those of the own company: the application reads them."""
    if access.companies is not None and company.pk not in access.contact_for:
        raise Http404
    system = Access.system(network_id=company.network_id, ambito_id=None, reason="a company's own paper")
    with scope(system.scope):
        rows = Document.objects.filter(
            network_id=company.network_id, kind=PAPER, subject_type=audit.type_of(company), subject_id=company.pk
        )
        return list(rows.order_by("-id")[:20])


def paper_for(access: Access, company: Company, public_id: UUID) -> Document:
    """One of them, or 404."""
    found = next((paper for paper in papers_of(access, company) if paper.public_id == public_id), None)
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class PublicCard:
    """What everybody reads at the card's address."""

    company: str
    kind: str
    comune: str
    impact: Impact


def public_card(access: Access, code: str, *, today: date) -> PublicCard:
    """The card at an address; 404 for one that is closed, or of a company that is no longer there."""
    row = get_object_or_404(
        ImpactCard.objects.filter(network_id__in=access.scope.networks, closed_on=None, company__merged_into=None).select_related(
            "company__comune"
        ),
        code=code,
    )
    company = row.company
    mine = Access.public(networks=frozenset({row.network_id}))
    with scope(mine.scope):
        impact = impact_of(mine, company, until=today, today=today)
    return PublicCard(company.name, str(company.get_kind_display()), str(company.comune), impact)


def looked(access: Access, company: Company) -> None:
    """The office opened a company's page of what was done together."""
    audit.look(Look.Kind.DETAIL, company, by=access, place="certification:impact")
