"""Everything an Ambito owns goes out in one file: by two people, whole, once; read back it is the same."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.inventory import house_tables
from impresasolidale.core.models import Job, Look
from impresasolidale.exchange import walker
from impresasolidale.exchange.models import TakeOut
from impresasolidale.exchange.services import takeout
from tests.factories.attendance import make_host, make_running_placement, make_tutor, record, system

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 atto"


def page(name, row=None):
    return reverse(f"exchange:{name}", args=[row.public_id] if row else [])


@pytest.fixture
def deputy(user_of, sondrio):
    return user_of(Role.COORDINATOR, sondrio, number=2)


@pytest.fixture
def placement(sondrio):
    company = make_host(sondrio)
    tutor, _user = make_tutor(sondrio, company)
    row = make_running_placement(sondrio, tutor, company)
    record(row, date(2026, 10, 5))
    record(row, date(2026, 10, 6), "unjustified")
    return row


def asked(client):
    answer = client.post(page("ask_take_out"), {"reason": "Cambio di programma"})
    assert answer.status_code == 303
    return TakeOut.objects.latest("id")


def made(row):
    jobs.run(Job.objects.get(name="exchange.make_take_out", arguments={"take_out_id": row.pk}).pk)
    row.refresh_from_db()
    return row


@pytest.fixture
def ready(signed_in, coordinator, deputy, within, placement):
    within(coordinator)
    row = asked(signed_in(coordinator))
    assert signed_in(deputy).post(page("approve_take_out", row), {}).status_code == 303
    return made(row)


def test_every_owned_table_is_taken_out_or_stays_for_a_reason():
    with_ambito = {m._meta.label_lower for m in house_tables() if "ambito_id" in {f.attname for f in m._meta.concrete_fields}}
    taken = {m._meta.label_lower for m in walker.owned()}
    assert with_ambito == taken | (with_ambito & walker.EXEMPT.keys())
    assert not taken & walker.EXEMPT.keys() and walker.EXEMPT.keys() <= with_ambito and all(walker.EXEMPT.values())
    with connection.cursor() as cursor:  # the database knows no owned table that the models do not
        cursor.execute("SELECT table_name FROM information_schema.columns WHERE column_name = 'ambito_id' AND table_schema = 'public'")
        tables = {name for (name,) in cursor.fetchall()} - {"entrusted"}
    known = {m._meta.db_table for m in house_tables()}
    assert {t for t in tables if t not in known and not t.startswith("bi_")} <= set(), tables - known


def test_the_file_read_back_is_what_the_tables_say(ready, sondrio, placement):
    with default_storage.open(ready.file_name) as file:
        data = file.read()
    assert hashlib.sha256(data).hexdigest() == ready.file_hash and len(data) == ready.size
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["tables"] == ready.tables
        parts = {part["name"]: part for part in manifest["parts"]}
        assert {*parts} - {n for n, p in parts.items() if p.get("missing")} == {*archive.namelist()} - {"manifest.json"}
        for name, part in parts.items():
            if not part.get("missing"):
                body = archive.read(name)
                assert (hashlib.sha256(body).hexdigest(), len(body)) == (part["sha256"], part["size"]), name
        for model in walker.owned():
            table = model._meta.db_table
            lines = [json.loads(line) for line in archive.read(f"tabelle/{table}.jsonl").decode().splitlines()]
            rows = list(csv.reader(io.StringIO(archive.read(f"tabelle/{table}.csv").decode("utf-8-sig")), delimiter=";"))
            assert len(lines) == len(rows) - 1 == ready.tables[table], table
            if lines:
                assert rows[0] == list(lines[0])
        person = json.loads(archive.read("tabelle/beneficiaries_beneficiary.jsonl"))
        assert person["codice_fiscale"] == placement.beneficiary.codice_fiscale  # in the clear
        assert "search_key" not in person
        assert ready.tables["attendance_attendanceevent"] == 2 and ready.tables["agreements_placement"] == 1
        words = archive.read("LEGGIMI.txt").decode()
        assert "beneficiaries_beneficiary – persone (1 righe)" in words and "data di nascita" in words


def test_rows_of_another_ambito_are_not_in_it(signed_in, user_of, tirano, within, placement):
    first, second = (user_of(Role.COORDINATOR, tirano, number=n) for n in (1, 2))
    within(first)
    row = asked(signed_in(first))
    signed_in(second).post(page("approve_take_out", row), {})
    row = made(row)
    assert row.tables["beneficiaries_beneficiary"] == 0 and row.tables["attendance_attendanceevent"] == 0


def test_who_asks_does_not_approve_but_by_an_act(signed_in, coordinator, within, placement):
    within(coordinator)
    client = signed_in(coordinator)
    row = asked(client)
    answer = client.post(page("approve_take_out", row), {})
    assert answer.status_code == 422 and "non può anche approvare" in answer.content.decode()
    act = {"act_number": "Det. 12", "act_on": "2026-11-01"}
    assert client.post(page("approve_take_out", row), act).status_code == 422  # without its copy
    answer = client.post(page("approve_take_out", row), {**act, "act_file": SimpleUploadedFile("atto.pdf", PDF)})
    row.refresh_from_db()
    assert answer.status_code == 303 and (row.state, row.act_number) == ("making", "Det. 12")


def test_it_is_downloaded_once_and_by_who_asked(ready, signed_in, coordinator, deputy):
    url = page("download_take_out", ready)
    assert signed_in(coordinator).get(url).status_code == 405
    answer = signed_in(deputy).post(url, follow=True)
    assert "solo chi l'ha chiesta" in answer.content.decode().replace("&#x27;", "'")
    answer = signed_in(coordinator).post(url)
    assert answer["Content-Type"] == "application/zip" and b"".join(answer.streaming_content)[:2] == b"PK"
    assert Look.objects.filter(kind="export", place="exchange:take_out", actor_id=coordinator.pk).exists()
    again = signed_in(coordinator).post(url, follow=True)
    assert "già stato scaricato" in again.content.decode()


def test_all_the_data_ask_again_who_it_is(ready, signed_in, coordinator, deputy, settings):
    settings.CONFIRM_MINUTES = 30
    mine, other, now = signed_in(coordinator), signed_in(deputy), timezone.now()
    with time_machine.travel(now + timedelta(minutes=61)):
        assert mine.get(page("take_outs")).status_code == 200  # to look asks nothing
        for client, name in ((mine, "ask_take_out"), (other, "approve_take_out"), (mine, "download_take_out")):
            url = page(name, None if name == "ask_take_out" else ready)
            assert client.post(url, {"reason": "x"})["Location"].startswith("/accesso/sono-io/"), name
    ready.refresh_from_db()
    assert ready.state == "ready"


def test_a_file_that_nobody_fetched_goes_after_a_week(ready, sondrio, django_capture_on_commit_callbacks):
    name = ready.file_name
    by = system(sondrio)
    ready_on = ready.ready_at.date()
    assert takeout.drop_old(by=by, today=ready_on + timedelta(days=6)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert takeout.drop_old(by=by, today=ready_on + timedelta(days=7)) == 1
    ready.refresh_from_db()
    assert (ready.state, ready.file_name) == ("gone", "") and not default_storage.exists(name)


def test_one_request_at_a_time_and_a_refusal_says_why(signed_in, coordinator, deputy, within):
    within(coordinator)
    client = signed_in(coordinator)
    row = asked(client)
    assert client.post(page("ask_take_out"), {"reason": "Ancora"}).status_code == 422
    assert signed_in(deputy).post(page("refuse_take_out", row), {"reason": ""}).status_code == 422
    signed_in(deputy).post(page("refuse_take_out", row), {"reason": "Non serve"})
    row.refresh_from_db()
    assert row.state == "refused"
    asked(client)


def test_only_a_coordinator_of_the_ambito_gets_there(signed_in, ready, worker, user_of, tirano, sondrio):
    assert signed_in(worker).get(page("take_outs")).status_code == 403
    other = user_of(Role.COORDINATOR, tirano)
    assert signed_in(other).get(page("approve_take_out", ready)).status_code == 404
    assert signed_in(other).post(page("download_take_out", ready)).status_code == 404
    for role in (Role.CLERK, Role.ACCOUNTING, Role.DPO):
        assert signed_in(user_of(role, sondrio)).get(page("take_outs")).status_code == 403


def test_exports_are_listed_by_what_one_may_make(signed_in, coordinator, user_of, sondrio):
    wanted = {Role.COORDINATOR: "Giorni assicurati", Role.ACCOUNTING: "Movimenti dei bilanci", Role.CLERK: "protocollo"}
    for role, words in wanted.items():
        user = coordinator if role == Role.COORDINATOR else user_of(role, sondrio)
        shown = signed_in(user).get(page("exports"))
        assert shown.status_code == 200 and words in shown.content.decode(), role
        client = signed_in(user)
        menu = client.get("/scrivania/", follow=True).content.decode()
        assert page("home" if role == Role.COORDINATOR else "exports") in menu, role
        for _title, files in shown.context["groups"]:
            for file in files:
                assert client.get(file["url"]).status_code == 200, (role, file)
