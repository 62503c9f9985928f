"""Messages between an office and a company: out by mail, in by page and by real mails, whatever is wrong with them."""

import base64
import csv
import io
import re
import sys
import uuid
from datetime import date
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail as post_office
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from companies.hosts import services
from companies.hosts.models import Company, Post, StrayMail, Thread
from companies.hosts.services import threads
from companies.hosts.services.reply_address import Forged, reply_address, thread_in
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import mail_in
from impresasolidale.core.messages import deliver
from impresasolidale.core.models import Message, RowChange, Todo, Upload
from impresasolidale.core.scope import scope
from tests.factories import attendance as made
from tests.factories.fixtures import make_user
from tests.support.queries import OwnQueries

pytestmark = pytest.mark.django_db
BOX = "risposte@impresa.example.org"
PDF = b"%PDF-1.7 prova"


def token() -> dict[str, str]:
    return {"_submission": str(uuid.uuid4())}


@pytest.fixture(autouse=True)
def box(settings: Any) -> None:
    settings.MAIL_IN_ADDRESS = BOX


@pytest.fixture
def company(sondrio: Any) -> Company:
    row = made.make_host(sondrio)
    with scope(made.system(sondrio).scope):
        Company.objects.filter(pk=row.pk).update(email="info.forno@example.org")
        return Company.objects.get(pk=row.pk)


@pytest.fixture
def contact(company: Company) -> Any:
    return make_user(Role.COMPANY_CONTACT, None, company=company)


@pytest.fixture
def thread(worker: Any, company: Company) -> Thread:
    by = access_for(worker)
    with scope(by.scope):
        return services.open_thread(
            company=company, subject="La convenzione", address="info.forno@example.org", text="Quando passiamo?", by=by, now=timezone.now()
        )


def post(client: Any, company: Company, **values: str) -> Any:
    data = {"address": "info.forno@example.org", "subject": "La convenzione", "text": "Quando possiamo passare?", **values}
    return client.post(f"/imprese/{company.public_id}/messaggi/nuovo/", {**data, **token()})


def mail(
    thread: Thread | None, text: str = "Martedì va bene.", *, to: str = "", sender: str = "info.forno@example.org", **headers: str
) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = f"Il Forno <{sender}>", to or (reply_address(thread.public_id) if thread else BOX)
    letter["Subject"], letter["Message-ID"] = "Re: Un messaggio", f"<{uuid.uuid4()}@example.org>"
    for name, value in headers.items():
        letter[name.replace("_", "-")] = value
    letter.set_content(text)
    return letter


def receive(letter: EmailMessage | bytes) -> bool:
    return services.receive_mail(raw=letter if isinstance(letter, bytes) else letter.as_bytes(), now=timezone.now())


def last(ambito: Any) -> Post:
    with scope(made.system(ambito).scope):
        return Post.objects.order_by("-id")[0]


def strays(ambito: Any) -> list[StrayMail]:
    with scope(made.system(ambito).scope):
        return list(StrayMail.objects.order_by("id"))


# --- The office writes


