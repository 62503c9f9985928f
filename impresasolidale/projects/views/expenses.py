"""Expenses: the list with its evidence, the electronic invoice that fills the form, one expense with its checks and its steps."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.spreadsheets import file_urls, table_response
from impresasolidale.core.views import Action, Page, serve_document, serve_stored
from impresasolidale.territory.selectors import common_rules

from .. import evidence, fatturapa, forms, rules, selectors
from ..enums import SPENT, DocumentKind, ExpenseState, PayeeKind
from ..forms._common import choices_of
from ..forms.expenses import values_of
from ..models import Expense
from ..services import expenses as services
from ..transitions import EXPENSE
from ._base import OfProject, ProjectFormView


class _Asked(OfProject):
    section = "expenses"

    def asked(self) -> tuple[Any, Any, dict[str, Any]]:
        of = selectors.projects
        form = forms.ExpenseFilter(
            self.request.GET or None,
            items=[(item.code, str(item)) for item in of.items(self.project)],
            partners=choices_of(of.participations(self.project)),
        )
        wanted = form.cleaned_data if form.is_valid() else {}
        return form, selectors.expenses.asked(self.project, wanted), wanted


class Expenses(_Asked, Page):
    template_name = "projects/expenses.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form, rows, wanted = self.asked()
        page = selectors.expenses.expenses_page(rows, self.request.GET)
        return super().get_context_data(
            filter=form,
            is_filtered=any(wanted.values()),
            expenses=[{"row": row, "url": self.url("expense", row.public_id)} for row in page.rows],
            pager=page.urls(self.request.GET),
            **file_urls("projects:expenses_file", self.request.GET, self.project.public_id),
            **kwargs,
        )


class ExpensesFile(_Asked):
    """The evidence list: every document with its code, day, payee, proof and shares."""

    def get(self, request: HttpRequest, kind: str, **kwargs: Any) -> Any:
        _form, rows, _wanted = self.asked()
        sources = list(selectors.projects.sources(self.project))
        found = list(selectors.expenses.evidence(rows.exclude(state=ExpenseState.WITHDRAWN)))
        selectors.projects.note_look(self.access, self.project, place="projects:expenses_file", exported=True)
        head, cells = evidence.table(found, sources)
        return table_response(kind, name=f"documenti-{self.project.code}-{timezone.localdate():%Y-%m-%d}", head=head, rows=cells)


class ReadInvoice(ProjectFormView):
    permission = P.RECORD_EXPENSES
    section = "expenses"
    form_class = forms.InvoiceForm
    title = gettext_lazy("Leggi una fattura elettronica")
    lead = gettext_lazy("Fornitore, numero, data, importi, CUP e CIG si scrivono da soli nel modulo della spesa.")
    button = gettext_lazy("Leggi la fattura")

    def back(self) -> str:
        return self.url("expenses")

    def act(self, form: Any) -> str:
        kept = services.read_invoice(project=self.project, file=form.cleaned_data["file"], by=self.access)
        return f"{self.url('new_expense')}?fattura={kept.public_id}"


class _ExpenseForm(ProjectFormView):
    permission = P.RECORD_EXPENSES
    section = "expenses"
    form_class: Any = forms.ExpenseForm

    def get_form_kwargs(self) -> dict[str, Any]:
        of = selectors.projects
        more = {
            "items": choices_of(of.items(self.project)),
            "partners": choices_of(of.participations(self.project)),
            "sources": list(of.sources(self.project)),
        }
        return {**super().get_form_kwargs(), **more}

    def given(self, form: Any) -> dict[str, Any]:
        data, of = form.cleaned_data, selectors.projects
        return {
            "participation": of.participation_for(self.project, data["participation"]),
            "item": of.item_for(self.project, data["item"]),
            "values": form.values,
            "shares": form.shares,
            "by_percent": data["by_percent"] == "si",
            "by": self.access,
            "today": timezone.localdate(),
        }


class NewExpense(_ExpenseForm):
    title = gettext_lazy("Nuova spesa")
    lead = gettext_lazy("Un documento alla volta. La controlla un'altra persona: fino ad allora si può correggere.")
    button = gettext_lazy("Registra la spesa")

    def back(self) -> str:
        return self.url("expenses")

    @cached_property
    def invoice(self) -> Any:
        """The electronic invoice that was read for this form, if any."""
        wanted = self.request.GET.get("fattura", "")
        return selectors.expenses.read_file(self.access, self.project, wanted) if wanted else None

    def get_initial(self) -> dict[str, Any]:
        found: dict[str, Any] = {"cup": self.project.cup, "cig": self.project.cig}
        if self.invoice is None:
            return found
        read = fatturapa.parse(selectors.expenses.content_of(self.invoice))
        return {
            "document_kind": DocumentKind.INVOICE,
            "document_number": read.number,
            "document_on": read.on,
            "payee": read.supplier,
            "payee_kind": PayeeKind.PERSON if read.is_person else PayeeKind.COMPANY,
            "payee_tax_code": read.tax_code,
            "words": read.words,
            "net": read.net,
            "vat": read.vat,
            "amount": read.total,
            "cup": read.cup or found["cup"],
            "cig": read.cig or found["cig"],
        }

    def act(self, form: Any) -> str:
        row = services.record_expense(project=self.project, invoice=self.invoice, **self.given(form))
        messages.success(
            self.request, _("La spesa n. %(number)s è registrata. Ora carica il documento e la prova.") % {"number": row.number}
        )
        return self.url("expense", row.public_id)


class OfExpense(OfProject):
    section = "expenses"

    @cached_property
    def expense(self) -> Expense:
        return selectors.expense_for(self.access, self.project, self.kwargs["expense_id"])

    def here(self, name: str = "expense", *more: Any) -> str:
        return self.url(name, self.expense.public_id, *more)

    def back(self) -> str:
        return self.here()


class ExpensePage(OfExpense, Page):
    template_name = "projects/expense.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, today = self.expense, timezone.localdate()
        selectors.projects.note_look(self.access, row, place="projects:expense")
        sheet = getattr(row, "sheet", None)
        shares = list(selectors.shares_of(row))
        files = selectors.files_of(row, sheet)
        book = common_rules(row.network_id, today)
        facts = selectors.facts_of(row, shares=shares, files=files)
        is_open = row.state in (ExpenseState.DRAFT, ExpenseState.CHECKED)
        return super().get_context_data(
            expense=row,
            sheet=sheet,
            shares=shares,
            files=[self._file(file) for file in files],
            findings=rules.expense_findings(facts, book.severities),
            steps={step.name for step in EXPENSE.available(row.state, self.access)},
            is_mine=self.access.actor_id in (row.recorded_by_id, row.created_by_id),
            may_edit=self.access.may(P.RECORD_EXPENSES) and row.state == ExpenseState.DRAFT and sheet is None,
            may_prove=self.access.may(P.RECORD_EXPENSES) and is_open,
            movements=list(selectors.expenses.movements_of(self.access, row)) if row.from_pot else [],
            counts=row.state in SPENT,
            **kwargs,
        )

    def _file(self, file: Any) -> dict[str, Any]:
        at = (self.expense.public_id, file.public_id)
        return {
            "row": file,
            "url": self.url("expense_file", *at),
            "copy_url": self.url("expense_file", self.expense.public_id, file.copy.public_id) if file.copy else "",
            "mask_url": self.url("mask_file", *at),
            "nameless_url": self.url("nameless", *at),
        }


class EditExpense(OfExpense, _ExpenseForm):
    title = gettext_lazy("Correggi la spesa")
    lead = gettext_lazy("Chi la corregge diventa chi l'ha scritta: la controllerà un'altra persona.")
    button = gettext_lazy("Salva la spesa")

    def get_initial(self) -> dict[str, Any]:
        row = self.expense
        shares = {f"share_{share.source.public_id.hex}": share.amount for share in selectors.shares_of(row)}
        of = {"participation": str(row.participation.public_id), "item": str(row.item.public_id), "row_version": row.row_version}
        return {**values_of(row), **of, **shares}

    def act(self, form: Any) -> str:
        services.edit_expense(expense=self.expense, seen=form.cleaned_data["row_version"] or 0, **self.given(form))
        messages.success(self.request, _("La spesa è corretta."))
        return self.here()


class _ExpenseStep(OfExpense, ProjectFormView):
    """A short form about one expense."""


class AddFile(_ExpenseStep):
    permission = P.RECORD_EXPENSES
    form_class = forms.FileForm
    title = gettext_lazy("Aggiungi un file alla spesa")
    button = gettext_lazy("Carica")

    def act(self, form: Any) -> str:
        services.add_file(expense=self.expense, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("Il file è caricato."))
        return self.here()


class ExpenseFile(OfExpense):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        file = selectors.expenses.file_for(self.expense, self.kwargs["file_id"])
        named: dict[str, Any] = {"content_type": file.content_type, "filename": str(file.public_id), "as_attachment": True}
        return serve_stored(file.file_name, file, by=self.access, place="projects:expense_file", **named)


class ShareNote(OfExpense):
    """The note of the share: the page that goes with the document."""

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        if self.expense.note_document is None:
            raise Http404
        return serve_document(self.expense.note_document, by=self.access)


class MaskFile(_ExpenseStep):
    permission = P.RECORD_EXPENSES
    form_class = forms.MaskForm
    title = gettext_lazy("Copia senza nomi")
    lead = gettext_lazy("Chi controlla non vede mai i nomi delle persone: vede questa copia al posto dell'originale.")
    button = gettext_lazy("Carica la copia")

    def act(self, form: Any) -> str:
        original = selectors.expenses.file_for(self.expense, self.kwargs["file_id"])
        services.mask_file(expense=self.expense, original=original, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La copia senza nomi è caricata."))
        return self.here()


class Nameless(OfExpense, Action):
    """Say that no person's name is on a file, or take it back."""

    permission = P.RECORD_EXPENSES

    def act(self) -> str:
        file = selectors.expenses.file_for(self.expense, self.kwargs["file_id"])
        services.say_nameless(file=file, is_nameless=not file.is_safe, by=self.access, now=timezone.now())
        return self.here()


