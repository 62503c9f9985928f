"""Companies that come forward from the public page: what is taken in, who calls, what becomes of them, and what is forgotten."""

import csv
import io
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail as post_office
from django.db import connection
from django.utils import timezone

from companies.hosts import services
from companies.hosts.models import Company, Lead
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.models import Deadline, Fact, Message, RowChange, Todo
from impresasolidale.core.scope import scope
from impresasolidale.core.todos import remind
from impresasolidale.territory.services import publish_rulebook
from impresasolidale.website import forms
from tests.factories import attendance as made
from tests.factories.fixtures import make_user
from tests.factories.hosts import make_company, make_partita_iva
from tests.factories.jobs import in_every_ambito
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)
IVA = make_partita_iva(909)


def token() -> dict[str, str]:
    return {"_submission": str(uuid.uuid4())}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> str:
    """The mark of a page that was opened a while ago."""
    monkeypatch.setattr(forms, "QUICKEST", timedelta(seconds=-1))
    return forms.stamp()


def letter(opened: str, **values: str) -> dict[str, str]:
    wanted = {
        "company_name": "Salumificio Prova", "partita_iva": "", "comune": "Chiuro (SO)", "ambito": "", "person": "Ilaria Prova",
        "phone": "0342 555 0101", "email": "ilaria.prova@example.org", "words": "Al banco serve una mano gentile.", "agreed": "on",
        "stamp": opened, "sito": "",
    }  # fmt: skip
    return {**wanted, **values, **token()}


def send(client: Any, opened: str, **values: str) -> Any:
    return client.post("/aderisci/", letter(opened, **values))


def the_lead(ambito: Any) -> Lead:
    with scope(made.system(ambito).scope):
        return Lead.objects.select_related("comune").get()


def a_lead(ambito: Any, **values: Any) -> Lead:
    system = made.system(ambito)
    with scope(system.scope):
        columns = {"company_name": "Bar Prova", "person": "Ugo Prova", "phone": "0342 555 0102", "words": "Una mano al mattino."}
        from tests.factories.hosts import comune

        return services.receive_lead(
            ambito=ambito, values={**columns, "comune": comune("Sondrio"), **values}, by=system, now=timezone.now()
        )


def test_a_company_comes_forward_and_its_office_is_asked_to_call(client, opened, signed_in, worker, stranger, sondrio):
    response = send(client, opened)
    assert response.status_code == 303 and client.get(response["Location"]).status_code == 200
    lead = the_lead(sondrio)
    assert (lead.company_name, lead.comune.name, lead.words, lead.state) == (
        "Salumificio Prova", "Chiuro", "Al banco serve una mano gentile.", "new",
    )  # fmt: skip
    with connection.cursor() as cursor, scope(made.system(sondrio).scope):
        cursor.execute("SELECT words FROM hosts_lead")
        assert "mano" not in cursor.fetchone()[0]
    inbox = signed_in(worker).get("/da-fare/").content.decode()
    assert "chiama Salumificio Prova, Chiuro" in inbox
    with scope(made.system(sondrio).scope):
        assert Todo.objects.get(kind="hosts.lead").due_on == date(2026, 11, 23)  # three working days
        receipt = Message.objects.get(kind="hosts.lead_receipt")
    assert receipt.address == "ilaria.prova@example.org"
    assert "grazie: Salumificio Prova si è fatta avanti" in receipt.body and "23 novembre" in receipt.body.replace("\xa0", " ")
    assert post_office.outbox == []  # a job sends it
    other = signed_in(stranger)
    assert other.get(f"/imprese/adesioni/{lead.public_id}/").status_code == 404
    assert "Salumificio" not in other.get("/imprese/adesioni/").content.decode() + other.get("/da-fare/").content.decode()


def test_who_leaves_only_a_telephone_gets_no_mail(client, opened, sondrio):
    assert send(client, opened, email="").status_code == 303
    with scope(made.system(sondrio).scope):
        assert Lead.objects.count() == 1 and not Message.objects.exists()


def test_one_address_gets_one_receipt_a_day(client, opened, sondrio):
    send(client, opened)
    send(client, opened, company_name="Altra Prova")
    with scope(made.system(sondrio).scope):
        assert Lead.objects.count() == 2 and Message.objects.count() == 1


