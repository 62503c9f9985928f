"""Jobs that are of one Ambito, or of one network: asked for over many, they ask for themselves once for each."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, cast

from impresasolidale.core.jobs import Run, enqueue
from impresasolidale.territory.models import Ambito, Network

from .access import Access

Work = Callable[..., Any]


def each(owner: type[Ambito] | type[Network], *, among: Callable[..., Collection[int]] | None = None) -> Callable[[Work], Work]:
    """A job that works in one Ambito (or one network). One that reaches several, as those of the clock do, asks for one of its own name
    for each and does nothing else: each has its transaction and its attempts, and what fails in one does not stop the others.

    `among`: of the job's arguments, the keys of those that have something to do, where most have nothing on most days.
    """

    def made(work: Work) -> Work:
        @wraps(work)
        def here_or_each(run: Run, **ids: Any) -> Any:
            access = cast(Access, run.access)
            if (access.ambito_id if owner is Ambito else access.network_id) is not None:
                return work(run, **ids)
            for by in _systems(owner, access, among(**ids) if among else None, reason=run.job.name):
                enqueue(run.job.name, by=by, **ids)
            return None

        return here_or_each

    return made


def _systems(owner: type[Ambito] | type[Network], access: Access, wanted: Collection[int] | None, *, reason: str) -> list[Access]:
    rows = owner._default_manager.filter(pk__in=access.scope.ambiti if owner is Ambito else access.scope.networks)
    if wanted is not None:
        rows = rows.filter(pk__in=wanted)
    return [
        Access.system(network_id=row.network_id, ambito_id=row.pk, reason=reason)
        if isinstance(row, Ambito)
        else Access.system(network_id=row.pk, ambito_id=None, reason=reason)
        for row in rows.order_by("pk")
    ]
