"""Reads of indicators, milestones and actions."""

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.http import QueryDict

from impresasolidale.core.keyset import Slice, page_of

from ..enums import Measure
from ..models import ActionPartner, Milestone, NetworkAction, Participation, Project, ProjectIndicator
from ._common import one


def indicators(project: Project) -> QuerySet[ProjectIndicator]:
    return ProjectIndicator.objects.filter(project=project).order_by("id")


def indicator_for(project: Project, public_id: object) -> ProjectIndicator:
    return one(indicators(project), public_id)


def milestones(project: Project) -> QuerySet[Milestone]:
    return Milestone.objects.filter(project=project).select_related("work_package").order_by("due_on", "id")


def milestone_for(project: Project, public_id: object) -> Milestone:
    return one(milestones(project), public_id)


def counted_here(project: Project) -> dict[str, int]:
    """The measures that this room's own rows give. Three queries."""
    actions = NetworkAction.objects.filter(project=project).aggregate(
        n=Count("id"), people=Sum("people_reached", default=0)
    )  # fmt: skip
    return {
        Measure.ACTIONS: actions["n"],
        Measure.PEOPLE: actions["people"],
        Measure.PARTNERS: Participation.objects.filter(project=project).count(),
        Measure.MILESTONES: Milestone.objects.filter(project=project, done_on__isnull=False).count(),
    }


def actions(project: Project) -> QuerySet[NetworkAction]:
    took_part = Prefetch("partners", ActionPartner.objects.select_related("partner").order_by("partner__name"))
    return NetworkAction.objects.filter(project=project).select_related("logo_by", "photo").prefetch_related(took_part)


def asked(project: Project, wanted: dict[str, Any]) -> QuerySet[NetworkAction]:
    rows = actions(project)
    if wanted.get("tipo"):
        rows = rows.filter(kind=wanted["tipo"])
    if wanted.get("logo") == "no":
        rows = rows.filter(logo_by=None)
    if wanted.get("logo") == "si":
        rows = rows.filter(logo_by__isnull=False)
    if words := (wanted.get("cerca") or "").strip():
        rows = rows.filter(Q(title__icontains=words) | Q(place__icontains=words))
    return rows


def actions_page(rows: QuerySet[NetworkAction], query: QueryDict) -> Slice:
    return page_of(rows, query, order=("-on", "-id"))


def action_for(project: Project, public_id: object) -> NetworkAction:
    return one(actions(project), public_id)
