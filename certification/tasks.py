"""The room's jobs: thin, one service call."""

from typing import Any, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.jobs import Run, job
from impresasolidale.core.scope import scope
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
def turn_day(run: Run) -> dict[str, int]:
    """Network by network: who was invited is reminded, the checks of the year are asked, who has to renew is told."""
    today = timezone.localdate()
    done = {"reminded": 0, "checks": 0, "renewals": 0}
    for network in Network.objects.order_by("id"):
        by = Access.system(network_id=network.pk, ambito_id=None, reason="recognitions by day")
        with scope(by.scope):
            done["reminded"] += campaigns.remind_invited(by=by, today=today)
            done["checks"] += yearly.ask_checks(by=by, today=today)
            done["renewals"] += yearly.remind_renewals(by=by, today=today)
    return done
