"""The room's jobs: thin, one service call."""

from typing import cast

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.each import each
from impresasolidale.core.jobs import Run, job
from impresasolidale.territory.models import Ambito

from . import services


@job("hosts.check_company", label=_("Controllo di un’impresa nei registri"))
def check_company(run: Run, *, company_id: int) -> None:
    services.check_company(company_id=company_id, by=cast("Access", run.access))


@job("hosts.check_companies", label=_("Le imprese ci sono ancora"))
def check_companies(run: Run) -> dict[str, int]:
    return {"companies": services.check_many(today=timezone.localdate())}


@job("hosts.forget_leads", label=_("Richieste di adesione da dimenticare"))
@each(Ambito)
def forget_leads(run: Run) -> int:
    return services.forget_leads(by=cast("Access", run.access), today=timezone.localdate())


@job("hosts.fetch_mail", label=_("Risposte delle imprese per posta"))
def fetch_mail(run: Run) -> int:
    return services.fetch_mail(now=timezone.now())
