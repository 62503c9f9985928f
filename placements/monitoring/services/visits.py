"""Writes of visits: the next day by the rule book, putting off, minutes that are typed, saved and closed, notes beside them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import CaseRole, Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact, type_of
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import Conflict, DomainError, ReasonRequired
from impresasolidale.core.models import Document
from impresasolidale.core.transitions import perform
from impresasolidale.core.views import check_version
from placements.agreements.enums import HOSTED, RUNNING
from placements.agreements.models import Placement, Suspension

from ..documents import visits as documents
from ..documents.visits import COPY, MINUTES
from ..models.visits import Visit, VisitDecision, VisitNote
from ..transitions import VISIT
from ..visit_enums import ASKED, COUNTED, VisitKind, VisitState, VisitWhy
from ..visit_rules import Course, next_visit

TO_DO = "monitoring.visit"
DECISION_TO_DO = "monitoring.decision"
REMIND = timedelta(days=14)  # a visit stands in the inbox two weeks before its day
WRITTEN = ("held_on", "place", "present", "others", "topics", "notes", "difficulties", "next_on")


@dataclass(frozen=True)
class Decided:
    """One decision as it is typed."""

    text: str
    role: str
    due_on: date | None


# --- The next visit (rules 47, 48)


@transaction.atomic
def plan_visit(*, placement: Placement, by: Access, today: date) -> Visit | None:
    """The next visit as the rule book wants it now; a day that people chose stays, while it lies inside the placement. Safe to repeat."""
    row = Placement.objects.select_for_update(of=("self",), no_key=True).select_related("rulebook").get(pk=placement.pk)
    return _plan(row, _facts([row]), by=by, today=today)


@transaction.atomic
@translation.override("it")
def plan_visits(*, by: Access, today: date) -> int:
    """Every night, in the Ambito: each running placement has its next visit, and none that is over waits for one. Safe to repeat.
    Returns how many visits it made, moved or called off."""
    open_ones = Visit.objects.filter(ambito_id=by.ambito_id, kind=VisitKind.PLANNED, state=VisitState.PLANNED)
    locked = Placement.objects.select_for_update(of=("self",), no_key=True).select_related("rulebook").order_by("pk")
    rows = list(locked.filter(ambito_id=by.ambito_id, state__in=RUNNING))
    rows += list(locked.filter(pk__in=open_ones.exclude(placement__state__in=RUNNING).values("placement_id")))
    facts, changed = _facts(rows), 0
    for row in rows:
        before = facts.open.get(row.pk)
        was = (before.due_on, before.why) if before else None
        after = _plan(row, facts, by=by, today=today)
        changed += was != ((after.due_on, after.why) if after else None)
    return changed


@dataclass
class _Facts:
    """What the rule reads, of many placements: in three queries, however many."""

    open: dict[int, Visit]
    visited: dict[int, list[date]]
    pauses: dict[int, list[tuple[date, date | None]]]


def _facts(rows: Collection[Placement]) -> _Facts:
    ids = [row.pk for row in rows]
    facts = _Facts({}, {}, {})
    for visit in Visit.objects.filter(placement_id__in=ids, kind__in=COUNTED).exclude(state=VisitState.CALLED_OFF).order_by("pk"):
        if visit.held_on and visit.state == VisitState.DONE:
            facts.visited.setdefault(visit.placement_id, []).append(visit.held_on)
        elif visit.kind == VisitKind.PLANNED:
            facts.open[visit.placement_id] = visit
    for pk, begins, ends in Suspension.objects.filter(placement_id__in=ids).values_list("placement_id", "starts_on", "ends_on"):
        facts.pauses.setdefault(pk, []).append((begins, ends))
    return facts


def _plan(row: Placement, facts: _Facts, *, by: Access, today: date) -> Visit | None:
    visit = facts.open.get(row.pk)
    due = None
    if row.state in RUNNING:
        course = Course(
            starts_on=row.kept_from,
            last_day=row.last_day,
            today=today,
            pauses=facts.pauses.get(row.pk, ()),
            visited=facts.visited.get(row.pk, ()),
        )
        due = next_visit(course, row.rulebook.rules)
    if due is None:
        if visit:
            _call_off(visit, by=by)
        return None
    if visit is None:
        visit = Visit(ambito_id=row.ambito_id, placement=row, due_on=due.on, why=due.why, created_by_id=by.actor_id)
    elif (visit.is_set and visit.due_on <= row.last_day) or (visit.due_on, visit.why) == (due.on, due.why):
        return visit
    visit.due_on, visit.why, visit.is_set = due.on, due.why, False
    visit.save()
    _tell(visit, by=by, today=today)
    return visit


def _call_off(visit: Visit, *, by: Access) -> None:
    _forget(perform(VISIT, "called_off", visit, by=by, as_system=True), by=by)


def _tell(visit: Visit, *, by: Access, today: date) -> None:
    """The deadline of the visit's day; a to-do that is out already takes the new day, or waits again until it is near."""
    person = visit.placement.beneficiary
    words: dict[str, Any] = {
        "kind": TO_DO,
        "subject": visit,
        "title": _("Visita da fare: %(person)s") % {"person": person},
        "url": reverse("monitoring:visit", args=[visit.public_id]),
        "role": Role.SOCIAL_WORKER,
        "case_role": CaseRole.PROMOTER_TUTOR,
        "due_on": visit.due_on,
        "by": by,
    }
    todos.set_deadline(remind_days=REMIND.days, **words)
    if visit.due_on <= today + REMIND:
        todos.ask(**words)
    else:
        todos.done(kind=TO_DO, subject=visit, by=by)


