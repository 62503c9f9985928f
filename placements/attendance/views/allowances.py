"""Pages about what months give: the month line by line, a placement's months, adjustments, the insurer's table, the yearly lists."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.models import Document
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, Guarded, Page, SeeOther, ServiceForm, say_done, serve_document
from placements.agreements.enums import TaxTreatment
from placements.agreements.models import Placement

from .. import allowance_documents, allowance_exports
from ..allowance_forms import AdjustForm, NetForm, YearForm
from ..enums import MonthState
from ..models import MonthAllowance, Timesheet
from ..selectors import allowances as given
from ..services import allowances, month_url
from .asking import AsksAbout


class PlacementMonths(AsksAbout, Page):
    """What the months of a placement gave, and what still waits to be counted."""

    permission = Permission.SEE_ALLOWANCES
    template_name = "attendance/given.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        placement = given.placement_for(self.access, self.kwargs["public_id"])
        rows, waiting = given.months_given(self.access, placement)
        return super().get_context_data(
            placement=placement,
            person=placement.beneficiary,
            rows=rows,
            waiting=waiting,
            total=sum((row.amount for row in rows), Decimal(0)),
            has_nets=any(row.tax_treatment == TaxTreatment.TAXED for row in rows),
            may_see_benefits=self.access.may(Permission.PREPARE_PLACEMENTS),
            may_see_placement=self.access.may(Permission.SEE_PLACEMENTS),
            may_list_taxed=self.access.may(Permission.RECORD_PAYMENTS),
            **kwargs,
        )


class OfMonth(AsksAbout):
    """`self.row` is the month's allowance of the URL."""

    @cached_property
    def row(self) -> MonthAllowance:
        return given.allowance_for(self.access, self.kwargs["public_id"])

    @property
    def placement(self) -> Placement:
        return self.row.placement

    def back(self) -> str:
        return reverse("attendance:given_month", args=[self.kwargs["public_id"]])

    def back_after(self, person_id: UUID) -> str:
        return self.back()

    @property
    def back_url(self) -> str:
        return self.back()


class GivenMonth(OfMonth, Page):
    """One month, line by line."""

    permission = Permission.SEE_ALLOWANCES
    template_name = "attendance/given_month.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        found = given.allowance_of(self.access, row.timesheet)
        is_final = row.timesheet.state == MonthState.FROZEN
        return super().get_context_data(
            row=row,
            given=found,
            **_papers(given.slips_of(row)),
            months_url=reverse("attendance:given", args=[row.placement.public_id]),
            sheet_url=month_url(row.placement, row.month) if self.access.may(Permission.SEE_PLACEMENTS) else "",
            may_adjust=is_final and self.access.may(Permission.ADJUST_ALLOWANCES),
            may_write_net=bool(found and found.is_taxed) and self.access.may(Permission.RECORD_PAYMENTS),
            **kwargs,
        )


def _papers(found: list[Document]) -> dict[str, Any]:
    return {"papers": found, "papers_pending": any(paper.state == Document.State.PENDING for paper in found)}


class MakeSlip(OfMonth, Action):
    """The page for the person."""

    permission = Permission.SEE_ALLOWANCES

    def act(self) -> str:
        allowance_documents.issue_slip(row=self.row, by=self.access, today=timezone.localdate())
        say_done(self.request, _("Il foglio per la persona è in preparazione."))
        return self.back()


class WriteNet(OfMonth, ServiceForm):
    """What the payroll office paid in the end."""

    permission = Permission.RECORD_PAYMENTS
    template_name = "attendance/net.html"
    form_class = NetForm

    def get_initial(self) -> dict[str, Any]:
        return {"net_amount": self.row.net_amount, "net_on": self.row.net_on or timezone.localdate()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(row=self.row, back_url=self.back_url, **kwargs)

    def act(self, form: forms.Form) -> str:
        data = form.cleaned_data
        allowances.record_net(allowance=self.row, net=data["net_amount"], on=data["net_on"], by=self.access, today=timezone.localdate())
        say_done(self.request, _("Netto registrato."))
        return self.back()


class GivenPaper(AsksAbout, Guarded):
    """A slip or a statement; a page that says so while it is being made."""

    permission = Permission.SEE_ALLOWANCES

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse | HttpResponse:
        document = given.paper_for(self.access, kwargs["public_id"])
        if document.state != Document.State.READY:
            messages.info(request, _("Il documento è ancora in preparazione: riprova tra poco."))
            return SeeOther(self._about(document))
        return serve_document(document, by=self.access)

    def _about(self, document: Document) -> str:
        name, public_id = given.about_paper(document)
        return reverse(f"attendance:{name}", args=[public_id])


class Adjust(AsksAbout, ServiceForm):
    """What turned out about a final month: a day, or a sum."""

    permission = Permission.ADJUST_ALLOWANCES
    template_name = "attendance/adjust.html"
    form_class = AdjustForm

    @cached_property
    def sheet(self) -> Timesheet:
        return given.sheet_for(self.access, self.kwargs["public_id"])

    @property
    def placement(self) -> Placement:
        return self.sheet.placement

    @property
    def back_url(self) -> str:
        return reverse("attendance:given", args=[self.sheet.placement.public_id])

    def get_initial(self) -> dict[str, Any]:
        return {"what": "day", "day": self.sheet.month}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "access": self.access}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sheet=self.sheet, back_url=self.back_url, **kwargs)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        by_day = data["what"] == "day"
        days = [allowances.TurnedOut(day=data["day"], outcome=data["outcome"], minutes=data["minutes"])] if by_day else ()
        made = allowances.record_adjustment(
            sheet=self.sheet, reason=data["reason"], days=days, amount=None if by_day else data["amount"], by=self.access
        )
        words = _("Conguaglio di %(amount)s euro: sarà contato nel prossimo mese confermato.")
        say_done(self.request, words % {"amount": f"{made.amount:.2f}".replace(".", ",")})
        return self.back_url


