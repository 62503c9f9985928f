"""Reads of visits and of who is to be called. A look at a detail and at a list is logged here."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import audit
from impresasolidale.core.keyset import Slice, page_of
from impresasolidale.core.models import Look, Todo
from impresasolidale.core.periods import in_force
from impresasolidale.core.todos import BY_DUE
from impresasolidale.territory.models import Comune
from placements.agreements.models import Placement, Suspension
from placements.agreements.selectors import asked_why, opens
from placements.attendance.models import Timesheet
from placements.attendance.services.months import LATE_TODO, MISSING_TODO
from placements.attendance.services.watch import CALL_TODO
from placements.beneficiaries.models import CareMember

from ..models.visits import Visit, VisitDecision, VisitNote
from ..visit_enums import COUNTED, DecisionFor, VisitState
from ..visit_rules import Course, next_visit

SENSITIVE = ("notes", "difficulties")
SHOWN = 30  # calls and sheets on the page


def _placements(access: Access) -> QuerySet[Placement]:
    """The active Ambito's; for a comune-limited membership those of its residents."""
    rows = Placement.objects.filter(ambito_id=access.ambito_id)
    return rows if access.comuni is None else rows.filter(beneficiary__residence__in=access.comuni)


def _visits(access: Access) -> QuerySet[Visit]:
    rows = Visit.objects.filter(ambito_id=access.ambito_id)
    return rows if access.comuni is None else rows.filter(placement__beneficiary__residence__in=access.comuni)


def of_mine(access: Access, today: date) -> Q:
    """Placements that the user follows: as the promoter's tutor, or from the person's care team."""
    team = CareMember.objects.filter(in_force(today), user=access.actor, beneficiary_id=OuterRef("placement__beneficiary_id"))
    return Q(placement__promoter_tutor_id=access.actor_id) | Q(Exists(team))


def _found(
    access: Access, *, today: date, state: str, mine: bool, comune: int | None, kind: str, late: bool
) -> tuple[QuerySet[Visit], tuple[str, ...]]:
    rows = _visits(access).filter(state=state)
    if mine:
        rows = rows.filter(of_mine(access, today))
    if comune:
        rows = rows.filter(placement__beneficiary__residence_id=comune)
    if kind:
        rows = rows.filter(kind=kind)
    if late and state == VisitState.PLANNED:
        rows = rows.filter(due_on__lt=today)
    return rows, ("-held_on", "-id") if state == VisitState.DONE else ("due_on", "id")


def _shown(rows: QuerySet[Visit]) -> QuerySet[Visit]:
    return rows.select_related(
        "placement__beneficiary__residence", "placement__company", "placement__promoter_tutor", "held_by"
    ).defer(*SENSITIVE, "placement__beneficiary__codice_fiscale")  # fmt: skip


def visits_page(access: Access, query: QueryDict, *, today: date, **wanted: Any) -> Slice:
    """One page: what is to do by its day, or what was done, the latest first. The look is logged."""
    rows, order = _found(access, today=today, **wanted)
    page = page_of(rows, query, order=order, shown=_shown)
    audit.look(Look.Kind.LIST, page.rows, by=access, place="monitoring:visits", subject_type=Visit._meta.label_lower)
    return page


def visits_for_file(access: Access, *, today: date, **wanted: Any) -> Iterator[Visit]:
    """All of them, for the file. The look is logged."""
    rows, order = _found(access, today=today, **wanted)
    found = list(_shown(rows).order_by(*order))
    audit.look(Look.Kind.EXPORT, found, by=access, place="monitoring:visits_file", subject_type=Visit._meta.label_lower)
    return iter(found)


def when(visit: Visit, today: date) -> str:
    """In which part of the page an open visit stands: late, this week (to Sunday), later."""
    if visit.due_on < today:
        return "late"
    return "week" if visit.due_on <= today + timedelta(days=6 - today.weekday()) else "later"


def to_chase(access: Access, *, today: date, mine: bool) -> list[Todo]:
    """People to call and sheets nobody closed, as attendance asked for them; of one's own placements or of the whole office."""
    placements = _placements(access)
    if mine:
        team = CareMember.objects.filter(in_force(today), user=access.actor, beneficiary_id=OuterRef("beneficiary_id"))
        placements = placements.filter(Q(promoter_tutor_id=access.actor_id) | Q(Exists(team)))
    ids = placements.values("pk")
    of_placement = Q(kind=CALL_TODO, subject_type=Placement._meta.label_lower, subject_id__in=ids)
    sheets = Timesheet.objects.filter(placement__in=ids).values("pk")
    of_sheet = Q(kind__in=(MISSING_TODO, LATE_TODO), subject_type=Timesheet._meta.label_lower, subject_id__in=sheets)
    rows = Todo.objects.filter(of_placement | of_sheet, ambito_id=access.ambito_id, done_at=None).order_by(*BY_DUE)
    seen: set[tuple[str, int]] = set()
    found = []
    for row in rows[: 2 * SHOWN]:  # a late sheet is asked of two: one line is enough
        if (row.subject_type, row.subject_id) not in seen:
            seen.add((row.subject_type, row.subject_id))
            found.append(row)
    return found[:SHOWN]


