"""Ordering a report and making it; publishing the open data of a month."""

import hashlib
from calendar import monthrange
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Permission
from impresasolidale.core.audit import record_fact
from impresasolidale.core.documents import issue
from impresasolidale.core.errors import DomainError
from impresasolidale.core.fields import canonical
from impresasolidale.core.jobs import Run, enqueue
from impresasolidale.core.models import Job
from impresasolidale.core.rendering import render_document
from impresasolidale.core.scope import scope
from impresasolidale.core.words import written
from impresasolidale.territory.selectors import lead_body
from placements.attendance.enums import MonthState

from . import open_data
from .models import OpenDataRelease, ReportRun
from .queries import monitoring as queries
from .xlsx import monitoring_workbook

MONTHLY = "monthly_monitoring"
DEFINITION = 1  # raise it when a column or its meaning changes


def month_end(month: date) -> date:
    """Its last day."""
    return month.replace(day=monthrange(month.year, month.month)[1])


@transaction.atomic
def order_monthly_report(*, month: date, by: Access, today: date) -> Job:
    """Order the monitoring report of a month for the active Ambito. A worker makes it. Raises DomainError for a month to come."""
    by.require(Permission.ORDER_REPORTS)
    month = month.replace(day=1)
    if month > today:
        raise DomainError(_("Questo mese non è ancora iniziato."), field="month")
    run = ReportRun.objects.create(
        ambito_id=by.ambito_id,
        kind=MONTHLY,
        definition=DEFINITION,
        period_from=month,
        period_to=month_end(month),
        created_by_id=by.actor_id,
    )
    job = enqueue(
        "reports.monthly_monitoring",
        by=by,
        label=_("Rapporto di monitoraggio, %(month)s") % {"month": written(month, "F Y")},
        report_id=run.pk,
    )
    run.job = job
    run.save(update_fields=["job"])
    record_fact("reports.report.ordered", run, by=by, kind=MONTHLY, month=month.isoformat())
    return job


def make_monthly_report(run: Run, *, report_id: int, today: date) -> dict[str, Any]:
    """Freeze the month's rows and make the two files from them. Does nothing when the report is made already."""
    report = ReportRun.objects.select_for_update(of=("self",)).select_related("ambito").get(pk=report_id)
    run.result_url = reverse("reports:detail", args=[report.public_id])
    if report.document_id:
        return report.totals
    run.progress(1, 10, _("Leggo le presenze del mese"))
    rows = queries.monitoring(run.access, report.period_from)  # type: ignore[arg-type]
    sums = queries.totals(rows)
    values = queries.as_values(rows)
    report.rows, report.totals, report.data_until = values, asdict(sums), timezone.now()
    report.rows_hash = hashlib.sha256(canonical(values).encode()).hexdigest()
    run.progress(3, 10, _("Scrivo il foglio di calcolo"))
    workbook = monitoring_workbook(rows, sums, title=_title(report))
    report.xlsx_hash = hashlib.sha256(workbook).hexdigest()
    report.xlsx_name = default_storage.save(f"reports/{MONTHLY}/{report.period_from.year}/{report.public_id}.xlsx", ContentFile(workbook))
    run.progress(5, 10, _("Impagino il documento"))
    report.document = issue(
        kind="reports.monthly_monitoring",
        kind_label=_("Rapporto mensile di monitoraggio"),
        template="reports/pdf/monthly_monitoring_v1.html",
        subject=report,
        context=_context(report, rows, sums),
        today=today,
        by=run.access,
        ambito_id=report.ambito_id,
    )
    report.save(update_fields=["rows", "totals", "data_until", "rows_hash", "xlsx_name", "xlsx_hash", "document"])
    render_document(report.document.pk)
    run.progress(9, 10, _("Quasi pronto"))
    return report.totals


def _title(report: ReportRun) -> str:
    return f"{report.ambito} — {written(report.period_from, 'F Y')}"


def _context(report: ReportRun, rows: list[queries.MonitoringRow], sums: queries.MonitoringTotals) -> dict[str, Any]:
    """What the paper says. States in words; minutes stay minutes."""
    body = lead_body(report.ambito)
    states = dict(MonthState.choices)
    return {
        "body_name": str(body) if body else str(report.ambito),
        "ambito": str(report.ambito),
        "month": report.period_from.isoformat(),
        "data_until": timezone.localtime(report.data_until).isoformat(timespec="minutes"),
        "definition": report.definition,
        "rows": [{**asdict(row), "state": str(states[row.state])} for row in rows],
        "totals": asdict(sums),
        "rows_hash": report.rows_hash,
    }


@transaction.atomic
def publish_open_data(*, network_id: int, today: date) -> OpenDataRelease:
    """The release of the last settled month, made once: asked again, it is the same row."""
    month = open_data.last_settled(today)
    access = Access.system(network_id=network_id, ambito_id=None, reason="open data")
    with scope(access.scope):
        ours = OpenDataRelease.objects.filter(network_id=network_id)
        if found := ours.filter(period_from=month).first():
            return found
        before = ours.filter(period_from__lt=month, definition=open_data.DEFINITION).order_by("-period_from").first()
        made = open_data.make(access, month, today, before=before)
        release, is_new = OpenDataRelease.objects.get_or_create(
            network_id=network_id,
            period_from=month,
            defaults={
                "definition": open_data.DEFINITION,
                "cut_off": month_end(month),
                "threshold": made.threshold,
                "rows": made.rows,
                "figures": made.figures,
                "rows_hash": hashlib.sha256(canonical(made.rows).encode()).hexdigest(),
                "files": open_data.fingerprints(made.rows),
            },
        )
        if is_new:
            record_fact("reports.open_data.published", release, by=access, month=release.code)
        return release
