"""The Cartella Sociale: the steps of a case in the Region's order, what is missing in words, who may take it and that it is written."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Look
from impresasolidale.core.scope import scope
from impresasolidale.exchange.case_files import CaseFile, Step, put_in_order, table_of
from impresasolidale.exchange.enums import Process
from impresasolidale.territory.enums import Severity
from placements.beneficiaries.models import Assessment, Beneficiary, Referral, TakingInCharge
from tests.factories.attendance import follow, make_host, make_running_placement, make_tutor, system
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
PAGE = reverse("exchange:case_files") + "?anno=2026"


def file_of(client, kind="csv", **query):
    answer = client.get(reverse("exchange:case_files_file", args=[kind]), {"anno": "2026", **query})
    return answer, list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig")), delimiter=";")) if kind == "csv" else None


@pytest.fixture
def placement(sondrio, worker):
    company = make_host(sondrio)
    row = make_running_placement(sondrio, make_tutor(sondrio, company)[0], company)
    follow(worker, row)
    return row


@pytest.fixture
def asked(placement, sondrio):
    """The same person, with a referral that was accepted, a taking in charge and an assessment."""
    owner = {"ambito": sondrio, "beneficiary": placement.beneficiary}
    with scope(system(sondrio).scope):
        Referral.objects.create(
            **owner, service="uepe", operator="Anna Rossi", received_on=date(2026, 7, 1), protocol="12/2026",
            outcome="accepted", outcome_on=date(2026, 7, 10),
        )  # fmt: skip
        TakingInCharge.objects.create(**owner, service="sil", case_manager="Luca Verdi", valid_from=date(2026, 7, 2))
        Assessment.objects.create(**owner, made_on=date(2026, 8, 1), author="Luca Verdi", protocol="30/2026")
    return placement


def test_the_steps_come_in_the_order_of_the_processes_and_then_of_the_days():
    start = Step(Process.COURSE, "inizio", date(2026, 1, 1), "a", "b")
    late = Step(Process.ACCESS, "presa in carico", date(2026, 5, 1), "a", "b")
    early = Step(Process.ACCESS, "segnalazione", date(2026, 3, 1), "a", "")
    ordered, absent = put_in_order([start, late, early], has_begun=True)
    assert [step.what for step in ordered] == ["segnalazione", "presa in carico", "inizio"]
    assert absent == [Process.ASSESSMENT, Process.PROJECT]
    assert put_in_order([early], has_begun=False)[1] == []
    assert early.missing == ["l'esito"] and late.missing == []


def test_a_process_that_is_absent_stands_in_its_place():
    person = Beneficiary(first_name="Ada", last_name="Bianchi", codice_fiscale="BNCDAA80A41I829X")
    steps = [Step(Process.ACCESS, "segnalazione", date(2026, 3, 1), "a", "b"), Step(Process.COURSE, "inizio", None, "", "b")]
    head, rows = table_of([CaseFile(person, steps, [Process.ASSESSMENT])])
    assert len(head) == len(rows[0]) == 10
    assert [row[3][0] for row in rows] == ["A", "B", "D"]
    assert [row[-1] for row in rows] == ["", "non c'è niente", "la data, l'operatore"]


def test_the_file_of_the_year_and_the_look_that_names_the_person(asked, worker, sondrio, signed_in):
    client = signed_in(worker)
    answer, rows = file_of(client)
    assert answer.status_code == 200 and "cartella-sociale-2026.csv" in answer["Content-Disposition"]
    assert {row["Codice fiscale"] for row in rows} == {asked.beneficiary.codice_fiscale}
    assert [row["Processo"][0] for row in rows] == ["A", "A", "B", "C", "D"]
    assert rows[0]["Passo"] == "Segnalazione, ufficio esecuzione penale esterna" and rows[0]["Esito"] == "accolta"
    assert rows[2]["Data"] == "01/08/2026" and rows[2]["Operatore"] == "Luca Verdi"
    assert rows[3]["Da completare"] == "non c'è niente"  # the project was never signed
    with scope(system(sondrio).scope):
        look = Look.objects.get(kind="export")
    assert look.subject_ids == [asked.beneficiary_id] and look.place == "exchange:case_files_file" and look.actor_id == worker.pk
    assert file_of(client, "xlsx")[0].status_code == 200 and file_of(client, "pdf")[0].status_code == 404


def test_the_page_says_what_is_missing_in_as_many_queries_for_two(asked, worker, signed_in, sondrio):
    client = signed_in(worker)
    with OwnQueries() as first:
        page = client.get(PAGE).content.decode()
    assert "Una cartella è da completare" in page and "elaborazione del progetto" in page
    company = make_host(sondrio, number=2)
    follow(worker, make_running_placement(sondrio, make_tutor(sondrio, company, number=2)[0], company, number=2))
    with OwnQueries() as second:
        page = client.get(PAGE).content.decode()
    assert "2 cartelle sono da completare" in page
    assert len(first) == len(second), second
    assert "Nessun caso in questo anno" in client.get(PAGE.replace("2026", "2019")).content.decode()


def test_a_reserved_service_is_not_told_to_who_may_not_know(asked, user_of, sondrio, signed_in):
    tutor = user_of(Role.PROMOTER_TUTOR, sondrio, number=7)
    follow(tutor, asked)
    _answer, rows = file_of(signed_in(tutor))
    assert rows[0]["Passo"] == "Segnalazione, servizio riservato" and rows[0]["Operatore"] == "riservato"
    assert "Anna Rossi" not in str(rows)


def test_one_persons_file_asks_why_of_who_does_not_follow_her(asked, worker, user_of, sondrio, stranger, signed_in):
    url = reverse("exchange:case_file", args=[asked.beneficiary.public_id, "csv"])
    answer = signed_in(worker).get(url)
    assert answer.status_code == 200 and asked.beneficiary.codice_fiscale in b"".join(answer).decode()
    other = user_of(Role.SOCIAL_WORKER, sondrio, number=9)
    asks = signed_in(other).get(url)
    assert asks.status_code == 303 and reverse("beneficiaries:reason", args=[asked.beneficiary.public_id]) in asks["Location"]
    assert file_of(signed_in(other))[1] == []  # and she is not in the file of the year
    assert signed_in(stranger).get(url).status_code == 404
    clerk = signed_in(user_of(Role.CLERK, sondrio))
    assert clerk.get(url).status_code == 403 and clerk.get(PAGE).status_code == 403


def test_where_the_rule_blocks_no_file_has_gaps_and_off_says_nothing(asked, worker, sondrio, signed_in, monkeypatch):
    client = signed_in(worker)
    monkeypatch.setattr("impresasolidale.exchange.case_files.severity", lambda access, on: Severity.BLOCK)
    answer, _rows = file_of(client, "xlsx")
    assert answer.status_code == 303 and answer["Location"] == PAGE
    assert "In una cartella manca qualcosa" in client.get(PAGE).content.decode()
    with scope(system(sondrio).scope):
        assert Look.objects.exists() and not Look.objects.filter(kind="export").exists()
    monkeypatch.setattr("impresasolidale.exchange.case_files.severity", lambda access, on: Severity.OFF)
    assert "Non manca niente" in client.get(PAGE).content.decode()