class Statement(AsksAbout, ServiceForm):
    """The yearly statement of a person: choose the year."""

    permission = Permission.SEE_ALLOWANCES
    template_name = "attendance/statement.html"
    form_class = YearForm

    @cached_property
    def placement(self) -> Placement:
        return given.last_placement_of(self.access, beneficiary__public_id=self.kwargs["public_id"])

    def get_initial(self) -> dict[str, Any]:
        return {"year": timezone.localdate().year}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.placement.beneficiary
        return super().get_context_data(
            person=person,
            **_papers(given.statements_of(person)),
            back_url=reverse("attendance:given", args=[self.placement.public_id]),
            **kwargs,
        )

    def act(self, form: forms.Form) -> str:
        person = self.placement.beneficiary
        allowance_documents.issue_statement(person=person, year=form.cleaned_data["year"], by=self.access, today=timezone.localdate())
        say_done(self.request, _("La dichiarazione è in preparazione."))
        return reverse("attendance:statement", args=[person.public_id])


class OfYear:
    """A list of a year, on the page and as a file. `file_name` is the address of the file."""

    request: HttpRequest
    file_name: str

    @cached_property
    def year(self) -> int:
        """The year of the address, else the current one."""
        text = self.request.GET.get("anno", "")
        return int(text) if text.isdecimal() and 2000 <= int(text) <= 2100 else timezone.localdate().year

    def links(self) -> dict[str, str]:
        return {
            "before_url": f"?anno={self.year - 1}",
            "after_url": f"?anno={self.year + 1}",
            "xlsx_url": f"{reverse(self.file_name, args=['xlsx'])}?anno={self.year}",
            "csv_url": f"{reverse(self.file_name, args=['csv'])}?anno={self.year}",
        }


class InsuredDaysPage(OfYear, Page):
    """The insurer's table of a year (rules 45 and 46)."""

    permission = Permission.SEE_ALLOWANCES
    template_name = "attendance/inail.html"
    file_name = "attendance:inail_file"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = given.insured_days(self.access, self.year)
        return super().get_context_data(
            year=str(self.year),
            rows=rows,
            days=sum(r.days for r in rows),
            total=sum((r.total or Decimal(0) for r in rows), Decimal(0)),
            notices=given.starts_to_notify(self.access, timezone.localdate()),
            **self.links(),
            **kwargs,
        )


class InsuredDaysFile(OfYear, Guarded):
    permission = Permission.SEE_ALLOWANCES

    def get(self, request: HttpRequest, kind: str) -> Any:
        head, rows = allowance_exports.insured_table(given.insured_days(self.access, self.year))
        return table_response(kind, name=f"inail-{self.year}", head=head, rows=rows)


class TaxedYearPage(OfYear, Page):
    """Who had taxed sums in a year, for the Certificazione Unica."""

    permission = Permission.RECORD_PAYMENTS
    template_name = "attendance/taxed.html"
    file_name = "attendance:taxed_file"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = given.taxed_year(self.access, self.year)
        return super().get_context_data(
            year=str(self.year), rows=rows, total=sum((r.gross for r in rows), Decimal(0)), **self.links(), **kwargs
        )


class TaxedYearFile(OfYear, Guarded):
    permission = Permission.RECORD_PAYMENTS

    def get(self, request: HttpRequest, kind: str) -> Any:
        head, rows = allowance_exports.taxed_table(given.taxed_year(self.access, self.year))
        return table_response(kind, name=f"cu-{self.year}", head=head, rows=rows)
