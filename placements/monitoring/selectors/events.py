"""Reads of what happened and is no accident. A look at a detail and at a list is logged here."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from placements.agreements.models import Placement
from placements.agreements.selectors import asked_why, opens

from ..models.events import PlacementEvent

SENSITIVE = ("text", "decided", "outcome")


def _events(access: Access) -> QuerySet[PlacementEvent]:
    rows = PlacementEvent.objects.filter(ambito_id=access.ambito_id)
    return rows if access.comuni is None else rows.filter(placement__beneficiary__residence__in=access.comuni)


def _found(
    access: Access, *, kind: str = "", severity: str = "", is_open: bool = False, since: date | None = None
) -> QuerySet[PlacementEvent]:
    rows = _events(access)
    wanted: dict[str, Any] = {"kind": kind, "severity": severity, "happened_on__gte": since}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    return rows.filter(settled_on=None) if is_open else rows


def _shown(rows: QuerySet[PlacementEvent]) -> QuerySet[PlacementEvent]:
    return rows.select_related("placement__beneficiary", "placement__company").defer(*SENSITIVE, "placement__beneficiary__codice_fiscale")


def events_page(access: Access, query: QueryDict, **wanted: Any) -> Slice:
    """One page, the latest first, without the words. The look is logged."""
    page = page_of(_found(access, **wanted), query, order=("-happened_on", "-id"), shown=_shown)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="monitoring:events", subject_type=PlacementEvent._meta.label_lower)
    return page


def events_for_file(access: Access, **wanted: Any) -> list[PlacementEvent]:
    """All of them, for the file. The look is logged."""
    found = list(_shown(_found(access, **wanted)).order_by("-happened_on", "-id"))
    audit.look(Look.Kind.EXPORT, found, by=access, place="monitoring:events_file", subject_type=PlacementEvent._meta.label_lower)
    return found


def event_for(access: Access, public_id: UUID) -> PlacementEvent:
    """One event, or 404. While it is open it is the task of whoever follows placements; a settled one opens as its placement does. The
    look is logged."""
    rows = _events(access).select_related("placement__beneficiary", "placement__company", "created_by")
    row = get_object_or_404(rows.annotate(is_open=Q(settled_on=None) | Q(opens(access, "placement_id"))), public_id=public_id)
    asked_why(row, row.placement.beneficiary)
    audit.look(Look.Kind.DETAIL, row, by=access, place="monitoring:event")
    return row


def events_of(placement: Placement) -> list[PlacementEvent]:
    """Of one placement, found by the caller, the latest first, without the words."""
    return list(PlacementEvent.objects.filter(placement=placement).defer(*SENSITIVE).order_by("-happened_on", "-id"))