def test_a_message_leaves_by_mail_with_an_address_to_answer_to(signed_in, worker, sondrio, company):
    client = signed_in(worker)
    response = post(client, company)
    assert response.status_code == 303
    page = client.get(response["Location"]).content.decode()
    assert "Quando possiamo passare?" in page and "Si scrive a info.forno@example.org" in page
    with scope(made.system(sondrio).scope):
        message = Message.objects.get(kind="hosts.message")
        assert message.address == "info.forno@example.org" and message.is_personal
        assert (
            "Quando possiamo passare?" in message.body and mail_in.ABOVE in message.body and "/la-nostra-impresa/messaggi/" in message.body
        )
        assert thread_in(message.reply_to) == Thread.objects.get().public_id and len(message.reply_to.partition("@")[0]) <= 64
        deliver(message.pk)
        message.refresh_from_db()
        assert "Quando possiamo passare?" not in message.body  # its text is in the record, and in nobody's outbox
        assert not RowChange.objects.filter(table_name="hosts_post", changes__icontains="passare").exists()
    assert post_office.outbox[0].reply_to == [message.reply_to]
    with connection.cursor() as cursor, scope(made.system(sondrio).scope):
        cursor.execute("SELECT text FROM hosts_post")
        assert "passare" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("values", "field"), [({"text": " "}, "text"), ({"subject": ""}, "subject"), ({"address": "altro@example.org"}, "address")]
)
def test_a_message_that_says_too_little_is_refused(signed_in, worker, sondrio, company, values, field):
    response = post(signed_in(worker), company, **values)
    assert response.status_code == 422 and field in response.context["form"].errors
    with scope(made.system(sondrio).scope):
        assert not Thread.objects.exists() and not Message.objects.exists()


def test_a_company_without_an_address_is_said_so(signed_in, worker, sondrio):
    bare = made.make_host(sondrio, number=5)
    assert "Non c'è ancora un indirizzo" in signed_in(worker).get(f"/imprese/{bare.public_id}/messaggi/nuovo/").content.decode().replace(
        "&#x27;", "'"
    )


def test_where_no_mail_comes_in_the_company_answers_on_its_page(settings, signed_in, worker, sondrio, company):
    settings.MAIL_IN_ADDRESS = ""
    post(signed_in(worker), company)
    with scope(made.system(sondrio).scope):
        message = Message.objects.get(kind="hosts.message")
    assert not message.reply_to and mail_in.ABOVE not in message.body and "aprite la vostra pagina" in message.body


# --- The company writes


def test_the_company_reads_answers_and_begins_on_its_page(signed_in, worker, contact, sondrio, tirano, company, thread):
    client = signed_in(contact)  # nobody is placed there yet
    assert "La convenzione" in client.get("/la-nostra-impresa/messaggi/").content.decode()
    address = f"/la-nostra-impresa/messaggi/{thread.public_id}/"
    assert "Quando passiamo?" in client.get(address).content.decode()
    assert client.post(address, {"text": " ", **token()}).status_code == 422
    assert client.post(address, {"text": "Martedì alle dieci.", **token()}).status_code == 303
    office = signed_in(worker)
    assert "ha scritto: La convenzione" in office.get("/da-fare/").content.decode()
    page = office.get(f"/imprese/{company.public_id}/messaggi/{thread.public_id}/").content.decode()
    assert "Martedì alle dieci." in page and "Non serve rispondere" in page
    assert office.post(f"/imprese/{company.public_id}/messaggi/{thread.public_id}/", {"text": "A martedì.", **token()}).status_code == 303
    assert "ha scritto: La convenzione" not in office.get("/da-fare/").content.decode()
    new = {"ambito": str(tirano.pk), "company": str(company.pk), "subject": "Un posto", "text": "Da gennaio.", **token()}
    assert client.post("/la-nostra-impresa/messaggi/nuovo/", new).status_code == 303
    with scope(made.system(tirano).scope):
        assert Thread.objects.get().address == contact.email
        assert Todo.objects.filter(kind="hosts.message", ambito=tirano, done_at=None).count() == 1