class Prove(_ExpenseStep):
    permission = P.RECORD_EXPENSES
    form_class = forms.ProofForm
    title = gettext_lazy("Prova di pagamento")
    lead = gettext_lazy("Bonifico eseguito, estratto conto, quietanza. Un ordine di bonifico o la copia di un assegno da soli non bastano.")
    button = gettext_lazy("Salva la prova")

    def get_initial(self) -> dict[str, Any]:
        return {"paid_on": self.expense.paid_on, "proof_kind": self.expense.proof_kind}

    def act(self, form: Any) -> str:
        services.prove(expense=self.expense, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("La prova di pagamento è salvata."))
        return self.here()


class Check(OfExpense, Action):
    permission = P.CHECK_EXPENSES

    def act(self) -> str:
        seen = self.request.POST.get("row_version", "")
        services.check_expense(expense=self.expense, seen=int(seen) if seen.isdigit() else 0, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La spesa è controllata: conta fra quello che è speso, e la nota della quota è in preparazione."))
        return self.here()


class ReopenExpense(_ExpenseStep):
    permission = P.CHECK_EXPENSES
    form_class = forms.ReasonForm
    title = gettext_lazy("Riapri la spesa")
    lead = gettext_lazy("Torna da controllare. Quello che il registro ha mosso viene stornato.")
    button = gettext_lazy("Riapri la spesa")

    def act(self, form: Any) -> str:
        services.reopen_expense(expense=self.expense, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        return self.here()


class Withdraw(_ExpenseStep):
    permission = P.RECORD_EXPENSES
    form_class = forms.ReasonForm
    title = gettext_lazy("Ritira la spesa")
    lead = gettext_lazy("Non conta più e resta scritta come ritirata. Il suo documento si può registrare di nuovo.")
    button = gettext_lazy("Ritira la spesa")
    button_kind = "danger"

    def act(self, form: Any) -> str:
        services.withdraw_expense(expense=self.expense, by=self.access, **form.cleaned_data)
        return self.here()


class Report(_ExpenseStep):
    permission = P.CHECK_EXPENSES
    form_class = forms.ReportForm
    title = gettext_lazy("Metti nel rendiconto")
    lead = gettext_lazy("Da qui in poi documento, quote e prova non cambiano.")
    button = gettext_lazy("Metti nel rendiconto")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instalments": choices_of(selectors.projects.instalments(self.project))}

    def act(self, form: Any) -> str:
        wanted = form.cleaned_data["instalment"]
        instalment = selectors.projects.instalment_for(self.project, wanted) if wanted else None
        services.report_expense(expense=self.expense, instalment=instalment, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("La spesa è nel rendiconto."))
        return self.here()


class Return(_ExpenseStep):
    permission = P.CHECK_EXPENSES
    form_class = forms.ReasonForm
    title = gettext_lazy("Togli dal rendiconto")
    button = gettext_lazy("Togli dal rendiconto")

    def act(self, form: Any) -> str:
        services.return_expense(expense=self.expense, by=self.access, **form.cleaned_data)
        return self.here()


class Accept(_ExpenseStep):
    permission = P.CHECK_EXPENSES
    form_class = forms.AcceptForm
    title = gettext_lazy("Il finanziatore la riconosce")
    lead = gettext_lazy("Tutta, oppure una parte.")
    button = gettext_lazy("Segna come riconosciuta")

    def get_initial(self) -> dict[str, Any]:
        return {"admitted": self.expense.charged}

    def act(self, form: Any) -> str:
        services.accept_expense(expense=self.expense, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("La spesa è riconosciuta."))
        return self.here()


class Reject(_ExpenseStep):
    permission = P.CHECK_EXPENSES
    form_class = forms.ReasonForm
    title = gettext_lazy("Il finanziatore non la riconosce")
    lead = gettext_lazy("La spesa esce da quello che è speso per il progetto. Il motivo resta scritto.")
    button = gettext_lazy("Segna come non riconosciuta")
    button_kind = "danger"

    def act(self, form: Any) -> str:
        services.reject_expense(expense=self.expense, by=self.access, **form.cleaned_data)
        return self.here()
