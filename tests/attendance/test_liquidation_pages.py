"""Liquidations through the doors their users open: pages, lists, papers, the bank's file, what is published; and who is kept out."""

import csv
import io
import xml.etree.ElementTree as ET
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from companies.hosts.models import CompanyTutor
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import rendering
from impresasolidale.core.models import Document, Job, Look
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Body
from impresasolidale.treasury.enums import CheckKind, ItemState, RecoveryState, RunState
from impresasolidale.treasury.models import LiquidationItem, LiquidationRun, Payer, Recovery, RunFile
from impresasolidale.treasury.selectors import free_balance
from impresasolidale.treasury.selectors import liquidations as selectors
from impresasolidale.treasury.services import answers, exits
from placements.agreements.enums import TaxTreatment
from placements.attendance.allowance_documents import issue_slip
from placements.attendance.liquidation_selectors import publication_code
from placements.attendance.models import Adjustment, MonthAllowance
from placements.attendance.services import liquidations
from placements.beneficiaries.models import Beneficiary
from tests.factories import liquidations as made
from tests.factories.attendance import follow, system
from tests.factories.fixtures import TODAY, make_user
from tests.factories.liquidations import OCTOBER
from tests.support.ledger import posted_total
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def two(sondrio, pot):
    placements = made.make_placements(sondrio, 2)
    return [made.make_month(placements[0], pot), made.make_month(placements[1], pot, amount="250.10")]


@pytest.fixture
def office(two, clerk, signed_in):
    """A clerk who follows the people: of others, who begins a recovery is asked why."""
    for month in two:
        follow(clerk, month.placement)
    return signed_in(clerk)


@pytest.fixture
def approved(sondrio, body, two, clerk, coordinator):
    return made.approve(coordinator, made.prepare(clerk, body))


def url(name, row, *more):
    composing = {"approve", "nets", "refresh", "recover", "prepare", "approve_write_off"}
    space = "composing" if name in composing else "liquidations"
    return reverse(f"{space}:{name}", args=[row.public_id, *more])


def item(sondrio, run, position=1):
    with scope(system(sondrio).scope):
        return LiquidationItem.objects.get(run=run, position=position)


def text_of(response):
    return response.getvalue().decode()


def rows_of(response):
    return list(csv.reader(io.StringIO(text_of(response).removeprefix("\ufeff")), delimiter=";"))


def pages(run):
    return [
        *(url(name, run) for name in ("run", "cancel", "published", "answers", "nets", "sepa", "act_copy", "approve")),
        *(url("file", run, kind, ending) for kind in ("riservato", "pubblico") for ending in ("csv", "xlsx")),
        *(url("paper", run, kind) for kind in ("atto", "da-pubblicare", "distinta")),
    ]


# --- The journey


def test_from_the_waiting_months_to_the_orders(sondrio, tirano, body, pot, two, clerk, coordinator, accounting, signed_in):
    office, other, money = signed_in(clerk), signed_in(coordinator), signed_in(accounting)
    waiting = text_of(office.get(reverse("composing:waiting")))
    assert "Ottobre 2026" in waiting and "650,10" in waiting
    prepare = reverse("composing:prepare", args=[body.public_id, "2026-10"])
    assert "Nessun soldo si muove" in text_of(office.get(prepare))
    made_now = office.post(prepare)
    with scope(system(sondrio).scope):
        run = LiquidationRun.objects.get()
    assert made_now["Location"] == url("run", run)
    again = office.post(prepare, follow=True)
    assert "l&#x27;ha preparata" in text_of(again) or "l'ha preparata" in text_of(again)
    page = text_of(office.get(url("run", run)))
    assert "650,10" in page and "Contributo 10/2026" in page
    assert "Guarda e approva" not in page  # a clerk prepares only
    approve = url("approve", run)
    assert office.get(approve).status_code == 403
    assert "650,10" in text_of(other.get(approve))
    assert other.post(approve, {"row_version": 0}).status_code == 409
    with scope(system(sondrio).scope):
        seen = LiquidationRun.objects.get().row_version
    done = other.post(approve, {"row_version": seen})
    assert done["Location"] == url("run", run)
    desk = text_of(money.get(reverse("desk:home"), follow=True))
    assert "Liquidazioni in arrivo, mandati di ritorno" in desk and url("answers", run) in desk
    file = SimpleUploadedFile("mandati.csv", b"1;pagato;881;12/11/2026;Q1\r\n2;respinto;;;IBAN chiuso\r\n9;pagato;881;12/11/2026\r\n")
    told = money.post(url("answers", run), {"csv": file})
    assert told.status_code == 422
    page = text_of(told)
    assert "Il riferimento «9» non è di questa liquidazione." in page and "Pagate: 1. Respinte: 1." in page
    assert "9;pagato;881;12/11/2026" in page  # what was not taken stays in the box
    with scope(system(sondrio).scope):
        assert LiquidationRun.objects.get().state == RunState.SETTLED
        money_row = run.items.get(position=2)
        assert money_row.is_paid_to_person and money_row.payee != money_row.person  # name and surname the other way round
    page = text_of(office.get(url("run", run)))
    assert "IBAN chiuso" in page and f"{money_row.person}<br>" in page
    assert money_row.payee not in page.partition("<table")[2]  # who receives is the person: said once
    ledger = text_of(money.get(reverse("treasury:movements")))
    assert "tornato indietro" in ledger and "400,00" in ledger and "-250,10" not in ledger
    elsewhere = signed_in(make_user(Role.ACCOUNTING, tirano, number=77))
    assert "Liquidazione" not in text_of(elsewhere.get(reverse("treasury:movements"))).partition("<table")[2]


