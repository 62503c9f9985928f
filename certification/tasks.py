"""The room's jobs: thin, one service call."""

from typing import Any, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.each import each
from impresasolidale.core.jobs import Run, job
from impresasolidale.territory.models import Network

from .models import AwardRun
from .services import campaigns, papers, yearly


@job("certification.award_some", label=_("Rilascio di attestati"))
def award_some(run: Run, *, run_id: int) -> dict[str, Any]:
    run.result_url = reverse("certification:run", args=[AwardRun.objects.get(pk=run_id).public_id])
    return papers.award_some(run_id=run_id, by=cast(Access, run.access))


@job("certification.bundle_awards", label=_("File degli attestati rilasciati"))
def bundle_awards(run: Run, *, run_id: int) -> dict[str, Any]:
    run.result_url = reverse("certification:run", args=[AwardRun.objects.get(pk=run_id).public_id])
    return papers.bundle_awards(run_id=run_id, by=cast(Access, run.access), now=timezone.now())


@job("certification.turn_day", label=_("Riconoscimenti: inviti, verifiche dell'anno, rinnovi"))
@each(Network)
def turn_day(run: Run) -> dict[str, int]:
    """Who was invited is reminded, the checks of the year are asked, who has to renew is told."""
    by, today = cast(Access, run.access), timezone.localdate()
    return {
        "reminded": campaigns.remind_invited(by=by, today=today),
        "checks": yearly.ask_checks(by=by, today=today),
        "renewals": yearly.remind_renewals(by=by, today=today),
    }
