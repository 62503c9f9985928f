from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.jobs import Run, job
from impresasolidale.territory.models import Network


@job("reports.make", label=_("Rapporto"))
def make(run: Run, *, report_id: int) -> Any:
    from . import services

    return services.make_report(run, report_id=report_id, today=timezone.localdate())


@job("reports.order_due", label=_("Rapporti del calendario"))
def order_due(run: Run) -> int:
    from . import services

    return services.order_due(today=timezone.localdate())


@job("reports.publish_open_data", label=_("Pubblicazione dei dati aperti"))
def publish_open_data(run: Run) -> list[str]:
    """Every night, and once a month there is something to do. Returns the months that stand published."""
    from . import services

    networks = Network.objects.order_by("pk").values_list("pk", flat=True)
    return [str(services.publish_open_data(network_id=pk, today=timezone.localdate())) for pk in networks]


@job("reports.study", label=_("Studio dello strumento"))
def study(run: Run, *, first: str, last: str, wide: bool) -> Any:
    from .study import paper

    return paper.make_study(run, first=first, last=last, wide=wide, today=timezone.localdate())
