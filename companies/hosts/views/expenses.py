"""What hosting cost, and who paid it: the office's list, and one company's part of the record."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core import forms as core
from impresasolidale.core.models import Look
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Guarded, Page, ServiceForm

from .. import selectors, services
from ..forms.portal import ExpenseForm, ExpensesFilter
from ..models import HostExpense
from ._base import OfCompany

SHOWN = 10  # on a company's page; the list has the rest


def _wanted(request: HttpRequest, ambiti: Any) -> tuple[Any, dict[str, Any]]:
    form = ExpensesFilter(request.GET, ambiti=ambiti)
    form.is_valid()  # a filter that cannot be read is shown with its error and left out
    return form, form.cleaned_data


class Expenses(Page):
    permission = Permission.SEE_COMPANIES
    template_name = "hosts/expenses.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET
        form, wanted = _wanted(self.request, selectors.ambiti_of(self.access))
        found = selectors.expenses(self.access, filters=wanted)
        page = selectors.expenses_page(self.access, query, filters=wanted)
        return super().get_context_data(
            rows=page.rows,
            form=form,
            filtered=any(wanted.values()),
            borne=selectors.borne(found),
            by_ambito=selectors.borne_by_ambito(found),
            asked=query.urlencode(),
            pager=page.urls(query),
            **kwargs,
        )


class ExpensesFile(Guarded):
    """The list as it is filtered. The look is an export."""

    permission = Permission.SEE_COMPANIES

    def get(self, request: HttpRequest, ending: str) -> Any:
        _form, wanted = _wanted(request, selectors.ambiti_of(self.access))
        rows = list(selectors.expenses(self.access, filters=wanted).order_by("-spent_on", "-id"))

        def cells() -> Iterator[list[Any]]:
            for row in rows:
                ambito = row.company.comune.ambito
                yield [
                    row.spent_on, row.company.name, str(ambito or ""), str(row.get_kind_display()), row.amount,
                    str(row.get_payer_display()), row.paper, row.words,
                ]  # fmt: skip

        head = [_("Quando"), _("Impresa"), _("Ambito"), _("Che cosa"), _("Euro"), _("Chi ha pagato"), _("Carta"), _("Nota")]
        response = table_response(ending, name=f"spese-{timezone.localdate():%Y-%m-%d}", head=head, rows=cells())
        audit.look(Look.Kind.EXPORT, rows, by=self.access, place="hosts:expenses", subject_type="hosts.hostexpense")
        return response


class OfCompanyExpenses(OfCompany, Page):
    """A page, and the part of the company's record that shows it."""

    permission = Permission.SEE_COMPANIES
    template_name = "hosts/company_expenses.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = selectors.expenses_of(self.access, self.company)
        return super().get_context_data(
            rows=list(rows[:SHOWN]), borne=selectors.borne(rows), may_edit=self.access.may(Permission.EDIT_COMPANIES), **kwargs
        )


class WritesExpense(ServiceForm):
    """Of the company of the page, by whoever may write there."""

    company: Any
    back: Any
    form_class = ExpenseForm
    lead: Any

    def get_initial(self) -> dict[str, Any]:
        return {"spent_on": timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Una spesa"), lead=self.lead, save=_("Scrivi la spesa"), **kwargs)

    def act(self, form: Any) -> str:
        services.note_expense(company=self.company, by=self.access, today=timezone.localdate(), **form.values)
        messages.success(self.request, _("La spesa è scritta."))
        return str(self.back())


class RemovesExpense(ServiceForm):
    company: Any
    back: Any
    template_name = "confirm.html"
    form_class = core.Form

    @cached_property
    def expense(self) -> HostExpense:
        return selectors.expense_for(self.access, self.company, self.kwargs["expense_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Togli la spesa"), text=str(self.expense), action=_("Togli"), danger=True, **kwargs)

    def act(self, form: Form) -> str:
        services.remove_expense(expense=self.expense, by=self.access)
        messages.success(self.request, _("La spesa è tolta."))
        return str(self.back())


class NewExpense(OfCompany, WritesExpense):
    permission = Permission.EDIT_COMPANIES
    template_name = "hosts/form.html"
    lead = gettext_lazy("Che cosa è servito per ospitare, e chi l'ha pagato alla fine. All'impresa non deve costare niente.")


class RemoveExpense(OfCompany, RemovesExpense):
    permission = Permission.EDIT_COMPANIES
