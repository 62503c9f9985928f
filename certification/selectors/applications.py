"""Reads of the applications: who may be proposed, what waits, what one says."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from companies.hosts.models import Company
from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Fact, Look, Upload
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import common_rules, name_key
from placements.agreements.enums import HOSTED
from placements.agreements.models import Placement

from ..enums import OPEN, Level
from ..measures import measures
from ..models import Application, SchemeVersion
from ..preconditions import quota
from ..rules import Facts, Requirement, missing, requirements
from ..scheme import Score, computed_points, score
from ..words import lacking
from .certificates import BY_NAME, live
from .conflicts import declared_by, refuse_own_pages, refuse_tied
from .facts import across, band_of, facts_of
from .schemes import scheme_in_force

ACT = "certification.outside_act"  # the copy of the act that was the second key


def requirements_of(company: Company, found: Score, *, level: str, scheme: SchemeVersion, rules: Rules) -> list[Requirement]:
    """What a level asks of a company that scored so."""
    asked = requirements(
        lacking(scheme.scheme, found, level),
        law68_on=company.law68_declared_on,
        safety_on=company.safety_declared_on,
        declarations=rules.severity(85),
    )
    return [*asked, *quota(company.law68_position, severity=rules.severity(85))]


@dataclass(frozen=True)
class Candidate:
    company: Company
    facts: Facts
    requirements: list[Requirement]
    missing: list[str]


def candidates(access: Access, query: QueryDict, *, today: date) -> Slice:
    """Companies that hosted, hold no recognition and ask for none, by name, with their facts. Rows of `Candidate`."""
    scheme, rules = scheme_in_force(access, today), common_rules(access.own_network, today)
    with across(access):
        companies = (
            Company.objects.filter(
                network_id=access.network_id, merged_into=None, pk__in=Placement.objects.filter(state__in=HOSTED).values("company_id")
            )
            .exclude(Exists(live(today).filter(company_id=OuterRef("pk"))))
            .exclude(Exists(Application.objects.filter(company_id=OuterRef("pk"), state__in=OPEN)))
            .select_related("comune")
        )
        page = page_of(companies, query, order=("search_key", "pk"))
    facts = facts_of(access, [c.pk for c in page.rows], today)
    found = []
    for company in page.rows:
        points = computed_points(scheme.scheme, band_of(company), measures(facts[company.pk]))
        asked = requirements_of(company, score(scheme.scheme, points), level=Level.ADERENTE, scheme=scheme, rules=rules)
        found.append(Candidate(company, facts[company.pk], asked, missing(asked)))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="certification:propose", subject_type="hosts.company")
    return replace(page, rows=found)


def applications(access: Access, query: QueryDict, *, state: str = "", text: str = "") -> Slice:
    """The network's applications by name of the company."""
    rows = Application.objects.filter(network_id=access.network_id).select_related("company__comune")
    if state:
        rows = rows.filter(state=state)
    if key := name_key(text):
        rows = rows.filter(company__search_key__contains=key)
    page = page_of(rows, query, order=BY_NAME)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="certification:applications", subject_type="certification.application")
    return page


def application_for(access: Access, public_id: UUID) -> Application:
    """One application with its company, for the offices; the look is logged. Raises PermissionDenied for the company's own people
    and for a member who stands aside."""
    found = get_object_or_404(
        Application.objects.select_related(
            "company__comune", "scheme", "campaign", "created_by", "checked_by", "decided_by", "certificate"
        ).annotate(tie=Subquery(declared_by(access, OuterRef("pk")))),
        network_id=access.network_id,
        public_id=public_id,
    )
    refuse_own_pages(access, found.company)
    refuse_tied(found.tie)  # type: ignore[attr-defined]
    audit.look(Look.Kind.DETAIL, found, by=access, place="certification:application")
    return found


def act_of(application: Application) -> Upload | None:
    """The copy of the outside act with which one person checked and granted, kept by the Ambito that did; None when two did."""
    return Upload.objects.filter(kind=ACT, subject_type=audit.type_of(application), subject_id=application.pk).order_by("-id").first()


def act_for(access: Access, public_id: UUID) -> Upload:
    """The same, for who reaches the application. Raises Http404."""
    found = act_of(application_for(access, public_id))
    if found is None:
        raise Http404
    return found


def application_history(access: Access, application: Application) -> list[Fact]:
    """What happened to it, newest first."""
    rows = Fact.objects.filter(network_id=access.network_id, code__startswith="certification.application.")
    return list(rows.filter(subject_type=audit.type_of(application), subject_id=application.pk).order_by("-at", "-pk"))