def test_a_file_goes_both_ways_and_a_wrong_one_is_refused(signed_in, worker, contact, sondrio, company, thread):
    office, theirs = signed_in(worker), signed_in(contact)
    here, there = f"/imprese/{company.public_id}/messaggi/{thread.public_id}/", f"/la-nostra-impresa/messaggi/{thread.public_id}/"
    for client, address in ((office, here), (theirs, there)):
        wrong = {"text": "Ecco la carta", "file": SimpleUploadedFile("carta.exe", b"MZ prova"), **token()}
        refused = client.post(address, wrong)
        assert refused.status_code == 422 and "file" in refused.context["form"].errors and "Ecco la carta" in refused.content.decode()
    with scope(made.system(sondrio).scope):
        assert Post.objects.count() == 1 and not Upload.objects.exists()
    assert office.post(here, {"text": "Ecco", "file": SimpleUploadedFile("bozza.pdf", PDF), **token()}).status_code == 303
    assert theirs.post(there, {"text": "Anche noi", "file": SimpleUploadedFile("visura.pdf", PDF), **token()}).status_code == 303
    for client, address in ((office, here), (theirs, there)):
        page = client.get(address).content.decode()
        assert "bozza.pdf" in page and "visura.pdf" in page
        for url in re.findall(rf'href="({address}file/[^"]+)"', page):
            assert b"".join(client.get(url).streaming_content) == PDF
    with scope(made.system(sondrio).scope):
        told = Message.objects.filter(kind=threads.WRITTEN).order_by("-id")[0]
        assert "C'è un allegato" in told.body and "bozza" not in told.body


def test_a_company_sees_its_own_threads_only(signed_in, sondrio, company, thread):
    other = made.make_host(sondrio, number=6)
    stranger = signed_in(make_user(Role.COMPANY_CONTACT, None, company=other, number=2))
    assert "La convenzione" not in stranger.get("/la-nostra-impresa/messaggi/").content.decode()
    address = f"/la-nostra-impresa/messaggi/{thread.public_id}/"
    assert stranger.get(address).status_code == 404 and stranger.post(address, {"text": "x", **token()}).status_code == 404
    new = {"ambito": str(sondrio.pk), "company": str(company.pk), "subject": "x", "text": "x", **token()}
    assert stranger.post("/la-nostra-impresa/messaggi/nuovo/", new).status_code == 422
    _tutor, user = made.make_tutor(sondrio, company)
    assert signed_in(user).get(address).status_code == 403  # a tutor there is no contact


def test_another_ambito_sees_no_thread_and_a_reader_does_not_write(signed_in, stranger, worker, sondrio, company, thread):
    address = f"/imprese/{company.public_id}/messaggi/{thread.public_id}/"
    other = signed_in(stranger)
    assert other.get(address).status_code == 404 and other.post(f"{address}letto/", token()).status_code == 404
    assert "La convenzione" not in other.get("/imprese/messaggi/").content.decode()
    reader = signed_in(make_user(Role.PROMOTER_TUTOR, sondrio))
    assert "Quando passiamo?" in reader.get(address).content.decode()
    assert reader.post(address, {"text": "x", **token()}).status_code == 403
    assert reader.post(f"{address}letto/", token()).status_code == 403 and post(reader, company).status_code == 403


def test_read_and_no_answer_needed(signed_in, worker, sondrio, company, thread):
    receive(mail(thread))
    client, address = signed_in(worker), f"/imprese/{company.public_id}/messaggi/{thread.public_id}/"
    assert client.post(f"{address}letto/", token()).status_code == 303
    assert "Non serve rispondere" not in client.get(address).content.decode()


def test_the_list_comes_as_a_file_and_costs_the_same(signed_in, worker, sondrio, company, thread):
    client = signed_in(worker)
    receive(mail(thread))
    client.get("/imprese/messaggi/")
    with OwnQueries() as few:
        client.get("/imprese/messaggi/")
    for n in range(5):
        post(client, company, subject=f"Altra cosa {n}")
    client.get("/imprese/messaggi/")
    with OwnQueries() as many:
        client.get("/imprese/messaggi/")
    assert len(many) == len(few) <= 8
    file = client.get(f"/imprese/messaggi/elenco.csv?impresa={company.public_id}")
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 6 and {row["Aspetta una risposta"] for row in rows} == {"sì", "no"}
    assert client.get("/imprese/messaggi/elenco.xlsx").getvalue()[:2] == b"PK"
    assert client.get("/imprese/messaggi/elenco.pdf").status_code == 404 and client.get("/imprese/messaggi/?impresa=x").status_code == 404


