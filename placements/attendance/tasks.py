"""Jobs of attendance."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.jobs import Run, job
from placements.agreements.models import Placement

from . import services


@job("attendance.resync", label=_("Calendario delle giornate previste"))
def resync(run: Run, *, placement_id: int, since: str = "") -> int:
    """Enqueued by agreements at validation, suspension, resumption, a new version and early end; `since`: the first day it may touch."""
    placement = Placement.objects.get(pk=placement_id)
    first = date.fromisoformat(since) if since else None
    return services.resync_planned(placement=placement, by=run.access, today=timezone.localdate(), since=first)  # type: ignore[arg-type]