def test_whoever_prepared_is_asked_for_an_act(sondrio, body, two, coordinator, signed_in):
    run = made.prepare(coordinator, body)
    client = signed_in(coordinator)
    page = text_of(client.get(url("approve", run)))
    assert ("preparata tu" in page and "Numero dell&#x27;atto" in page) or "Numero dell'atto" in page
    with scope(system(sondrio).scope):
        seen = LiquidationRun.objects.get().row_version
    refused = client.post(url("approve", run), {"row_version": seen})
    assert refused.status_code == 422 and "la approva un" in text_of(refused)


def test_a_row_is_held_taken_up_again_and_let_pass(sondrio, body, clerk, coordinator, signed_in):
    from impresasolidale.treasury.models import Pot

    pot = made.make_source(sondrio, use=Pot.Use.BUDGET)
    (placement,) = made.make_placements(sondrio, 1)
    made.make_month(placement, pot)
    run = made.prepare(clerk, body)
    row, office, other = item(sondrio, run), signed_in(clerk), signed_in(coordinator)
    assert "Manca l" in text_of(office.get(url("run", run)))
    assert "facoltativo" not in text_of(office.get(url("hold", row)))
    refused = office.post(url("hold", row), {"reason": ""})
    assert refused.status_code == 422 and "serve a chi leggerà dopo di te" in text_of(refused)
    assert office.post(url("hold", row), {"reason": "Chiarire"}).status_code == 303
    assert office.post(url("resume", row), {"reason": "Chiarito"}).status_code == 303
    waive = url("waive", row, CheckKind.COMMITMENT)
    assert office.get(waive).status_code == 403
    assert other.get(url("waive", row, CheckKind.MONEY)).status_code == 404
    assert other.post(waive, {"reason": "Arriva", "until": "2026-11-17"}).status_code == 422
    assert other.post(waive, {"reason": "L'atto arriva", "until": TODAY.isoformat()}).status_code == 303
    assert "Lasciato passare fino al" in text_of(other.get(url("run", run)))
    assert office.post(url("refresh", run)).status_code == 303
    assert office.post(url("cancel", run), {"reason": "Si rifà"}).status_code == 303
    assert other.get(url("approve", run)).status_code == 303  # there is nothing to approve any more


# --- One sum everywhere


