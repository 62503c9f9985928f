"""Reads of accidents. A look at a detail and at a list is logged here."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from placements.agreements.selectors import asked_why, opens

from ..enums import AccidentState, NoticeTo
from ..models.accidents import Accident, AccidentNotice

OPEN_NOTICE = Q(sent_on=None, not_needed="")
_ORDER = {to: place for place, to in enumerate(NoticeTo.values)}


def _accidents(access: Access) -> QuerySet[Accident]:
    """The active Ambito's; for a comune-limited membership those of its residents."""
    rows = Accident.objects.filter(ambito_id=access.ambito_id)
    return rows if access.comuni is None else rows.filter(placement__beneficiary__residence__in=access.comuni)


def accidents_page(access: Access, query: QueryDict, *, today: date, state: str = "", late: bool = False) -> Slice:
    """One page, the latest first, each with `to_tell`: how many notices are missing. The look is logged."""
    rows = (
        _accidents(access)
        .select_related("placement__beneficiary", "placement__company")
        .annotate(to_tell=Count("notices", filter=Q(notices__sent_on=None, notices__not_needed="")))
        .defer("dynamics", "witnesses", "first_aid", "outcome")
    )
    if state:
        rows = rows.filter(state=state)
    if late:
        rows = rows.filter(Exists(AccidentNotice.objects.filter(OPEN_NOTICE, accident=OuterRef("pk"), due_on__lt=today)))
    page = page_of(rows, query, order=("-happened_at", "-id"))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="monitoring:list", subject_type=Accident._meta.label_lower)
    return page


def accident_for(access: Access, public_id: UUID) -> Accident:
    """One accident file, or 404. While it is open whoever follows accidents has their task on it; a closed one opens as its placement
    does. The look is logged."""
    row = get_object_or_404(
        _accidents(access)
        .select_related("placement__beneficiary", "placement__company", "placement__rulebook", "created_by")
        .annotate(is_open=~Q(state=AccidentState.CLOSED) | Q(opens(access, "placement_id"))),
        public_id=public_id,
    )
    asked_why(row, row.placement.beneficiary)
    audit.look(Look.Kind.DETAIL, row, by=access, place="monitoring:detail")
    return row


def notices_of(accident: Accident) -> list[AccidentNotice]:
    """In the order of the checklist."""
    return sorted(AccidentNotice.objects.filter(accident=accident), key=lambda n: _ORDER[n.to])


def notice_for(access: Access, public_id: UUID) -> AccidentNotice:
    """One notice of a reachable accident, or 404."""
    rows: QuerySet[Any] = AccidentNotice.objects.filter(accident__in=_accidents(access))
    return get_object_or_404(rows.select_related("accident__placement__beneficiary", "file"), public_id=public_id)
