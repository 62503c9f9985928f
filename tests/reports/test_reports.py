"""The monthly report: one set of rows for page, PDF and XLSX, totals that are their sums, frozen once made."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.storage import default_storage

from impresasolidale.core import jobs
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Job
from impresasolidale.reports import services
from impresasolidale.reports.models import ReportRun
from impresasolidale.reports.queries import monitoring as queries
from impresasolidale.reports.queries.monitoring import MonitoringRow

pytestmark = pytest.mark.django_db


def row(planned: int, done: int, credited: int, present: int, absent: int, person: str = "Prova Ada") -> MonitoringRow:
    return MonitoringRow(person, "Panificio", "Tutor Uno", "open", planned, done, credited, queries.percent(done, planned), present, absent)


ROWS = [
    row(4800, 4500, 4380, 19, 1),  # 20 days of 4 h planned; 75 h done, of which 2 h over the plan of their day: 73 h credited
    row(2400, 0, 0, 0, 10, "Prova Bea"),
    row(0, 0, 0, 0, 0, "=HYPERLINK(1)"),
]


def test_totals_are_the_sums_of_the_rows():
    sums = queries.totals(ROWS)
    # 4800 + 2400 = 7200 planned; 4500 done; 4500/7200 = 62.5 % → 63 half-up
    assert (sums.placements, sums.planned, sums.done, sums.credited, sums.percent, sums.days_present, sums.days_absent) == (
        3,
        7200,
        4500,
        4380,
        63,
        19,
        11,
    )


@pytest.mark.parametrize(
    ("part", "whole", "wanted"), [(1, 3, 33), (2, 3, 67), (1, 200, 1), (1, 201, 0), (0, 5, 0), (5, 5, 100), (6, 5, 120), (1, 0, None)]
)
def test_percent_is_whole_and_half_up(part, whole, wanted):
    assert queries.percent(part, whole) == wanted


def test_rows_survive_freezing():
    assert queries.from_values(queries.as_values(ROWS)) == ROWS


def cells(workbook: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).active
    return [[c.value for c in line] for line in sheet.iter_rows(min_row=3)]


def test_the_spreadsheet_has_the_same_totals_and_no_formula():
    from impresasolidale.reports.xlsx import monitoring_workbook

    lines = cells(monitoring_workbook(ROWS, queries.totals(ROWS), title="Sondrio"))
    assert lines[-1][4:] == [120, 75, 73, 63, 19, 11]
    assert sum(line[5] for line in lines[:-1]) == lines[-1][5]
    assert lines[2][0] == "=HYPERLINK(1)"
    book = openpyxl.load_workbook(io.BytesIO(monitoring_workbook(ROWS, queries.totals(ROWS), title="x")))
    assert book.active["A5"].data_type == "s"


def order(signed_in, coordinator, month: str = "2026-10-01"):
    return signed_in(coordinator).post("/rapporti/nuovo/", {"month": month})


@pytest.fixture
def monthly(monkeypatch):
    monkeypatch.setattr(queries, "monitoring", lambda access, month: ROWS)


@pytest.mark.django_db(transaction=True)
def test_ordering_making_and_reading_it(signed_in, coordinator, stranger, monthly, within, time_machine_at):
    answer = order(signed_in, coordinator)
    assert answer.status_code == 303
    job = Job.objects.get(name="reports.monthly_monitoring")
    assert answer["Location"] == f"/lavori/{job.public_id}/"
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    client = signed_in(coordinator)
    page = client.get(job.result_url).content.decode()
    assert "120" in page and "Prova Bea" in page
    pdf = client.get(f"{job.result_url}pdf/")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    lines = cells(b"".join(client.get(f"{job.result_url}xlsx/").streaming_content))
    assert lines[-1][5] == 75
    assert signed_in(stranger).get(job.result_url).status_code in {403, 404}
    within(coordinator)
    report = ReportRun.objects.get()
    files = (report.xlsx_hash, report.document.file_hash)
    Job.objects.filter(pk=job.pk).update(state="queued", attempt=1)
    jobs.run(job.pk)
    report.refresh_from_db()
    assert (report.xlsx_hash, report.document.file_hash) == files and default_storage.exists(report.xlsx_name)


@pytest.fixture
def time_machine_at(today):
    import time_machine

    with time_machine.travel(f"{today}T10:00:00+01:00", tick=True):
        yield


def test_a_month_to_come_is_refused(within, coordinator, today):
    with pytest.raises(DomainError, match="non è ancora iniziato"):
        services.order_monthly_report(month=date(2026, 12, 1), by=within(coordinator), today=today)


def test_who_may_not_order_is_told_so(signed_in, worker):
    assert signed_in(worker).get("/rapporti/nuovo/").status_code == 403
    assert order(signed_in, worker).status_code == 403


def test_a_month_out_of_the_list_comes_back_with_words(signed_in, coordinator):
    assert order(signed_in, coordinator, "1999-01-01").status_code == 422