def test_page_lists_xml_papers_and_ledger_have_one_total(sondrio, pot, clerk, coordinator, accounting, signed_in):
    """400 + 250.10 + 99.99 = 750.09, of which one share of two pots."""
    other_pot = made.make_source(sondrio, name="Contributo della Fondazione", amount="500")
    with scope(system(sondrio).scope):
        payer = Body.objects.create(name="Cooperativa Prova", kind="cooperative", is_public=False, ambito=sondrio, network=sondrio.network)
        Payer.objects.create(ambito=sondrio, body=payer, columns=["reference", "payee", "amount"], iban=made.IBANS[2])
    placements = made.make_placements(sondrio, 3)
    sums = ("400", "250.10", "99.99")
    for n, (placement, amount) in enumerate(zip(placements, sums, strict=True)):
        total = Decimal(amount)
        shares = [(pot, total - 50), (other_pot, Decimal(50))] if n == 0 else None
        made.make_month(placement, pot, amount=amount, payer=payer, shares=shares)
    with scope(system(sondrio).scope):
        Body.objects.filter(pk=payer.pk).update(is_public=True)  # exempt wants a public payer (rule 42)
    run = made.approve(coordinator, made.prepare(clerk, payer))
    by = system(sondrio)
    with scope(by.scope):
        (job,) = Job.objects.filter(name="treasury.write_sepa")
        assert job.arguments == {"run_id": run.pk}
        file = exits.write_sepa(run=run, by=by)
        assert exits.write_sepa(run=run, by=by) == file and RunFile.objects.count() == 1
        rows = selectors.rows_of(run, today=TODAY)
        lines = selectors.list_rows(run, office="Sondrio")
        posted = posted_total(run)
        act = Document.objects.get(kind="treasury.liquidation_act")
        slip = Document.objects.get(kind="treasury.liquidation_slip")
        public = Document.objects.get(kind="treasury.liquidation_public")
    total = Decimal("750.09")
    assert rows.totals.amount == posted == file.total == sum(line.amount for line in lines) == total
    assert len(lines) == 4
    assert {act.context["total"], slip.context["total"], public.context["total"]} == {"750,09\u00a0€"}
    client = signed_in(accounting)
    assert "750,09" in text_of(client.get(url("run", run)))
    table = rows_of(client.get(url("file", run, "riservato", "csv")))
    assert table[0] == ["Riferimento", "Chi riceve", "Importo"]
    assert sum(Decimal(row[2].replace(",", ".")) for row in table[1:]) == total
    book = openpyxl.load_workbook(io.BytesIO(client.get(url("file", run, "riservato", "xlsx")).content))
    cells = [row for row in book.active.iter_rows(values_only=True)]
    assert round(sum(row[2] for row in cells[1:-1]), 2) == 750.09 == round(cells[-1][2], 2)
    answer = client.get(url("sepa", run))
    root = ET.fromstring(b"".join(answer.streaming_content))
    space = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
    assert sum(Decimal(node.text) for node in root.iterfind(".//p:InstdAmt", space)) == total
    assert {node.text for node in root.iterfind(".//p:CtrlSum", space)} == {"750.09"}
    assert {node.text for node in root.iterfind(".//p:Ustrd", space)} == {"Contributo 10/2026"}  # neutral words
    assert [node.text for node in root.iterfind(".//p:EndToEndId", space)] == [f"{run.number}/{n}" for n in (1, 2, 3)]
    assert {node.text for node in root.iterfind(".//p:ReqdExctnDt/p:Dt", space)} == {"2026-11-19"}
    assert root.find(".//p:DbtrAcct//p:IBAN", space).text == made.IBANS[2]
    assert root.find(".//p:MsgId", space).text == run.public_id.hex
    for forbidden in ("TRR", "tirocin", "disab"):
        assert forbidden.lower() not in ET.tostring(root).decode().lower()


def test_a_public_body_has_no_file_for_the_bank(sondrio, approved, accounting, signed_in):
    with scope(system(sondrio).scope):
        assert not Job.objects.filter(name="treasury.write_sepa").exists()
        assert exits.write_sepa(run=approved, by=system(sondrio)) is None
    assert signed_in(accounting).get(url("sepa", approved)).status_code == 404


def test_a_publishable_list_names_nobody(sondrio, approved, accounting, signed_in):
    client = signed_in(accounting)
    with scope(system(sondrio).scope):
        people = list(Beneficiary.objects.all())
        public = Document.objects.get(kind="treasury.liquidation_public")
        html = rendering.html_of(public, "A" * 26)
        codes = {publication_code(person.public_id, 2026) for person in people}
    csv_text = text_of(client.get(url("file", approved, "pubblico", "csv")))
    book = openpyxl.load_workbook(io.BytesIO(client.get(url("file", approved, "pubblico", "xlsx")).content))
    xlsx_text = " ".join(str(cell) for row in book.active.iter_rows(values_only=True) for cell in row)
    for text in (csv_text, xlsx_text, html):
        for person in people:
            for secret in (person.first_name, person.last_name, person.codice_fiscale):
                assert secret not in text
        assert all(iban not in text for iban in made.IBANS)
        assert all(code in text for code in codes)
    reserved = text_of(client.get(url("file", approved, "riservato", "csv")))
    assert all(person.codice_fiscale in reserved for person in people)


