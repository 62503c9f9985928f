"""Reports over the API: ordered, looked at while a worker makes them, read as tables or fetched as files."""

from typing import Any

from django import forms
from django.http import Http404, QueryDict
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from impresasolidale.accounts.permissions import Permission
from impresasolidale.core import audit
from impresasolidale.core.api import Detail, FileOf, Listing, Row, Writes
from impresasolidale.core.forms import Form
from impresasolidale.core.keyset import Slice
from impresasolidale.core.models import Look
from impresasolidale.core.views import serve_document, serve_stored
from impresasolidale.territory.forms import ComuneField

from . import selectors, services, tables
from .definitions import BY_SLUG, DEFINITIONS
from .models import ReportRun


class ReportSerializer(Row):
    kind = serializers.CharField(read_only=True)
    comune = serializers.CharField(source="comune.name", read_only=True, allow_null=True)
    is_ready = serializers.BooleanField(read_only=True)
    progress = serializers.IntegerField(source="job.progress", read_only=True, allow_null=True, help_text="per cent, while it is made")
    job_state = serializers.CharField(source="job.state", read_only=True, allow_null=True)

    class Meta:
        model = ReportRun
        fields = ("id", "kind", "period_from", "period_to", "comune", "source", "is_scheduled", "is_ready", "job_state", "progress")
        read_only_fields = fields


class TableSerializer(serializers.Serializer):
    code = serializers.CharField(read_only=True)
    title = serializers.CharField(read_only=True)
    columns = serializers.ListField(child=serializers.CharField(), read_only=True)
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField(allow_null=True)), read_only=True)


class ReportWhole(ReportSerializer):
    tables = serializers.SerializerMethodField(help_text="empty while it is being made; every cell as text")

    class Meta:
        model = ReportRun
        fields = (*ReportSerializer.Meta.fields, "tables")
        read_only_fields = fields

    def get_tables(self, row: ReportRun) -> list[dict[str, Any]]:
        if not row.is_ready:
            return []
        return [
            {
                "code": table.code,
                "title": str(table.title),
                "columns": [str(column.label) for column in table.columns],
                "rows": [[None if cell is None else str(cell) for cell in line] for line in table.rows],
            }
            for table in tables.from_values(row.tables).tables
        ]


class OrderByProgram(Form):
    """What the page asks in steps, at once: the service says what does not go together."""

    kind = forms.ChoiceField(label=_("Rapporto"), choices=[(d.slug, d.title) for d in DEFINITIONS])
    first = forms.DateField(label=_("Dal"))
    last = forms.DateField(label=_("Al"), required=False)
    comune = ComuneField(required=False)
    source = forms.CharField(label=_("Chi finanzia"), required=False, max_length=40)


class Reports(Writes, Listing):
    """The reports of the kinds that are open to the owner of the key, the last ordered first.

    One that is ordered is made by a worker: ask for it until `is_ready`.
    """

    area = "reports"
    permission = Permission.SEE_REPORTS
    serializer_class = ReportSerializer
    summary, write_summary = "Reports", "Order a report"

    def page(self, query: QueryDict, wanted: dict[str, Any], **kwargs: Any) -> Slice:
        return selectors.reports(self.access, query)

    def body(self, data: QueryDict | None, target: Any = None) -> Any:
        return OrderByProgram(data)

    def act(self, form: Any, target: Any) -> ReportRun:
        data = form.cleaned_data
        return services.order_report(
            definition=BY_SLUG[data["kind"]],
            first=data["first"],
            last=data["last"],
            comune=data["comune"],
            source=data["source"],
            by=self.access,
            today=timezone.localdate(),
        )


class _OfReport:
    area = "reports"
    permission = Permission.SEE_REPORTS
    kwargs: dict[str, Any]
    access: Any

    def report(self) -> ReportRun:
        return selectors.report_for(self.access, self.kwargs["public_id"])


class OneReport(_OfReport, Detail):
    """One report, with its tables once it is made."""

    serializer_class = ReportWhole
    summary = "A report"

    def row(self, **kwargs: Any) -> ReportRun:
        found = self.report()
        audit.look(Look.Kind.DETAIL, found, by=self.access, place="reports:detail")
        return found


class Paper(_OfReport, FileOf):
    """The PDF of a report, as it was frozen."""

    summary = "A report as PDF"
    media = "application/pdf"

    def file(self, **kwargs: Any) -> Any:
        found = self.report()
        if found.document is None:
            raise Http404
        return serve_document(found.document, by=self.access)


class Workbook(_OfReport, FileOf):
    """The XLSX of a report, as it was frozen."""

    summary = "A report as XLSX"
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def file(self, **kwargs: Any) -> Any:
        found = self.report()
        if not found.xlsx_name:
            raise Http404
        return serve_stored(
            found.xlsx_name, found, by=self.access, place="reports:xlsx", kind=Look.Kind.EXPORT, as_attachment=True,
            content_type=self.media, filename=f"{found.public_id}.xlsx",
        )  # fmt: skip


urlpatterns = [
    path("reports/", Reports.as_view(), name="report-list"),
    path("reports/<uuid:public_id>/", OneReport.as_view(), name="report-detail"),
    path("reports/<uuid:public_id>/pdf/", Paper.as_view(), name="report-pdf"),
    path("reports/<uuid:public_id>/xlsx/", Workbook.as_view(), name="report-xlsx"),
]
