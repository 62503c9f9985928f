"""What every register stands on."""

from typing import TypeVar

from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.errors import DomainError, TransitionNotAllowed
from impresasolidale.core.views import check_version

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
