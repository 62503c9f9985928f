"""The diary of contacts with a company: what an office notes, what it is reminded of, and who does not read it."""

import csv
import io
import uuid
from datetime import date
from typing import Any

import pytest
from django.db import connection

from companies.hosts.models import CompanyNote
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Deadline, Look, RowChange, Todo
from impresasolidale.core.scope import scope
from impresasolidale.core.todos import remind
from tests.factories import attendance as made
from tests.factories.fixtures import make_user
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db


def token() -> dict[str, str]:
    return {"_submission": str(uuid.uuid4())}


@pytest.fixture
def company(sondrio: Any) -> Any:
    return made.make_host(sondrio)


def write(client: Any, company: Any, **values: str) -> Any:
    data = {
        "kind": "call", "happened_on": "2026-11-17", "with_whom": "La titolare", "text": "Le serve una mano al banco.", "next_step": "",
        "next_on": "",
    }  # fmt: skip
    return client.post(f"/imprese/{company.public_id}/diario/nuova/", {**data, **values, **token()})


def test_a_call_is_noted_and_its_next_step_reminded(signed_in, worker, company):
    client, address = signed_in(worker), f"/imprese/{company.public_id}/diario/"
    assert write(client, company, next_step="Portare la convenzione", next_on="2026-11-25").status_code == 303
    page = client.get(address).content.decode()
    assert "Le serve una mano al banco." in page and "entro il 25 novembre" in page.replace("\xa0", " ") and "Prova social_worker" in page
    short = client.get(f"{address}?breve=1").content.decode()
    assert "Tutto il diario" in short and "?breve=1" in client.get(f"/imprese/{company.public_id}/").content.decode()
    with scope(access_for(worker).scope):
        note = CompanyNote.objects.get()
        remind(today=date(2026, 11, 23))
        assert "Portare la convenzione" in Todo.objects.get(kind="hosts.next_step", done_at=None).title
        assert Look.objects.filter(place="hosts:notes").exists()
    with connection.cursor() as cursor, scope(access_for(worker).scope):
        cursor.execute("SELECT text FROM hosts_companynote")
        assert "banco" not in cursor.fetchone()[0]
    assert client.post(f"{address}{note.public_id}/fatto/", token()).status_code == 303
    with scope(access_for(worker).scope):
        assert not Todo.objects.filter(done_at=None).exists() and not Deadline.objects.filter(closed_at=None).exists()
        assert "banco" not in str(list(RowChange.objects.filter(table_name="hosts_companynote").values_list("changes", flat=True)))
    client.post(f"{address}{note.public_id}/fatto/", token())
    assert "già segnato come fatto" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"kind": ""}, "kind", ""),
        ({"text": "  "}, "text", ""),
        ({"text": "x" * 2001}, "text", ""),
        ({"happened_on": "2026-11-19"}, "happened_on", "deve ancora venire"),
        ({"next_step": "Chiamare"}, "next_on", "entro quando"),
        ({"next_on": "2026-12-01"}, "next_step", "che cosa resta da fare"),
        ({"next_step": "Chiamare", "next_on": "2026-11-18"}, "next_on", "deve ancora venire"),
    ],
)
def test_a_note_that_says_too_little_is_refused(signed_in, worker, company, values, field, words):
    response = write(signed_in(worker), company, **values)
    assert response.status_code == 422 and words in str(response.context["form"].errors[field])
    assert "La titolare" in response.content.decode()
    with scope(access_for(worker).scope):
        assert not CompanyNote.objects.exists()


def test_neither_other_offices_nor_the_company_read_it(signed_in, worker, stranger, sondrio, company):
    write(signed_in(worker), company, next_step="Chiamare", next_on="2026-11-25")
    with scope(access_for(worker).scope):
        note = CompanyNote.objects.get()
    address = f"/imprese/{company.public_id}/diario/"
    other = signed_in(stranger)
    assert "banco" not in other.get(address).content.decode()
    assert other.post(f"{address}{note.public_id}/fatto/", token()).status_code == 404
    tutor, _user = made.make_tutor(sondrio, company)
    made.make_running_placement(sondrio, tutor, company, planned=False)
    contact = make_user(Role.COMPANY_CONTACT, None, company=company)
    assert signed_in(contact).get(address).status_code == 403
    with scope(access_for(contact).scope):
        assert not CompanyNote._base_manager.exists()
    reader = signed_in(make_user(Role.PROMOTER_TUTOR, sondrio))
    assert "banco" in reader.get(address).content.decode() and "Nuova nota" not in reader.get(address).content.decode()
    assert write(reader, company).status_code == 403


def test_the_diary_comes_as_a_file(signed_in, worker, company):
    client, address = signed_in(worker), f"/imprese/{company.public_id}/diario/"
    write(client, company, text="=1+1, e due righe.\nFine.")
    file = client.get(f"{address}elenco.csv")
    (row,) = csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig")), delimiter=";")
    assert row["Che cosa vi siete detti"].startswith("'=1+1") and row["Con chi"] == "La titolare"
    assert client.get(f"{address}elenco.xlsx").getvalue()[:2] == b"PK"
    assert client.get(f"{address}elenco.pdf").status_code == 404


def test_the_diary_costs_the_same_for_one_and_for_many(signed_in, worker, company):
    client, address = signed_in(worker), f"/imprese/{company.public_id}/diario/"
    write(client, company)
    client.get(address)
    with OwnQueries() as few:
        client.get(address)
    for _ in range(5):
        write(client, company)
    client.get(address)
    with OwnQueries() as many:
        client.get(address)
    assert len(many) == len(few) <= 8
