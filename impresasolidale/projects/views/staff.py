"""The staff of the partners: what an hour costs, the months, a month by day and piece of work."""

from datetime import date
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core.views import Action, Page, serve_document, serve_stored
from impresasolidale.territory.rules import add_months

from .. import forms, selectors
from ..enums import SheetState
from ..forms._common import choices_of
from ..models import StaffMember, StaffSheet
from ..selectors import staff as reads
from ..services import staff as services
from ..transitions import SHEET
from ._base import OfProject, ProjectFormView


class Staff(OfProject, Page):
    template_name = "projects/staff.html"
    section = "staff"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        members = list(reads.members(self.access, self.project))
        rates = reads.rates_of(members)
        sheets = list(reads.sheets(self.project)[:60])
        selectors.projects.note_look(self.access, self.project, place="projects:staff")
        return super().get_context_data(
            members=[{"row": m, "rates": rates[m.pk], "rate_url": self.url("new_rate", m.public_id)} for m in members],
            sheets=[{"row": sheet, "url": self.url("sheet", sheet.public_id)} for sheet in sheets],
            **kwargs,
        )


class _StaffForm(ProjectFormView):
    permission = P.RECORD_EXPENSES
    section = "staff"

    def back(self) -> str:
        return self.url("staff")


class NewMember(_StaffForm):
    form_class = forms.MemberForm
    title = gettext_lazy("Nuova persona del personale")
    button = gettext_lazy("Aggiungi")

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = selectors.projects.participations(self.project)
        return {**super().get_form_kwargs(), "partners": [(str(r.public_id), str(r)) for r in rows]}

    def act(self, form: Any) -> str:
        values = dict(form.cleaned_data)
        partner = selectors.projects.participation_for(self.project, values.pop("partner")).partner
        services.add_member(partner=partner, by=self.access, **values)
        messages.success(self.request, _("La persona è nell'elenco. Ora scrivi quanto costa una sua ora."))
        return self.back()


class NewRate(_StaffForm):
    form_class = forms.RateForm
    title = gettext_lazy("Costo orario")
    lead = gettext_lazy("Non si corregge, se ne scrive uno nuovo da un altro giorno: le ore restano al costo del loro giorno.")
    button = gettext_lazy("Scrivi il costo orario")

    @cached_property
    def member(self) -> StaffMember:
        return reads.member_for(self.access, self.project, self.kwargs["member_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kicker=self.member.name, **kwargs)

    def act(self, form: Any) -> str:
        services.set_rate(member=self.member, by=self.access, **form.cleaned_data)
        messages.success(self.request, _("Il costo orario è scritto."))
        return self.back()


class NewSheet(_StaffForm):
    form_class = forms.SheetForm
    title = gettext_lazy("Foglio ore di un mese")
    button = gettext_lazy("Apri il foglio")

    def get_form_kwargs(self) -> dict[str, Any]:
        last = min(self.project.ends_on, timezone.localdate()).replace(day=1)
        first, months = self.project.starts_on.replace(day=1), []
        while last >= first:
            months.append(last)
            last = add_months(last, -1)
        return {**super().get_form_kwargs(), "members": choices_of(reads.members(self.access, self.project)), "months": months[:60]}

    def act(self, form: Any) -> str:
        member = reads.member_for(self.access, self.project, form.cleaned_data["member"])
        month = date.fromisoformat(f"{form.cleaned_data['month']}-01")
        sheet = services.open_sheet(project=self.project, member=member, month=month, by=self.access)
        return self.url("sheet", sheet.public_id)


class OfSheet(OfProject):
    section = "staff"

    @cached_property
    def sheet(self) -> StaffSheet:
        return reads.sheet_for(self.project, self.kwargs["sheet_id"])

    def back(self) -> str:
        return self.url("sheet", self.sheet.public_id)


class SheetPage(OfSheet, Page):
    """The month: hours by piece of work, what they cost and why, what is next."""

    template_name = "projects/sheet.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sheet = self.sheet
        selectors.projects.note_look(self.access, sheet, place="projects:sheet")
        hours = reads.hours_of(sheet)
        rows, bare = reads.cost_of_sheet(sheet)
        packages = list(selectors.projects.work_packages(self.project))
        sums = {p.pk: sum(h.minutes for h in hours if h.work_package_id == p.pk) for p in packages}
        days = sorted({h.day for h in hours})
        paper = reads.paper_of(sheet)
        return super().get_context_data(
            sheet=sheet,
            packages=[{"row": p, "minutes": sums[p.pk], "url": self.url("hours", sheet.public_id, p.public_id)} for p in packages],
            days=[{"day": day, "cells": [(h.work_package, h.minutes) for h in hours if h.day == day]} for day in days],
            costs=rows,
            cost=sum(row.amount for row in rows),
            bare=bare,
            steps={step.name for step in SHEET.available(sheet.state, self.access)},
            is_open=sheet.state == SheetState.OPEN and self.access.may(P.RECORD_EXPENSES),
            expense_url=self.url("expense", sheet.expense.public_id) if sheet.expense else "",
            scan_url=self.url("sheet_scan", sheet.public_id) if sheet.scan_id else "",
            paper=paper,
            is_stale=bool(paper and sheet.state == SheetState.OPEN and paper.context.get("version") != sheet.row_version),
            **kwargs,
        )


class _SheetForm(OfSheet, ProjectFormView):
    permission = P.RECORD_EXPENSES


class Hours(_SheetForm):
    """The days of a month on one piece of work."""

    form_class = forms.HoursForm
    template_name = "projects/hours.html"
    button = gettext_lazy("Salva le ore")

    @cached_property
    def package(self) -> Any:
        return selectors.projects.work_package_for(self.project, self.kwargs["package_id"])

    def days(self) -> list[date]:
        month, last = self.sheet.month, reads.last_day(self.sheet.month)
        found = [month.replace(day=n) for n in range(1, last.day + 1)]
        return [day for day in found if self.project.starts_on <= day <= self.project.ends_on]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "days": self.days()}

    def get_initial(self) -> dict[str, Any]:
        return {f"day_{h.day.day}": h.minutes for h in reads.hours_of(self.sheet) if h.work_package_id == self.package.pk}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sheet=self.sheet, package=self.package, title=str(self.package), **kwargs)

    def act(self, form: Any) -> str:
        services.write_hours(
            sheet=self.sheet, work_package=self.package, minutes=form.minutes, by=self.access, today=timezone.localdate()
        )  # fmt: skip
        messages.success(self.request, _("Le ore sono salvate."))
        return self.back()


