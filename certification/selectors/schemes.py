"""Reads of the scheme: its versions, the one in force, what the rule book asks of one."""

from datetime import date
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.models import Fact, Upload
from impresasolidale.territory.rules import Rules, Severity
from impresasolidale.territory.selectors import common_rules

from ..enums import SchemeState
from ..models import SchemeVersion
from ..scheme import Floor, Problem, problems
from ..shipped import NAME, shipped_scheme


def scheme_in_force(access: Access, today: date) -> SchemeVersion:
    """The latest published version. A network without one has the scheme that comes with the program, as a row not yet saved: the first
    application, or the first draft, saves it (services.schemes.kept)."""
    published = SchemeVersion.objects.filter(network_id=access.network_id, state=SchemeState.PUBLISHED, published_on__lte=today)
    return published.order_by("-version").first() or SchemeVersion(
        network_id=access.network_id,
        version=1,
        name=NAME,
        state=SchemeState.PUBLISHED,
        published_on=today,
        validity_months=common_rules(access.own_network, today).certificate_validity_months,
        definition=shipped_scheme().to_json(),
    )


def versions(access: Access, today: date) -> list[SchemeVersion]:
    """Every version, the newest first; a network has a handful. Before the first is saved, the one that comes with the program."""
    rows = SchemeVersion.objects.filter(network_id=access.own_network).select_related("edited_by", "published_by")
    return list(rows.order_by("-version")[:50]) or [scheme_in_force(access, today)]


def scheme_for(access: Access, public_id: UUID) -> SchemeVersion:
    """Raises Http404 for one of another network."""
    rows = SchemeVersion.objects.filter(network_id=access.network_id).select_related("edited_by", "published_by")
    return get_object_or_404(rows, public_id=public_id)


def floor_of(rules: Rules) -> Floor:
    """The least a scheme may ask for, by the rule book; a rule that is off asks for nothing."""
    scored = rules.severity(80) != Severity.OFF
    return Floor(
        area=rules.certification_area_minimum if scored else 0,
        total=rules.certification_total_minimum if scored else 0,
        validators=rules.certification_external_validators if rules.severity(82) != Severity.OFF else 0,
    )


def problems_of(version: SchemeVersion, today: date) -> list[Problem]:
    """What keeps it from being published, today."""
    return problems(version.scheme, floor_of(common_rules(version.network_id, today)))


ACT = "certification.scheme_act"  # the copy of the act that was the second key


def act_of(version: SchemeVersion) -> Upload | None:
    """The copy of the outside act with which one person edited and published, kept by the Ambito that did; None when two did."""
    return Upload.objects.filter(kind=ACT, subject_type=audit.type_of(version), subject_id=version.pk).order_by("-id").first()


def act_for(version: SchemeVersion) -> Upload:
    """The same; raises Http404 when there is none."""
    found = act_of(version)
    if found is None:
        raise Http404
    return found


def history_of(access: Access, version: SchemeVersion) -> list[Fact]:
    """What happened to it, newest first."""
    rows = Fact.objects.filter(network_id=access.network_id, code__startswith="certification.scheme.")
    return list(rows.filter(subject_type=audit.type_of(version), subject_id=version.pk).order_by("-at", "-pk")[:30])