# --- Mails come in


def test_an_answer_by_mail_comes_into_its_thread_once(signed_in, worker, sondrio, company, thread):
    answer = mail(
        thread, "Martedì va bene.\n\nIl giorno mer 18 nov 2026 alle ore 10:00 Ufficio <u@example.org>\nha scritto:\n> Quando passiamo?\n"
    )
    assert receive(answer) is False
    assert receive(answer) is True  # the box was read twice
    row = last(sondrio)
    assert (row.text, row.channel, row.sender, row.is_stranger) == ("Martedì va bene.", "mail", "info.forno@example.org", False)
    with scope(made.system(sondrio).scope):
        assert Post.objects.filter(is_from_company=True).count() == 1
        assert Todo.objects.get(kind="hosts.message", done_at=None).due_on == date(2026, 11, 23)
    assert strays(sondrio) == []


def test_who_writes_from_elsewhere_is_heard_and_marked(signed_in, worker, sondrio, company, thread):
    receive(mail(thread, sender="nipote@example.net"))
    page = signed_in(worker).get(f"/imprese/{company.public_id}/messaggi/{thread.public_id}/").content.decode()
    assert "indirizzo che non conosciamo" in page and "nipote@example.net" in page


def test_an_answering_machine_wakes_nobody(sondrio, thread):
    receive(mail(thread, "Sono in ferie fino al 7.", Auto_Submitted="auto-replied"))
    assert last(sondrio).is_automatic
    with scope(made.system(sondrio).scope):
        assert not Todo.objects.filter(kind="hosts.message", done_at=None).exists()


def test_files_are_judged_by_their_bytes_and_the_others_named(signed_in, worker, contact, stranger, sondrio, company, thread):
    letter = mail(thread, "Ecco la visura.")
    letter.add_attachment(PDF, maintype="application", subtype="pdf", filename="visura.pdf")
    letter.add_attachment(b"MZ\x90", maintype="application", subtype="pdf", filename="fattura.pdf")
    letter.add_attachment(mail(None, "dentro"))
    receive(letter)
    row = last(sondrio)
    assert "fattura.pdf: Il file deve essere un PDF" in row.left_out and row.left_out.count(";") == 1
    with scope(made.system(sondrio).scope):
        (file,) = Upload.objects.filter(kind="hosts.message")
        assert file.original_name == "visura.pdf" and default_storage.exists(file.file_name)
    inside = f"messaggi/{thread.public_id}/file/{file.public_id}/"
    for user, page, status in (
        (worker, f"/imprese/{company.public_id}/{inside}", 200),
        (contact, f"/la-nostra-impresa/{inside}", 200),
        (stranger, f"/imprese/{company.public_id}/{inside}", 404),
        (contact, f"/la-nostra-impresa/messaggi/{thread.public_id}/file/{uuid.uuid4()}/", 404),
    ):
        response = signed_in(user).get(page)
        assert response.status_code == status
        assert status != 200 or response.getvalue() == PDF
    assert "visura.pdf" in signed_in(contact).get(f"/la-nostra-impresa/messaggi/{thread.public_id}/").content.decode()


def test_a_huge_letter_is_kept_within_bounds(settings, sondrio, thread):
    settings.UPLOAD_LIMIT = 1024 * 1024
    letter = mail(thread, "riga\n" * 50_000)
    letter.add_attachment(PDF + b"0" * 1024 * 1024, maintype="application", subtype="pdf", filename="grande.pdf")
    for n in range(30):
        letter.add_attachment(PDF, maintype="application", subtype="pdf", filename=f"{n}.pdf")
    receive(letter)
    row = last(sondrio)
    assert len(row.text) <= mail_in.MOST_TEXT and "grande.pdf: Il file è troppo grande" in row.left_out
    with scope(made.system(sondrio).scope):
        assert Upload.objects.filter(kind="hosts.message").count() == mail_in.MOST_FILES - 1


