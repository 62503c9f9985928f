"""Reports: ordered, made by a worker, read and kept."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.core.spreadsheets import table_response
from impresasolidale.core.views import Action, Guarded, Page, ServiceForm, serve_document, serve_stored
from impresasolidale.core.words import NBSP
from placements.agreements.issuing_selectors import funding_words

from .. import selectors, services, tables
from ..definitions import BY_CODE, BY_SLUG, Definition, is_open_to, open_to
from ..enums import Scope
from ..forms import OrderForm, ReportFilter
from ..models import ReportRun


class Reports(Page):
    permission = P.SEE_REPORTS
    template_name = "reports/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = open_to(self.access)
        form = ReportFilter(self.request.GET or None, kinds=kinds, today=timezone.localdate())
        asked = form.cleaned_data if form.is_valid() else {}
        kind = BY_SLUG.get(asked.get("tipo", ""))
        wanted = {"kind": kind.code if kind else "", "year": asked.get("anno"), "state": asked.get("stato", "")}
        page = selectors.reports(self.access, self.request.GET, **wanted)
        funders = dict(selectors.sources_of(self.access)) if any(row.source for row in page.rows) else {}
        for row in page.rows:
            row.definition_of, row.funder = BY_CODE[row.kind], funders.get(row.source, row.source)
        return super().get_context_data(
            page=page,
            filter_form=form,
            is_filtered=any(wanted.values()),
            new_url=reverse("reports:order"),
            calendar_url=reverse("reports:calendar") if self.access.may(P.ORDER_REPORTS) and self.access.ambito_id else "",
            **page.urls(self.request.GET),
            **kwargs,
        )


class ChooseKind(Page):
    """Which report: each kind in a line, with the period it covers."""

    permission = P.SEE_REPORTS
    template_name = "reports/choose.html"
    extra_context = {"list_url": reverse_lazy("reports:list")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = [(Scope(scope), [d for d in open_to(self.access) if d.scope == scope]) for scope in Scope]
        shown = [(scope.label, [(d, reverse("reports:order_kind", args=[d.slug])) for d in kinds]) for scope, kinds in groups if kinds]
        return super().get_context_data(groups=shown, **kwargs)


class OrderReport(ServiceForm):
    permission = P.SEE_REPORTS
    template_name = "reports/order.html"
    form_class = OrderForm
    extra_context = {"list_url": reverse_lazy("reports:list"), "choose_url": reverse_lazy("reports:order")}

    @property
    def definition(self) -> Definition:
        found = BY_SLUG.get(self.kwargs["kind"])
        if found is None:
            raise Http404
        if not is_open_to(found, self.access):
            raise PermissionDenied(_("Il tuo ruolo non comprende questo rapporto."))
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        more = {
            "definition": self.definition,
            "today": timezone.localdate(),
            "comuni": selectors.comuni_of(self.access),
            "sources": selectors.sources_of(self.access) if self.definition.scope == Scope.SOURCE else [],
        }
        return {**super().get_form_kwargs(), **more}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(definition=self.definition, **kwargs)

    def act(self, form: Any) -> str:
        run = services.order_report(definition=self.definition, by=self.access, today=timezone.localdate(), **form.asked)
        return reverse("reports:detail", args=[run.public_id])


class OfReport(Guarded):
    """What stands under the address of one report."""

    permission = P.SEE_REPORTS

    def report(self) -> ReportRun:
        return selectors.report_for(self.access, self.kwargs["public_id"])


class ReportDetail(OfReport, Page):
    template_name = "reports/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.report()
        definition = BY_CODE[report.kind]
        audit.look(Look.Kind.DETAIL, report, by=self.access, place="reports:detail")
        content = tables.from_values(report.tables)
        if report.is_ready and report.is_scheduled:
            services.note_read(report=report, by=self.access)
        at = [report.public_id]
        return super().get_context_data(
            report=report,
            is_polled=bool(self.request.htmx),  # type: ignore[attr-defined]
            definition=definition,
            content=content,
            empty=tables.read(content.empty),
            owner=services.owner_of(report),
            funder=funding_words(self.access, report.source),
            heading=f"{report.comune.name}, {report.period}" if report.comune else report.period[0].upper() + report.period[1:],
            shown=[
                {**shown_table(table), "csv_url": reverse("reports:table", args=[report.public_id, table.code])} for table in content.tables
            ],
            charts=[picture.draw() for picture in content.pictures],
            figures=[(_(f.label), tables.written(f.value, f.kind).replace(NBSP, " ")) for f in content.figures],
            notes=[tables.read(note) for note in content.notes],
            about=services.about_of(report, definition, self.access),
            list_url=reverse("reports:list"),
            again_url=reverse("reports:order_kind", args=[definition.slug]),
            pdf_url=reverse("reports:file", args=[*at, "pdf"]),
            xlsx_url=reverse("reports:file", args=[*at, "xlsx"]),
            cancel_url=reverse("reports:cancel", args=at) if report.is_going and services.may_cancel(report, self.access) else "",
            **kwargs,
        )


def shown_table(table: tables.Table) -> dict[str, Any]:
    """A table in the reader's language, every cell in words."""
    kinds = [column.kind for column in table.columns]
    heads = [_(column.label) for column in table.columns]

    def line(row: Any) -> list[dict[str, Any]]:
        cells = zip(row, kinds, heads, table.columns, strict=True)
        return [{"text": tables.written(cell, kind), "label": head, "num": c.is_numeric} for cell, kind, head, c in cells]

    totals = line(table.totals) if table.totals else []
    for n, cell in enumerate(table.totals or ()):
        totals[n]["text"] = _(str(cell)) if n == 0 else totals[n]["text"] if cell is not None else ""
    return {
        "title": _(table.title),
        "head": [{"label": head, "num": column.is_numeric} for head, column in zip(heads, table.columns, strict=True)],
        "rows": [line(row) for row in table.rows],
        "totals": totals,
        "note": tables.read(table.note),
        "code": table.code,
    }


class CancelReport(OfReport, Action):
    def act(self) -> str:
        services.cancel_report(report=self.report(), by=self.access)
        messages.info(self.request, _("Il lavoro si ferma appena può: di quello che era cominciato non resta niente."))
        return self.back()

    def back(self) -> str:
        return reverse("reports:detail", args=[self.kwargs["public_id"]])


class ReportFile(OfReport):
    """The PDF or the XLSX of a report, as they were frozen."""

    def get(self, request: HttpRequest, public_id: Any, kind: str) -> FileResponse:
        report = self.report()
        if kind == "pdf" and report.document:
            return serve_document(report.document, by=self.access)
        if kind != "xlsx" or not report.xlsx_name:
            raise Http404
        return serve_stored(
            report.xlsx_name, report, by=self.access, place="reports:xlsx", kind=Look.Kind.EXPORT, as_attachment=True,
            filename=f"{file_stem(report)}.xlsx",
        )  # fmt: skip


class ReportTable(OfReport):
    """One table of a report as CSV, streamed from what was frozen."""

    def get(self, request: HttpRequest, public_id: Any, table: str) -> HttpResponseBase:
        report = self.report()
        try:
            found = tables.from_values(report.tables).table(table)
        except KeyError as error:
            raise Http404 from error
        audit.look(Look.Kind.EXPORT, report, by=self.access, place="reports:csv")
        return table_response("csv", name=f"{file_stem(report)}-{table}", head=found.head, rows=tables.csv_rows(found))


def file_stem(report: ReportRun) -> str:
    """The name of a downloaded file: kind and first day. No name of a person is in it."""
    return f"{BY_CODE[report.kind].slug}-{report.period_from:%Y-%m-%d}"
