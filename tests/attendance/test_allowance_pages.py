"""What months give, as the office sees it: page, slip and stored rows say the same; a company sees nothing."""

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Document, Look
from impresasolidale.core.rendering import html_of
from impresasolidale.core.scope import scope
from placements.agreements.enums import AllowanceModel, CoverKind, TaxTreatment
from placements.agreements.models import Cover
from placements.attendance.models import Adjustment, MonthAllowance
from placements.attendance.selectors import allowances as allowance_selectors
from placements.attendance.services import allowances
from placements.attendance.services.allowances import TurnedOut
from tests.factories import attendance as made
from tests.factories.fixtures import make_user

from .test_allowances import NOVEMBER, OCTOBER, agree, given, settle

D = Decimal


@pytest.fixture
def office(sondrio, bakery):
    user = make_user(Role.SOCIAL_WORKER, sondrio, number=70)
    made.follow(user, bakery.placement)
    return user


@pytest.fixture
def accounting(sondrio):
    return make_user(Role.ACCOUNTING, sondrio, number=71)


@pytest.fixture
def below(bakery, in_sondrio):
    """October with 10 of 17 days: 235.29."""
    return settle(agree(bakery.placement), present=10)


def page(signed_in, user, name, *args, **query):
    return signed_in(user).get(reverse(f"attendance:{name}", args=args), query)


def test_page_slip_and_stored_rows_say_the_same(bakery, below, office, signed_in):
    row = given(below)
    month = signed_in(office).get(reverse("attendance:month", args=[bakery.placement.public_id]), {"mese": "2026-10"}).text
    detail = page(signed_in, office, "given_month", row.public_id).text
    signed_in(office).post(reverse("attendance:make_slip", args=[row.public_id]))
    document = Document._base_manager.get(kind="attendance.slip")
    slip = html_of(document, "A" * 26)
    for line in row.rows:
        for text in (month, detail, slip):
            assert line["words"] in text.replace("&#x27;", "'").replace("\u00a0%", " %")
    for text in (month, detail):
        assert "0,5882 mesi" in text and "400,00" in text  # 10 days of 17, of 400 euro a month
    for text in (month, detail, slip):
        assert "235,29" in text.replace("\u00a0", " ")
    context = document.context
    assert sum(D(amount.split()[0].replace(".", "").replace(",", ".")) for _words, amount in context["lines"]) == row.amount
    there = sum(cell["what"] == "there" for week in context["weeks"] for cell in week["days"])
    assert there == below.days_present == 10


def test_a_month_that_is_not_confirmed_shows_no_sum(bakery, in_sondrio, office, signed_in):
    settle(agree(bakery.placement), state="closed")
    text = signed_in(office).get(reverse("attendance:month", args=[bakery.placement.public_id]), {"mese": "2026-10"}).text
    assert "Il contributo si calcola quando il mese è confermato" in text


def test_the_company_sees_hours_and_never_the_sum(bakery, below, signed_in):
    client, row = signed_in(bakery.user), given(below)
    text = client.get(reverse("attendance:month", args=[bakery.placement.public_id]), {"mese": "2026-10"}).text
    assert "235,29" not in text and "contributo" not in text.lower()
    for name, args in [
        ("given", [bakery.placement.public_id]),
        ("given_month", [row.public_id]),
        ("adjust", [below.public_id]),
        ("net", [row.public_id]),
        ("statement", [bakery.placement.beneficiary.public_id]),
        ("inail", []),
        ("inail_file", ["csv"]),
        ("taxed", []),
        ("taxed_file", ["csv"]),
    ]:
        assert client.get(reverse(f"attendance:{name}", args=args)).status_code == 403
    with scope(bakery.access.scope):
        assert allowance_selectors.allowance_of(bakery.access, below) is None


def test_another_ambito_finds_nothing(bakery, below, tirano, signed_in):
    coordinator = make_user(Role.COORDINATOR, tirano, number=72)
    client, row = signed_in(coordinator), given(below)
    for name, args in [
        ("given", [bakery.placement.public_id]),
        ("given_month", [row.public_id]),
        ("adjust", [below.public_id]),
        ("statement", [bakery.placement.beneficiary.public_id]),
    ]:
        assert client.get(reverse(f"attendance:{name}", args=args)).status_code == 404
    assert "0314" not in client.get(reverse("attendance:inail"), {"anno": "2026"}).text


def test_an_adjustment_through_its_page(bakery, in_sondrio, office, signed_in):
    sheet = settle(agree(bakery.placement), present=10, state="frozen")
    client, url = signed_in(office), reverse("attendance:adjust", args=[sheet.public_id])
    assert "non si tocca" in client.get(url).text
    refused = client.post(url, {"what": "day", "day": "2026-10-29", "outcome": "present", "reason": ""})
    assert refused.status_code == 422
    assert client.post(url, {"what": "day", "outcome": "", "day": "", "reason": "x"}).status_code == 422
    assert client.post(url, {"what": "sum", "amount": "", "reason": "x"}).status_code == 422
    done = client.post(url, {"what": "day", "day": "2026-10-29", "outcome": "present", "reason": "Foglio ritrovato"})
    assert done.status_code == 303
    assert Adjustment.objects.get().amount == D("23.53")
    months = client.get(done["Location"]).text
    assert "23,53" in months and "Netto" not in months and "Foglio ritrovato" in months