def test_an_office_that_takes_no_letters_says_whom_to_write_to_instead(client, opened, sondrio, tirano):
    """Rule 61, `company_leads`: what was typed stays in the form; the other offices go on."""
    by = made.system(sondrio)
    with scope(by.scope):
        publish_rulebook(network=sondrio.network, ambito=sondrio, valid_from=TODAY, changes={"company_leads": False}, act="prova", by=by)
    refused = send(client, opened)
    assert refused.status_code == 422 and "non riceve richieste da qui" in str(refused.context["form"].errors["comune"])
    assert "Salumificio Prova" in refused.content.decode()
    assert send(client, opened, comune="Lecco (LC)", ambito=tirano.code).status_code == 303
    with scope(made.system(sondrio).scope):
        assert not Lead.objects.exists()


def test_from_outside_one_chooses_who_calls(client, opened, sondrio, tirano):
    refused = send(client, opened, comune="Lecco (LC)")
    assert refused.status_code == 422 and "è fuori dalle nostre valli" in str(refused.context["form"].errors["ambito"])
    assert send(client, opened, comune="Lecco (LC)", ambito=tirano.code).status_code == 303
    assert the_lead(tirano).comune.name == "Lecco"


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"company_name": ""}, "company_name", ""),
        ({"partita_iva": IVA[:-1] + str((int(IVA[-1]) + 1) % 10)}, "partita_iva", "errore di battitura"),
        ({"comune": "Atlantide"}, "comune", "Non trovo questo comune"),
        ({"person": ""}, "person", ""),
        ({"phone": "", "email": ""}, "phone", "Serve un modo per sentirvi"),
        ({"phone": "12"}, "phone", "troppo corto"),
        ({"email": "senza chiocciola"}, "email", ""),
        ({"agreed": ""}, "agreed", "Senza il vostro sì"),
        ({"words": "x" * 1001}, "words", ""),
        ({"stamp": ""}, "__all__", "troppo in fretta"),
        ({"stamp": "join:1w:falso"}, "__all__", "troppo in fretta"),
    ],
)
def test_a_letter_that_says_too_little_is_refused_beside_its_field(client, opened, sondrio, values, field, words):
    response = send(client, opened, **values)
    assert response.status_code == 422 and words in str(response.context["form"].errors[field])
    assert "Salumificio Prova" in response.content.decode() or "company_name" in values  # nothing typed is lost
    with scope(made.system(sondrio).scope):
        assert not Lead.objects.exists()


def test_a_machine_is_thanked_and_forgotten(client, opened, sondrio):
    assert send(client, opened, sito="https://example.org/").status_code == 303
    assert client.post("/aderisci/", letter(forms.stamp(), sito="x", stamp="")).status_code == 303
    with scope(made.system(sondrio).scope):
        assert not Lead.objects.exists() and not Message.objects.exists()


def test_a_page_sent_at_once_asks_to_read_again(client, sondrio):
    response = client.post("/aderisci/", letter(forms.stamp()))
    assert response.status_code == 422 and "troppo in fretta" in response.content.decode()


def test_many_letters_from_one_place_wait_an_hour(client, opened, sondrio):
    for n in range(10):
        assert send(client, opened, company_name=f"Prova {n}", email="").status_code == 303
    answer = send(client, opened, company_name="Prova 11", email="")
    assert answer.status_code == 429 and "si riposa" in answer.content.decode()
    with scope(made.system(sondrio).scope):
        assert Lead.objects.count() == 10


def test_pressed_twice_it_counts_once(client, opened, sondrio):
    data = letter(opened)
    assert [client.post("/aderisci/", data).status_code for _ in range(2)] == [303, 303]
    assert the_lead(sondrio)


def test_who_writes_again_before_being_called_is_one_request(client, opened, signed_in, worker, sondrio, tirano):
    send(client, opened)
    again = send(client, opened, company_name="SALUMIFICIO prova", phone="0342 555 0199", email="", words="Anche al sabato.")
    assert again.status_code == 303 and "Grazie" in client.get(again["Location"]).content.decode()
    lead = the_lead(sondrio)
    assert (lead.phone, lead.email) == ("0342 555 0199", "ilaria.prova@example.org")
    assert lead.words == "Al banco serve una mano gentile.\n\nAnche al sabato."
    with scope(made.system(sondrio).scope):
        assert Todo.objects.filter(kind="hosts.lead").count() == 1
    for other in ({"comune": "Sondrio (SO)"}, {"company_name": "Salumificio Prova 2"}):
        send(client, opened, **other)
    by = made.system(sondrio)
    with scope(by.scope):
        assert Lead.objects.count() == 3
    signed_in(worker).post(f"/imprese/adesioni/{lead.public_id}/sentita/", token())
    send(client, opened)
    with scope(by.scope):
        assert Lead.objects.count() == 4  # it was called: a letter after that is another request


