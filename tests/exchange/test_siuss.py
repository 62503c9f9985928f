"""Paid benefits for the national information system: one record a person, kind, month and body; codes that are the Ambito's own."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Fact, Look
from impresasolidale.core.scope import scope
from impresasolidale.exchange.models import OutsideCode
from impresasolidale.exchange.siuss import Codes, Paid, summed, table_of
from impresasolidale.territory.enums import Severity
from impresasolidale.territory.selectors import lead_body
from impresasolidale.treasury.services import answers
from placements.beneficiaries.models import Beneficiary
from tests.factories import fund
from tests.factories import liquidations as made
from tests.factories.attendance import system
from tests.factories.fixtures import TODAY, make_user
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
PAGE = reverse("exchange:benefits") + "?anno=2026"
CODES = reverse("exchange:benefit_codes")
FILE = reverse("exchange:benefits_file", args=["csv"]) + "?anno=2026"


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


@pytest.fixture
def paid(sondrio, coordinator):
    """Two Octobers, 400 and 250 euro, of which the treasurer paid the first alone; it was ordered on 12 November."""
    pot = made.make_source(sondrio)
    placements = made.make_placements(sondrio, 2)
    months = [made.make_month(placements[0], pot), made.make_month(placements[1], pot, amount="250")]
    run = made.prepare(make_user(Role.CLERK, sondrio), lead_body(sondrio))
    made.approve(coordinator, run)
    by = access_for(make_user(Role.ACCOUNTING, sondrio))
    first = next(item for item in made.items(sondrio, run) if item.source_id == months[0].pk)
    with scope(by.scope):
        answers.record_answers(run=run, text=f"{first.position};pagato;882;12/11/2026", by=by, today=TODAY)
    return months[0]


def rows_of(client, url=FILE):
    answer = client.get(url)
    assert answer.status_code == 200, answer
    return list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig")), delimiter=";"))


def test_supplements_are_part_of_their_month():
    ada, bea = (Beneficiary(pk=n, search_key=key, target_area="disability") for n, key in ((1, "ada"), (2, "bea")))
    october, november = date(2026, 10, 1), date(2026, 11, 1)
    rows = summed(
        [
            Paid(bea, "allowance", october, "Comune", Decimal("250.10")),
            Paid(ada, "allowance", november, "Comune", Decimal(400)),
            Paid(ada, "allowance", october, "Comune", Decimal(400)),
            Paid(ada, "allowance", october, "Comune", Decimal("12.50")),  # the supplement: 400 + 12.50 = 412.50
            Paid(ada, "meals", october, "Comune", Decimal(30)),
        ]
    )
    assert [(row.person.pk, row.kind, row.month.month, row.amount) for row in rows] == [
        (1, "allowance", 10, Decimal("412.50")),
        (1, "meals", 10, Decimal(30)),
        (1, "allowance", 11, Decimal(400)),
        (2, "allowance", 10, Decimal("250.10")),
    ]
    assert rows[0].last_day == date(2026, 10, 31)


def test_what_has_no_code_is_said_and_an_area_is_not_named():
    person = Beneficiary(pk=1, codice_fiscale="BNCDAA80A41I829X", target_area="judicial")
    row = Paid(person, "allowance", date(2026, 10, 1), "Comune", Decimal(400))
    assert Codes({}, {}).missing([row]) == ["contributo motivazionale", "l'area di alcune persone"]
    whole = Codes({"allowance": "A1.05"}, {"judicial": "SIP"})
    assert whole.missing([row]) == [] and Codes({}, {}).missing([]) == []
    assert table_of([row], whole)[1][0][1:4] == ["SIP", "A1.05", "contributo motivazionale"]
    empty = table_of([row], Codes({}, {}))[1][0]
    assert empty[1:3] == ["da confermare", "da confermare"] and empty[-1] == "area, codice"
    assert "giudiziaria" not in str(empty) and "judicial" not in str(empty)
    assert table_of([row], Codes({}, {}), says_missing=False)[1][0][1:3] == ["", ""]


def test_the_file_of_the_year_holds_what_was_paid_and_names_nobody(paid, sondrio, coordinator, signed_in):
    client = signed_in(coordinator)
    (row,) = rows_of(client)
    with scope(system(sondrio).scope):
        person = Beneficiary.objects.get(placements=paid.placement_id)
        assert row["Codice fiscale"] == person.codice_fiscale and person.last_name not in row.values()
        look = Look.objects.get(kind="export")
        assert look.subject_ids == [person.pk] and look.place == "exchange:benefits_file"
    assert (row["Anno"], row["Mese"], row["Dal"], row["Al"], row["Importo"]) == ("2026", "10", "01/10/2026", "31/10/2026", "400,00")
    assert row["Ente erogatore"] == lead_body(sondrio).name and row["Da confermare"] == "area, codice"
    assert rows_of(client, FILE.replace("2026", "2025")) == []
    assert client.get(reverse("exchange:benefits_file", args=["pdf"])).status_code == 404


def test_a_help_of_the_fund_counts_in_the_month_it_was_paid(sondrio, worker, coordinator, user_of, signed_in):
    asks, decides, other = (access_for(user) for user in (worker, coordinator, user_of(Role.COORDINATOR, sondrio, number=2)))
    pays = access_for(user_of(Role.ACCOUNTING, sondrio))
    with scope(decides.scope):
        fund.publish(decides)
        fund.make_holder(decides)
        pot = fund.make_pot(decides)
        fund.give(decides, pot)
        request = fund.ask(asks, fund.make_helped(asks), "80")
        fund.pay(pays, fund.grant(decides, fund.make_ready(other, request), pot))
    (row,) = rows_of(signed_in(coordinator))
    assert row["Prestazione"] == "trasporto (abbonamento, biglietti)" and row["Importo"] == "80,00"
    assert (row["Mese"], row["Al"]) == (str(TODAY.month), "30/11/2026") and row["Ente erogatore"]


def test_the_codes_are_written_and_stand_in_the_file(paid, sondrio, coordinator, signed_in):
    client = signed_in(coordinator)
    page = client.get(PAGE).content.decode()
    assert "Mancano dei codici" in page and "contributo motivazionale" in page
    answer = client.post(CODES, {"kind_allowance": "A1.05", "area_disadvantage": "SIP"})
    assert answer.status_code == 303 and answer["Location"] == reverse("exchange:benefits")
    assert "Mancano dei codici" not in client.get(PAGE).content.decode()
    (row,) = rows_of(client)
    assert (row["Area"], row["Codice prestazione"], row["Da confermare"]) == ("SIP", "A1.05", "")
    with scope(system(sondrio).scope):
        fact = Fact.objects.get(code="exchange.outside_codes.saved")
    assert fact.data["codes"] == {"kind.allowance": "A1.05", "area.disadvantage": "SIP"} and fact.actor_id == coordinator.pk
    assert client.post(CODES, {"area_disadvantage": "ALTRO"}).status_code == 422
    client.post(CODES, {"kind_allowance": ""})
    with scope(system(sondrio).scope):
        assert not OutsideCode.objects.exists()


def test_who_may_and_whose(paid, worker, user_of, tirano, sondrio, coordinator, signed_in):
    for role in (Role.SOCIAL_WORKER, Role.CLERK):
        other = signed_in(worker if role == Role.SOCIAL_WORKER else user_of(role, sondrio, number=5))
        assert {other.get(url).status_code for url in (PAGE, CODES, FILE)} == {403}
        assert other.post(CODES, {}).status_code == 403
    signed_in(coordinator).post(CODES, {"kind_allowance": "A1.05"})
    neighbour = signed_in(user_of(Role.COORDINATOR, tirano))
    assert rows_of(neighbour) == []
    assert "A1.05" not in neighbour.get(CODES).content.decode()
    neighbour.post(CODES, {})
    assert "A1.05" in signed_in(coordinator).get(CODES).content.decode()


def test_where_the_rule_blocks_the_file_waits_for_the_codes(paid, sondrio, coordinator, signed_in, monkeypatch):
    client = signed_in(coordinator)
    monkeypatch.setattr("impresasolidale.exchange.siuss.severity", lambda access, on: Severity.BLOCK)
    answer = client.get(FILE)
    assert answer.status_code == 303 and answer["Location"] == PAGE
    assert "Prima scrivi i codici che mancano: contributo motivazionale" in client.get(PAGE).content.decode()
    with scope(system(sondrio).scope):
        assert not Look.objects.filter(kind="export").exists()
    monkeypatch.setattr("impresasolidale.exchange.siuss.severity", lambda access, on: Severity.OFF)
    assert "Mancano dei codici" not in client.get(PAGE).content.decode()


def test_the_page_asks_as_much_for_a_full_year_as_for_an_empty_one(paid, coordinator, signed_in):
    client = signed_in(coordinator)
    client.get(PAGE)
    with OwnQueries() as queries:
        client.get(PAGE)
    assert len(queries) <= 8, queries
