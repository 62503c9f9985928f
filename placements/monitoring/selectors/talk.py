"""Reads of requests to talk: the office's, a stranger's door with a code, and figures without names."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look
from impresasolidale.core.periods import in_force
from impresasolidale.core.scope import scope
from impresasolidale.territory.selectors import office_of
from placements.agreements.models import Placement
from placements.agreements.selectors import asked_why, opens
from placements.agreements.talk_code import placement_in
from placements.beneficiaries.enums import CareRole
from placements.beneficiaries.models import CareMember

from ..models import Talk
from ..talk_enums import TalkState

OPEN = ~Q(state=TalkState.ANSWERED)


def _talks(access: Access) -> QuerySet[Talk]:
    """The active Ambito's; for a comune-limited membership those of its residents; nothing for who is narrowed to placements."""
    if access.placements is not None:
        return Talk.objects.none()
    rows = Talk.objects.filter(ambito_id=access.ambito_id)
    return rows if access.comuni is None else rows.filter(placement__beneficiary__residence__in=access.comuni)


def talks_page(access: Access, query: QueryDict, *, today: date, state: str = "", urgent: bool = False, late: bool = False) -> Slice:
    """One page, the latest first, without what was said. The look is logged."""
    rows = _talks(access).select_related("placement__beneficiary", "placement__company", "taken_by").defer("words", "number", "agreed")
    if state == "open":
        rows = rows.filter(OPEN)
    elif state:
        rows = rows.filter(state=state)
    if urgent:
        rows = rows.filter(is_urgent=True)
    if late:
        rows = rows.filter(OPEN, due_on__lt=today)
    page = page_of(rows, query, order=("-asked_at", "-id"))
    audit.look(Look.Kind.LIST, page.rows, by=access, place="monitoring:talks", subject_type=Talk._meta.label_lower)
    return page


def talk_for(access: Access, public_id: UUID, *, today: date) -> Talk:
    """One request, or 404; the look is logged. It opens as the person's placement does; to any social worker while it waits and nobody is
    her referent; to a coordinator once it is late. Anybody else gives a reason (ReasonNeeded)."""
    referent = CareMember.objects.filter(
        in_force(today), beneficiary=OuterRef("placement__beneficiary_id"), role=CareRole.REFERENT, user__is_active=True
    )
    task: Any = OPEN & ~Exists(referent)
    if Role.COORDINATOR in access.roles:
        task |= OPEN & Q(escalated_on__isnull=False)
    row = get_object_or_404(
        _talks(access)
        .select_related("placement__beneficiary", "placement__company", "placement__rulebook", "created_by", "taken_by", "answered_by")
        .annotate(is_open=Q(opens(access, "placement_id")) | task),
        public_id=public_id,
    )
    asked_why(row, row.placement.beneficiary)
    audit.look(Look.Kind.DETAIL, row, by=access, place="monitoring:talk")
    return row


# --- Who asks, and has no user


@dataclass(frozen=True)
class Door:
    """Behind the code of the papers: an Access with no right but to ask, for one placement."""

    access: Access
    placement_id: int


def door_of(code: str) -> Door | None:
    """Read before any scope exists; None for a code that is none, or of a placement that never came to be."""
    placement_id = placement_in(code)
    if placement_id is None or placement_id >= 2**62:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT network_id, ambito_id, beneficiary_id, company_id FROM monitoring_talk_door(%s)", [placement_id])
        found = cursor.fetchone()
    if found is None:
        return None
    network_id, ambito_id, beneficiary_id, company_id = found
    access = Access.in_area(
        network_id=network_id,
        ambiti=frozenset({ambito_id}),
        beneficiaries=frozenset({beneficiary_id}),
        placements=frozenset({placement_id}),
        companies=frozenset({company_id}),
    )
    return Door(access, placement_id)


def placement_behind(access: Access, placement_id: int) -> Placement:
    """The placement of who may ask, without anything of the person. Under the office's own scope: the caller's opens no policy."""
    assert access.network_id and placement_id in (access.placements or ())
    system = Access.system(network_id=access.network_id, ambito_id=None, reason="the person asks to be called")
    with scope(_wide(system, access).scope):
        return Placement.objects.select_related("ambito").get(pk=placement_id)


def office_phone(access: Access, placement: Placement) -> str:
    """The telephone of the office that answers; empty where its letterhead names none."""
    system = Access.system(network_id=access.network_id, ambito_id=placement.ambito_id, reason="the person asks to be called")
    with scope(system.scope):
        return office_of(placement.ambito).phone


def _wide(system: Access, access: Access) -> Access:
    return replace(system, ambiti=access.ambiti)


def waiting_for(access: Access) -> frozenset[int]:
    """Of the placements of the own area, those with a request that waits: the page says so instead of asking again. One query."""
    assert access.network_id
    system = Access.system(network_id=access.network_id, ambito_id=None, reason="the person looks at her own area")
    with scope(_wide(system, access).scope):
        return frozenset(Talk.objects.filter(OPEN, placement__in=access.placements or ()).values_list("placement_id", flat=True))


# --- Figures


@dataclass(frozen=True)
class TalkFigures:
    """Of the requests of a period: how many by reason ("" without one), by days from asking to the answer, and what waits. No names.

    Counts are whole: whoever shows them outside the Ambito hides the small ones.
    """

    asked: int
    by_reason: Mapping[str, int]
    by_days: Mapping[int, int]
    waiting: int
    late: int  # answered after their day, or waiting past it
    suspended: int  # placements stopped because of one

    @property
    def median_days(self) -> float | None:
        """The middle one of the days to the answer; None while nothing is answered."""
        days = sorted(day for day, times in self.by_days.items() for _time in range(times))
        if not days:
            return None
        half = len(days) // 2
        return float(days[half]) if len(days) % 2 else (days[half - 1] + days[half]) / 2


def talk_figures(access: Access, *, first: date, last: date, today: date) -> TalkFigures:
    """Figures of the requests asked from `first` to `last`, both included; without an active Ambito, in all those of the access. One
    query."""
    whole = _talks(access) if access.ambito_id or access.placements is not None else Talk.objects.filter(ambito_id__in=access.ambiti)
    rows = whole.filter(asked_at__date__gte=first, asked_at__date__lt=last + timedelta(days=1))
    found = list(rows.order_by("id").values_list("state", "reason", "asked_at", "due_on", "answered_on", "suspended_on"))
    reasons, days = Counter(row[1] for row in found), Counter[int]()
    waiting = late = suspended = 0
    for state, _reason, asked_at, due_on, answered_on, suspended_on in found:
        answer = answered_on if state == TalkState.ANSWERED else None
        waiting += answer is None
        late += (answer or today) > due_on
        suspended += suspended_on is not None
        if answer:
            days[(answer - timezone.localdate(asked_at)).days] += 1
    return TalkFigures(len(found), dict(reasons), dict(days), waiting, late, suspended)
