"""Jobs of the fund."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.jobs import Run, job

from .services import proofs, reconciliation


@job("solidarity_fund.remind_proofs", label=_("Promemoria delle prove della spesa"))
def remind_proofs(run: Run) -> int:
    return proofs.remind_proofs(by=run.access, today=timezone.localdate())


@job("solidarity_fund.reconcile", label=_("Riscontro del fondo con il registro"))
def reconcile(run: Run) -> int:
    """Every night: requests and gifts against the legs of the ledger. Returns how many differ."""
    return reconciliation.reconcile(by=run.access)  # type: ignore[arg-type]
