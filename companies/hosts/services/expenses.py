"""What hosting somebody cost, and who paid it: to the company it should be nothing."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.errors import DomainError

from ..models import Company, HostExpense


@transaction.atomic
def note_expense(
    *, company: Company, kind: str, cents: int, payer: str, spent_on: date, by: Access, today: date, paper: str = "", words: str = ""
) -> HostExpense:
    """Write down what was paid; by the office, or by the company's contact for the own company. Amounts in cents of euro."""
    by.require_of(Permission.EDIT_COMPANIES, company.pk)
    if spent_on > today:
        raise DomainError(_("Questo giorno deve ancora venire."), field="spent_on")
    row = HostExpense.objects.create(
        network_id=company.network_id,
        company=company,
        kind=kind,
        cents=cents,
        payer=payer,
        spent_on=spent_on,
        paper=paper.strip(),
        words=words.strip(),
        created_by_id=by.actor_id,
    )
    record_fact("hosts.expense.noted", company, by=by, kind=kind, cents=cents, payer=payer)
    return row


@transaction.atomic
def remove_expense(*, expense: HostExpense, by: Access) -> None:
    """It was a mistake. A contact takes away what the company wrote itself, not what the office did."""
    by.require_of(Permission.EDIT_COMPANIES, expense.company_id)
    row = HostExpense.objects.select_for_update(of=("self",)).select_related("company").get(pk=expense.pk)
    if by.companies is not None and row.created_by_id != by.actor_id:
        raise DomainError(_("Questa spesa l'ha scritta un'altra persona: chiedi all'ufficio di toglierla."))
    record_fact("hosts.expense.removed", row.company, by=by, kind=row.kind, cents=row.cents, payer=row.payer)
    row.delete()
