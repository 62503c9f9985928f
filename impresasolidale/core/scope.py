"""Who may reach which rows: the one scope of a request or a job, in Python and in PostgreSQL at once.

`scope(...)` opens a transaction, tells it the owners that are reachable (`app.networks`, `app.ambiti`) and the narrower
sets of a company user (`app.only_<key>`), all transaction-local, and remembers the same in a context variable for the
managers. Without a scope managers raise and row-level security shows no rows (house.md §3, Scope and transaction).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import MappingProxyType

from django.db import connection, models, transaction

from .errors import ScopeMissing

_EMPTY: Mapping[str, frozenset[int]] = MappingProxyType({})


@dataclass(frozen=True)
class Scope:
    """Reachable owners. `only` narrows further: key → ids; a key that is absent does not narrow."""

    networks: frozenset[int] = frozenset()
    ambiti: frozenset[int] = frozenset()
    only: Mapping[str, frozenset[int]] = field(default_factory=lambda: _EMPTY)
    actor_id: int | None = None
    everything: bool = False  # the owner's connection alone: migrations, seed


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current() -> Scope:
    """The scope in force. Raises ScopeMissing outside one."""
    found = _current.get()
    if found is None:
        raise ScopeMissing("no scope: enter core.scope.scope(access.scope) first")
    return found


def _array(ids: frozenset[int]) -> str:
    return "{" + ",".join(map(str, sorted(ids))) + "}"


def _tell(now: Scope, before: Scope | None) -> None:
    settings = {"app.networks": _array(now.networks), "app.ambiti": _array(now.ambiti), "app.actor": str(now.actor_id or "")}
    for key in {*now.only, *(before.only if before else ())}:
        settings[f"app.only_{key}"] = _array(now.only[key]) if key in now.only else ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(["set_config(%s, %s, true)"] * len(settings)), [x for pair in settings.items() for x in pair])


@contextmanager
def scope(wanted: Scope) -> Iterator[Scope]:
    """A transaction (or savepoint) in which exactly `wanted` is reachable. The outer scope returns afterwards."""
    before = _current.get()
    token = _current.set(wanted)
    try:
        with transaction.atomic():
            _tell(wanted, before)
            yield wanted
        if connection.in_atomic_block:  # after an error the savepoint's rollback has already restored the settings
            _tell(before or Scope(), wanted)
    finally:
        _current.reset(token)


@contextmanager
def unscoped(reason: str) -> Iterator[None]:
    """All rows, for the database's owner (migrations, seed, sweeps). Says why; the application role still sees no owned row."""
    assert reason
    token = _current.set(Scope(everything=True))
    try:
        yield
    finally:
        _current.reset(token)


class AmbitoManager(models.Manager):
    """Rows of the reachable Ambiti only; raises outside a scope."""

    def get_queryset(self) -> models.QuerySet:
        now = current()
        rows = super().get_queryset()
        return rows if now.everything else rows.filter(ambito_id__in=now.ambiti)


class OwnedManager(models.Manager):
    """Rows that a reachable Ambito or a reachable network owns; raises outside a scope."""

    def get_queryset(self) -> models.QuerySet:
        now = current()
        rows = super().get_queryset()
        return rows if now.everything else rows.filter(models.Q(ambito_id__in=now.ambiti) | models.Q(network_id__in=now.networks))


class NetworkManager(models.Manager):
    """Rows of the reachable networks only; raises outside a scope."""

    def get_queryset(self) -> models.QuerySet:
        now = current()
        rows = super().get_queryset()
        return rows if now.everything else rows.filter(network_id__in=now.networks)
