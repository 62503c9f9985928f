"""The room's jobs: thin, one service call."""

from typing import cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.core.jobs import Run, job

from .services import registers, retention


@job("privacy.chase_breaches", label=_("Violazioni di dati che aspettano"))
def chase_breaches(run: Run) -> int:
    return registers.chase_breaches(now=timezone.now())


@job("privacy.tell_due", label=_("Carte con il termine passato"))
def tell_due(run: Run) -> int:
    return retention.tell_due(today=timezone.localdate())


@job("privacy.discard_next", label=_("Scarto delle carte di una lista approvata"))
def discard_next(run: Run, *, discard_id: int) -> int:
    return retention.discard_next(discard_id=discard_id, run=run, by=cast("Access", run.access), today=timezone.localdate())


@job("privacy.ask_review", label=_("Registri sui dati da rivedere"))
def ask_review(run: Run) -> int:
    return registers.ask_review(today=timezone.localdate())
