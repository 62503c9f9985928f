"""Jobs of attendance."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.jobs import Run, job
from placements.agreements.models import Placement

from . import services


@job("attendance.resync", label=_("Calendario delle giornate previste"))
def resync(run: Run, *, placement_id: int) -> int:
    """Enqueued by agreements at validation, suspension, resumption and early end."""
    placement = Placement.objects.get(pk=placement_id)
    return services.resync_planned(placement=placement, by=run.access, today=timezone.localdate())  # type: ignore[arg-type]
