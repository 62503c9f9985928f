"""Writes of what happens and is no accident: told by the office or from the tutor's phone, followed to its end."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import CaseRole, Permission, Role
from impresasolidale.core import todos
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.views import check_version
from placements.agreements.enums import HOSTED
from placements.agreements.models import Placement

from ..models.events import PlacementEvent
from ..visit_enums import EventKind, Severity

LOOK_AT = "monitoring.event"
FOLLOW_UP = "monitoring.event_follow_up"
URGENT = {"monitoring.event_urgent": Role.COORDINATOR, "monitoring.event_urgent_case": Role.SOCIAL_WORKER}
FACTS = ("kind", "severity", "happened_on", "text", "informed", "decided", "follow_up_on")


@transaction.atomic
def report_event(
    *,
    placement: Placement,
    kind: str,
    happened_on: date,
    text: str,
    by: Access,
    today: date,
    severity: str = Severity.SERIOUS,
    informed: Collection[str] = (),
    decided: str = "",
    follow_up_on: date | None = None,
) -> PlacementEvent:
    """Write down what happened: from the office with all of it, from the tutor's phone with three things.

    What the phone says waits for the social worker. That somebody was treated badly is said at once, to her and to the coordinator, and
    nobody can keep that quiet. Refuses days to come and days outside the placement.
    """
    from_host = not by.may(Permission.FOLLOW_VISITS)
    if from_host and not by.may(Permission.USE_TUTOR_PORTAL):
        raise PermissionDenied
    row = Placement.objects.select_for_update(of=("self",), no_key=True).get(pk=placement.pk)
    _check(row, happened_on=happened_on, text=text, follow_up_on=follow_up_on, today=today)
    event = PlacementEvent.objects.create(
        ambito_id=row.ambito_id,
        placement=row,
        kind=kind,
        severity=severity,
        happened_on=happened_on,
        text=text.strip(),
        informed=list(informed),
        decided=decided.strip(),
        follow_up_on=follow_up_on,
        from_host=from_host,
        created_by_id=by.actor_id,
    )
    record_fact("monitoring.event.reported", event, by=by, kind=kind, severity=severity)
    _tell(event, by=by, today=today)
    return event


@transaction.atomic
def edit_event(*, event: PlacementEvent, row_version: int, by: Access, today: date, **facts: Any) -> PlacementEvent:
    """What is learned, told and decided later."""
    by.require(Permission.FOLLOW_VISITS)
    row = _locked(event)
    check_version(row, row_version)
    said = {name: facts[name] for name in ("happened_on", "text", "follow_up_on")}
    _check(row.placement, today=today, was=row.follow_up_on, **said)
    changed = sorted(name for name in FACTS if getattr(row, name) != facts[name])
    for name in FACTS:
        setattr(row, name, facts[name])
    row.row_version += 1
    row.save()
    record_fact("monitoring.event.edited", row, by=by, columns=changed)
    _tell(row, by=by, today=today, is_new="kind" in changed)
    return row


@transaction.atomic
def settle_event(*, event: PlacementEvent, outcome: str, by: Access, today: date) -> PlacementEvent:
    """How it ended: nothing of it waits any more."""
    by.require(Permission.FOLLOW_VISITS)
    row = _locked(event)
    if not outcome.strip():
        raise DomainError(_("Scrivi com'è andata a finire."), field="outcome")
    row.outcome, row.settled_on, row.row_version = outcome.strip(), today, row.row_version + 1
    row.save()
    record_fact("monitoring.event.settled", row, by=by)
    todos.close_deadline(kind=FOLLOW_UP, subject=row)
    for kind in (LOOK_AT, FOLLOW_UP, *URGENT):
        todos.done(kind=kind, subject=row, by=by)
    return row


def _check(placement: Placement, *, happened_on: date, text: str, follow_up_on: date | None, today: date, was: date | None = None) -> None:
    if placement.state not in HOSTED:
        raise DomainError(_("Questo tirocinio non è mai cominciato."))
    if happened_on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="happened_on")
    if not placement.starts_on <= happened_on <= placement.last_day:
        words = _("Il tirocinio va dal %(first)s al %(last)s: questo giorno è fuori.")
        span = {"first": f"{placement.starts_on:%d/%m/%Y}", "last": f"{placement.last_day:%d/%m/%Y}"}
        raise DomainError(words % span, field="happened_on")
    if not text.strip():
        raise DomainError(_("Scrivi che cosa è successo."), field="text")
    if follow_up_on and follow_up_on != was and follow_up_on < today:
        raise DomainError(_("Scegli un giorno che deve ancora venire."), field="follow_up_on")


def _tell(event: PlacementEvent, *, by: Access, today: date, is_new: bool = True) -> None:
    words: dict[str, Any] = {"subject": event, "url": reverse("monitoring:event", args=[event.public_id]), "by": by}
    if event.kind == EventKind.MISTREATMENT and is_new:
        title = _("Urgente: una segnalazione grave durante un tirocinio, guarda subito")
        for kind, role in URGENT.items():
            todos.ask(kind=kind, title=title, role=role, due_on=today, is_mandatory=True, **words)
    elif event.from_host and is_new:
        title = _("L'impresa ha segnalato qualcosa: guarda e decidi")
        todos.ask(kind=LOOK_AT, title=title, role=Role.SOCIAL_WORKER, case_role=CaseRole.REFERENT, due_on=today, **words)
    if event.follow_up_on:
        todos.set_deadline(
            kind=FOLLOW_UP,
            title=_("Da rivedere: quello che è successo in un tirocinio"),
            role=Role.SOCIAL_WORKER,
            case_role=CaseRole.REFERENT,
            due_on=event.follow_up_on,
            remind_days=0,
            **words,
        )
    else:
        todos.close_deadline(kind=FOLLOW_UP, subject=event)


def _locked(event: PlacementEvent) -> PlacementEvent:
    row = PlacementEvent.objects.select_for_update(of=("self",), no_key=True).select_related("placement").get(pk=event.pk)
    if row.settled_on:
        raise Conflict(_("Questo evento è già concluso."))
    return row
