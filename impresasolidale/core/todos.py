"""To-dos for a role on a case, and the deadlines that become to-dos."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.module_loading import import_string

from .actor import Actor
from .audit import type_of
from .models import Deadline, Todo


def ask(
    *,
    kind: str,
    subject: Any,
    title: str,
    url: str,
    role: str,
    by: Actor,
    due_on: date | None = None,
    case_role: str = "",
    is_mandatory: bool = False,
    everywhere: bool = False,
) -> None:
    """One open to-do per kind and subject; asking again renews its words and date.

    It goes to who holds `case_role` on the case when it is read, and to `role` while nobody does; a mandatory one cannot be muted.
    `everywhere`: in every Ambito of the network.
    """
    Todo.objects.update_or_create(
        kind=kind,
        subject_type=type_of(subject),
        subject_id=subject.pk,
        done_at=None,
        defaults={
            "title": title,
            "url": url,
            "role": role,
            "case_role": case_role,
            "is_mandatory": is_mandatory,
            "due_on": due_on,
            **_owner(subject, by, everywhere=everywhere),
        },
    )


def _owner(subject: Any, by: Actor, *, everywhere: bool = False) -> dict[str, int | None]:
    """Of whom a row is: about what an Ambito owns, or the Ambito itself, that Ambito's alone, and no other office reaches it. About what
    the network owns, the network's, in the inbox of the Ambito that asked: whoever settles the thing settles what waits for it."""
    own = subject.pk if type_of(subject) == "territory.ambito" else getattr(subject, "ambito_id", None)
    if own and not everywhere:
        return {"ambito_id": own, "network_id": None}
    return {"ambito_id": None if everywhere else by.ambito_id, "network_id": by.network_id}


def done(*, kind: str | Collection[str], subject: Any, by: Actor) -> None:
    """The open to-do of this kind for the subject is over, or those of several kinds. One query."""
    kinds = [kind] if isinstance(kind, str) else list(kind)
    Todo.objects.filter(kind__in=kinds, subject_type=type_of(subject), subject_id=subject.pk, done_at=None).update(
        done_at=timezone.now(), done_by=by.actor_id
    )


def done_for_all(*, kind: str, model: type[models.Model], ids: Collection[int], by: Actor) -> None:
    """As `done`, of many subjects of one model. One query."""
    Todo.objects.filter(kind=kind, subject_type=model._meta.label_lower, subject_id__in=ids, done_at=None).update(
        done_at=timezone.now(), done_by=by.actor_id
    )


def open_subjects(*, kind: str | Collection[str], model: type[models.Model]) -> set[int]:
    """Which rows of a model an open to-do of this kind, or of several, is about. One query."""
    kinds = [kind] if isinstance(kind, str) else list(kind)
    rows = Todo.objects.filter(kind__in=kinds, subject_type=model._meta.label_lower, done_at=None)
    return set(rows.values_list("subject_id", flat=True))


BY_DUE = (F("due_on").asc(nulls_last=True), F("id").asc())


def by_weight(today: date) -> tuple[Any, ...]:
    """The order of an inbox: what is mandatory and due by today, then everything by due date, what is late before the rest."""
    now = Case(When(is_mandatory=True, due_on__lte=today, then=0), default=1, output_field=models.IntegerField())
    return (now, *BY_DUE)


def open_for(access: Any, roles: list[str]) -> models.QuerySet[Todo]:
    """What waits for these roles in the active Ambito, by due date."""
    return waiting_in(access).filter(role__in=roles)


def open_for_all(hats: Sequence[tuple[Any, Q]], *, each: int, today: date) -> list[Todo]:
    """What waits for any of these accesses, each with what it wants, by weight: the first `each` of every Ambito. One query."""
    wanted = Q(pk=None)
    for access, of_access in hats:
        wanted |= reaches(access) & of_access
    rank = Window(RowNumber(), partition_by=F("ambito_id"), order_by=by_weight(today))
    return list(Todo.objects.filter(wanted, done_at=None).annotate(rank=rank).filter(rank__lte=each).order_by(*by_weight(today)))


def waiting_in(access: Any) -> models.QuerySet[Todo]:
    """All that waits in the active Ambito, or in those a company user works in, by due date."""
    return Todo.objects.filter(reaches(access), done_at=None).order_by(*BY_DUE)


def reaches(access: Any) -> Q:
    """Rows of the active Ambito, or of those a company user works in, and those that are for the whole network."""
    places = [access.ambito_id] if access.ambito_id else list(access.ambiti)
    return Q(ambito_id__in=places) | Q(ambito_id=None, network_id=access.network_id)


def set_deadline(
    *,
    kind: str,
    subject: Any,
    title: str,
    url: str,
    role: str,
    due_on: date,
    by: Actor,
    remind_days: int = 30,
    remind_working_days: int | None = None,
    case_role: str = "",
    is_mandatory: bool = False,
) -> None:
    """The one open deadline of this kind for the subject; moving it again replaces the date.

    It reminds `remind_days` before by the calendar, or `remind_working_days` before without weekends, holidays and the patron saint
    of the Ambito's seat.
    """
    owner = _owner(subject, by)
    if remind_working_days is not None:
        move = import_string(settings.WORKING_CALENDAR)
        remind_days = (due_on - move(due_on, -remind_working_days, owner["ambito_id"])).days
    Deadline.objects.update_or_create(
        kind=kind,
        subject_type=type_of(subject),
        subject_id=subject.pk,
        closed_at=None,
        defaults={
            "title": title,
            "url": url,
            "role": role,
            "case_role": case_role,
            "is_mandatory": is_mandatory,
            "due_on": due_on,
            "remind_days": remind_days,
            **owner,
        },
    )


def due_of(*, kind: str, subject: Any) -> date | None:
    """The day of the open deadline of this kind for the subject."""
    return (
        Deadline.objects.filter(kind=kind, subject_type=type_of(subject), subject_id=subject.pk, closed_at=None)
        .values_list("due_on", flat=True)
        .first()
    )


def close_deadline(*, kind: str, subject: Any) -> None:
    Deadline.objects.filter(kind=kind, subject_type=type_of(subject), subject_id=subject.pk, closed_at=None).update(
        closed_at=timezone.now()
    )


def remind(*, today: date) -> int:
    """Turn the deadlines that are near into to-dos; returns how many are near. Safe to repeat: what is done stays done for its date."""
    horizon = ExpressionWrapper(Value(today) + F("remind_days"), output_field=models.DateField())
    near = list(Deadline.objects.filter(closed_at=None, due_on__lte=horizon).order_by("id"))
    asked = Todo.objects.filter(kind__in={d.kind for d in near}).filter(Q(done_at=None) | Q(due_on__in={d.due_on for d in near}))
    is_open = {(t.kind, t.subject_type, t.subject_id) for t in asked if t.done_at is None}
    is_done = {(t.kind, t.subject_type, t.subject_id, t.due_on) for t in asked if t.done_at}
    Todo.objects.bulk_create(
        Todo(
            kind=d.kind,
            subject_type=d.subject_type,
            subject_id=d.subject_id,
            title=d.title,
            url=d.url,
            role=d.role,
            case_role=d.case_role,
            is_mandatory=d.is_mandatory,
            due_on=d.due_on,
            ambito_id=d.ambito_id,
            network_id=d.network_id,
        )
        for d in near
        if (case := (d.kind, d.subject_type, d.subject_id)) not in is_open and (*case, d.due_on) not in is_done
    )
    return len(near)
