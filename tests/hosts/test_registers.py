"""Companies looked up outside: every answer a register may give, and none of them stops anybody."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from django.urls import reverse
from django.utils import timezone

from companies.hosts import services
from companies.hosts.models import Company, RegisterCheck
from companies.hosts.registers import Chamber, Vies
from impresasolidale.core import outside
from impresasolidale.core.models import Job, Todo
from impresasolidale.schedule import BEAT
from tests.factories.hosts import make_company, make_partita_iva

pytestmark = pytest.mark.django_db
VIES, CHAMBER = "companies.hosts.registers.Vies", "companies.hosts.registers.Chamber"
GOOD = make_partita_iva(7301)


class Office(BaseHTTPRequestHandler):
    """Answers as it is told; `slow` seconds before."""

    status: ClassVar[int] = 200
    answer: ClassVar[bytes] = b"{}"
    slow: ClassVar[float] = 0
    heard: ClassVar[list[tuple[Any, Any]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Office.heard.append((self.headers["Authorization"], body))
        time.sleep(Office.slow)
        try:
            self.send_response(Office.status)
            self.end_headers()
            self.wfile.write(Office.answer)
        except OSError:
            pass  # who asked has gone

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def office(settings: Any) -> Iterator[type[Office]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Office)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/"
    settings.VIES_URL = settings.CHAMBER_URL = address
    settings.CHAMBER_TOKEN = "segreto"
    Office.status, Office.answer, Office.slow, Office.heard = 200, b"{}", 0, []
    yield Office
    server.shutdown()
    thread.join()
    server.server_close()


def says(office: type[Office], **answer: Any) -> None:
    office.answer = json.dumps(answer).encode()


def page_of(client: Any, company: Company) -> str:
    return client.get(reverse("hosts:detail", args=[company.public_id])).content.decode()


def test_nobody_is_asked_unless_the_installation_says_whom(signed_in, worker, within, settings):
    assert settings.COMPANY_REGISTERS == []
    company = make_company(within(worker))
    client = signed_in(worker)
    assert "nei registri" not in page_of(client, company)
    response = client.post(reverse("hosts:check", args=[company.public_id]), follow=True)
    assert "un registro da interrogare" in response.content.decode()
    assert not Job.objects.filter(name="hosts.check_company").exists()
    assert services.check_many(today=timezone.localdate()) == 0


def test_a_company_is_saved_first_and_asked_about_after(signed_in, worker, within, settings, office):
    settings.COMPANY_REGISTERS = [VIES, CHAMBER]
    office.status = 503
    client = signed_in(worker)
    response = client.post(
        reverse("hosts:new"),
        {"name": "Orto", "kind": "farm", "partita_iva": GOOD, "address": "Via 1", "comune": "Sondrio", "site_name": "Campo"},
    )
    assert response.status_code == 303
    access = within(worker)
    company = Company.objects.get()
    assert office.heard == [], "no page asks outside"
    assert "Non ancora cercata nei registri" in page_of(client, company)
    job = Job.objects.get(name="hosts.check_company")
    assert job.arguments == {"company_id": company.pk}
    assert [row.answer for row in services.check_company(company_id=company.pk, by=access)] == ["no_answer", "no_answer"]
    assert "non ha risposto" in page_of(client, company) and "non è controllato" in page_of(client, company)
    assert not Todo.objects.filter(kind="hosts.company_gone").exists()


def test_what_each_register_is_told_and_says(worker, within, settings, office):
    company = make_company(within(worker))
    settings.COMPANY_REGISTERS = [VIES]
    says(office, valid=True, name="ORTO  DEL\nPONTE", address="---")
    (row,) = services.check_company(company_id=company.pk, by=within(worker))
    assert (row.answer, row.name, row.address) == ("active", "ORTO DEL PONTE", "")
    assert office.heard == [(None, {"countryCode": "IT", "vatNumber": company.partita_iva})]
    settings.COMPANY_REGISTERS, office.heard[:] = [CHAMBER], []
    says(office, stato="Attiva", denominazione="Orto del Ponte", indirizzo="Via Prova 1")
    (row,) = services.check_company(company_id=company.pk, by=within(worker))
    assert (row.answer, row.address) == ("active", "Via Prova 1")
    assert office.heard == [("Bearer segreto", {"partita_iva": company.partita_iva})]


@pytest.mark.parametrize("register", [VIES, CHAMBER])
@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, b"<html>"), (200, b""), (200, b"[]"), (200, b"{}"), (200, b'{"valid": "yes", "stato": "boh"}'), (200, b"\xff\xfe"),
        (400, b"{}"), (401, b"{}"), (404, b"{}"), (429, b"{}"), (500, b"{}"), (302, b""),
        (200, b'{"actionSucceed": false, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}'),
    ],
)  # fmt: skip
def test_refusals_and_nonsense_are_no_answer(worker, within, settings, office, register, status, answer):
    settings.COMPANY_REGISTERS = [register]
    company = make_company(within(worker))
    office.status, office.answer = status, answer
    (row,) = services.check_company(company_id=company.pk, by=within(worker))
    assert row.answer == "no_answer"


def test_a_slow_register_and_one_that_is_not_there(worker, within, settings, office, monkeypatch):
    monkeypatch.setattr(outside, "TIMEOUT", 0.2)
    settings.COMPANY_REGISTERS = [VIES]
    company = make_company(within(worker))
    office.slow = 0.6
    (row,) = services.check_company(company_id=company.pk, by=within(worker))
    assert row.answer == "no_answer"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.VIES_URL = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        (row,) = services.check_company(company_id=company.pk, by=within(worker))
    assert row.answer == "no_answer"
    settings.VIES_URL = "file:///etc/passwd"
    (row,) = services.check_company(company_id=company.pk, by=within(worker))
    assert row.answer == "no_answer"


def test_who_is_gone_is_somebody_to_call_and_who_was_never_in_vies_is_not(signed_in, worker, within, settings, office):
    access = within(worker)
    company = make_company(access)
    waiting = Todo.objects.filter(kind="hosts.company_gone", subject_id=company.pk, done_at=None)
    settings.COMPANY_REGISTERS = [VIES]
    says(office, valid=False)
    services.check_company(company_id=company.pk, by=access)
    assert not waiting.exists()
    assert "non vuol dire che non esista" in page_of(signed_in(worker), company)
    says(office, valid=True)
    services.check_company(company_id=company.pk, by=within(worker))
    says(office, valid=False)
    services.check_company(company_id=company.pk, by=within(worker))
    assert waiting.exists(), "it was there, and is no more"
    says(office, valid=True)
    services.check_company(company_id=company.pk, by=within(worker))
    assert not waiting.exists()
    settings.COMPANY_REGISTERS = [CHAMBER]
    says(office, stato="cessata")
    services.check_company(company_id=company.pk, by=within(worker))
    assert waiting.exists() and "risulta cessata" in page_of(signed_in(worker), company)


def test_a_silence_leaves_the_answer_of_before_on_the_page(signed_in, worker, within, settings, office):
    settings.COMPANY_REGISTERS = [CHAMBER]
    company = make_company(within(worker))
    says(office, stato="attiva", denominazione="ORTO SRL")
    services.check_company(company_id=company.pk, by=within(worker))
    office.status = 500
    services.check_company(company_id=company.pk, by=within(worker))
    page = page_of(signed_in(worker), company)
    assert "ORTO SRL" in page and "non ha risposto" in page


def test_every_night_those_that_nobody_asked_about_for_a_month(worker, within, settings, office):
    settings.COMPANY_REGISTERS = [CHAMBER]
    access = within(worker)
    first, second = make_company(access), make_company(access)
    make_company(access, partita_iva="", tax_code=make_partita_iva(7302))
    Job.objects.all().delete()
    says(office, stato="attiva")
    services.check_company(company_id=second.pk, by=access)
    today = timezone.localdate()
    assert services.check_many(today=today) == 1
    assert Job.objects.get(name="hosts.check_company").arguments == {"company_id": first.pk}
    assert services.check_many(today=today + timedelta(days=31)) == 2
    assert ("hosts.check_companies", "day") in [entry["args"] for entry in BEAT.values()]


def test_another_vat_number_is_asked_about_anew(signed_in, worker, within, settings, office):
    settings.COMPANY_REGISTERS = [CHAMBER]
    access = within(worker)
    company = make_company(access)
    says(office, stato="attiva", denominazione="ORTO SRL")
    services.check_company(company_id=company.pk, by=access)
    Job.objects.all().delete()
    client = signed_in(worker)
    values = {"name": "Orto", "kind": "farm", "partita_iva": GOOD, "address": "Via 1", "comune": "Sondrio", "row_version": 1}
    assert client.post(reverse("hosts:edit", args=[company.public_id]), values).status_code == 303
    assert Job.objects.filter(name="hosts.check_company").count() == 1
    assert "ORTO SRL" not in page_of(client, company)
    assert RegisterCheck.objects.count() == 1
    assert client.post(reverse("hosts:check", args=[company.public_id])).status_code == 303
    assert Job.objects.filter(name="hosts.check_company").count() == 2


def test_the_adapters_have_their_names():
    assert (Vies.code, Chamber.code) == ("vies", "chamber")