class PrintSheet(OfSheet, Action):
    """Prepare the paper to sign."""

    permission = P.RECORD_EXPENSES

    def act(self) -> str:
        services.print_sheet(sheet=self.sheet, by=self.access, today=timezone.localdate())
        messages.success(self.request, _("Il foglio da firmare è in preparazione: lo trovi qui fra un momento."))
        return self.back()


class SheetPaper(OfSheet):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        paper = reads.paper_of(self.sheet)
        if paper is None:
            raise Http404
        return serve_document(paper, by=self.access)


class Sign(_SheetForm):
    form_class = forms.SignForm
    title = gettext_lazy("Carica il foglio firmato")
    lead = gettext_lazy("Dopo, le ore non cambiano più: per correggerle il foglio si riapre e si firma di nuovo.")
    button = gettext_lazy("Carica il foglio firmato")

    def act(self, form: Any) -> str:
        services.sign_sheet(sheet=self.sheet, by=self.access, today=timezone.localdate(), **form.cleaned_data)
        messages.success(self.request, _("Il foglio è firmato."))
        return self.back()


class ReopenSheet(_SheetForm):
    form_class = forms.ReasonForm
    title = gettext_lazy("Riapri il foglio")
    button = gettext_lazy("Riapri il foglio")

    def act(self, form: Any) -> str:
        services.reopen_sheet(sheet=self.sheet, by=self.access, **form.cleaned_data)
        return self.back()


class Charge(_SheetForm):
    form_class = forms.PercentForm
    title = gettext_lazy("Fanne una spesa")
    lead = gettext_lazy(
        "Il costo del mese diventa una spesa del personale, una volta sola. Scrivi quanto copre ogni fonte: insieme fanno 100."
    )
    button = gettext_lazy("Fanne una spesa")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "sources": list(selectors.projects.sources(self.project))}

    def act(self, form: Any) -> str:
        sheet = services.charge_sheet(sheet=self.sheet, percents=form.shares, by=self.access, today=timezone.localdate())
        assert sheet.expense is not None
        messages.success(self.request, _("Il mese è una spesa. Manca ancora la prova di pagamento."))
        return self.url("expense", sheet.expense.public_id)


class SheetScan(OfSheet):
    def get(self, request: HttpRequest, **kwargs: Any) -> FileResponse:
        scan = self.sheet.scan
        if scan is None:
            raise Http404
        named: dict[str, Any] = {"content_type": scan.content_type, "filename": str(scan.public_id), "as_attachment": True}
        return serve_stored(scan.file_name, scan, by=self.access, place="projects:sheet_scan", **named)
