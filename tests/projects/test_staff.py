"""Hours of the staff: days, 24 hours over all projects, what a month costs, signed and charged once."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from impresasolidale.core import jobs
from impresasolidale.core.errors import DomainError, ReasonRequired, TransitionNotAllowed
from impresasolidale.core.models import Job
from impresasolidale.core.words import euro, euro_exact
from impresasolidale.projects import selectors
from impresasolidale.projects.models import StaffHours
from impresasolidale.projects.selectors.staff import cost_of_sheet
from impresasolidale.projects.services import expenses, projects, staff
from tests.factories.fixtures import TODAY
from tests.factories.projects import cofinancing, grant, item, lead_of, make_member, make_running, pdf

pytestmark = pytest.mark.django_db
D = Decimal
MARCH = date(2026, 3, 1)


@pytest.fixture
def work(access, project):
    return projects.add_work_package(project=project, code="AZ1", name="Coordinamento", by=access)


@pytest.fixture
def member(access, project):
    return make_member(access, project)


@pytest.fixture
def sheet(access, project, member):
    return staff.open_sheet(project=project, member=member, month=date(2026, 3, 17), by=access)


def write(sheet, work, access, minutes):
    return staff.write_hours(sheet=sheet, work_package=work, minutes=minutes, by=access, today=TODAY)


def test_a_month_is_opened_once_and_inside_the_project(access, project, member, sheet):
    assert sheet.month == MARCH and staff.open_sheet(project=project, member=member, month=MARCH, by=access) == sheet
    for month in (date(2025, 12, 31), date(2027, 1, 1)):
        with pytest.raises(DomainError) as refused:
            staff.open_sheet(project=project, member=member, month=month, by=access)
        assert refused.value.field == "month"


@pytest.mark.parametrize(
    ("day", "minutes", "words"),
    [
        (date(2026, 3, 2), 1441, "24"),
        (date(2026, 4, 1), 60, "fuori"),
        (date(2026, 3, 2), -60, "24"),
    ],
)
def test_bad_hours_are_said_on_their_day(access, sheet, work, day, minutes, words):
    with pytest.raises(DomainError, match=words) as refused:
        write(sheet, work, access, {day: minutes})
    assert refused.value.field == f"day_{day.day}" and not StaffHours.objects.exists()


def test_the_month_is_printed_to_be_signed_and_again_when_its_hours_change(access, project, sheet, work, member):
    with pytest.raises(DomainError, match="non ci sono ore"):
        staff.print_sheet(sheet=sheet, by=access, today=TODAY)
    other = projects.add_work_package(project=project, code="AZ2", name="Studio", by=access)
    write(sheet, work, access, {date(2026, 3, 2): 360, date(2026, 3, 3): 90})
    write(sheet, other, access, {date(2026, 3, 3): 150})
    paper = staff.print_sheet(sheet=sheet, by=access, today=TODAY)
    assert (paper.kind, paper.network_id, paper.state) == ("projects.hour_sheet", project.network_id, "pending")
    said = paper.context
    assert said["facts"][0] == ["Persona", f"{member.name} ({member.code})"]
    assert [(task, hours.replace("\xa0", " ")) for task, hours in said["tasks"]] == [
        ("AZ1 Coordinamento", "7 h 30 min"), ("AZ2 Studio", "2 h 30 min"),
    ]  # fmt: skip
    assert said["hours"].replace("\xa0", " ") == "10 h" and len(said["days"]) == 3
    rows, _bare = cost_of_sheet(sheet)
    assert said["cost"] == euro(sum(row.amount for row in rows)) and said["costs"][0][1].endswith("€")
    assert staff.print_sheet(sheet=sheet, by=access, today=TODAY) == paper  # nothing changed: the same paper
    write(sheet, other, access, {date(2026, 3, 3): 120})
    again = staff.print_sheet(sheet=sheet, by=access, today=TODAY)
    assert again.supersedes_id == paper.pk and again.context["hours"].replace("\xa0", " ") == "9 h 30 min"
    staff.sign_sheet(sheet=sheet, file=pdf(), on=TODAY, by=access, today=TODAY)
    with pytest.raises(DomainError, match="già firmato"):
        staff.print_sheet(sheet=sheet, by=access, today=TODAY)


@pytest.mark.parametrize(
    ("value", "words"), [("24.318400", "24,3184 €"), ("21.5", "21,50 €"), ("30", "30,00 €"), ("0.123456", "0,123456 €")]
)
def test_an_hourly_cost_is_said_with_all_its_decimals(value, words):
    assert euro_exact(D(value)) == words.replace(" ", "\xa0")


def test_the_page_prepares_the_paper_and_says_when_it_is_old(signed_in, coordinator, worker, access, project, sheet, work):
    write(sheet, work, access, {date(2026, 3, 2): 360})
    at = [project.public_id, sheet.public_id]
    client = signed_in(coordinator)
    page = reverse("projects:sheet", args=at)
    assert "Prepara il foglio da firmare" in client.get(page).content.decode()
    assert client.get(reverse("projects:sheet_paper", args=at)).status_code == 404
    assert client.post(reverse("projects:print_sheet", args=at))["Location"] == page
    shown = client.get(page).content.decode()
    assert "Foglio ore n. " in shown and "Prepara il foglio da firmare" not in shown
    for row in Job.objects.filter(name="core.render_document", state="queued"):
        jobs.run(row.pk)
    assert b"".join(client.get(reverse("projects:sheet_paper", args=at)).streaming_content).startswith(b"%PDF")
    write(sheet, work, access, {date(2026, 3, 2): 300})
    assert "Le ore sono cambiate dopo la stampa" in client.get(page).content.decode()
    assert signed_in(worker).post(reverse("projects:print_sheet", args=at)).status_code == 403


def test_a_day_to_come_and_a_day_outside_the_project(access, member):
    project = make_running(access, code="P2", lead=member.partner, ends_on=date(2026, 11, 20))
    work = projects.add_work_package(project=project, code="AZ1", name="x", by=access)
    sheet = staff.open_sheet(project=project, member=member, month=date(2026, 11, 1), by=access)
    with pytest.raises(DomainError, match="deve ancora venire"):
        write(sheet, work, access, {date(2026, 11, 20): 60})
    with pytest.raises(DomainError, match="fuori dal progetto"):
        write(sheet, work, access, {date(2026, 11, 21): 60})


def test_a_day_has_24_hours_over_all_projects(access, project, sheet, work, member):
    second = make_running(access, code="P2", lead=lead_of(project).partner)
    there = projects.add_work_package(project=second, code="AZ1", name="Altro", by=access)
    elsewhere = staff.open_sheet(project=second, member=member, month=MARCH, by=access)
    write(elsewhere, there, access, {date(2026, 3, 2): 16 * 60})
    write(sheet, work, access, {date(2026, 3, 2): 8 * 60})  # to the last minute
    with pytest.raises(DomainError, match="24"):
        write(sheet, work, access, {date(2026, 3, 2): 8 * 60 + 1})
    with pytest.raises(IntegrityError, match="more than a day"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE projects_staffhours SET minutes = minutes + 1 WHERE sheet_id = %s", [sheet.pk])
    with pytest.raises(IntegrityError, match="not a day of sheet"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE projects_staffhours SET day = '2026-04-01' WHERE sheet_id = %s", [sheet.pk])


def test_writing_again_replaces_the_piece_of_work_alone(access, project, sheet, work):
    more = projects.add_work_package(project=project, code="AZ2", name="Ricerca", by=access)
    write(sheet, work, access, {date(2026, 3, 2): 60, date(2026, 3, 3): 90})
    write(sheet, more, access, {date(2026, 3, 2): 30})
    write(sheet, work, access, {date(2026, 3, 4): 120, date(2026, 3, 5): 0})
    assert [(h.day.day, h.work_package.code, h.minutes) for h in selectors.staff.hours_of(sheet)] == [(2, "AZ2", 30), (4, "AZ1", 120)]


def test_a_month_becomes_an_expense_once(access, project, sheet, work):
    """20 h 10 min at 25.00: 504.1666… → 504.17; 40 % of it 201.668 → 201.67, 60 % 302.502 → 302.50."""
    write(sheet, work, access, {date(2026, 3, 2): 480, date(2026, 3, 3): 480, date(2026, 3, 4): 250})
    signed = staff.sign_sheet(sheet=sheet, file=pdf(), on=date(2026, 4, 2), by=access, today=TODAY)
    with pytest.raises(DomainError, match="firmato"):
        write(signed, work, access, {date(2026, 3, 2): 60})
    with pytest.raises(IntegrityError, match="is signed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM projects_staffhours")
    charged = staff.charge_sheet(sheet=signed, percents=[(grant(project), D(40)), (cofinancing(project), D(60))], by=access, today=TODAY)
    row = charged.expense
    assert (row.charged, row.item.code, row.document_kind, row.payee_key) == (D("504.17"), "A05", "sheet", "staff:P-01")
    assert {share.source.kind: share.amount for share in selectors.shares_of(row)} == {"grant": D("201.67"), "cofinancing": D("302.50")}
    assert row.document_on == date(2026, 3, 31) and selectors.facts_of(row).has_document
    for again in (staff.charge_sheet,):
        with pytest.raises((TransitionNotAllowed, DomainError)), transaction.atomic():
            again(sheet=charged, percents=[(grant(project), D(100))], by=access, today=TODAY)
    with pytest.raises(DomainError, match="foglio ore"):
        expenses.withdraw_expense(expense=row, reason="x", by=access)


def test_unstructured_staff_is_a06_and_its_rate_is_that_of_the_day(access, project, work):
    member = make_member(access, project, code="P-02", kind="unstructured", rate="20")
    staff.set_rate(member=member, since=date(2026, 3, 16), until=None, value=D(22), source="Nuovo contratto", by=access)
    sheet = staff.open_sheet(project=project, member=member, month=MARCH, by=access)
    write(sheet, work, access, {date(2026, 3, 13): 60, date(2026, 3, 16): 60})
    rows, _bare = cost_of_sheet(sheet)
    assert [row.amount for row in rows] == [20, 22]
    signed = staff.sign_sheet(sheet=sheet, file=pdf(), on=TODAY, by=access, today=TODAY)
    charged = staff.charge_sheet(sheet=signed, percents=[(grant(project), D(100))], by=access, today=TODAY)
    assert (charged.expense.item.code, charged.expense.charged) == ("A06", 42)
    with pytest.raises(DomainError, match="già diventate"):
        staff.set_rate(member=member, since=date(2026, 3, 10), until=None, value=D(30), source="x", by=access)


def test_what_a_signature_needs(access, project, sheet, work, member):
    with pytest.raises(DomainError, match="non ci sono ore"):
        staff.sign_sheet(sheet=sheet, file=pdf(), on=TODAY, by=access, today=TODAY)
    write(sheet, work, access, {date(2026, 3, 2): 60})
    with pytest.raises(DomainError) as refused:
        staff.sign_sheet(sheet=sheet, file=pdf(), on=date(2027, 1, 1), by=access, today=TODAY)
    assert refused.value.field == "on"
    bare = staff.add_member(partner=member.partner, name="Ugo Prova", qualification="x", kind="structured", code="P-09", by=access)
    other = staff.open_sheet(project=project, member=bare, month=MARCH, by=access)
    write(other, work, access, {date(2026, 3, 2): 60})
    with pytest.raises(DomainError, match="costo orario"):
        staff.sign_sheet(sheet=other, file=pdf(), on=TODAY, by=access, today=TODAY)


def test_a_signed_sheet_is_reopened_with_a_reason(access, sheet, work):
    write(sheet, work, access, {date(2026, 3, 2): 60})
    signed = staff.sign_sheet(sheet=sheet, file=pdf(), on=TODAY, by=access, today=TODAY)
    with pytest.raises(ReasonRequired):
        staff.reopen_sheet(sheet=signed, reason="", by=access)
    opened = staff.reopen_sheet(sheet=signed, reason="Ore sbagliate", by=access)
    assert opened.state == "open" and opened.scan is None
    write(opened, work, access, {date(2026, 3, 2): 120})


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"value": D(0)}, "value"),
        ({"until": date(2026, 4, 30)}, "until"),
        ({"source": " "}, "source"),
        ({"since": date(2026, 1, 1)}, "since"),
    ],
)
def test_bad_rates(access, member, more, field):
    given = {"since": date(2026, 5, 1), "until": None, "value": D(20), "source": "x", **more}
    with pytest.raises(DomainError) as refused:
        staff.set_rate(member=member, by=access, **given)
    assert refused.value.field == field


def test_the_chart_must_have_the_item(access, project, sheet, work):
    write(sheet, work, access, {date(2026, 3, 2): 60})
    signed = staff.sign_sheet(sheet=sheet, file=pdf(), on=TODAY, by=access, today=TODAY)
    projects.keep_item(project=project, item=item(project, "A05"), code="X05", name="Personale", is_confirmed=True, by=access)
    with pytest.raises(DomainError, match="A05"):
        staff.charge_sheet(sheet=signed, percents=[(grant(project), D(100))], by=access, today=TODAY)


def test_a_code_is_somebody_s_and_the_partner_is_in_the_project(access, project, member, worker, within):
    with pytest.raises(DomainError) as refused:
        make_member(access, project)
    assert refused.value.field == "code"
    with pytest.raises(PermissionDenied):
        staff.open_sheet(project=project, member=member, month=MARCH, by=within(worker))