def test_from_the_call_to_the_company(signed_in, worker, sondrio):
    lead, client = a_lead(sondrio, partita_iva=IVA, email="bar@example.org"), signed_in(worker)
    address = f"/imprese/adesioni/{lead.public_id}/"
    assert "Una mano al mattino." in client.get(address).content.decode()
    assert client.post(f"{address}sentita/", token()).status_code == 303
    with scope(access_for(worker).scope):
        assert "Com'è andata" in Todo.objects.get(kind="hosts.lead", done_at=None).title
    form = client.get(f"{address}impresa/").context["form"]
    assert form.initial["name"] == "Bar Prova" and form.initial["partita_iva"] == IVA and form.initial["email"] == "bar@example.org"
    values = {
        "name": "Bar Prova", "kind": "firm", "partita_iva": IVA, "address": "via Prova, 1", "comune": "Sondrio (SO)",
        "email": "bar@example.org", "on_register": "on", "site_name": "Sede principale",
    }  # fmt: skip
    assert client.post(f"{address}impresa/", {**values, "kind": "", **token()}).status_code == 422
    assert client.post(f"{address}impresa/", {**values, **token()}).status_code == 303
    with scope(access_for(worker).scope):
        row = Lead.objects.select_related("company").get()
        assert (row.state, row.company.name) == ("company", "Bar Prova")
        assert not Todo.objects.filter(done_at=None).exists()
    page = client.get(address).content.decode()
    assert "Oggi è in rete" in page and "L'abbiamo sentita" not in page
    assert client.post(f"{address}impresa/", {**values, "partita_iva": "", "tax_code": IVA, **token()}).status_code in {409, 422}


def test_a_known_vat_number_shows_the_company_instead_of_a_double(signed_in, worker, sondrio):
    with scope(access_for(worker).scope):
        known = make_company(access_for(worker), name="Caffè della Stazione", partita_iva=IVA)
    lead, client = a_lead(sondrio, partita_iva=IVA), signed_in(worker)
    address = f"/imprese/adesioni/{lead.public_id}/"
    page = client.get(address).content.decode()
    assert "Forse la conosciamo già" in page and "Caffè della Stazione" in page and "È questa" in page
    assert client.post(f"{address}collega/", {"company": "non un codice", **token()}).status_code == 404
    assert client.post(f"{address}collega/", {"company": str(uuid.uuid4()), **token()}).status_code == 404
    assert client.post(f"{address}collega/", {"company": str(known.public_id), **token()}).status_code == 303
    with scope(access_for(worker).scope):
        assert Lead.objects.get().company_id == known.pk and Company.objects.count() == 1


def test_later_is_remembered_and_a_no_wants_its_reason(signed_in, worker, sondrio):
    lead, client = a_lead(sondrio), signed_in(worker)
    address = f"/imprese/adesioni/{lead.public_id}/"
    past = client.post(f"{address}piu-avanti/", {"call_on": "2026-11-18", **token()})
    assert past.status_code == 422 and "deve ancora venire" in str(past.context["form"].errors["call_on"])
    assert client.post(f"{address}piu-avanti/", {"call_on": "2026-12-01", **token()}).status_code == 303
    assert "da risentire il 1 dicembre" in client.get(address).content.decode().replace("\xa0", " ")
    with scope(access_for(worker).scope):
        assert Deadline.objects.get(closed_at=None).due_on == date(2026, 12, 1)
        remind(today=date(2026, 11, 29))
        assert Todo.objects.filter(kind="hosts.lead_later", done_at=None).exists()
    silent = client.post(f"{address}chiudi/", {"reason": " ", **token()})
    assert silent.status_code == 422 and "Scrivi il motivo" in str(silent.context["form"].errors["reason"])
    assert client.post(f"{address}chiudi/", {"reason": "Hanno venduto.", **token()}).status_code == 303
    assert "Hanno venduto." in client.get(address).content.decode()
    with scope(access_for(worker).scope):
        assert not Deadline.objects.filter(closed_at=None).exists() and not Todo.objects.filter(done_at=None).exists()
    assert client.post(f"{address}sentita/", token()).status_code == 303  # they changed their mind
    with scope(access_for(worker).scope):
        assert Lead.objects.get().state == "called"