def _forget(visit: Visit, *, by: Access) -> None:
    todos.close_deadline(kind=TO_DO, subject=visit)
    todos.done(kind=TO_DO, subject=visit, by=by)


# --- Made, put off


@transaction.atomic
def open_visit(*, placement: Placement, kind: str, by: Access, today: date) -> Visit:
    """A visit or call that the rule book did not ask for: its minutes are typed next. Refuses a placement that never began."""
    by.require(Permission.FOLLOW_VISITS)
    row = Placement.objects.select_for_update(of=("self",), no_key=True).get(pk=placement.pk)
    if row.state not in HOSTED:
        raise DomainError(_("Questo tirocinio non è mai cominciato."))
    if kind == VisitKind.PLANNED:
        raise DomainError(_("La visita programmata è già in elenco: apri quella."), field="kind")
    visit = Visit.objects.create(ambito_id=row.ambito_id, placement=row, kind=kind, due_on=today, is_set=True, created_by_id=by.actor_id)
    record_fact("monitoring.visit.opened", visit, by=by, kind=kind)
    return visit


@transaction.atomic
def put_off(*, visit: Visit, to: date, reason: str, by: Access, today: date) -> Visit:
    """Not today: another day, and why. Refuses a day that is past or after the end."""
    by.require(Permission.FOLLOW_VISITS)
    row = _locked(visit)
    if not reason.strip():
        raise ReasonRequired
    if to <= today:
        raise DomainError(_("Scegli un giorno che deve ancora venire."), field="to")
    if to > row.placement.last_day:
        words = _("Il tirocinio finisce il %(day)s: scegli un giorno prima.")
        raise DomainError(words % {"day": f"{row.placement.last_day:%d/%m/%Y}"}, field="to")
    before, row.put_off_from, row.put_off_reason = row.due_on, row.put_off_from or row.due_on, reason.strip()[:300]
    row.due_on, row.why, row.is_set, row.row_version = to, VisitWhy.CHOSEN, True, row.row_version + 1
    row.save()
    record_fact("monitoring.visit.put_off", row, by=by, reason=row.put_off_reason, before=before.isoformat(), to=to.isoformat())
    _tell(row, by=by, today=today)
    return row


# --- Minutes


@transaction.atomic
def save_minutes(*, visit: Visit, row_version: int, decisions: Sequence[Decided], by: Access, **written: Any) -> Visit:
    """Keep what is typed so far, as a draft: nothing is asked of it."""
    by.require(Permission.FOLLOW_VISITS)
    row = _locked(visit)
    check_version(row, row_version)
    return _write(row, decisions, **written)


@transaction.atomic
def close_minutes(*, visit: Visit, row_version: int, decisions: Sequence[Decided], by: Access, today: date, **written: Any) -> Visit:
    """The minutes as they will stay: a numbered paper, a to-do for each decision, the next visit on its day.

    Refuses a day to come or before the start, nobody present, nothing said, a next day that is past or after the end. Two who close
    together: the second is told that it was done.
    """
    by.require(Permission.FOLLOW_VISITS)
    row = _locked(visit)
    check_version(row, row_version)
    _check(row, today=today, **written)
    _write(row, decisions, **written)
    made = list(VisitDecision.objects.filter(visit=row).order_by("position"))
    row.held_by_id = by.actor_id
    document = issue(
        kind=MINUTES,
        kind_label="Verbale di visita",
        template="monitoring/pdf/visit_v1.html",
        subject=row,
        context=documents.minutes(row, made, by=by.actor),
        today=today,
        by=by,
        ambito_id=row.ambito_id,
        funding_source=row.placement.funding_source,
    )
    done = cast("Visit", perform(VISIT, "done", row, by=by, document=document, held_by_id=by.actor_id))
    for decision in made:
        _ask(decision, row, by=by)
    _forget(done, by=by)
    _plan_after(done, by=by, today=today)
    return done


@transaction.atomic
def issue_copy(*, visit: Visit, by: Access, today: date) -> Document:
    """The person's copy of closed minutes, in easy words and without the office's notes, in the place of the one before."""
    by.require(Permission.FOLLOW_VISITS)
    rows = Visit.objects.select_for_update(of=("self",), no_key=True).select_related(
        "placement__beneficiary", "placement__company", "placement__ambito"
    )
    row = rows.get(pk=visit.pk)
    if row.state != VisitState.DONE:
        raise DomainError(_("Il verbale non è ancora chiuso: la copia si fa dopo."))
    document = issue(
        kind=COPY,
        kind_label="Una visita, per te",
        template="monitoring/pdf/visit_copy_v1.html",
        subject=row,
        context=documents.easy_copy(row, list(VisitDecision.objects.filter(visit=row).order_by("position"))),
        today=today,
        by=by,
        ambito_id=row.ambito_id,
        supersedes=Document.objects.filter(kind=COPY, subject_type=type_of(row), subject_id=row.pk, superseded_by=None).first(),
        funding_source=row.placement.funding_source,
    )
    record_fact("monitoring.visit.copied", row, by=by, number=document.number)
    return document


