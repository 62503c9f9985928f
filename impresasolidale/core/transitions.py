"""State machines: a table of transitions as data, one way to walk it, a database trigger generated from it.

One service per transition calls `perform`: it locks the row, checks the source state again and the permission, asks for
the reason, changes the state and writes the StateChange, which is the audited fact. Nobody else assigns `.state`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .actor import Actor
from .errors import ReasonRequired, TransitionNotAllowed


@dataclass(frozen=True)
class Transition:
    """`permission` None: only the system makes this step."""

    name: str
    sources: tuple[str, ...]
    target: str
    permission: str | None
    needs_reason: bool = False
    label: Any = ""


@dataclass(frozen=True)
class Machine:
    """All states and steps of one model. Raises ValueError at import when a step names an unknown state or a name repeats."""

    code: str  # "agreements.placement": prefix of the audited codes
    states: tuple[str, ...]
    transitions: tuple[Transition, ...]

    def __post_init__(self) -> None:
        names = [t.name for t in self.transitions]
        used = {s for t in self.transitions for s in (*t.sources, t.target)}
        if len(names) != len(set(names)) or not used <= set(self.states):
            raise ValueError(f"{self.code}: repeated name or unknown state {used - set(self.states)}")

    def __getitem__(self, name: str) -> Transition:
        return next(t for t in self.transitions if t.name == name)

    def pairs(self) -> set[tuple[str, str]]:
        return {(source, t.target) for t in self.transitions for source in t.sources}

    def available(self, state: str, access: Actor) -> list[Transition]:
        """The steps this person may take from `state`: what buttons are made of."""
        return [t for t in self.transitions if state in t.sources and t.permission and access.may(t.permission)]


def perform(
    machine: Machine,
    name: str,
    row: Any,
    *,
    by: Actor,
    reason: str = "",
    guard: Callable[[Any], None] | None = None,
    as_system: bool = False,
    **changes: Any,
) -> Any:
    """Walk one transition; returns the locked, changed row.

    `guard(row)` runs after the lock and raises a DomainError to refuse. `changes` are columns that belong to the new state.
    Raises TransitionNotAllowed (wrong source state), ReasonRequired, PermissionDenied.
    """
    from .audit import record_state

    step = machine[name]
    fresh = type(row)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if step.permission is None:
        if not as_system:
            raise TransitionNotAllowed
    else:
        by.require(step.permission)
    if fresh.state not in step.sources:
        raise TransitionNotAllowed
    if step.needs_reason and not reason.strip():
        raise ReasonRequired
    if guard:
        guard(fresh)
    before, fresh.state = fresh.state, step.target
    for column, value in changes.items():
        setattr(fresh, column, value)
    fields = ["state", *changes]
    if hasattr(fresh, "row_version"):
        fresh.row_version += 1
        fields.append("row_version")
    fresh.save(update_fields=fields)
    record_state(machine, step, fresh, before=before, by=by, reason=reason.strip())
    return fresh


def perform_all(
    machine: Machine, name: str, rows: Any, *, by: Actor, reason: str = "", as_system: bool = False, **changes: Any
) -> list[int]:
    """Walk one transition for every row of an Ambito's queryset in a few statements, whatever their number; returns their ids.

    All or none: one row in another state refuses all. The guards are the caller's, under its own locks.
    Raises TransitionNotAllowed, ReasonRequired, PermissionDenied.
    """
    from django.db.models import F

    from .audit import record_states
    from .lookups import any_of

    step = machine[name]
    if step.permission is None:
        if not as_system:
            raise TransitionNotAllowed
    else:
        by.require(step.permission)
    if step.needs_reason and not reason.strip():
        raise ReasonRequired
    held = list(rows.order_by("pk").select_for_update(of=("self",), no_key=True).only("pk", "state", "ambito_id"))
    if any(row.state not in step.sources for row in held):
        raise TransitionNotAllowed
    if any(field.name == "row_version" for field in rows.model._meta.fields):
        changes["row_version"] = F("row_version") + 1
    rows.model._default_manager.filter(any_of("pk", [row.pk for row in held])).update(state=step.target, **changes)
    left = {before: [row for row in held if row.state == before] for before in step.sources}
    for before, walked in left.items():
        record_states(machine, step, walked, before=before, by=by, reason=reason.strip())
    return [row.pk for row in held]
