"""What every register stands on."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import todos
from impresasolidale.core.errors import DomainError, TransitionNotAllowed
from impresasolidale.core.models import Todo
from impresasolidale.core.scope import scope
from impresasolidale.core.views import check_version
from impresasolidale.territory.models import Ambito

from ..enums import BreachState, RequestState
from ..models import Breach, DataRequest

Open = TypeVar("Open", Breach, DataRequest)


def need_ambito(by: Access) -> None:
    """Raises DomainError to who acts in none: a register is of one body."""
    if by.ambito_id is None:
        raise DomainError(_("I registri sono di un Ambito: scegli prima in quale lavori."))


def open_row(row: Open, seen: int | None = None) -> Open:
    """The row under its lock, while it is open. Raises TransitionNotAllowed; Conflict when it is not the version that was `seen`."""
    fresh: Open = type(row).objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if seen is not None:
        check_version(fresh, seen)
    if fresh.state not in (BreachState.OPEN, RequestState.OPEN):
        raise TransitionNotAllowed
    return fresh


def ask_once_a_year(
    *, month: int, kind: str, title: str, url: str, role: Role, today: date, wanted: Callable[[Access, date], bool] | None = None
) -> int:
    """In its month, once a year and in every Ambito where it is `wanted`, one question to the office. Safe to repeat; returns how many
    were asked."""
    if today.month != month:
        return 0
    asked = 0
    for ambito in Ambito.objects.order_by("pk"):
        by = Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason="what is asked once a year")
        with scope(by.scope), transaction.atomic():
            before = Todo.objects.filter(
                kind=kind, subject_type=ambito._meta.label_lower, subject_id=ambito.pk, created_at__year=today.year
            )
            if before.exists() or (wanted and not wanted(by, today)):
                continue
            todos.ask(kind=kind, subject=ambito, title=title, url=url, role=role, by=by)
            asked += 1
    return asked
