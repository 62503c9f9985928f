"""A report from its order to its files: one set of tables for page, PDF, spreadsheet and CSV, frozen once made."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.utils import IntegrityError

from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document, Fact, Job, Todo
from impresasolidale.core.scope import scope
from impresasolidale.reports import services, tables
from impresasolidale.reports.definitions import BY_CODE, DEFINITIONS, is_open_to
from impresasolidale.reports.kinds import monitoring as kinds
from impresasolidale.reports.models import ReportCalendar, ReportRun
from impresasolidale.reports.queries import monitoring as queries
from impresasolidale.reports.queries.monitoring import MonitoringRow
from impresasolidale.reports.wanted import Wanted
from impresasolidale.territory.models import Ambito, Comune
from placements.attendance.models import Timesheet
from tests.factories import attendance as factory
from tests.factories.attendance import system
from tests.factories.jobs import in_every_ambito, work_off
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
MONTHLY = BY_CODE["monthly_monitoring"]
OCTOBER = date(2026, 10, 1)


def row(planned: int, done: int, credited: int, present: int, absent: int, person: str = "Prova Ada") -> MonitoringRow:
    return MonitoringRow(person, "Panificio", "Tutor Uno", "open", planned, done, credited, present, absent)


ROWS = [
    row(4800, 4500, 4380, 19, 1),  # 20 days of 4 h planned; 75 h done, of which 2 h over the plan of their day: 73 h credited
    row(2400, 0, 0, 0, 10, "Prova Bea"),
    row(0, 0, 0, 0, 0, "=HYPERLINK(1)"),
]


@pytest.fixture
def monthly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "monitoring", lambda access, month: ROWS)


@pytest.fixture
def at_ten(today: date) -> Any:
    with time_machine.travel(f"{today}T10:00:00+01:00", tick=True):
        yield


def wanted(today: date) -> Wanted:
    return Wanted(OCTOBER, date(2026, 10, 31), today)


def cells(workbook: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0]
    return [[c.value for c in line] for line in sheet.iter_rows(min_row=3)]


def order(client: Any, month: str = "2026-10-01", kind: str = "monitoraggio-mensile", **more: Any) -> Any:
    return client.post(f"/rapporti/nuovo/{kind}/", {"period": month, **more})


def made(answer: Any) -> str:
    """The address of a report that was ordered, once its job has run."""
    assert answer.status_code == 303, answer.content.decode()
    job = Job.objects.filter(name="reports.make").latest("pk")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    return str(answer["Location"])


def files() -> set[str]:
    """What is stored of reports."""
    from impresasolidale.core.management.commands.sweep_files import stored_files

    return set(stored_files("reports"))


# --- Tables


def test_totals_are_the_sums_of_the_rows(monthly: None, today: date) -> None:
    content = kinds.monthly(system(Ambito.objects.get(name="Sondrio")), wanted(today))
    # 4800 + 2400 = 7200 planned; 4500 done; 4500/7200 = 62.5 % → 63 half-up
    assert content.tables[0].totals == ("Totale", None, None, None, 7200, 4500, 4380, 63, 19, 11)
    assert [line[7] for line in content.tables[0].rows] == [94, 0, None]  # 4500/4800 = 93.75


@pytest.mark.parametrize(
    ("part", "whole", "wanted"), [(1, 3, 33), (2, 3, 67), (1, 200, 1), (1, 201, 0), (0, 5, 0), (5, 5, 100), (6, 5, 120), (1, 0, None)]
)
def test_percent_is_whole_and_half_up(part: int, whole: int, wanted: int | None) -> None:
    assert queries.percent(part, whole) == wanted


def test_tables_survive_freezing(monthly: None, today: date) -> None:
    content = kinds.monthly(system(Ambito.objects.get(name="Sondrio")), wanted(today))
    kept = tables.from_values(tables.as_values(content))
    assert kept.tables[0].rows == content.tables[0].rows and kept.tables[0].totals == content.tables[0].totals
    assert tables.as_values(kept) == tables.as_values(content)


def test_a_masked_table_hides_the_smallest_other_too() -> None:
    columns = (
        tables.Column("Area", tables.Kind.WORD),
        tables.Column("Persone", tables.Kind.INT),
        tables.Column("Ore", tables.Kind.MINUTES),
    )
    found = tables.masked("x", "X", columns, [("a", 12, 600), ("b", 3, 90), ("c", 9, 300), ("d", 0, 0)], least=5, total="Totale")
    # 24 in all: 24 − 12 − 9 would say 3, so the 9 goes with it; nobody is hidden behind a zero
    assert [line[1:] for line in found.rows] == [(12, 600), (None, None), (None, None), (0, 0)]
    assert found.totals == ("Totale", 24, 990)
    few = tables.masked("x", "X", columns, [("a", 3, 90), ("b", 0, 0)], least=5, total="Totale")
    assert [line[1:] for line in few.rows] == [(None, None), (None, None)] and few.totals == ("Totale", None, None)


# --- From the order to the files


def test_ordering_making_and_reading_it(signed_in: Any, coordinator: Any, stranger: Any, monthly: None, at_ten: None) -> None:
    client = signed_in(coordinator)
    address = made(order(client))
    assert "Apri il rapporto" in client.get(address, headers={"HX-Request": "true"}).content.decode()  # the page that waited for it
    page = client.get(address).content.decode()
    assert "120" in page and "Prova Bea" in page and "Da dove vengono questi numeri" in page
    pdf = client.get(f"{address}pdf/")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    lines = cells(b"".join(client.get(f"{address}xlsx/").streaming_content))
    assert lines[-1][4:] == [120, 75, 73, 63, 19, 11]
    assert sum(float(str(line[5])) for line in lines[:-1]) == lines[-1][5]
    assert lines[2][0] == "=HYPERLINK(1)"
    csv = b"".join(client.get(f"{address}tabelle/tirocini/").streaming_content).decode()
    assert csv.splitlines()[-1] == "Totale;;;;120:00;75:00;73:00;63;19;11"
    assert "'=HYPERLINK(1)" in csv
    assert client.get(f"{address}tabelle/altro/").status_code == 404
    assert signed_in(stranger).get(address).status_code in {403, 404}


def test_a_report_that_is_made_never_changes(
    signed_in: Any, coordinator: Any, within: Any, monthly: None, at_ten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(coordinator)
    first = made(order(client))
    monkeypatch.setattr(queries, "monitoring", lambda access, month: ROWS[:1])
    second = made(order(client))
    assert "Prova Bea" in client.get(first).content.decode() and "Prova Bea" not in client.get(second).content.decode()
    assert client.get("/rapporti/").content.decode().count("Monitoraggio mensile</a>") == 2
    within(coordinator)
    old, new = ReportRun.objects.order_by("id")
    assert old.rows_hash != new.rows_hash and old.csv_hashes != new.csv_hashes and len(old.csv_hashes["tirocini"]) == 64
    for job in Job.objects.filter(name="reports.make"):  # asked again, the worker does nothing
        Job.objects.filter(pk=job.pk).update(state="queued", attempt=1)
        jobs.run(job.pk)
    again = ReportRun.objects.get(pk=old.pk)
    assert (again.xlsx_hash, again.document_id, again.rows_hash) == (old.xlsx_hash, old.document_id, old.rows_hash)
    assert default_storage.exists(again.xlsx_name) and ReportRun.objects.count() == 2
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():  # not even past the application
        ReportRun.objects.filter(pk=old.pk).update(rows_hash="0" * 64)


def test_a_stopped_report_leaves_nothing(
    signed_in: Any, coordinator: Any, within: Any, monthly: None, at_ten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(coordinator)
    address = order(client)["Location"]
    page = client.get(address).content.decode()
    assert "Il rapporto è in preparazione" in page and "Annulla il lavoro" in page
    before, reached = files(), []

    def stop(self: jobs.Run, done: int, total: int, words: str = "") -> None:
        if done == 9:
            reached.append(files() - before)
            raise jobs.JobCancelled

    monkeypatch.setattr(jobs.Run, "progress", stop)
    job = Job.objects.get(name="reports.make")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled" and len(reached[0]) == 2  # workbook and paper were written by then
    within(coordinator)
    report = ReportRun.objects.get()
    assert (report.tables, report.xlsx_name, report.document_id) == ({}, "", None)
    assert not Document.objects.filter(kind="reports.monthly_monitoring").exists()
    assert files() == before
    assert "Il rapporto è stato annullato" in client.get(address).content.decode()


def test_a_queued_report_is_cancelled_with_its_button(signed_in: Any, coordinator: Any, worker: Any, at_ten: None) -> None:
    client = signed_in(coordinator)
    address = order(client)["Location"]
    assert signed_in(worker).post(f"{address}annulla/").status_code == 403
    assert client.post(f"{address}annulla/").status_code == 303
    assert Job.objects.get(name="reports.make").state == "cancelled"
    assert client.post(f"{address}annulla/", follow=True).status_code == 200  # too late: said, not an error


def test_nobody_stops_what_another_ordered_but_who_runs_the_office(user_of: Any, coordinator: Any, signed_in: Any, at_ten: None) -> None:
    auditor = signed_in(user_of(Role.AUDITOR, None))
    theirs = order(signed_in(coordinator), "2025-01-01", "rete-anno")["Location"]
    mine = order(auditor, "2025-01-01", "rete-anno")["Location"]
    assert f"{theirs}annulla/" not in auditor.get(theirs).content.decode()
    assert auditor.post(f"{theirs}annulla/").status_code == 403
    assert f"{mine}annulla/" in auditor.get(mine).content.decode()
    assert auditor.post(f"{mine}annulla/").status_code == 303
    assert sorted(Job.objects.filter(name="reports.make").values_list("state", flat=True)) == ["cancelled", "queued"]


def test_a_full_disk_leaves_no_half_report(
    signed_in: Any, coordinator: Any, within: Any, monthly: None, at_ten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(coordinator)
    address = order(client)["Location"]

    def full(name: str, content: Any) -> str:
        raise OSError(28, "No space left on device")

    job = Job.objects.get(name="reports.make")
    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "save", full)
        for state, created_at in (("queued", job.created_at), ("failed", job.created_at - jobs.PATIENCE)):  # it waits for room, for a day
            Job.objects.filter(pk=job.pk).update(created_at=created_at)
            for _attempt in range(jobs.ATTEMPTS):
                Job.objects.filter(pk=job.pk).update(run_after="2026-01-01T00:00Z")
                jobs.run(job.pk)
            job.refresh_from_db()
            assert (job.state, job.error) == (state, "OSError")
    within(coordinator)
    report = ReportRun.objects.get()
    assert (report.tables, report.xlsx_name, report.document_id) == ({}, "", None)
    page = client.get(address).content.decode()
    assert "Il rapporto non è riuscito" in page and "Chiedilo di nuovo" in page
    assert "Prova Bea" in client.get(made(order(client))).content.decode()  # the disk is free again


# --- Refusals


def test_a_month_to_come_is_refused(within: Any, coordinator: Any, today: date) -> None:
    with pytest.raises(DomainError, match="non è ancora iniziato"):
        services.order_report(definition=MONTHLY, first=date(2026, 12, 1), by=within(coordinator), today=today)


def test_a_month_out_of_the_list_comes_back_with_words(signed_in: Any, coordinator: Any) -> None:
    assert order(signed_in(coordinator), "1999-01-01").status_code == 422


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-03-01", "2026-02-01", "L&#x27;ultimo giorno viene prima del primo."),
        ("2026-12-01", "2026-12-31", "Questo periodo non è ancora iniziato."),
        ("2026-11-01", "2026-12-31", "L&#x27;ultimo giorno deve ancora venire."),
    ],
)
def test_a_period_that_cannot_be_is_refused_in_words(signed_in: Any, coordinator: Any, first: str, last: str, words: str) -> None:
    from impresasolidale.territory.models import FundingLogo, Network

    with scope(system(Ambito.objects.get(name="Sondrio")).scope):
        FundingLogo.objects.create(network=Network.objects.get(), source="cariplo", valid_from=date(2020, 1, 1), words="Con il contributo")
    answer = signed_in(coordinator).post("/rapporti/nuovo/finanziatore/", {"period_from": first, "period_to": last, "source": "cariplo"})
    assert answer.status_code == 422 and words in answer.content.decode()


def test_who_may_not_order_is_told_so(signed_in: Any, worker: Any) -> None:
    client = signed_in(worker)
    assert client.get("/rapporti/nuovo/").status_code == 403
    assert order(client).status_code == 403


OPEN_TO = {
    Role.COORDINATOR: {d.code for d in DEFINITIONS},
    Role.ACCOUNTING: {"cost_shares", "spending_by_source", "fund_account"},
    Role.AUDITOR: {"network_quarter", "network_year", "fund_account"},
    Role.COMUNE_OFFICER: {"comune_sheet", "comune_council"},
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_its_kinds_and_no_other(role: Role, user_of: Any, sondrio: Ambito, signed_in: Any) -> None:
    comune = Comune.objects.filter(ambito=sondrio).order_by("name").first()
    more = {"comune": comune} if role == Role.COMUNE_OFFICER else {}
    if role in (Role.COMPANY_TUTOR, Role.COMPANY_CONTACT):
        pytest.skip("a company's people have no Ambito")
    client = signed_in(user_of(role, sondrio, **more))
    expected = OPEN_TO.get(role, set())
    for definition in DEFINITIONS:
        status = client.get(f"/rapporti/nuovo/{definition.slug}/").status_code
        assert status == (200 if definition.code in expected else 403), definition.code


def test_an_officer_gets_the_own_comune_s_sheet_alone(
    user_of: Any, sondrio: Ambito, coordinator: Any, signed_in: Any, at_ten: None
) -> None:
    own, other = Comune.objects.filter(ambito=sondrio, abolished_on=None).order_by("name")[:2]
    officer = signed_in(user_of(Role.COMUNE_OFFICER, sondrio, comune=own))
    chief = signed_in(coordinator)
    mine = made(order(officer, "2026-01-01", "scheda-comune", comune=own.pk))
    assert order(officer, "2026-01-01", "scheda-comune", comune=other.pk).status_code == 422
    theirs = made(order(chief, "2026-01-01", "scheda-comune", comune=other.pk))
    monthly = made(order(chief))
    assert officer.get(mine).status_code == 200
    for address in (theirs, monthly):
        assert officer.get(address).status_code == 403
        assert officer.get(f"{address}xlsx/").status_code == 403
        assert officer.get(f"{address}tabelle/persone/").status_code == 403
    page = officer.get("/rapporti/").content.decode()
    assert mine in page and theirs not in page and monthly not in page


def test_an_auditor_reads_aggregates_alone(user_of: Any, sondrio: Ambito, coordinator: Any, signed_in: Any, at_ten: None) -> None:
    auditor = signed_in(user_of(Role.AUDITOR, None))
    monthly = made(order(signed_in(coordinator)))
    assert order(auditor, "2026-01-01", "rete-anno").status_code == 422  # it runs: tomorrow's less today's would say who began
    network = made(order(auditor, "2025-01-01", "rete-anno"))
    assert auditor.get(network).status_code == 200
    assert auditor.get(monthly).status_code == 404  # an Ambito's: to who has none it is not there
    assert signed_in(coordinator).get(network).status_code == 200  # the network's is everybody's who may order it


def test_a_report_of_another_ambito_is_not_there(user_of: Any, tirano: Ambito, coordinator: Any, signed_in: Any, at_ten: None) -> None:
    address = made(order(signed_in(coordinator)))
    assert signed_in(user_of(Role.COORDINATOR, tirano)).get(address).status_code == 404


# --- The calendar


def ordered() -> list[tuple[str, str, str]]:
    found = []
    for ambito in Ambito.objects.all():
        with scope(system(ambito).scope):
            found += [(r.kind, str(r.ambito or r.network), r.period_from.isoformat()) for r in ReportRun.objects.filter(is_scheduled=True)]
    return sorted(set(found))


CALENDAR = ("reports.order_due", "reports.order_network_due")


def run_calendar(period: str) -> None:
    for name in CALENDAR:
        jobs.enqueue_periodic(name, period)
    work_off(*CALENDAR)


def test_the_calendar_orders_once_however_often_beat_fires(db: None) -> None:
    with time_machine.travel("2026-11-05T04:00:00+01:00", tick=True):
        run_calendar("2026-11-05")
        assert ("monthly_monitoring", "Sondrio", "2026-10-01") not in ordered()  # on the 6th
    with time_machine.travel("2026-11-06T04:00:00+01:00", tick=True):
        run_calendar("2026-11-06")
        run_calendar("2026-11-06")
        first = ordered()
        assert ("monthly_monitoring", "Sondrio", "2026-10-01") in first
        assert ("quarterly_activity", "Sondrio", "2026-07-01") in first and ("yearly_activity", "Sondrio", "2025-01-01") in first
        assert sum(kind == "network_year" for kind, _owner, _from in first) == 1
        in_every_ambito(services.order_due, today=date(2026, 11, 6))  # past the job as well
        run_calendar("2026-11-07")
        count = Job.objects.filter(name="reports.make").count()
        assert ordered() == first and count == len(first)


def test_what_failed_is_ordered_again_some_mornings_and_what_was_stopped_is_not(sondrio: Ambito) -> None:
    access = system(sondrio)
    with scope(access.scope):
        run = services.order_report(definition=MONTHLY, first=OCTOBER, by=access, today=date(2026, 11, 6), is_scheduled=True)
        in_every_ambito(services.order_due, today=date(2026, 11, 7))
        run.refresh_from_db()
        first = run.job
        assert first and first.state == "queued"  # it waits its turn: nothing is asked twice
        for morning in range(8, 15):
            Job.objects.filter(pk=run.job_id).update(state="failed")
            in_every_ambito(services.order_due, today=date(2026, 11, morning))
            run.refresh_from_db()
        assert Fact.objects.filter(code="reports.report.ordered_again", subject_id=run.pk).count() == services.MOST_AGAIN == 5
        assert run.job_id != first.pk and run.state == "failed" and ReportRun.objects.filter(kind=run.kind).count() == 1
        other = ReportRun.objects.get(kind="quarterly_activity", is_scheduled=True)
        Job.objects.filter(pk=other.job_id).update(state="cancelled")
        in_every_ambito(services.order_due, today=date(2026, 11, 7))
        assert ReportRun.objects.get(pk=other.pk).job_id == other.job_id


def test_two_that_order_at_once_make_one(sondrio: Ambito) -> None:
    access = system(sondrio)
    with scope(access.scope):
        services.order_report(definition=MONTHLY, first=OCTOBER, by=access, today=date(2026, 11, 6), is_scheduled=True)
        with pytest.raises(DomainError, match="ha già chiesto"):
            services.order_report(definition=MONTHLY, first=OCTOBER, by=access, today=date(2026, 11, 6), is_scheduled=True)
        assert ReportRun.objects.count() == 1


def test_who_waits_for_it_is_told_and_no_more_once_it_was_read(sondrio: Ambito, coordinator: Any, signed_in: Any, at_ten: None) -> None:
    access = system(sondrio)
    with scope(access.scope):
        run = services.order_report(definition=MONTHLY, first=OCTOBER, by=access, today=date(2026, 11, 22), is_scheduled=True)
    jobs.run(run.job.pk)
    with scope(access.scope):
        todo = Todo.objects.get(subject_type="reports.reportrun", done_at=None)
        assert todo.title == "Il rapporto è pronto: Monitoraggio mensile, ottobre 2026" and todo.role == Role.COORDINATOR
    assert signed_in(coordinator).get(todo.url).status_code == 200
    with scope(access.scope):
        todo.refresh_from_db()
        assert todo.done_at is not None


def test_a_funder_has_a_calendar_of_its_own(sondrio: Ambito, coordinator: Any, signed_in: Any) -> None:
    from impresasolidale.territory.models import FundingLogo, Network

    with scope(system(sondrio).scope):
        FundingLogo.objects.create(network=Network.objects.get(), source="cariplo", valid_from=date(2020, 1, 1), words="Con il contributo")
    client = signed_in(coordinator)
    values = {"kind": "funder_activity", "unit": "half", "first_period": "2026-03-15", "source": "cariplo", "recipients": ["coordinator"]}
    values["row_version"] = 1
    assert client.post("/rapporti/calendario/nuovo/", {**values, "source": ""}).status_code == 422
    assert client.post("/rapporti/calendario/nuovo/", values).status_code == 303
    assert client.post("/rapporti/calendario/nuovo/", values).status_code == 422  # it is there
    assert "ogni sei mesi" in client.get("/rapporti/calendario/").content.decode()
    with time_machine.travel("2026-09-20T04:00:00+02:00", tick=True):
        in_every_ambito(services.order_due, today=date(2026, 9, 20))  # the half year ended on the 14th
    with scope(system(sondrio).scope):
        run = ReportRun.objects.get(kind="funder_activity")
        assert (run.period_from, run.period_to, run.source) == (date(2026, 3, 15), date(2026, 9, 14), "cariplo")
        row = ReportCalendar.objects.get()
    edit = {**values, "unit": "year", "row_version": row.row_version}
    assert client.post(f"/rapporti/calendario/{row.public_id}/", edit).status_code == 303
    assert client.post(f"/rapporti/calendario/{row.public_id}/", edit).status_code == 409  # older than what is there
    assert client.post(f"/rapporti/calendario/{row.public_id}/chiudi/").status_code == 303
    assert "ogni anno</td>" not in client.get("/rapporti/calendario/").content.decode()


# --- Every kind


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.code)
def test_an_ambito_without_anything_gets_a_report_that_says_so(
    definition: Any, sondrio: Ambito, coordinator: Any, within: Any, today: date
) -> None:
    access = within(coordinator)
    assert is_open_to(definition, access)
    content = definition.content(
        access, Wanted(date(2026, 1, 1), date(2026, 12, 31), today, Comune.objects.filter(ambito=sondrio).first(), "x")
    )
    assert content.empty and tables.from_values(tables.as_values(content)).empty == content.empty


def test_a_list_costs_the_same_for_one_and_thirty(signed_in: Any, coordinator: Any, within: Any, today: date) -> None:
    access = within(coordinator)
    client = signed_in(coordinator)
    counts = []
    for number in (1, 30):
        for _n in range(number):
            run = services.order_report(definition=MONTHLY, first=OCTOBER, by=access, today=today)
        with OwnQueries() as found:
            assert client.get("/rapporti/?tipo=monitoraggio-mensile&anno=2026").status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1] <= 8
    assert "Nessun rapporto con questi filtri" in client.get("/rapporti/?stato=failed").content.decode()
    with OwnQueries() as found:
        assert client.get(f"/rapporti/{run.public_id}/").status_code == 200
    assert len(found) <= 10


def test_each_kind_asks_as_much_of_the_database_for_few_as_for_many(sondrio: Ambito, today: date) -> None:
    """Whatever is counted: the number of statements does not grow with the rows."""
    access = replace(system(sondrio), ambito=sondrio)
    comune = Comune.objects.filter(ambito=sondrio, abolished_on=None).order_by("name").first()
    asked: dict[str, list[int]] = {}
    number = 0
    for more in (2, 6):
        company = factory.make_host(sondrio, number=more)
        tutor, _user = factory.make_tutor(sondrio, company, number=more)
        for _n in range(more):
            number += 1
            placement = factory.make_running_placement(sondrio, tutor, company, number=number, planned=False, funding_source="prova")
            with scope(access.scope):
                Timesheet.objects.create(ambito=sondrio, placement=placement, month=OCTOBER, planned_minutes=60, done_minutes=60)
        with scope(access.scope):
            for definition in DEFINITIONS:
                wanted = Wanted(date(2026, 10, 1), date(2026, 12, 31), today, comune, "prova")
                with OwnQueries() as found:
                    definition.content(access, wanted)
                asked.setdefault(definition.code, []).append(len(found))
    assert {code for code, (few, many) in asked.items() if few != many} == set(), asked
    assert max(few for few, _many in asked.values()) <= 20, asked
