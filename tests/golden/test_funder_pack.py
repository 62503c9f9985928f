"""The money half of what a funder is sent, with its arithmetic, and that page, paper, workbook and CSV are the same rows."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.scope import scope
from impresasolidale.projects import selectors
from impresasolidale.projects.services import expenses, instalments, results
from impresasolidale.reports.definitions import BY_CODE
from impresasolidale.reports.kinds.funded import money_of
from impresasolidale.reports.kinds.funder import pack
from impresasolidale.reports.models import ReportRun
from impresasolidale.reports.services import order_report
from impresasolidale.reports.wanted import Wanted
from impresasolidale.territory.models import FundingLogo
from tests.factories.fixtures import TODAY, make_user
from tests.factories.projects import (
    check,
    cofinancing,
    enter,
    grant,
    item,
    join,
    lead_of,
    line,
    make_expense,
    make_partner,
    make_project,
    prove,
    receive,
    report,
    values,
)
from tests.projects.test_results import act

pytestmark = pytest.mark.django_db
D = Decimal
WANTED = Wanted(date(2026, 1, 1), date(2026, 10, 31), TODAY, None, "cariplo", 5)


@pytest.fixture
def access(coordinator, within):
    return within(coordinator)


@pytest.fixture
def other(sondrio, access):
    return access_for(make_user(Role.ACCOUNTING, sondrio))


@pytest.fixture
def project(access, network):
    """The founding figures: 60,000 of the grant, 92,400 of two partners.

    A05: lead 52,400 of the partners. A07: consortium 36,000 of the grant and 40,000 of the partners. A10: lead 24,000 of the grant.
    """
    FundingLogo.objects.create(
        network=network, source="cariplo", valid_from=date(2014, 1, 1), words="Con il contributo di Fondazione Cariplo"
    )
    found = make_project(access, grant_amount=D(60000), funding_source="cariplo", code="IS", title="Impresasolidale")
    consortium = join(access, found, make_partner(access, "Consorzio di prova", "cooperative"))
    for code, source, amount, who in (
        ("A05", cofinancing(found), 52400, None),
        ("A07", grant(found), 36000, consortium),
        ("A07", cofinancing(found), 40000, consortium),
        ("A10", grant(found), 24000, None),
    ):
        line(access, found, code, source, amount, who)
    enter(access, found)
    return found


@pytest.fixture
def spent(access, other, project):
    """Four documents of the lead and one of the consortium:

    1. A07 consortium 1,000.00: 600 grant + 400 partners, checked and proved.
    2. A10 lead 2,400.50 grant, reported (so proved).
    3. A05 lead 800.10 partners, checked, no proof.
    4. A10 lead 99.99 grant, rejected: it counts no more.
    5. A05 lead 50.00 partners on 15 November: after the period's last day.
    6. A09 lead 70.00 partners, a draft: not yet looked at.
    """
    consortium = selectors.projects.participations(project).get(partner__name="Consorzio di prova")
    first = expenses.record_expense(
        project=project, participation=consortium, item=item(project, "A07"), values=values("1000.00", document_number="1"),
        shares=[(grant(project), D(600)), (cofinancing(project), D(400))], by=access, today=TODAY,
    )  # fmt: skip
    second = make_expense(access, project, "2400.50", code="A10", document_number="2", payee="Ada Prova", payee_kind="person")
    third = make_expense(access, project, "800.10", granted=0, code="A05", document_number="3", paid_on=None, proof_kind="")
    fourth = make_expense(access, project, "99.99", code="A10", document_number="4")
    fifth = make_expense(access, project, "50.00", granted=0, code="A05", document_number="5", document_on=date(2026, 11, 15), paid_on=None)
    make_expense(access, project, "70.00", granted=0, code="A09", document_number="6")
    for row in (first, second, fourth):
        prove(access, row)
    for row in (first, second, third, fourth, fifth):
        check(row, other)
    report(second, other)
    report(fourth, other)
    expenses.reject_expense(expense=fourth, reason="Fuori tema", by=other)
    return [first, second, third]


def test_cost_item_by_partner_by_source(access, project, spent):
    """Totals: planned 52,400 + 36,000 + 40,000 + 24,000 = 152,400; spent 800.10 + 600 + 400 + 2,400.50 = 4,200.60; proved 600 + 400 +
    2,400.50 = 3,400.50; variance 152,400 − 4,200.60 = 148,199.40."""
    plan = money_of(access, WANTED).table("piano")
    assert [row[1:] for row in plan.rows] == [
        ("A05 Personale strutturato", "Ente capofila di prova", "Cofinanziamento dei partner", 52400, D("800.10"), 0, D("51599.90")),
        ("A07 Prestazioni professionali di terzi", "Consorzio di prova", "Cofinanziamento dei partner", 40000, 400, 400, 39600),
        ("A07 Prestazioni professionali di terzi", "Consorzio di prova", "Fondazione di prova", 36000, 600, 600, 35400),
        ("A10 Altre spese gestionali", "Ente capofila di prova", "Fondazione di prova", 24000, D("2400.50"), D("2400.50"), D("21599.50")),
    ]
    assert plan.totals[4:] == (152400, D("4200.60"), D("3400.50"), D("148199.40"))


def test_the_supporting_documents_name_nobody(access, project, spent):
    """In the period, oldest first: 600 + 0 + 2,400.50 of the grant, 400 + 800.10 of the partners."""
    table = money_of(access, WANTED).table("giustificativi")
    shown = [(row[0], row[5], *row[7:11]) for row in table.rows]
    person = "professionista, ditta individuale o persona"
    assert shown == [
        ("2026/000001", "Studio Grafico Prova srl", "bonifico eseguito", 1000, 600, 400),
        ("2026/000002", person, "bonifico eseguito", D("2400.50"), D("2400.50"), 0),
        ("2026/000003", "Studio Grafico Prova srl", "da provare", D("800.10"), 0, D("800.10")),
    ]
    assert table.totals[8:11] == (D("4200.60"), D("3000.50"), D("1200.10"))
    assert "Ada" not in str(table)


def test_instalments_milestones_and_evidence_of_communication(access, other, project):
    receive(access, other, project, 18000)
    instalments.expect_instalment(project=project, kind="balance", on=date(2027, 3, 1), amount=D(42000), by=access)
    done = {"name": "Accordo", "work_package": None, "due_on": date(2026, 2, 1), "done_on": date(2026, 1, 30), "evidence": "Protocollo 12"}
    results.keep_milestone(project=project, values=done, by=access, today=TODAY)
    results.keep_milestone(project=project, values={**done, "name": "Dopo", "done_on": date(2026, 11, 2)}, by=access, today=TODAY)
    act(access, project, saw_logo=True, partners=[lead_of(project).partner])
    act(access, project, on=date(2026, 11, 5), title="Fuori periodo")
    found = money_of(access, WANTED)
    assert found.table("rate").totals[3:] == (60000, None, 18000)
    assert [row[1:4] for row in found.table("tappe").rows] == [
        ("Accordo", date(2026, 2, 1), date(2026, 1, 30)),
        ("Dopo", date(2026, 2, 1), None),  # reached after the period
    ]
    assert [(row[3], row[5], row[6], row[8]) for row in found.table("azioni").rows] == [("Serata", "Ente capofila di prova", 80, "visto")]


def test_without_a_project_of_that_funder_it_is_said(access, project):
    found = money_of(access, Wanted(date(2026, 1, 1), date(2026, 10, 31), TODAY, None, "altro", 5))
    assert found.tables == () and "non è registrato" in found.notes[0]


def test_both_halves_are_in_one_paper(access, project, spent):
    codes = [table.code for table in pack(access, WANTED).tables]
    assert codes[:2] == ["attivita", "indicatori"]
    assert codes[-6:] == ["piano", "giustificativi", "rate", "promesse", "tappe", "azioni"] and len(set(codes)) == len(codes)


def test_page_workbook_and_csv_are_the_same_rows(access, project, spent, signed_in, coordinator):
    run = order_report(
        definition=BY_CODE["funder_activity"], first=WANTED.first, last=WANTED.last, source="cariplo", by=access, today=TODAY
    )  # fmt: skip
    jobs.run(run.job_id)
    with scope(access.scope):
        made = ReportRun.objects.select_related("document").get(pk=run.pk)
    assert made.is_ready and made.document.context["funding"]["words"] == "Con il contributo di Fondazione Cariplo"
    client = signed_in(coordinator)
    html = client.get(reverse("reports:detail", args=[made.public_id])).content.decode().replace("\xa0", " ")
    book = client.get(reverse("reports:file", args=[made.public_id, "xlsx"]))
    sheets = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content)))
    plan = next(sheet for sheet in sheets if sheet.title.startswith("Piano"))
    cells = list(plan.iter_rows(values_only=True))
    assert [float(x) for x in cells[-1][4:8]] == [152400, 4200.60, 3400.50, 148199.40]
    csv = b"".join(client.get(reverse("reports:table", args=[made.public_id, "piano"])).streaming_content).decode()
    assert csv.strip().splitlines()[-1].endswith("152400,00;4200,60;3400,50;148199,40")
    for words in ("152.400,00 €", "4.200,60 €", "148.199,40 €"):
        assert words in html
    assert "Ada Prova" not in html and "Ada Prova" not in csv and "Ada Prova" not in str(made.tables)
