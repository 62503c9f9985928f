"""The coordinator's dashboard and the monthly report."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from impresasolidale.accounts.permissions import Permission as P
from impresasolidale.core import audit, charts
from impresasolidale.core.models import Look
from impresasolidale.core.views import Guarded, Page, ServiceForm, serve_document, serve_stored
from impresasolidale.treasury.models import Pot
from impresasolidale.treasury.selectors import budget_lines
from placements.agreements.forms import PREPARING
from placements.attendance.selectors import monthly_series, sheets_to_confirm

from . import queries, selectors, services
from .forms import MonthlyReport, months_back


class Dashboard(Page):
    permission = P.SEE_DASHBOARD
    template_name = "reports/dashboard.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        months = list(reversed(months_back(today, 12)))
        series = monthly_series(self.access, months)
        labels = [date_format(m.month, "M") for m in series]
        counts = queries.counts(self.access, today)
        money = budget_lines(self.access, year=today.year, beside=(Pot.Use.GRANT, Pot.Use.FUND))
        pots = [line.figures for line in money if line.pot.use == Pot.Use.FUND]
        placements_url = reverse("agreements:list") if self.access.may(P.SEE_PLACEMENTS) else ""
        if not self.access.ambito_id:
            lead = _("I numeri della rete: il fondo e gli Ambiti a confronto, senza nomi.")
        elif placements_url:
            lead = _("I tirocini dell'Ambito oggi. Ogni numero apre le sue righe.")
        else:
            lead = _("I tirocini dell'Ambito oggi, in numeri.")
        return super().get_context_data(
            counts=counts,
            waivers=counts.waivers if self.access.may(P.WAIVE_RULES) else None,
            waivers_url=reverse("agreements:waivers"),
            to_confirm=sheets_to_confirm(self.access).count(),
            hours=charts.bars(
                _("Ore negli ultimi dodici mesi"),
                labels,
                [(_("previste"), [m.planned for m in series]), (_("fatte"), [m.done for m in series])],
                unit="h",
            ),
            pots=pots,
            sources=[line for line in money if line.pot.use != Pot.Use.FUND] if self.access.ambito_id else [],
            money_url=reverse("treasury:home") if self.access.may(P.SEE_MONEY) else "",
            fund_free=sum(p.free for p in pots),
            costs=counts.costs,
            costs_url=f"{reverse('hosts:expenses')}?payer=company&year={today.year}" if self.access.may(P.SEE_COMPANIES) else "",
            expiring=queries.expiring(self.access, today),
            compared=queries.compare(self.access, months[-2], today),
            compared_month=months[-2],
            order_url=reverse("reports:order"),
            lead=lead,
            fund_url=reverse("solidarity_fund:home" if self.access.may(P.SEE_FUND) else "website:fund"),
            preparing_url=placements_url and f"{placements_url}?stato={PREPARING}",
            running_url=placements_url and f"{placements_url}?stato=active",
            validate_url=placements_url and f"{placements_url}?stato=signed",
            risk_url=placements_url and f"{placements_url}?stato=at_risk",
            months_url=reverse("attendance:to_confirm") if self.access.may(P.CONFIRM_MONTHS) else "",
            validate_tone="warn" if counts.to_validate else "",
            risk_tone="bad" if counts.at_risk else "",
            **kwargs,
        )


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
            rows=queries.from_values(report.rows),
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
