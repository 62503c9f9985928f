"""Changes after the first signature: what their pages post, an amendment in preparation, the change of day."""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from placements.agreements import readiness, services
from placements.agreements.models import PersonalProject, Placement
from placements.agreements.services import Content

from .agreements import GOALS, WEEK
from .fixtures import TODAY


def inside(access: Access, make: Callable[[], Any]) -> Any:
    with scope(access.scope):
        return make()


def fresh(row: Any, access: Access) -> Any:
    return inside(access, lambda: type(row).objects.get(pk=row.pk))


def url(name: str, placement: Placement, *more: Any) -> str:
    return reverse(f"agreements:{name}", args=[placement.public_id, *more])


def seen(placement: Placement, access: Access) -> dict[str, Any]:
    """What every short form posts besides its own fields."""
    return {"row_version": fresh(placement, access).row_version, "_submission": uuid.uuid4()}


def project_data(placement: Placement, access: Access, **changes: Any) -> dict[str, Any]:
    """The page of an amendment as it was opened, with `changes`."""
    return {
        **seen(placement, access),
        "on": TODAY + timedelta(days=12),  # Monday 30 November
        "reason": "Gli orari dei pullman",
        "from_0": "09:00",
        "hours_0": "4",
        "from_2": "09:00",
        "hours_2": "4",
        "tasks": "Aiuto in laboratorio e al banco",
        **{f"goal_{n}": text for n, text in enumerate(GOALS, 1)},
        "allowance_model": "monthly_threshold",
        "allowance_amount": "400,00",
        **changes,
    }


def turned(today: date) -> dict[str, int]:
    """What the change of day does in every Ambito, piece by piece; what it did not is left out."""
    counts: Counter[str] = Counter()
    for ambito in Ambito.objects.order_by("pk"):
        system = Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason="change of day")
        with scope(system.scope):
            for ids in readiness.watched(by=system):
                counts.update(services.turn_day(ids=ids, by=system, today=today))
    return {name: n for name, n in counts.items() if n}


def shorter(access: Access, placement: Placement, *, on: date, today: date = TODAY, **changes: Any) -> PersonalProject:
    """An amendment in preparation: Monday alone."""
    values: dict[str, Any] = {
        "week": WEEK[:1],
        "tasks": "Aiuto in laboratorio e al banco",
        "goals": GOALS,
        "allowance_model": "monthly_threshold",
        "allowance_amount": Decimal(400),
    }
    return services.draft_amendment(
        placement=placement,
        content=Content(**{**values, **changes}),
        on=on,
        reason="Gli orari dei pullman",
        past_cause="",
        row_version=Placement.objects.get(pk=placement.pk).row_version,
        by=access,
        today=today,
    )
