"""Jobs of the fund."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.core.jobs import Run, job

from .services import proofs


@job("solidarity_fund.remind_proofs", label=_("Promemoria delle prove della spesa"))
def remind_proofs(run: Run) -> int:
    return proofs.remind_proofs(by=run.access, today=timezone.localdate())