def test_the_columns_are_the_body_s_and_stay(sondrio, body, approved, accounting, coordinator, signed_in):
    client = signed_in(accounting)
    layout = reverse("liquidations:layout", args=[body.public_id])
    assert client.get(layout).status_code == 200
    assert signed_in(coordinator).get(layout).status_code == 403
    places = {"place_amount": 1, "place_reference": 2, "place_cup": 3, "row_version": 0, "iban": ""}
    refused = client.post(layout, {**places, "place_reference": ""})
    assert refused.status_code == 422 and "Queste colonne servono sempre: Riferimento." in text_of(refused)
    assert client.post(layout, {**places, "iban": made.IBANS[0]}).status_code == 422  # a public body pays through its treasurer
    assert client.post(layout, places).status_code == 303
    assert rows_of(client.get(url("file", approved, "riservato", "csv")))[0] == ["Importo", "Riferimento", "CUP"]
    assert client.post(layout, places).status_code == 409  # opened before the other saved


def test_no_cell_is_taken_for_a_formula(sondrio, body, pot, clerk, coordinator, accounting, signed_in):
    (placement,) = made.make_placements(sondrio, 1)
    with scope(system(sondrio).scope):
        placement.beneficiary.payment_ways.update(holder='=HYPERLINK("http://x")')
    made.make_month(placement, pot)
    run = made.approve(coordinator, made.prepare(clerk, body))
    client = signed_in(accounting)
    assert "'=HYPERLINK" in text_of(client.get(url("file", run, "riservato", "csv")))
    book = openpyxl.load_workbook(io.BytesIO(client.get(url("file", run, "riservato", "xlsx")).content))
    cells = [cell for row in book.active.iter_rows() for cell in row if str(cell.value).startswith("=HYPERLINK")]
    assert cells and all(cell.data_type == "s" for cell in cells)


def test_the_papers_are_rendered_from_what_was_frozen(sondrio, approved, accounting, signed_in):
    import pikepdf
    from django.core.files.storage import default_storage

    with scope(system(sondrio).scope):
        for paper in Document.objects.filter(kind__startswith="treasury.liquidation"):
            rendering.render_document(paper.pk)
            paper.refresh_from_db()
            with default_storage.open(paper.file_name) as file, pikepdf.open(file) as pdf:
                assert len(pdf.pages) >= 1
    client = signed_in(accounting)
    for kind in ("atto", "da-pubblicare", "distinta"):
        answer = client.get(url("paper", approved, kind))
        assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert client.get(url("paper", approved, "altro")).status_code == 404


def when_of(month, clerk):
    """What a slip of this month, made now, says of its money."""
    by = access_for(clerk)
    with scope(by.scope):
        row = MonthAllowance.objects.select_related("payer", "timesheet", "placement__company", "placement__beneficiary").get(pk=month.pk)
        return issue_slip(row=row, by=by, today=TODAY).context["when"]


def test_the_slip_says_when_the_money_comes(sondrio, body, pot, clerk, coordinator, accounting):
    (placement,) = made.make_placements(sondrio, 1)
    month = made.make_month(placement, pot)

    assert when_of(month, clerk) == "Arrivano quando l’ufficio ha finito i controlli."
    run = made.approve(coordinator, made.prepare(clerk, body))
    assert when_of(month, clerk) == "Sono partiti: arrivano nei prossimi giorni."
    by = access_for(accounting)
    with scope(by.scope):
        answers.record_answers(run=run, text="1;pagato;881;12/11/2026;Q1", by=by, today=TODAY)
    assert when_of(month, clerk) == "Versati il 12 novembre 2026."


def test_the_slip_says_that_the_money_came_back_until_it_goes_again(sondrio, body, pot, clerk, coordinator, accounting):
    (placement,) = made.make_placements(sondrio, 1)
    month = made.make_month(placement, pot)
    run = made.approve(coordinator, made.prepare(clerk, body))
    by = access_for(accounting)
    with scope(by.scope):
        answers.record_answers(run=run, text="1;respinto;;;Conto chiuso", by=by, today=TODAY)
    assert when_of(month, clerk) == "I soldi sono tornati indietro. Chiamo, e insieme vediamo dove mandarli."
    made.approve(coordinator, made.prepare(clerk, body))
    assert when_of(month, clerk) == "Sono partiti: arrivano nei prossimi giorni."


# --- Taxed sums


