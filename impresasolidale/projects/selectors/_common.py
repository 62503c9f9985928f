"""Who reaches the room: a project is the whole network's."""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access

M = TypeVar("M", bound=Model)


def refuse_limited(access: Access) -> None:
    """A membership limited to some comuni sees a part of the people: the money of a whole project is not its business."""
    if access.comuni is not None:
        raise PermissionDenied(_("Il tuo incarico vale per alcuni comuni: i progetti sono di tutta la rete."))


def ours(model: type[M], access: Access) -> QuerySet[M]:
    """The network's rows; none for a membership limited to some comuni, whose pages refuse before."""
    rows = model._default_manager.filter(network_id=access.network_id)
    return rows.none() if access.comuni is not None else rows


def one(rows: QuerySet[M], public_id: object, **more: Any) -> M:
    return get_object_or_404(rows, public_id=public_id, **more)
