from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.jobs import Run, job


@job("reports.monthly_monitoring", label=_("Rapporto mensile di monitoraggio"))
def monthly_monitoring(run: Run, *, report_id: int) -> Any:
    from . import services

    return services.make_monthly_report(run, report_id=report_id, today=timezone.localdate())
