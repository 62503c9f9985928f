"""The room's jobs: thin, one service call."""

from typing import Any, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.jobs import Run, job

from .models import AwardRun
from .services import papers


@job("certification.award_some", label=_("Rilascio di attestati"))
def award_some(run: Run, *, run_id: int) -> dict[str, Any]:
    run.result_url = reverse("certification:run", args=[AwardRun.objects.get(pk=run_id).public_id])
    return papers.award_some(run_id=run_id, by=cast(Access, run.access))


@job("certification.bundle_awards", label=_("File degli attestati rilasciati"))
def bundle_awards(run: Run, *, run_id: int) -> dict[str, Any]:
    run.result_url = reverse("certification:run", args=[AwardRun.objects.get(pk=run_id).public_id])
    return papers.bundle_awards(run_id=run_id, by=cast(Access, run.access), now=timezone.now())