def test_the_payroll_list_has_gross_sums_and_takes_nets(sondrio, body, pot, clerk, coordinator, accounting, signed_in):
    placements = made.make_placements(sondrio, 2)
    made.make_month(placements[0], pot, tax_treatment=TaxTreatment.TAXED)
    made.make_month(placements[1], pot, amount="250")
    run = made.approve(coordinator, made.prepare(clerk, body))
    client = signed_in(accounting)
    table = rows_of(client.get(url("file", run, "payroll", "csv")))
    assert [row[table[0].index("Importo")] for row in table[1:]] == ["400,00"]
    taxed = next(i for i in (item(sondrio, run, 1), item(sondrio, run, 2)) if i.is_taxed)
    assert client.post(url("nets", run), {"text": f"{taxed.position};312,40"}).status_code == 303
    page = text_of(client.get(url("run", run)))
    assert "netto 312,40" in page and "400,00" in page
    with scope(system(sondrio).scope):
        month = MonthAllowance.objects.get(pk=taxed.source_id)
    assert (month.net_amount, month.net_on) == (Decimal("312.40"), TODAY)  # the slip and the yearly list read it here
    assert signed_in(coordinator).get(url("nets", run)).status_code == 403


# --- Recoveries


def pay(client, run):
    return client.post(url("answers", run), {"text": "1;pagato;881;12/11/2026\n2;pagato;882;12/11/2026"})


def recover(sondrio, client, run, **values):
    row = item(sondrio, run)
    answer = client.post(url("recover", row), {"way": "pay_back", "amount": "100,00", "reason": "Contate due giornate in più", **values})
    return row, answer


def test_what_is_paid_back_returns_to_its_source(sondrio, pot, approved, office, accounting, signed_in):
    money = signed_in(accounting)
    row, answer = recover(sondrio, office, approved)
    assert answer.status_code == 422  # not paid yet
    pay(money, approved)
    for wrong in ({"amount": "400,01"}, {"reason": ""}, {"amount": "0"}):
        assert recover(sondrio, office, approved, **wrong)[1].status_code == 422
    assert recover(sondrio, office, approved)[1].status_code == 303
    assert recover(sondrio, office, approved)[1].status_code == 422  # one at a time
    with scope(system(sondrio).scope):
        recovery, before = Recovery.objects.get(), free_balance(pot)
    back = reverse("liquidations:pay_back", args=[recovery.public_id])
    assert office.get(back).status_code == 403
    values = {"amount": "60,00", "on": TODAY.isoformat(), "receipt": "Q 12"}
    assert money.post(back, {**values, "amount": "100,01"}).status_code == 422
    assert money.post(back, {**values, "receipt": ""}).status_code == 422
    assert money.post(back, values).status_code == 303
    assert money.post(back, values).status_code == 303  # the same receipt counts once
    assert money.post(back, {**values, "amount": "10,00"}).status_code == 422
    with scope(system(sondrio).scope):
        assert free_balance(pot) == before + 60
    assert money.post(back, {**values, "amount": "40,00", "receipt": "Q 13"}).status_code == 303
    with scope(system(sondrio).scope):
        assert free_balance(pot) == before + 100
        assert Recovery.objects.get().state == RecoveryState.RECOVERED
    assert "100,00" in text_of(office.get(reverse("liquidations:recoveries")))


def test_receipts_that_begin_alike_are_two(sondrio, pot, approved, office, accounting, signed_in):
    money = signed_in(accounting)
    pay(money, approved)
    recover(sondrio, office, approved)
    with scope(system(sondrio).scope):
        recovery, before = Recovery.objects.get(), free_balance(pot)
    back = reverse("liquidations:pay_back", args=[recovery.public_id])
    for number in ("881", "882"):
        values = {"amount": "50,00", "on": TODAY.isoformat(), "receipt": f"Tesoreria, quietanza del 2026 n. {number}"}
        assert money.post(back, values).status_code == 303
    with scope(system(sondrio).scope):
        assert free_balance(pot) == before + 100
        assert Recovery.objects.get().state == RecoveryState.RECOVERED


