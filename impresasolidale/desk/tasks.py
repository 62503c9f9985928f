from typing import Any, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.jobs import Run, enqueue, job


@job("desk.digest", label=_("Riepilogo delle cose da fare"))
def digest(run: Run) -> None:
    """Not a job for each Ambito: who works in several has one mail."""
    from . import services

    for ids in services.readers(today=timezone.localdate()):
        enqueue("desk.digest_some", by=run.access, user_ids=ids)


@job("desk.digest_some", label=_("Riepilogo delle cose da fare, alcune persone"))
def digest_some(run: Run, *, user_ids: list[int]) -> int:
    from . import services

    return services.send_digests(user_ids=user_ids, today=timezone.localdate())


@job("desk.print_letters", label=_("Lettere da stampare"))
def print_letters(run: Run, *, letter_ids: list[int]) -> dict[str, Any]:
    from . import services

    run.result_url = reverse("desk:printed_letters", args=[run.job.public_id])
    return services.print_letters(run=run, letter_ids=letter_ids, by=cast("Access", run.access), now=timezone.now())
