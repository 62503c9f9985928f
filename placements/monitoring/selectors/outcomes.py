"""Reads of what came after: follow-ups to make, and figures for reports. Looks at rows of people are logged here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from placements.agreements.models import Placement
from placements.agreements.selectors import asked_why, opens

from ..models.outcomes import FollowUp, PlacementOutcome
from ..visit_enums import FollowState
from .visits import of_mine


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many placements that ended in the period came to this. `after` None: at the end; 6 or 12: as heard so many months later."""

    after: int | None
    kind: str
    count: int


def outcomes_at_end(access: Access, first: date, last: date, *, source: str = "") -> list[OutcomeCount]:
    """Of placements whose last day lies in the period, in the Ambiti of the access. One query; counts are whole, who leaves the Ambito
    with them hides the small ones. `source`: only placements that a funder pays."""
    rows = PlacementOutcome.objects.filter(_ended(access, first, last, source))
    return [OutcomeCount(None, row["kind"], row["n"]) for row in rows.values("kind").annotate(n=Count("pk")).order_by("kind")]


def heard_later(access: Access, ended: Mapping[int, tuple[date, date]], *, source: str = "") -> list[OutcomeCount]:
    """The same as heard afterwards: `ended` says for each number of months (6, 12) which days the placements ended in. One query."""
    asked = reduce(or_, (Q(months=months) & _ended(access, *days, source) for months, days in ended.items()))
    rows = FollowUp.objects.filter(asked, state=FollowState.ANSWERED).values("months", "kind")
    return [OutcomeCount(row["months"], row["kind"], row["n"]) for row in rows.annotate(n=Count("pk")).order_by("months", "kind")]


def _ended(access: Access, first: date, last: date, source: str) -> Q:
    ambiti = [access.ambito_id] if access.ambito_id else list(access.ambiti)
    ended = Q(ambito_id__in=ambiti, placement__ended_on__range=(first, last))
    return ended & Q(placement__funding_source=source) if source else ended


def _follow_ups(access: Access) -> QuerySet[FollowUp]:
    rows = FollowUp.objects.filter(ambito_id=access.ambito_id)
    return rows if access.comuni is None else rows.filter(placement__beneficiary__residence__in=access.comuni)


def follow_ups_page(access: Access, query: QueryDict, *, today: date, state: str, mine: bool) -> Slice:
    """One page, by the day somebody calls. The look is logged."""
    rows = _follow_ups(access).filter(state=state)
    if mine:
        rows = rows.filter(of_mine(access, today))
    page = page_of(rows, query, order=("due_on", "id"), shown=_shown)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="monitoring:follow_ups", subject_type=FollowUp._meta.label_lower)
    return page


def _shown(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    return rows.select_related("placement__beneficiary", "placement__company").defer("note", "placement__beneficiary__codice_fiscale")


def follow_up_for(access: Access, public_id: UUID) -> FollowUp:
    """One follow-up, or 404. It opens as its placement does. The look is logged."""
    rows = _follow_ups(access).select_related("placement__beneficiary", "placement__company")
    row = get_object_or_404(rows.annotate(is_open=opens(access, "placement_id")), public_id=public_id)
    asked_why(row, row.placement.beneficiary)
    audit.look(Look.Kind.DETAIL, row, by=access, place="monitoring:follow_up")
    return row


def follow_ups_of(placement: Placement) -> list[Any]:
    return list(FollowUp.objects.filter(placement=placement).defer("note").order_by("months"))