def test_giving_up_takes_two_people(sondrio, approved, office, coordinator, accounting, signed_in):
    first, second = signed_in(coordinator), signed_in(accounting)
    pay(second, approved)
    recover(sondrio, office, approved)
    with scope(system(sondrio).scope):
        recovery = Recovery.objects.get()
    ask, approve, keep = (url(name, recovery) for name in ("ask_write_off", "approve_write_off", "keep_recovering"))
    assert office.get(ask).status_code == 403
    assert first.post(ask, {"reason": ""}).status_code == 422
    assert first.post(ask, {"reason": "Nessun reddito"}).status_code == 303
    refused = first.post(approve)
    assert refused.status_code == 422 and "due persone" in text_of(refused)
    assert second.post(keep, {"reason": "Proviamo ancora"}).status_code == 303
    assert first.post(ask, {"reason": "Nessun reddito"}).status_code == 303
    assert second.post(approve).status_code == 303
    with scope(system(sondrio).scope):
        row = Recovery.objects.get()
    assert (row.state, row.asked_by, row.given_up_by) == (RecoveryState.WRITTEN_OFF, coordinator, accounting)


def test_off_the_next_months_an_instalment_at_a_time(sondrio, body, pot, approved, office, clerk, coordinator, accounting, signed_in):
    """100 euro, 60 a month: 60 off November, then 40."""
    pay(signed_in(accounting), approved)
    row, answer = recover(sondrio, office, approved, way="take_off", instalment="60,00")
    assert answer.status_code == 303
    with scope(system(sondrio).scope):
        adjustment = Adjustment.objects.get()
        placement = adjustment.placement
    assert (adjustment.amount, adjustment.about_month) == (Decimal("-60.00"), OCTOBER)
    november = made.make_month(placement, pot, month=date(2026, 11, 1), amount="340")
    with scope(system(sondrio).scope):
        Adjustment.objects.filter(pk=adjustment.pk).update(taken_in=november)
    made.approve(coordinator, made.prepare(clerk, body, date(2026, 11, 1)))
    with scope(system(sondrio).scope):
        recovery = selectors.with_recovered([Recovery.objects.get()])[0]
        assert (recovery.recovered, recovery.missing, recovery.state) == (Decimal(60), Decimal(40), RecoveryState.OPEN)
        last = Adjustment.objects.get(taken_in=None)
    assert last.amount == Decimal("-40.00")
    december = made.make_month(placement, pot, month=date(2026, 12, 1), amount="210")
    with scope(system(sondrio).scope):
        Adjustment.objects.filter(pk=last.pk).update(taken_in=december)
        LiquidationItem.objects.update(published_on=TODAY)
    run = made.prepare(clerk, body, date(2026, 12, 1))
    made.approve(coordinator, run)
    with scope(system(sondrio).scope):
        assert Recovery.objects.get().state == RecoveryState.RECOVERED


# --- Publication


def test_the_yearly_list_has_codes_over_the_threshold(sondrio, body, pot, clerk, coordinator, signed_in):
    """600 + 400.01 = 1,000.01 is over 1,000; 1,000.00 is not."""
    placements = made.make_placements(sondrio, 2)
    for month, first, second in ((date(2026, 9, 1), "600", "600"), (OCTOBER, "400.01", "400")):
        for placement, amount in zip(placements, (first, second), strict=True):
            made.make_month(placement, pot, month=month, amount=amount)
        run = made.prepare(clerk, body, month)
        if month == OCTOBER:
            client = signed_in(clerk)
            assert "aspettano la pubblicazione" in text_of(client.get(url("run", run)))
            assert client.post(url("published", run), {"on": TODAY.isoformat()}).status_code == 303
            assert client.post(url("refresh", run)).status_code == 303
        made.approve(coordinator, run)
    client = signed_in(coordinator)
    page = text_of(client.get(reverse("composing:publication"), {"ente": str(body.public_id)}))
    with scope(system(sondrio).scope):
        over, under = (publication_code(p.beneficiary.public_id, 2026) for p in placements)
        names = [p.beneficiary.last_name for p in placements]
    assert over in page and under not in page and not any(name in page for name in names)
    table = rows_of(client.get(reverse("composing:publication_file"), {"ente": str(body.public_id), "anno": "2026"}))
    assert table[1] == [over, "1000,01", "2", "Contributo motivazionale, progetto personalizzato", "Sondrio", "18/11/2026"]
    assert len(table) == 2


# --- Who is kept out


@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.AUDITOR, Role.COMUNE_OFFICER, Role.PROMOTER_TUTOR, Role.DPO, Role.TECHNICIAN])
def test_pages_of_liquidations_are_for_who_works_on_them(sondrio, approved, signed_in, role):
    client = signed_in(make_user(role, sondrio, number=8))
    for address in (*pages(approved), reverse("liquidations:list"), reverse("liquidations:desk"), reverse("composing:waiting")):
        assert client.get(address).status_code == 403, address


