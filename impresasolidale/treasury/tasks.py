from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.jobs import Run, job

from . import services
from .models import LiquidationRun
from .services import exits


@job("treasury.recount", label=_("Riconteggio del registro di gestione"))
def recount(run: Run) -> int:
    """Every night: balances against legs. Returns how many accounts differ."""
    return services.recount_balances(by=run.access, today=timezone.localdate())


@job("treasury.write_sepa", label=_("Disposizione per la banca"))
def write_sepa(run: Run, *, run_id: int) -> None:
    """The file for the bank of one approved liquidation, once."""
    exits.write_sepa(run=LiquidationRun.objects.get(pk=run_id), by=run.access)  # type: ignore[arg-type]