def _opens(access: Access, visit: str) -> Q:
    found = Q(opens(access, "placement_id"))
    if Role.COORDINATOR in access.roles:
        asked = VisitDecision.objects.filter(
            visit=OuterRef(visit), role=DecisionFor.COORDINATOR, done_on=None, visit__state=VisitState.DONE
        )
        found |= Q(Exists(asked))
    return found


def visit_for(access: Access, public_id: UUID) -> Visit:
    """One visit, or 404; it opens as its placement does, and to the coordinator who has something to do there. The look is logged."""
    rows = _visits(access).select_related(
        "placement__beneficiary", "placement__company", "placement__site__comune", "placement__company_tutor", "placement__rulebook",
        "document", "held_by",
    )  # fmt: skip
    row = get_object_or_404(rows.annotate(is_open=_opens(access, "pk")), public_id=public_id)
    asked_why(row, row.placement.beneficiary)
    audit.look(Look.Kind.DETAIL, row, by=access, place="monitoring:visit")
    return row


def comuni_of(access: Access) -> list[tuple[int, str]]:
    """(id, name) of the comuni whose people the user reaches."""
    rows = Comune.objects.filter(ambito_id=access.ambito_id).order_by("name")
    if access.comuni is not None:
        rows = rows.filter(pk__in=access.comuni)
    return list(rows.values_list("pk", "name"))


def day_after(visit: Visit, *, today: date) -> date | None:
    """The next day by the rule book, if this visit is held today; None where none is to come."""
    placement = visit.placement
    due = next_visit(
        Course(
            starts_on=placement.kept_from,
            last_day=placement.last_day,
            today=today,
            pauses=list(Suspension.objects.filter(placement=placement).values_list("starts_on", "ends_on")),
            visited=[today] if visit.kind in COUNTED else [],
        ),
        placement.rulebook.rules,
    )
    return due.on if due and due.on > today else None


def decisions_of(visit: Visit) -> list[VisitDecision]:
    return list(VisitDecision.objects.filter(visit=visit).order_by("position"))


def notes_of(visit: Visit) -> list[VisitNote]:
    return list(VisitNote.objects.filter(visit=visit).select_related("created_by").order_by("id"))


def decision_for(access: Access, public_id: UUID) -> VisitDecision:
    """One decision of a reachable visit, or 404."""
    row = get_object_or_404(
        VisitDecision.objects.filter(visit__in=_visits(access)).select_related("visit__placement__beneficiary").annotate(
            is_open=_opens(access, "visit_id")
        ),
        public_id=public_id,
    )  # fmt: skip
    asked_why(row, row.visit.placement.beneficiary)
    return row


def visits_of(placement: Placement) -> list[Visit]:
    """Of one placement, found by the caller: what is to do first, then what was done, the latest first; without the words."""
    rows = Visit.objects.filter(placement=placement).exclude(state=VisitState.CALLED_OFF).select_related("held_by").defer(*SENSITIVE)
    return sorted(rows, key=lambda v: (v.state == VisitState.DONE, -(v.held_on or v.due_on).toordinal(), v.pk))


def difficulties_of(placement: Placement) -> str:
    """What was hard, from the minutes of a placement found by the caller: a line a visit, the oldest first."""
    rows = Visit.objects.filter(placement=placement, state=VisitState.DONE).order_by("held_on", "id").values_list("held_on", "difficulties")
    return "\n".join(f"{day:%d/%m/%Y}: {text}" for day, text in rows if day and text)


def planned_for_calendar(access: Access, *, since: date, on: date) -> list[Visit]:
    """Visits to do of the placements the user follows, for one's own calendar. No look: a calendar names nobody."""
    if access.ambito_id is None or access.actor_id is None:
        return []
    rows = Visit.objects.filter(of_mine(access, on), ambito_id=access.ambito_id, state=VisitState.PLANNED, due_on__gte=since)
    return list(rows.select_related("placement__company", "placement__site__comune").defer(*SENSITIVE).order_by("due_on", "id")[:200])