def test_another_ambito_finds_nothing(sondrio, tirano, approved, signed_in):
    client = signed_in(make_user(Role.ACCOUNTING, tirano, number=8))
    row = item(sondrio, approved)
    addresses = [*pages(approved), url("hold", row), url("recover", row)]
    assert {client.get(a).status_code for a in addresses if "approva" not in a} == {404}
    assert client.post(url("approve", approved), {"row_version": 1}).status_code == 404
    assert approved.number not in text_of(client.get(reverse("liquidations:list")))


def test_a_company_user_has_no_door(sondrio, approved, signed_in):
    with scope(system(sondrio).scope):
        user = CompanyTutor.objects.get().user
    client = signed_in(user)
    assert {client.get(a).status_code for a in (*pages(approved), reverse("liquidations:list"))} <= {403, 404}


def test_looks_are_kept(sondrio, approved, accounting, signed_in):
    client = signed_in(accounting)
    client.get(url("run", approved))
    client.get(url("file", approved, "riservato", "csv"))
    with scope(access_for(accounting).scope):
        found = set(Look.objects.filter(subject_type="treasury.liquidationrun").values_list("kind", "place"))
    assert found == {("detail", "liquidations:run"), ("export", "liquidations:list:riservato")}


def test_a_file_that_is_no_table_is_refused(sondrio, approved, accounting, signed_in):
    client = signed_in(accounting)
    picture = SimpleUploadedFile("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00")
    assert client.post(url("answers", approved), {"csv": picture}).status_code == 422
    assert client.post(url("answers", approved), {"text": ""}).status_code == 422
    with scope(system(sondrio).scope):
        assert set(LiquidationItem.objects.values_list("state", flat=True)) == {ItemState.SENT}


# --- What a page costs (house.md §4, Query budgets)


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("liquidations:list", 8),
        ("liquidations:desk", 12),
        ("composing:waiting", 8),
        ("liquidations:recoveries", 8),
        ("composing:publication", 8),
        ("run", 10),
    ],
)
def test_a_page_costs_the_same_for_two_rows_and_for_many(
    sondrio, pot, approved, clerk, coordinator, accounting, body, signed_in, name, most
):
    client = signed_in(accounting)
    address = url("run", approved) if name == "run" else reverse(name)
    client.get(address)
    with OwnQueries() as two_rows:
        assert client.get(address).status_code == 200
    for placement in made.make_placements(sondrio, 5, first=5):
        made.make_month(placement, pot, month=date(2026, 9, 1), amount="1100")
    run = made.prepare(clerk, body, date(2026, 9, 1))
    with scope(system(sondrio).scope):
        LiquidationItem.objects.filter(run=run).update(published_on=TODAY)
    with scope(access_for(clerk).scope):
        liquidations.refresh_run(run=run, by=access_for(clerk), today=TODAY, now=timezone.now())
    run = made.approve(coordinator, run)
    address = url("run", run) if name == "run" else address
    with OwnQueries() as many_rows:
        assert client.get(address).status_code == 200
    assert len(two_rows) <= most, two_rows
    assert len(many_rows) <= max(len(two_rows), most - 1), many_rows


def test_before_the_approval_there_is_only_the_list_to_publish(body, two, clerk, coordinator, signed_in):
    run, client = made.prepare(clerk, body), signed_in(coordinator)
    assert client.get(url("file", run, "riservato", "csv")).status_code == 404
    assert client.get(url("file", run, "payroll", "csv")).status_code == 404
    assert client.get(url("file", run, "pubblico", "csv")).status_code == 200
    assert "riservato" not in text_of(client.get(url("run", run)))


def test_the_lists_of_liquidations_say_what_the_page_says(sondrio, body, pot, two, clerk, accounting, signed_in):
    """400 + 250.10, of which the first is stopped: 250.10 everywhere."""
    with scope(system(sondrio).scope):
        two[0].placement.beneficiary.payment_ways.update(withdrawn_at=timezone.now(), withdrawn_reason="errore")
    run, client = made.prepare(clerk, body), signed_in(accounting)
    for address in (url("run", run), reverse("liquidations:list"), reverse("liquidations:desk")):
        page = text_of(client.get(address))
        assert "250,10" in page and "650,10" not in page, address
