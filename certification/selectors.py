"""Reads of the recognitions: facts of companies, candidates, certificates, the public register."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from companies.hosts.models import Company, Engagement
from companies.training.selectors import trained_tutors
from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Document, Fact, Look, Upload
from impresasolidale.core.periods import not_over
from impresasolidale.core.scope import Scope, scope
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.rules import Rules
from impresasolidale.territory.selectors import common_rules as common_rules  # (rooms above ask it here)
from impresasolidale.territory.selectors import name_key
from placements.agreements.enums import HOSTED, PlacementState
from placements.agreements.models import Placement
from placements.attendance.models import Timesheet

from .models import Certificate, SchemeVersion
from .rules import Facts, Requirement, missing, requirements

BY_NAME = ("company__search_key", "pk")
ACT = "certification.outside_act"  # the copy of the act that was the second key
LIVE = (Certificate.State.PROPOSED, Certificate.State.GRANTED)


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


def scheme_in_force(access: Access, today: date) -> SchemeVersion:
    """The latest published version; until one is, version 0, not yet saved: the first proposal publishes it."""
    found = SchemeVersion.objects.filter(network_id=access.network_id, published_on__lte=today).order_by("-version").first()
    return found or SchemeVersion(
        network_id=access.network_id,
        version=0,
        name="Aderente a Impresasolidale",
        published_on=today,
        validity_months=common_rules(network_of(access), today).certificate_validity_months,
    )


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


def requirements_of(company: Company, facts: Facts, *, scheme: SchemeVersion, rules: Rules) -> list[Requirement]:
    return requirements(
        facts,
        minimum=scheme.minimum_placements,
        law68_on=company.law68_declared_on,
        safety_on=company.safety_declared_on,
        declarations=rules.severity(85),
    )


# --- Offices


@dataclass(frozen=True)
class Candidate:
    company: Company
    facts: Facts
    requirements: list[Requirement]
    missing: list[str]


def candidates(access: Access, query: QueryDict, *, today: date) -> Slice:
    """Companies with enough placements and no live certificate, by name, with their facts. Rows of `Candidate`."""
    scheme, rules = scheme_in_force(access, today), common_rules(network_of(access), today)
    with across(access):
        enough = (
            Placement.objects.filter(state__in=HOSTED)
            .values("company_id")
            .annotate(hosted=Count("pk"))
            .filter(hosted__gte=scheme.minimum_placements)
            .values("company_id")
        )
        companies = (
            Company.objects.filter(network_id=access.network_id, merged_into=None, pk__in=enough)
            .exclude(Exists(Certificate.objects.filter(company_id=OuterRef("pk"), state__in=LIVE)))
            .select_related("comune")
        )
        page = page_of(companies, query, order=("search_key", "pk"))
    facts = facts_of(access, [c.pk for c in page.rows], today)
    found = []
    for company in page.rows:
        asked = requirements_of(company, facts[company.pk], scheme=scheme, rules=rules)
        found.append(Candidate(company, facts[company.pk], asked, missing(asked)))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="certification:propose", subject_type="hosts.company")
    return replace(page, rows=found)


def certificates(access: Access, query: QueryDict, *, state: str = "", text: str = "") -> Slice:
    """The network's certificates by name of the company."""
    rows = Certificate.objects.filter(network_id=access.network_id).select_related("company__comune")
    if state:
        rows = rows.filter(state=state)
    if key := name_key(text):
        rows = rows.filter(company__search_key__contains=key)
    page = page_of(rows, query, order=BY_NAME)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="certification:list", subject_type="certification.certificate")
    return page


def company_for(access: Access, public_id: UUID) -> Company:
    """The company a recognition is proposed for; 404 when it is not of this network."""
    return get_object_or_404(Company, network_id=access.network_id, public_id=public_id, merged_into=None)