def flipped(address: str) -> str:
    code, _at, domain = address.partition("@")
    return f"{code[:-1]}{'a' if code[-1] != 'a' else 'b'}@{domain}"


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        (lambda thread: BOX, "unknown"),
        (lambda thread: "altro@example.org", "unknown"),
        (lambda thread: BOX.replace("@", "+@"), "forged"),
        (lambda thread: BOX.replace("@", "+prova@"), "forged"),
        (lambda thread: BOX.replace("@", "+è@"), "forged"),
        (lambda thread: flipped(reply_address(thread.public_id)), "forged"),
        (lambda thread: reply_address(uuid.uuid4()), "forged"),
    ],
)
def test_what_belongs_to_no_thread_is_put_aside_and_not_lost(signed_in, worker, sondrio, thread, to, reason):
    letter = mail(None, "Buongiorno, una domanda.", to=BOX).as_bytes().replace(BOX.encode(), to(thread).encode(), 1)
    assert receive(letter) is False and receive(letter) is True
    (row,) = strays(sondrio)
    assert (row.reason, row.sender, row.text) == (reason, "info.forno@example.org", "Buongiorno, una domanda.")
    assert base64.b64decode(row.raw) == letter
    client = signed_in(worker)
    assert "posta messa da parte" in client.get("/imprese/messaggi/").content.decode()
    assert "Buongiorno, una domanda." in client.get("/imprese/messaggi/da-parte/").content.decode()
    assert client.post(f"/imprese/messaggi/da-parte/{row.public_id}/vista/", token()).status_code == 303
    assert "Buongiorno" not in client.get("/imprese/messaggi/da-parte/").content.decode()
    assert len(strays(sondrio)) == 1


def test_a_mail_put_aside_becomes_the_thread_of_its_company(signed_in, worker, stranger, sondrio, company):
    letter = mail(None, "Possiamo chiamarvi?")
    letter.add_attachment(PDF, maintype="application", subtype="pdf", filename="visura.pdf")
    receive(letter)
    (row,) = strays(sondrio)
    client, address = signed_in(worker), f"/imprese/messaggi/da-parte/{row.public_id}/"
    page = client.get(address)
    assert "Possiamo chiamarvi?" in page.content.decode() and page.context["form"].initial == {"company": company.public_id}
    assert client.post(address, {"company": "", **token()}).status_code == 422
    answer = client.post(address, {"company": str(company.public_id), **token()})
    assert answer.status_code == 303
    shown = client.get(answer["Location"]).content.decode()
    assert "Possiamo chiamarvi?" in shown and "visura.pdf" in shown and "Non serve rispondere" in shown
    assert client.post(address, {"company": str(company.public_id), **token()}).status_code == 409
    with scope(made.system(sondrio).scope):
        assert Thread.objects.get().address == "info.forno@example.org" and StrayMail.objects.get().seen_at
    assert "Possiamo chiamarvi?" not in client.get("/imprese/messaggi/da-parte/").content.decode()
    assert signed_in(stranger).get(answer["Location"]).status_code == 404
    assert signed_in(make_user(Role.PROMOTER_TUTOR, sondrio)).post(address, token()).status_code == 403
    assert signed_in(make_user(Role.AUDITOR, sondrio)).get(address).status_code == 403
    assert receive(letter) is True  # and the box, read again, knows it


def test_only_who_reads_the_post_sees_what_was_put_aside(signed_in, sondrio):
    receive(mail(None))
    reader = signed_in(make_user(Role.PROMOTER_TUTOR, sondrio))
    assert reader.get("/imprese/messaggi/da-parte/").status_code == 403
    assert "posta messa da parte" not in reader.get("/imprese/messaggi/").content.decode()


def test_a_letter_with_nothing_in_it_is_put_aside(sondrio, thread):
    receive(f"To: {reply_address(thread.public_id)}\r\nFrom: x@example.org\r\n\r\n".encode())
    assert [row.reason for row in strays(sondrio)] == ["empty"]