def _plan_after(done: Visit, *, by: Access, today: date) -> None:
    following = plan_visit(placement=done.placement, by=by, today=today)
    if following and done.next_on and following.due_on != done.next_on:
        following.due_on, following.why, following.is_set = done.next_on, VisitWhy.CHOSEN, True
        following.save()
        _tell(following, by=by, today=today)


def _check(row: Visit, *, held_on: date | None, present: Collection[str], next_on: date | None, today: date, **said: Any) -> None:
    placement = row.placement
    if placement.state not in HOSTED:
        raise DomainError(_("Questo tirocinio non è mai cominciato."))
    if held_on is None:
        raise DomainError(_("Scrivi il giorno."), field="held_on")
    if held_on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="held_on")
    if held_on < placement.starts_on:
        words = _("Il tirocinio è cominciato il %(day)s: questo giorno viene prima.")
        raise DomainError(words % {"day": f"{placement.starts_on:%d/%m/%Y}"}, field="held_on")
    if not present and not said["others"].strip():
        raise DomainError(_("Scegli chi c'era."), field="present")
    if not said["topics"] and not said["notes"].strip():
        raise DomainError(_("Scegli di che cosa si è parlato, o scrivilo."), field="topics")
    if next_on and next_on <= held_on:
        raise DomainError(_("La prossima visita viene dopo questa."), field="next_on")
    if next_on and next_on > placement.last_day:
        words = _("Il tirocinio finisce il %(day)s: scegli un giorno prima.")
        raise DomainError(words % {"day": f"{placement.last_day:%d/%m/%Y}"}, field="next_on")


def _write(row: Visit, decisions: Sequence[Decided], **written: Any) -> Visit:
    for name in WRITTEN:
        value = written[name]
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.written_at, row.row_version = timezone.now(), row.row_version + 1
    row.save()
    VisitDecision.objects.filter(visit=row).delete()
    owner = {"ambito_id": row.ambito_id, "visit": row, "placement_id": row.placement_id}
    kept = [d for d in decisions if d.text.strip()]
    VisitDecision.objects.bulk_create(
        VisitDecision(position=n, text=d.text.strip(), role=d.role, due_on=d.due_on, **owner) for n, d in enumerate(kept)
    )
    return row


def _ask(decision: VisitDecision, visit: Visit, *, by: Access) -> None:
    role, case_role = ASKED[decision.role]
    todos.ask(
        kind=DECISION_TO_DO,
        subject=decision,
        title=_("Deciso in visita, da fare: %(person)s") % {"person": visit.placement.beneficiary},
        url=reverse("monitoring:visit", args=[visit.public_id]),
        role=role,
        case_role=case_role,
        due_on=decision.due_on,
        by=by,
    )


@transaction.atomic
def decision_done(*, decision: VisitDecision, by: Access, today: date) -> VisitDecision:
    """What was decided is carried out; said again, nothing changes."""
    by.require(Permission.SEE_PLACEMENTS)
    row = VisitDecision.objects.select_for_update(of=("self",), no_key=True).select_related("visit").get(pk=decision.pk)
    if row.visit.state != VisitState.DONE:
        raise DomainError(_("Il verbale non è ancora chiuso."))
    if row.done_on is None:
        row.done_on = today
        row.save(update_fields=["done_on"])
        record_fact("monitoring.decision.done", row.visit, by=by, position=row.position)
        todos.done(kind=DECISION_TO_DO, subject=row, by=by)
    return row


@transaction.atomic
def add_note(*, visit: Visit, text: str, by: Access) -> VisitNote:
    """A correction beside minutes that are closed."""
    by.require(Permission.FOLLOW_VISITS)
    row = Visit.objects.select_for_update(of=("self",), no_key=True).get(pk=visit.pk)
    if row.state != VisitState.DONE:
        raise DomainError(_("Il verbale non è ancora chiuso: si corregge direttamente."))
    if not text.strip():
        raise DomainError(_("Scrivi la correzione."), field="text")
    values = {"ambito_id": row.ambito_id, "visit": row, "placement_id": row.placement_id, "created_by_id": by.actor_id}
    note = VisitNote.objects.create(text=text.strip(), **values)
    record_fact("monitoring.visit.note_added", row, by=by)
    return note


def _locked(visit: Visit) -> Visit:
    """The visit that still waits, under its lock, or a conflict."""
    rows = Visit.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("placement__beneficiary", "placement__company", "placement__site__comune", "placement__ambito").get(
        pk=visit.pk
    )
    if row.state != VisitState.PLANNED:
        raise Conflict(_("Questo verbale è già chiuso: qui sotto resta quello che hai scritto tu. Per correggere si aggiunge una nota."))
    return row
