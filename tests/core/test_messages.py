"""Messages: three channels, what became of each, what is refused."""

import json
import smtplib
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, ProgrammingError, connection, transaction

from impresasolidale.accounts.access import Access
from impresasolidale.core import messages, sms
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Job, Message
from impresasolidale.core.scope import scope
from impresasolidale.core.validators import mobile_number

pytestmark = pytest.mark.django_db
State, Channel = Message.State, Message.Channel
NUMBER = "+393481234567"


@pytest.fixture
def access(worker, within):
    return within(worker)


def send(access, **changes: Any) -> Message:
    wanted = {
        "kind": "test.note", "address": "ada@example.org", "language": "it", "subject": "Una nota",
        "template": "accounts/email/forgotten.txt", "context": {"user": access.actor, "url": "http://x/1", "days": 1},
        "by": access, "about": access.actor,
    }  # fmt: skip
    return messages.send(**{**wanted, **changes})


@pytest.mark.parametrize("typed", ["348 123 4567", "+39 348.123.4567", "0039 3481234567", "(348) 1234567", "393481234567"])
def test_a_mobile_number_is_written_in_one_way(typed):
    assert mobile_number(typed) == NUMBER


@pytest.mark.parametrize("typed", ["", "0342 512345", "348", "+41 79 123 45 67", "34812345678", "348 12A 4567", "3٤81234567"])
def test_what_is_no_italian_mobile_is_refused(typed):
    with pytest.raises(ValidationError, match="cellulare italiano"):
        mobile_number(typed)


def test_a_short_message_goes_to_the_gateway_on_one_line(access, monkeypatch):
    gone: list[tuple[str, str]] = []
    monkeypatch.setattr(sms.Outbox, "send", lambda _self, number, text: gone.append((number, text)) or "ref-1")
    row = send(access, channel=Channel.SMS, address="348 123 4567")
    assert row.address == NUMBER and Job.objects.filter(name="core.send_message").count() == 1
    messages.deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.reference) == (State.SENT, "ref-1") and gone == [(NUMBER, row.body)] and "\n" not in row.body
    assert not mail.outbox


def test_without_a_gateway_or_a_mobile_nothing_is_queued(access, settings):
    with pytest.raises(DomainError, match="cellulare italiano") as refused:
        send(access, channel=Channel.SMS, address="0342 512345")
    assert refused.value.field == "address"
    settings.SMS_GATEWAY = ""
    with pytest.raises(DomainError, match="non partono SMS"):
        send(access, channel=Channel.SMS, address=NUMBER)
    assert not Message.objects.exists() and not Job.objects.filter(name="core.send_message").exists()


def test_a_letter_waits_for_the_office_to_post_it(access):
    row = send(access, channel=Channel.LETTER, address="via Prova 1, Sondrio")
    assert not Job.objects.filter(name="core.send_message").exists()
    messages.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == State.QUEUED
    assert messages.record_delivery(message=row, state=State.SENT, by=access).sent_at
    assert messages.record_delivery(message=row, state=State.DELIVERED, by=access).delivered_at


def test_what_became_of_a_message_is_noted_once_and_in_order(access):
    row = send(access)
    with pytest.raises(Conflict, match="in partenza"):
        messages.record_delivery(message=row, state=State.DELIVERED, by=access)
    with pytest.raises(Conflict):  # a mail leaves by itself
        messages.record_delivery(message=row, state=State.SENT, by=access)
    messages.deliver(row.pk)
    with pytest.raises(DomainError, match="perché") as refused:
        messages.record_delivery(message=row, state=State.BOUNCED, by=access)
    assert refused.value.field == "words"
    assert messages.record_delivery(message=row, state=State.BOUNCED, by=access, words="Casella piena.").error == "Casella piena."
    messages.record_delivery(message=row, state=State.BOUNCED, by=access, words="Di nuovo.")
    row.refresh_from_db()
    assert row.error == "Casella piena."


def refusing(error: Exception) -> Any:
    def send(*_args: Any, **_kwargs: Any) -> None:
        raise error

    return send


def test_an_address_the_server_refuses_comes_back_and_is_not_tried_again(access, monkeypatch):
    row = send(access, is_personal=True)
    monkeypatch.setattr(EmailMessage, "send", refusing(smtplib.SMTPRecipientsRefused({row.address: (550, b"no such user ada")})))
    messages.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == State.BOUNCED and "550" in row.error and "ada" not in row.error and not row.sent_at
    assert row.body == messages.PERSONAL  # a link that came back is not kept either
    monkeypatch.undo()
    messages.deliver(row.pk)
    assert not mail.outbox


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (smtplib.SMTPRecipientsRefused({"ada@example.org": (451, b"later")}), "451"),
        (smtplib.SMTPSenderRefused(550, b"who", "noi@example.org"), "mittente"),
        (OSError("no network"), "non ha risposto"),
    ],
)
def test_what_may_pass_is_tried_again_and_fails_at_the_end(access, monkeypatch, error, words):
    row = send(access)
    monkeypatch.setattr(EmailMessage, "send", refusing(error))
    with pytest.raises(type(error)):
        messages.deliver(row.pk)
    row.refresh_from_db()
    assert row.state == State.QUEUED
    messages.deliver(row.pk, is_last=True)
    row.refresh_from_db()
    assert row.state == State.FAILED and words in row.error


