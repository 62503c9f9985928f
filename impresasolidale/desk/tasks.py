from typing import Any, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.jobs import Run, job


@job("desk.digest", label=_("Riepilogo delle cose da fare"))
def digest(run: Run) -> int:
    from . import services

    return services.send_digests(today=timezone.localdate())


@job("desk.print_letters", label=_("Lettere da stampare"))
def print_letters(run: Run, *, letter_ids: list[int]) -> dict[str, Any]:
    from . import services

    run.result_url = reverse("desk:printed_letters", args=[run.job.public_id])
    return services.print_letters(run=run, letter_ids=letter_ids, by=cast("Access", run.access), now=timezone.now())