def certificate_for(access: Access, public_id: UUID) -> Certificate:
    """One certificate with its company and paper; the look is logged."""
    found = get_object_or_404(
        Certificate.objects.select_related("company__comune", "scheme", "document", "created_by", "decided_by"),
        network_id=access.network_id,
        public_id=public_id,
    )
    audit.look(Look.Kind.DETAIL, found, by=access, place="certification:detail")
    return found


def act_of(certificate: Certificate) -> Upload | None:
    """The copy of the outside act with which one person proposed and granted, kept by the Ambito that did; None when two did."""
    return Upload.objects.filter(kind=ACT, subject_type=audit.type_of(certificate), subject_id=certificate.pk).order_by("-id").first()


def act_for(access: Access, public_id: UUID) -> Upload:
    """The same, for who reaches the certificate. Raises Http404."""
    found = act_of(certificate_for(access, public_id))
    if found is None:
        raise Http404
    return found


def history_of(access: Access, certificate: Certificate) -> list[Fact]:
    """What happened to it, newest first."""
    rows = Fact.objects.filter(network_id=access.network_id, code__startswith="certification.certificate.")
    return list(rows.filter(subject_type=audit.type_of(certificate), subject_id=certificate.pk).order_by("-at", "-pk"))


# --- Everybody


def in_force(today: date) -> QuerySet[Certificate]:
    """Granted and not expired."""
    return Certificate.objects.filter(state=Certificate.State.GRANTED, valid_to__gte=today)


@dataclass(frozen=True)
class Recognised:
    """One line of the public register: the company's public face, nothing of people."""

    public_id: UUID
    company: str
    kind: str
    comune: str
    ambito: str
    level: str
    valid_from: date
    valid_to: date


def register(access: Access, query: QueryDict, *, today: date, text: str = "", ambito_id: int | None = None) -> Slice:
    """The public register: certificates in force of companies that agreed to appear. `text` searches name and comune."""
    rows = in_force(today).filter(network_id__in=access.scope.networks, company__on_register=True, company__merged_into=None)
    if key := name_key(text):
        rows = rows.filter(Q(company__search_key__contains=key) | Q(company__comune__name_key__contains=key))
    if ambito_id:
        rows = rows.filter(company__comune__ambito_id=ambito_id)
    page = page_of(rows.select_related("company__comune__ambito"), query, order=BY_NAME)
    return replace(page, rows=[_recognised(c) for c in page.rows])


def _recognised(certificate: Certificate) -> Recognised:
    company = certificate.company
    assert certificate.valid_from and certificate.valid_to
    return Recognised(
        public_id=certificate.public_id,
        company=company.name,
        kind=company.get_kind_display(),
        comune=str(company.comune),
        ambito=str(company.comune.ambito or ""),
        level=certificate.get_level_display(),
        valid_from=certificate.valid_from,
        valid_to=certificate.valid_to,
    )


@dataclass(frozen=True)
class PublicState:
    """What the verification page says of a certificate. `state`: valid, expired or revoked."""

    state: str
    company: str
    comune: str
    level: str
    valid_from: date | None
    valid_to: date | None


def public_state(document: Document, today: date) -> PublicState | None:
    """The state of the certificate a paper belongs to; the caller has entered the paper's scope. None when there is none."""
    found = Certificate.objects.filter(document_id=document.pk).select_related("company__comune").first()
    if found is None:
        return None
    said = cast(dict[str, Any], document.context)
    expired = found.valid_to is None or found.valid_to < today
    state = "revoked" if found.state == Certificate.State.REVOKED else "expired" if expired else "valid"
    return PublicState(
        state=state,
        company=said["company"],
        comune=said["place"],
        level=said["level"],
        valid_from=found.valid_from,
        valid_to=found.valid_to,
    )


def count_on_register(access: Access, today: date) -> int:
    """How many recognitions the public register shows."""
    return in_force(today).filter(network_id__in=access.scope.networks, company__on_register=True, company__merged_into=None).count()