def test_who_only_sees_companies_reads_and_does_not_write(signed_in, sondrio):
    lead, client = a_lead(sondrio), signed_in(make_user(Role.PROMOTER_TUTOR, sondrio))
    address = f"/imprese/adesioni/{lead.public_id}/"
    page = client.get(address).content.decode()
    assert "Bar Prova" in page and "Più avanti" not in page
    for step in ("sentita", "piu-avanti", "chiudi", "collega", "impresa"):
        assert client.post(f"{address}{step}/", token()).status_code == 403
    tutor = signed_in(make_user(Role.ACCOUNTING, sondrio))
    assert tutor.get("/imprese/adesioni/").status_code == 403 and tutor.get(address).status_code == 403


def test_the_list_comes_as_a_file_and_is_filtered(signed_in, worker, sondrio):
    client = signed_in(worker)
    a_lead(sondrio)
    gone = a_lead(sondrio, company_name="Forno Chiuso")
    with scope(access_for(worker).scope):
        services.decline_lead(lead=gone, reason="Chiude.", by=access_for(worker), today=TODAY)
    page = client.get("/imprese/adesioni/").content.decode()
    assert "Bar Prova" in page and "Forno Chiuso" not in page
    assert "Forno Chiuso" in client.get("/imprese/adesioni/?state=all").content.decode()
    assert client.get("/imprese/adesioni/?state=x").status_code == 200
    file = client.get("/imprese/adesioni/elenco.csv?state=no")
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig")), delimiter=";"))
    assert [(row["Impresa"], row["A che punto è"]) for row in rows] == [("Forno Chiuso", "non se ne fa niente")]
    assert client.get("/imprese/adesioni/elenco.xlsx").getvalue()[:2] == b"PK"
    assert client.get("/imprese/adesioni/elenco.pdf").status_code == 404


def test_the_list_costs_the_same_for_one_and_for_many(signed_in, worker, sondrio):
    client = signed_in(worker)
    a_lead(sondrio)
    client.get("/imprese/adesioni/")
    with OwnQueries() as few:
        client.get("/imprese/adesioni/")
    for n in range(6):
        a_lead(sondrio, company_name=f"Prova {n}")
    with OwnQueries() as many:
        client.get("/imprese/adesioni/")
    assert len(many) == len(few) <= 8


def test_what_came_to_nothing_is_forgotten_after_the_months_of_the_rule_book(worker, sondrio, tirano):
    old, later, fresh = (a_lead(place, company_name=name, email=f"{name}@example.org") for place, name in (
        (sondrio, "vecchia"), (sondrio, "dopo"), (tirano, "nuova"),
    ))  # fmt: skip
    with scope(access_for(worker).scope):
        by = access_for(worker)
        services.postpone_lead(lead=later, call_on=date(2027, 12, 1), by=by, today=TODAY)
        joined = a_lead(sondrio, company_name="entrata")
        services.join_lead(lead=joined, company=make_company(by), by=by, today=TODAY)
    assert in_every_ambito(services.forget_leads, today=date(2027, 11, 18)) == 0  # twelve months to the day
    assert in_every_ambito(services.forget_leads, today=date(2027, 11, 19)) == 2
    assert in_every_ambito(services.forget_leads, today=date(2027, 11, 19)) == 0
    with scope(access_for(worker).scope):
        assert {lead.company_name for lead in Lead.objects.all()} == {"dopo", "entrata"}
        assert not Todo.objects.filter(subject_type="hosts.lead", subject_id=old.pk).exists()
        assert not Message.objects.filter(address="vecchia@example.org").exists()
        assert Fact.objects.filter(code="hosts.lead.forgotten", subject_id=old.pk).exists()
        trail = str(list(RowChange.objects.filter(table_name="hosts_lead").values_list("changes", flat=True)))
        assert "vecchia" not in trail and "Ugo Prova" not in trail
    with scope(made.system(tirano).scope):
        assert not Lead.objects.filter(pk=fresh.pk).exists()


def test_a_company_user_reaches_no_lead(signed_in, worker, sondrio):
    lead = a_lead(sondrio)
    with scope(access_for(worker).scope):
        company = make_company(access_for(worker))
        services.join_lead(lead=lead, company=company, by=access_for(worker), today=TODAY)
    contact = make_user(Role.COMPANY_CONTACT, None, company=company)
    assert signed_in(contact).get(f"/imprese/adesioni/{lead.public_id}/").status_code == 403
    with scope(access_for(contact).scope):
        assert not Lead._base_manager.exists()
