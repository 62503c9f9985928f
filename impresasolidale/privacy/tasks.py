"""The room's jobs: thin, one service call."""

from typing import cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.each import each
from impresasolidale.core.jobs import Run, job
from impresasolidale.territory.models import Ambito

from .services import registers, retention


@job("privacy.chase_breaches", label=_("Violazioni di dati che aspettano"))
@each(Ambito, among=registers.ambiti_with_breaches)
def chase_breaches(run: Run) -> int:
    return registers.chase_breaches(by=cast("Access", run.access), now=timezone.now())


@job("privacy.tell_due", label=_("Carte con il termine passato"))
@each(Ambito, among=lambda: retention.to_tell(timezone.localdate()))
def tell_due(run: Run) -> bool:
    return retention.tell_due(by=cast("Access", run.access), today=timezone.localdate())


@job("privacy.discard_next", label=_("Scarto delle carte di una lista approvata"))
def discard_next(run: Run, *, discard_id: int) -> int:
    return retention.discard_next(discard_id=discard_id, run=run, by=cast("Access", run.access), today=timezone.localdate())


@job("privacy.ask_review", label=_("Registri sui dati da rivedere"))
@each(Ambito, among=lambda: registers.to_review(timezone.localdate()))
def ask_review(run: Run) -> bool:
    return registers.ask_review(by=cast("Access", run.access), today=timezone.localdate())