def test_the_same_message_waits_its_cooldown(access):
    first = send(access)
    with pytest.raises(DomainError, match="aspetta dieci minuti"):
        send(access)
    with pytest.raises(DomainError, match="aspetta 60 minuti"):
        send(access, cooldown=timedelta(hours=1))
    send(access, cooldown=timedelta(0))
    send(access, address="altra@example.org")
    Message.objects.filter(address="ada@example.org").update(state=State.BOUNCED, error="No.")
    send(access)  # one that came back does not make anybody wait
    assert Message.objects.count() == 4 and first.pk


def test_a_message_is_sent_again_as_it_was(access):
    row = send(access)
    with pytest.raises(DomainError, match="già partito"):
        messages.resend(message=row, by=access)
    Message.objects.filter(pk=row.pk).update(state=State.FAILED, error="No.")
    again = messages.resend(message=row, by=access)
    assert (again.body, again.state) == (row.body, State.QUEUED) and again.pk != row.pk
    with pytest.raises(DomainError, match="link personale"):
        messages.resend(message=send(access, is_personal=True, cooldown=timedelta(0)), by=access)


def test_the_database_wants_a_reason_for_what_came_back(access):
    row = send(access)
    with pytest.raises(IntegrityError, match="core_message_error_said"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE core_message SET state = 'bounced' WHERE id = %s", [row.pk])


def test_an_office_reaches_no_message_of_another_office_of_its_network(within, worker, stranger, coordinator):
    """In raw SQL: neither office reads, changes or writes the other's; what no Ambito owns is the network's."""
    hers = send(within(worker))
    theirs = send(within(stranger), address="berta@example.org")
    both = Access.system(network_id=theirs.network_id, ambito_id=None, reason="test")
    with scope(both.scope):
        of_none = send(both, address="carla@example.org", about=worker, context={"user": worker, "url": "http://x/1", "days": 1})

    def reached(user):
        within(user)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE core_message SET reference = 'x' WHERE id = ANY (%s) RETURNING id", [[hers.pk, theirs.pk, of_none.pk]])
            return {pk for (pk,) in cursor.fetchall()}

    assert reached(worker) == reached(coordinator) == {hers.pk, of_none.pk}
    assert reached(stranger) == {theirs.pk, of_none.pk}
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Message.objects.create(ambito_id=hers.ambito_id, network_id=hers.network_id, kind="x", address="x@example.org", subject="x")


class Provider(BaseHTTPRequestHandler):
    status: ClassVar[int] = 200
    answer: ClassVar[bytes] = b'{"id": "abc-1"}'
    heard: ClassVar[list[tuple[Any, Any]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Provider.heard.append((self.headers["Authorization"], body))
        self.send_response(Provider.status)
        self.end_headers()
        self.wfile.write(Provider.answer)

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def provider(settings: Any) -> Iterator[type[Provider]]:
    server = HTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    settings.SMS_GATEWAY = "impresasolidale.core.sms.Http"
    settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_SENDER = f"http://127.0.0.1:{server.server_port}/", "segreto", "Ufficio"
    Provider.status, Provider.answer, Provider.heard = 200, b'{"id": "abc-1"}', []
    yield Provider
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_http_gateway_says_who_to_whom_and_what(access, provider):
    row = send(access, channel=Channel.SMS, address=NUMBER)
    messages.deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.reference) == (State.SENT, "abc-1")
    assert provider.heard == [("Bearer segreto", {"to": NUMBER, "text": row.body, "from": "Ufficio"})]


@pytest.mark.parametrize(
    ("status", "state"), [(400, State.BOUNCED), (422, State.BOUNCED), (429, State.QUEUED), (401, State.QUEUED), (503, State.QUEUED)]
)
def test_a_gateway_that_refuses_or_is_busy(access, provider, status, state):
    provider.status = status
    row = send(access, channel=Channel.SMS, address=NUMBER)
    try:
        messages.deliver(row.pk)
    except OSError:
        pass
    row.refresh_from_db()
    assert row.state == state and (state == State.QUEUED or str(status) in row.error)


def test_an_answer_without_reference_is_still_an_answer(access, provider):
    provider.answer = b"ok"
    row = send(access, channel=Channel.SMS, address=NUMBER)
    messages.deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.reference) == (State.SENT, "")
