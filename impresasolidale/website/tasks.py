"""Jobs of the site."""

from typing import cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.jobs import Run, job

from . import services


@job("website.plan_statements", label=_("Dichiarazione di accessibilità"))
def plan_statements(run: Run) -> int:
    return services.plan_statements(by=cast("Access", run.access), today=timezone.localdate())