def test_the_insurers_table_counts_days_and_what_turned_out_later(bakery, in_sondrio, sondrio, office, signed_in):
    Cover.objects.create(
        ambito=sondrio, kind=CoverKind.INAIL, number="12345678", insurer="INAIL", valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31)
    )
    sheet = settle(agree(bakery.placement), present=10, state="frozen")
    worker = access_for(office)
    with scope(worker.scope):
        (row,) = allowance_selectors.insured_days(worker, 2026)
        # 10 days × 53.98 = 539.80
        assert (row.position, row.item, row.month, row.people, row.days, row.total) == ("12345678", "0314", OCTOBER, 1, 10, D("539.80"))
        allowances.record_adjustment(
            sheet=sheet, reason="Foglio ritrovato", days=[TurnedOut(day=date(2026, 10, 29), outcome="present")], by=worker
        )
        assert [r.days for r in allowance_selectors.insured_days(worker, 2026)] == [11]
        assert allowance_selectors.insured_days(worker, 2025) == []
    text = page(signed_in, office, "inail", anno="2026").text
    assert "12345678" in text and "593,78" in text  # 11 × 53.98
    assert "593.78" in workbook(page(signed_in, office, "inail_file", "xlsx", anno="2026"))
    head, october, total = table(page(signed_in, office, "inail_file", "csv", anno="2026"), "inail-2026.csv")
    assert head == ["Posizione", "Chi assicura", "Voce", "Mese", "Persone", "Giorni", "Base al giorno", "Totale"]
    assert october == ["12345678", "l'ente promotore", "0314", "ottobre 2026", "1", "11", "53,98", "593,78"]
    assert (total[0], total[5], total[7]) == ("In tutto", "11", "593,78")


def table(response, name):
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def workbook(response):
    assert response.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


def test_the_yearly_list_of_taxed_sums_is_logged(bakery, in_sondrio, accounting, signed_in):
    settle(agree(bakery.placement, tax_treatment=TaxTreatment.TAXED), state="frozen")
    november = settle(bakery.placement, NOVEMBER, state="frozen")
    text = page(signed_in, accounting, "taxed", anno="2026").text
    assert bakery.placement.beneficiary.codice_fiscale in text and "800,00" in text and "manca" in text
    client, months = signed_in(accounting), reverse("attendance:given", args=[bakery.placement.public_id])
    assert "Netto" in client.get(months).text
    assert f'href="{months}"' in text and reverse("attendance:given_month", args=[given(november).public_id]) in client.get(months).text
    client.post(reverse("attendance:make_slip", args=[given(november).public_id]))
    gross = Document._base_manager.get(kind="attendance.slip").context
    assert (gross["sum_label"], gross["total_words"]) == ("Prima delle tasse", "400 euro")
    answer = client.post(reverse("attendance:net", args=[given(november).public_id]), {"net_amount": "308,00", "net_on": "2026-11-18"})
    assert answer.status_code == 303
    assert given(november).net_amount == D("308.00")
    client.post(reverse("attendance:make_slip", args=[given(november).public_id]))
    net = Document._base_manager.filter(kind="attendance.slip").latest("pk").context
    assert (net["sum_label"], net["total_words"], net["total"]) == ("Ricevo", "308 euro", "400,00 €")
    assert "308,00" in page(signed_in, accounting, "given_month", given(november).public_id).text
    assert "800" in workbook(page(signed_in, accounting, "taxed_file", "xlsx", anno="2026"))
    person = bakery.placement.beneficiary
    _head, line, total = table(page(signed_in, accounting, "taxed_file", "csv", anno="2026"), "cu-2026.csv")
    assert line[:3] == [person.codice_fiscale, person.last_name, person.first_name] and line[4:] == ["2", "800,00", ""]
    assert (total[0], total[5]) == ("In tutto", "800,00")
    assert page(signed_in, accounting, "taxed_file", "pdf", anno="2026").status_code == 404
    looks = Look._base_manager.filter(place="attendance:taxed_year", kind=Look.Kind.EXPORT)
    assert looks.count() == 4 and looks.earliest("pk").subject_ids == [bakery.placement.beneficiary_id]


def test_the_yearly_statement_counts_final_months(bakery, in_sondrio, office, signed_in):
    settle(agree(bakery.placement), present=10, state="frozen")
    settle(bakery.placement, NOVEMBER)
    client, url = signed_in(office), reverse("attendance:statement", args=[bakery.placement.beneficiary.public_id])
    assert client.post(url, {"year": "2025"}).status_code == 422
    assert client.post(url, {"year": "2026"}).status_code == 303
    document = Document._base_manager.get(kind="attendance.statement")
    assert [row[0] for row in document.context["rows"]] == ["ottobre"]
    assert document.context["total"] == "235,29 €"
    listed = client.get(url).text
    assert "Somme ricevute nel 2026" in listed and "in preparazione" in listed
    assert reverse("attendance:given_paper", args=[document.public_id]) not in listed  # no link to what is not there yet
    waiting = client.get(reverse("attendance:given_paper", args=[document.public_id]))
    assert waiting.status_code == 303  # not rendered yet


def test_the_months_of_a_placement_keep_their_queries(bakery, below, in_sondrio, office, signed_in, django_assert_max_num_queries):
    settle(bakery.placement, NOVEMBER)
    assert MonthAllowance.objects.count() == 2
    client = signed_in(office)
    with django_assert_max_num_queries(22):
        assert client.get(reverse("attendance:given", args=[bakery.placement.public_id])).status_code == 200


def test_bands_on_the_page(bakery, in_sondrio, office, signed_in):
    sheet = settle(agree(bakery.placement, AllowanceModel.BANDS, 200))
    assert "fascia oltre le 50 ore" in page(signed_in, office, "given_month", given(sheet).public_id).text
