"""Reports: ordered, made by a worker, read and kept."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.formats import date_format

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core import audit
from impresasolidale.core.models import Look
from impresasolidale.core.views import Guarded, Page, ServiceForm, serve_document, serve_stored

from .. import selectors, services
from ..forms import MonthlyReport
from ..queries import monitoring


class Reports(Page):
    permission = P.ORDER_REPORTS
    template_name = "reports/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = selectors.reports(self.access, self.request.GET)
        return super().get_context_data(page=page, new_url=reverse("reports:order"), **page.urls(self.request.GET), **kwargs)


class OrderReport(ServiceForm):
    permission = P.ORDER_REPORTS
    template_name = "reports/order.html"
    form_class = MonthlyReport
    extra_context = {"list_url": reverse_lazy("reports:list")}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "today": timezone.localdate()}

    def act(self, form: Any) -> str:
        job = services.order_monthly_report(month=form.cleaned_data["month"], by=self.access, today=timezone.localdate())
        return reverse("core:job", args=[job.public_id])


class ReportDetail(Page):
    permission = P.ORDER_REPORTS
    template_name = "reports/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = selectors.report_for(self.access, self.kwargs["public_id"])
        audit.look(Look.Kind.DETAIL, report, by=self.access, place="reports:detail")
        return super().get_context_data(
            report=report,
            rows=monitoring.from_values(report.rows),
            title=date_format(report.period_from, "F Y"),
            list_url=reverse("reports:list"),
            pdf_url=reverse("reports:file", args=[report.public_id, "pdf"]),
            xlsx_url=reverse("reports:file", args=[report.public_id, "xlsx"]),
            **kwargs,
        )


class ReportFile(Guarded):
    """The PDF or the XLSX of a report, as they were frozen."""

    permission = P.ORDER_REPORTS

    def get(self, request: HttpRequest, public_id: Any, kind: str) -> FileResponse:
        report = selectors.report_for(self.access, public_id)
        if kind == "pdf" and report.document:
            return serve_document(report.document, by=self.access)
        if kind != "xlsx" or not report.xlsx_name:
            raise Http404
        name = f"monitoraggio-{report.period_from:%Y-%m}.xlsx"
        return serve_stored(
            report.xlsx_name, report, by=self.access, place="reports:xlsx", kind=Look.Kind.EXPORT, as_attachment=True, filename=name
        )
