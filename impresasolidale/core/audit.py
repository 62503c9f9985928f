"""Writing the audit streams. Facts commit with the change; looks and denials are buffered and written after the request."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from django.db import connection, models
from django.utils import timezone

from .actor import Actor
from .models import Fact, Look
from .scope import Scope, scope

SAME_LOOK = timedelta(minutes=10)
_buffer: ContextVar[list[Look] | None] = ContextVar("looks", default=None)


def type_of(row: models.Model) -> str:
    return row._meta.label_lower


def owner_of(row: Any, by: Actor) -> dict[str, int | None]:
    return {"ambito_id": getattr(row, "ambito_id", None) or by.ambito_id, "network_id": getattr(row, "network_id", None) or by.network_id}


def record_fact(code: str, row: models.Model, *, by: Actor, reason: str = "", **data: Any) -> Fact:
    """One fact, in the transaction of the change. `data` holds no personal text and no value of an encrypted field."""
    return Fact.objects.create(
        code=code,
        subject_type=type_of(row),
        subject_id=row.pk,
        reason=reason,
        data=data,
        at=timezone.now(),
        actor_id=by.actor_id,
        **owner_of(row, by),
    )


def record_state(machine: Any, step: Any, row: Any, *, before: str, by: Actor, reason: str) -> Fact:
    """The StateChange of a transition."""
    return Fact.objects.create(
        code=f"{machine.code}.{step.name}",
        subject_type=type_of(row),
        subject_id=row.pk,
        from_state=before,
        to_state=row.state,
        reason=reason,
        at=timezone.now(),
        actor_id=by.actor_id,
        **owner_of(row, by),
    )


_STATES = """
INSERT INTO core_fact (at, actor_id, code, subject_type, from_state, to_state, reason, data, subject_id, ambito_id, network_id)
SELECT %s, %s, %s, %s, %s, %s, %s, '{}', * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
"""


def record_states(machine: Any, step: Any, rows: Collection[models.Model], *, before: str, by: Actor, reason: str = "") -> None:
    """The StateChanges of one transition walked by many rows of a model together. One statement, however many they are."""
    if not rows:
        return
    owners = [owner_of(row, by) for row in rows]
    subjects = [row.pk for row in rows], [o["ambito_id"] for o in owners], [o["network_id"] for o in owners]
    said = [timezone.now(), by.actor_id, f"{machine.code}.{step.name}", type_of(next(iter(rows))), before, step.target, reason]
    with connection.cursor() as cursor:
        cursor.execute(_STATES, [*said, *subjects])


def look(
    kind: Look.Kind,
    rows: Iterable[models.Model | int] | models.Model = (),
    *,
    by: Actor,
    place: str = "",
    reason: str = "",
    subject_type: str = "",
) -> None:
    """Note that `by` saw `rows`, or those of these keys. Inside a request it is written after it; elsewhere at once."""
    seen = [rows] if isinstance(rows, models.Model) else list(rows)
    row = Look(
        kind=kind,
        subject_type=subject_type or next((type_of(r) for r in seen if isinstance(r, models.Model)), ""),
        subject_ids=[r if isinstance(r, int) else r.pk for r in seen],
        place=place,
        reason=reason,
        at=timezone.now(),
        actor_id=by.actor_id,
        network_id=by.network_id,
        ambito_id=by.ambito_id,
    )
    waiting = _buffer.get()
    if waiting is None:
        row.save()
    else:
        waiting.append(row)


def first_looks(looks: Iterable[Look]) -> list[Look]:
    """Without those that only repeat one of the last minutes: a page that renews a piece of itself is one look, not one every two seconds.

    A reason is never left out, nor what the user has not seen yet.
    """
    known = Look.objects.filter(at__gt=timezone.now() - SAME_LOOK)
    same = ("actor_id", "network_id", "ambito_id", "kind", "place", "subject_type", "subject_ids")
    return [look for look in looks if look.reason or not known.filter(**{name: getattr(look, name) for name in same}).exists()]


def write_looks(looks: Iterable[Look]) -> None:
    """Write looks that were buffered, in the scope in force."""
    Look.objects.bulk_create(looks)


def start_buffer() -> Any:
    return _buffer.set([])


def take_buffer(token: Any) -> list[Look]:
    found = _buffer.get() or []
    _buffer.reset(token)
    return found


@contextmanager
def scoped(reach: Scope) -> Iterator[None]:
    """The scope of who holds a link, within a request that has none: render inside it. Looks are written in a transaction after it; what
    raises undoes the rows and writes no look (house.md §3)."""
    token = start_buffer()
    try:
        with scope(reach):
            yield
    finally:
        looks = take_buffer(token)
    with scope(reach):
        write_looks(looks)
