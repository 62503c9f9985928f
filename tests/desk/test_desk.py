"""The first page of each role, the inbox, the search, the outbox, the access log."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from impresasolidale.accounts.permissions import Role
from impresasolidale.core import todos
from impresasolidale.core.messages import deliver, send
from impresasolidale.core.models import Message
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import make_user
from tests.factories.hosts import make_company

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.SOCIAL_WORKER, "/da-fare/"),
        (Role.COORDINATOR, "/rapporti/cruscotto/"),
        (Role.CLERK, "/da-fare/"),
        (Role.PROMOTER_TUTOR, "/monitoraggio/visite/"),
        (Role.ACCOUNTING, "/contabilita/liquidazioni/ragioneria/"),
        (Role.AUDITOR, "/rapporti/cruscotto/"),
        (Role.COMMISSION_MEMBER, "/fondo/richieste/da-decidere/"),
        (Role.COMUNE_OFFICER, "/persone/"),
        (Role.TRAINER, "/formazione/"),
        (Role.DPO, "/protezione-dei-dati/"),
        (Role.TECHNICIAN, "/salute/"),
    ],
)
def test_each_role_has_its_first_page(signed_in, sondrio, role, place):
    assert signed_in(make_user(role, sondrio)).get("/scrivania/")["Location"] == place


def ask(person, by, **changes):
    wanted = {
        "kind": "test",
        "subject": person,
        "title": f"Chiama {person.last_name}",
        "url": "/da-fare/",
        "role": Role.SOCIAL_WORKER,
        "by": by,
    }
    todos.ask(**{**wanted, **changes})


def test_the_inbox_puts_first_what_is_about_my_people(signed_in, within, worker, sondrio, today):
    colleague = make_user(Role.SOCIAL_WORKER, sondrio, number=2)
    theirs = make_beneficiary(within(colleague), number=2)
    by = within(worker)
    mine = make_beneficiary(by, number=1)
    ask(theirs, by, due_on=today - timedelta(days=3))
    ask(mine, by, due_on=today)
    inbox = signed_in(worker).get("/da-fare/").context["inbox"]
    assert [t.subject_id for t in inbox.mine] == [mine.pk]
    assert [t.subject_id for t in inbox.others] == [theirs.pk]


def test_a_todo_of_another_role_or_done_is_not_shown(signed_in, within, worker):
    by = within(worker)
    person = make_beneficiary(by)
    ask(person, by, role=Role.COORDINATOR)
    ask(person, by, kind="done")
    todos.done(kind="done", subject=person, by=by)
    assert signed_in(worker).get("/da-fare/").context["inbox"].mine == []


def test_search_forgives_typos_and_stays_in_the_ambito(signed_in, within, worker, stranger):
    by = within(worker)
    person, company = make_beneficiary(by), make_company(by)
    wrong = person.last_name[:-1] + "x"
    found = signed_in(worker).get("/cerca/", {"q": wrong}).context["found"]
    assert [p.pk for p in found.people] == [person.pk]
    assert signed_in(stranger).get("/cerca/", {"q": person.last_name}).context["found"].people == []
    assert [c.pk for c in signed_in(stranger).get("/cerca/", {"q": company.name}).context["found"].companies] == [company.pk]


def test_the_outbox_keeps_the_personal_link_to_its_addressee(client, signed_in, within, worker, coordinator, settings):
    """Else a social worker asks for the coordinator's password, reads the link and is her own second key."""
    client.post("/accesso/dimenticata/", {"email": coordinator.email})
    within(coordinator)
    link = re.search(r"/accesso/invito/([^/\s]+)/", Message.objects.get().body)
    page = signed_in(worker).get("/posta/").content.decode()
    assert coordinator.email in page and link[1] not in page
    deliver(Message.objects.get().pk)
    assert link[1] not in Message.objects.get().body  # not even at rest
    assert len(mail.outbox) == 1 and link[1] in mail.outbox[0].body
    assert link[1] not in signed_in(worker).get("/posta/").content.decode()


def test_the_demo_sends_no_mail_and_shows_the_link(client, signed_in, within, worker, coordinator, settings):
    settings.DEMO = True
    client.post("/accesso/dimenticata/", {"email": coordinator.email})
    within(coordinator)
    link = re.search(r"/accesso/invito/([^/\s]+)/", Message.objects.get().body)
    assert link
    deliver(Message.objects.get().pk)
    assert link[1] in signed_in(worker).get("/posta/").content.decode()


def test_a_message_that_failed_is_sent_again_and_its_delivery_noted(signed_in, within, worker, stranger):
    by = within(worker)
    send(
        kind="test.note", address="ada@example.org", language="it", subject="Una nota", template="desk/email/digest.txt",
        context={"user": worker, "count": 1, "url": "http://x", "new": 0, "late": 0, "place": "", "soonest": None}, by=by, about=worker,
    )  # fmt: skip
    row = Message.objects.get()
    client, here = signed_in(worker), f"/posta/{row.public_id}"
    assert client.post(f"{here}/consegna/", {"state": "delivered"}).status_code == 422  # it has not left yet
    assert "già partito" in client.post(f"{here}/rimanda/", follow=True).content.decode()
    deliver(row.pk)
    refused = client.post(f"{here}/consegna/", {"state": "bounced", "words": " "})
    assert refused.status_code == 422 and "perché il messaggio non è arrivato" in refused.content.decode()
    assert client.post(f"{here}/consegna/", {"state": "bounced", "words": "Casella piena"}).status_code == 303
    page = client.get("/posta/").content.decode()
    assert "tornato indietro" in page and "Casella piena" in page
    assert client.post(f"{here}/rimanda/").status_code == 303 and Message.objects.count() == 2
    for path in ("rimanda", "consegna"):
        assert signed_in(stranger).post(f"{here}/{path}/").status_code == 404
