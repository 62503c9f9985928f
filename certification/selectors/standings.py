"""Real companies under a scheme, or under two: everything in a fixed number of statements, whatever the number of companies."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from companies.hosts import ateco
from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.territory.selectors import common_rules
from placements.agreements.enums import HOSTED
from placements.agreements.models import Placement

from ..comparison import Comparison, Pair, Standing, Subject, stand
from ..enums import ApplicationState
from ..models import Answer, Application
from ..rules import Facts
from ..scheme import Scheme
from .facts import across, band_of, facts_within, is_sized

MOST = 2000  # companies looked at together: a network has hundreds


def hosts(access: Access) -> QuerySet[Company]:
    """Companies of the network where somebody was really placed; inside `across`."""
    placed = Placement.objects.filter(company=OuterRef("pk"), state__in=HOSTED)
    return Company.objects.filter(Exists(placed), network_id=access.own_network, merged_into=None)


def subjects(access: Access, today: date) -> list[Subject]:
    """All of them, by name, with their facts and what their last application says."""
    rules = common_rules(access.own_network, today)
    with across(access):
        companies = list(hosts(access).order_by("search_key", "pk")[:MOST])
        ids = [company.pk for company in companies]
        facts, told = facts_within(ids, today, rules), told_by(ids)
    return [subject_of(company, facts[company.pk], told.get(company.pk, {})) for company in companies]


def subject_of(company: Company, facts: Facts, told: Mapping[str, int]) -> Subject:
    return Subject(
        pk=company.pk,
        public_id=company.public_id,
        name=company.name,
        band=band_of(company),
        is_sized=is_sized(company),
        sector=sector_of(company),
        facts=facts,
        told=told,
    )


def standing_of(scheme: Scheme, company: Company, facts: Facts) -> Standing:
    """One company under a scheme."""
    return stand(scheme, subject_of(company, facts, told_by([company.pk]).get(company.pk, {})))


def sector_of(company: Company) -> str:
    """What it does, in few words: by its activity code, else by what kind of host it is."""
    section = ateco.section(company.ateco) if company.ateco else ""
    return str(ateco.section_words(section) if section else company.get_kind_display())


def told_by(companies: Iterable[int]) -> dict[int, Mapping[str, int]]:
    """Company id → points by criterion of the last application that it presented: those the office gave, else its own. One statement."""
    presented = (ApplicationState.SUBMITTED, ApplicationState.READY, ApplicationState.GRANTED, ApplicationState.REFUSED)
    last = (
        Application.objects.filter(company__in=companies, state__in=presented)
        .order_by("company", "-submitted_on", "-id")
        .distinct("company")
        .values("pk")
    )
    answers = Answer.objects.filter(application__in=last).annotate(last_word=Coalesce("points_given", "points"))
    found: dict[int, dict[str, int]] = {}
    for company, code, points in answers.values_list("application__company_id", "criterion", "last_word"):
        found.setdefault(company, {})[code] = points
    return dict(found)


def standings(scheme: Scheme, companies: Iterable[Subject]) -> list[Standing]:
    return [stand(scheme, subject) for subject in companies]


def compare(before: Scheme, after: Scheme, companies: Iterable[Subject], *, basis: str) -> Comparison:
    return Comparison([Pair(stand(before, subject), stand(after, subject), basis) for subject in companies])
