"""Jobs of the fund."""

from typing import cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.each import each
from impresasolidale.core.jobs import Run, job
from impresasolidale.territory.models import Ambito

from .models import StatementFile
from .services import proofs, reconciliation, statements


@job("solidarity_fund.remind_proofs", label=_("Promemoria delle prove della spesa"))
@each(Ambito)
def remind_proofs(run: Run) -> int:
    return proofs.remind_proofs(by=cast("Access", run.access), today=timezone.localdate())


@job("solidarity_fund.reconcile", label=_("Riscontro del fondo con il registro"))
def reconcile(run: Run) -> int:
    """Every night: requests and gifts against the legs of the ledger. Returns how many differ."""
    return reconciliation.reconcile(by=run.access, today=timezone.localdate())  # type: ignore[arg-type]


@job("solidarity_fund.read_statement", label=_("Lettura di un estratto conto"))
def read_statement(run: Run, *, file_id: int) -> dict[str, int]:
    found = StatementFile.objects.values_list("public_id", flat=True).get(pk=file_id)
    run.result_url = reverse("solidarity_fund:statement_file", args=[found])
    return statements.read_file(file_id=file_id, run=run, by=cast("Access", run.access), today=timezone.localdate())