def test_capitals_do_not_matter_and_a_name_stands_for_one_thread(thread):
    address = reply_address(thread.public_id)
    assert thread_in(address.upper()) == thread.public_id
    with pytest.raises(Forged):
        thread_in(flipped(address))


# --- The ways in


class Box:
    """An IMAP box: what it holds and what was marked as read."""

    letters: list[bytes] = []
    seen: list[str] = []

    def __init__(self, host: str, port: int, timeout: int) -> None:
        assert (host, port) == ("posta.example.org", 993)

    def __enter__(self) -> "Box":
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def login(self, user: str, password: str) -> None:
        assert (user, password) == ("io@example.org", "a b")

    def select(self, folder: str) -> None:
        assert folder == "INBOX"

    def uid(self, command: str, *args: str) -> tuple[str, list[Any]]:
        if command == "SEARCH":
            return "OK", [" ".join(str(n) for n in range(len(self.letters)) if str(n) not in self.seen).encode()]
        if command == "FETCH":
            return "OK", [(b"1 (BODY[] {3}", self.letters[int(args[0])]), b")"]
        self.seen.append(args[0])
        return "OK", []


def test_a_box_is_read_and_a_letter_let_go_only_once_it_is_kept(settings, monkeypatch, sondrio, thread):
    monkeypatch.setattr("imaplib.IMAP4_SSL", Box)
    Box.letters, Box.seen = [mail(thread).as_bytes(), mail(None).as_bytes()], []
    assert services.fetch_mail(now=timezone.now()) == 0  # no box is named
    settings.MAIL_IN_URL = "imaps://io%40example.org:a%20b@posta.example.org/"
    assert services.fetch_mail(now=timezone.now()) == 2 and Box.seen == []
    assert services.fetch_mail(now=timezone.now()) == 2 and Box.seen == ["0", "1"]
    assert services.fetch_mail(now=timezone.now()) == 0
    assert last(sondrio).text == "Martedì va bene." and len(strays(sondrio)) == 1
    settings.MAIL_IN_URL = "http://posta.example.org/"
    with pytest.raises(ValueError, match="imaps"):
        services.fetch_mail(now=timezone.now())


def test_a_letter_that_cannot_be_taken_in_does_not_stop_the_others(settings, monkeypatch, caplog, sondrio, thread):
    def take_in(thread: Thread, letter: mail_in.Incoming, *, now: Any) -> None:
        if "guasto" in letter.text:
            raise RuntimeError
        real(thread, letter, now=now)

    real = threads._take_in
    monkeypatch.setattr(threads, "_take_in", take_in)
    monkeypatch.setattr("imaplib.IMAP4_SSL", Box)
    settings.MAIL_IN_URL = "imaps://io%40example.org:a%20b@posta.example.org/"
    Box.letters, Box.seen = [mail(thread, "guasto").as_bytes(), mail(thread).as_bytes()], []
    for _ in range(2):
        assert services.fetch_mail(now=timezone.now()) == 2
    assert Box.seen == ["1"] and last(sondrio).text == "Martedì va bene."  # the first stays unread
    assert "could not be taken in" in caplog.text


def test_a_mail_server_hands_one_over_by_a_pipe(monkeypatch, sondrio, thread):
    class Pipe:
        buffer = io.BytesIO(mail(thread).as_bytes())

    monkeypatch.setattr(sys, "stdin", Pipe)
    call_command("receive_mail")
    assert last(sondrio).text == "Martedì va bene."
    with pytest.raises(CommandError, match="No mail"):
        call_command("receive_mail")
    Pipe.buffer = io.BytesIO(b"x")
    monkeypatch.setattr(services, "receive_mail", lambda **values: 1 / 0)
    with pytest.raises(CommandError) as caught:
        call_command("receive_mail")
    assert caught.value.returncode == 75
