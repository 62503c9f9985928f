from django.utils.translation import gettext_lazy as _

from impresasolidale.core.jobs import Run, job

from . import services


@job("treasury.recount", label=_("Riconteggio del registro di gestione"))
def recount(run: Run) -> int:
    """Every night: balances against legs. Returns how many accounts differ."""
    return services.recount_balances(by=run.access)
