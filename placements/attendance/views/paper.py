"""The paper way in: print, take in, type; and the *foglio presenze* of a confirmed month."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.forms import Form
from impresasolidale.core.keyset import Slice
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm, serve_document, serve_upload
from placements.agreements.models import Placement

from .. import selectors, services
from ..forms import GridForm, ScanForm, SheetsForm
from ..models import PaperScan, Timesheet
from ..rules import next_month
from ..selectors import paper
from . import asked_month, list_url, with_query
from .asking import AsksAbout


class _OfficeOnly(Guarded):
    """The office's own: a tutor has the month on the phone."""

    permission = Permission.SEE_PLACEMENTS

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.access.require(Permission.SEE_PLACEMENTS)
        return super().dispatch(request, *args, **kwargs)


class _OfSheet(AsksAbout, _OfficeOnly):
    """A step of the office with one month."""

    @cached_property
    def sheet(self) -> Timesheet:
        return paper.sheet_for(self.access, self.kwargs["public_id"])

    @property
    def placement(self) -> Placement:
        return self.sheet.placement

    @property
    def back_url(self) -> str:
        return services.month_url(self.sheet.placement, self.sheet.month)


class _Issues(_OfSheet, Action):
    """Has a paper of the month made."""

    def back(self) -> str:
        return f"{self.back_url}#carta"

    def back_after(self, person_id: UUID) -> str:
        """To the month, whose page needs no reason."""
        sheet = selectors.sheet_for(self.access, self.kwargs["public_id"])
        return services.month_url(sheet.placement, sheet.month)


class IssuePaperSheet(_Issues):
    permission = Permission.RECORD_ATTENDANCE

    def act(self) -> str:
        services.issue_paper_sheet(sheet=self.sheet, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il foglio da compilare è in preparazione: tra poco si apre da qui."))
        return self.back()


class IssueTimesheet(_Issues):
    permission = Permission.CONFIRM_MONTHS

    def act(self) -> str:
        services.issue_timesheet(sheet=self.sheet, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il foglio presenze è in preparazione: tra poco si apre da qui."))
        return self.back()


class PaperFile(AsksAbout, _OfficeOnly):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return serve_document(paper.document_for(self.access, kwargs["public_id"]), by=self.access)


class ScanFile(AsksAbout, _OfficeOnly):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return serve_upload(paper.scan_for(self.access, kwargs["public_id"]).file, by=self.access)


class ActFile(AsksAbout, _OfficeOnly):
    """The copy of the act a month was confirmed with."""

    permission = Permission.CONFIRM_MONTHS

    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        return serve_upload(paper.act_for(self.access, kwargs["public_id"]), by=self.access)


class AddScan(_OfSheet, ServiceForm):
    """The filled sheet arrived: its picture is kept with the month, then the grid follows."""

    permission = Permission.RECORD_ATTENDANCE
    template_name = "attendance/scan.html"
    form_class = ScanForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sheet=self.sheet, back_url=self.back_url, list_url=list_url(self.sheet.month), **kwargs)

    def act(self, form: forms.Form) -> str:
        services.add_scan(sheet=self.sheet, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("Il foglio è con il mese. Adesso scrivi quello che dice."))
        return reverse("attendance:grid", args=[self.sheet.public_id])


class RemoveScan(AsksAbout, _OfficeOnly, ServiceForm):
    permission = Permission.RECORD_ATTENDANCE
    template_name = "confirm.html"
    form_class = Form

    @cached_property
    def scan(self) -> PaperScan:
        return paper.scan_for(self.access, self.kwargs["public_id"])

    @property
    def placement(self) -> Placement:
        return self.scan.timesheet.placement

    @property
    def back_url(self) -> str:
        return services.month_url(self.scan.timesheet.placement, self.scan.timesheet.month)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Togli questo foglio dal mese"),
            text=str(self.scan.timesheet.placement.beneficiary),
            consequences=[_("Le sue firme non contano più per questo mese."), _("Le giornate già scritte restano come sono.")],
            action=_("Togli il foglio"),
            back_url=self.back_url,
            **kwargs,
        )

    def act(self, form: forms.Form) -> str:
        services.remove_scan(scan=self.scan, by=self.access)
        messages.success(self.request, _("Il foglio non è più con questo mese."))
        return f"{self.back_url}#carta"


class GridPage(_OfSheet, ServiceForm):
    """A whole month on one page, saved once."""

    permission = Permission.RECORD_ATTENDANCE
    template_name = "attendance/grid.html"
    form_class = GridForm

    @cached_property
    def grid(self) -> paper.Grid:
        return paper.grid_of(self.sheet.placement, self.sheet.month)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "days": self.grid.days,
            "month": self.sheet.month,
            "travels": self.grid.travel_credit > 0,
            "access": self.access,
            "as_planned": self.request.GET.get("come") == "previsto",
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            sheet=self.sheet,
            scans=paper.scans_of(self.access, self.sheet),
            travels=self.grid.travel_credit > 0,
            as_planned_url=with_query(self.request.path, come="previsto"),
            back_url=self.back_url,
            list_url=list_url(self.sheet.month),
            **kwargs,
        )

    def act(self, form: Any) -> str:
        lines = form.lines()
        try:
            written = services.record_paper_month(
                sheet=self.sheet, lines=[line for _key, line in lines], by=self.access, today=timezone.localdate()
            )
        except services.GridRefused as error:
            for key, line in lines:
                if line.day in error.lines:
                    box, words = error.lines[line.day]
                    name = {"travel_minutes": "travel"}.get(box, box)
                    form.add_error(f"{key}_{name}" if f"{key}_{name}" in form.fields else f"{key}_outcome", words)
            raise
        if written:
            words = ngettext("Fatto: una giornata scritta.", "Fatto: %(n)d giornate scritte.", written)
            messages.success(self.request, words % {"n": written})
        else:
            messages.info(self.request, _("Era già tutto scritto così."))
        return self.back_url


class PrintSheets(_OfficeOnly, ServiceForm):
    """The month's sheets to fill by hand, for who is ticked."""

    permission = Permission.RECORD_ATTENDANCE
    template_name = "attendance/print_sheets.html"
    form_class = SheetsForm

    @cached_property
    def slice(self) -> Slice:
        return paper.sheets_to_print(self.access, asked_month(self.request), self.request.GET)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "choices": [str(sheet.public_id) for sheet in self.slice.rows]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = asked_month(self.request)
        return super().get_context_data(
            month=month,
            rows=self.slice.rows,
            list_url=list_url(month),
            after_month=with_query(self.request.path, mese=f"{next_month(month):%Y-%m}"),
            is_ticked="tutti" in self.request.GET,
            all_url=with_query(self.request.path, **{**self.request.GET.dict(), "tutti": "1"}),
            **self.slice.urls(self.request.GET),
            **kwargs,
        )

    def act(self, form: forms.Form) -> str:
        ids = paper.sheet_ids(self.access, form.cleaned_data["sheets"])
        return reverse("core:job", args=[services.order_paper_sheets(sheets=ids, by=self.access).public_id])


class SheetsPrinted(_OfficeOnly, Page):
    """What became of an order of sheets."""

    permission = Permission.RECORD_ATTENDANCE
    template_name = "attendance/sheets_printed.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = paper.printed_for(self.access, self.kwargs["public_id"])
        month = found.made[0][1].month if found.made else timezone.localdate()
        return super().get_context_data(found=found, total=len(found.made), list_url=list_url(month), **kwargs)
