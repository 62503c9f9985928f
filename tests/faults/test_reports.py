"""A worker killed in the middle of a report: another one makes it, once."""

import hashlib
from datetime import date

import pytest

from impresasolidale.core.models import Document, Job
from impresasolidale.core.scope import scope
from impresasolidale.reports import services
from impresasolidale.reports.definitions import BY_CODE
from impresasolidale.reports.models import ReportRun
from tests.factories.attendance import system
from tests.factories.fixtures import TODAY
from tests.support.servers import House, wait

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def test_a_worker_killed_amid_reports_makes_each_once(house: House, sondrio):
    house.start("broker", "dispatcher", "worker")
    with scope(system(sondrio).scope):
        for month in range(3, 9):
            services.order_report(
                definition=BY_CODE["monthly_monitoring"], first=date(2026, month, 1), by=system(sondrio), today=TODAY, is_scheduled=True
            )
    wait(lambda: Job.objects.filter(name="reports.make", state="running").exists(), 60, "a report being made")
    house.kill("worker")
    assert Job.objects.filter(name="reports.make").exclude(state="done").exists(), "the worker was killed too late to prove anything"
    house.start("worker")
    wait(house.all_over, 90, "every report")
    assert set(Job.objects.filter(name="reports.make").values_list("state", flat=True)) == {"done"}
    with scope(system(sondrio).scope):
        runs = list(ReportRun.objects.select_related("document"))
        papers = Document.objects.filter(kind="reports.monthly_monitoring")
        assert len(runs) == papers.count() == 6 and all(run.is_ready for run in runs)
        assert sorted(p.number for p in papers) == [f"2026/{n:06d}" for n in range(1, 7)]
    for run in runs:
        stored = (house.folder / "media" / run.xlsx_name).read_bytes()
        assert hashlib.sha256(stored).hexdigest() == run.xlsx_hash
    assert len(house.files("*.xlsx")) == 6
