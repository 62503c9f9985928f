from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.each import each
from impresasolidale.core.jobs import Run, job
from impresasolidale.territory.models import Ambito, Network


@job("reports.make", label=_("Rapporto"))
def make(run: Run, *, report_id: int) -> Any:
    from . import services

    return services.make_report(run, report_id=report_id, today=timezone.localdate())


@job("reports.order_due", label=_("Rapporti del calendario"))
@each(Ambito)
def order_due(run: Run) -> int:
    from . import services

    return services.order_due(by=cast(Access, run.access), today=timezone.localdate())


@job("reports.order_network_due", label=_("Rapporti di rete del calendario"))
@each(Network)
def order_network_due(run: Run) -> int:
    from . import services

    return services.order_network_due(by=cast(Access, run.access), today=timezone.localdate())


@job("reports.publish_open_data", label=_("Pubblicazione dei dati aperti"))
@each(Network)
def publish_open_data(run: Run) -> str:
    """Every night, and once a month there is something to do. Returns the month that stands published."""
    from . import services

    return str(services.publish_open_data(network_id=cast(Access, run.access).own_network, today=timezone.localdate()))


@job("reports.study", label=_("Studio dello strumento"))
def study(run: Run, *, first: str, last: str, wide: bool) -> Any:
    from .study import paper

    return paper.make_study(run, first=first, last=last, wide=wide, today=timezone.localdate())
