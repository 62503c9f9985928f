"""Reads of indicators, milestones and actions."""

from typing import Any

from django.db.models import Aggregate, Count, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
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
    """The measures that this room's own rows give. One query."""
    done = Milestone.objects.filter(project=OuterRef("pk"), done_on__isnull=False)
    actions = NetworkAction.objects.filter(project=OuterRef("pk"))
    found = Project.objects.filter(pk=project.pk).values_list(
        _summed(actions, Count("id")),
        _summed(actions, Sum("people_reached", default=0)),
        _summed(Participation.objects.filter(project=OuterRef("pk")), Count("id")),
        _summed(done, Count("id")),
    )
    measures = (Measure.ACTIONS, Measure.PEOPLE, Measure.PARTNERS, Measure.MILESTONES)
    return dict(zip(measures, found.get(), strict=True))


def _summed(rows: QuerySet[Any], aggregate: Aggregate) -> Coalesce:
    """One aggregate of a project's rows as a column."""
    grouped = rows.order_by().values("project").annotate(value=aggregate).values("value")
    return Coalesce(Subquery(grouped), 0, output_field=IntegerField())


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
