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


def still_to_ask(*, month: int, kind: str, today: date) -> list[int]:
    """The Ambiti that were not asked this yet in this year, as far as they are reached; outside its month none."""
    if today.month != month:
        return []
    asked = Todo.objects.filter(kind=kind, subject_type=Ambito._meta.label_lower, created_at__year=today.year).values("subject_id")
    return list(Ambito.objects.exclude(pk__in=asked).values_list("pk", flat=True))


@transaction.atomic
def ask_once_a_year(
    *,
    month: int,
    kind: str,
    title: str,
    url: str,
    role: Role,
    by: Access,
    today: date,
    wanted: Callable[[Access, date], bool] | None = None,
) -> bool:
    """In its month, once a year, one question to the Ambito's office, if it is `wanted`. Safe to repeat; returns whether it was asked."""
    if by.ambito_id not in still_to_ask(month=month, kind=kind, today=today) or (wanted and not wanted(by, today)):
        return False
    todos.ask(kind=kind, subject=Ambito.objects.get(pk=by.ambito_id), title=title, url=url, role=role, by=by)
    return True
