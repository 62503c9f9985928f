"""What the program writes: every message in one catalogue, the office's closing words, letters on paper, mails that come back."""

import ast
import io
import re
from collections import ChainMap
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import pikepdf
import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from companies.hosts.services import receive_mail
from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs, messages
from impresasolidale.core.errors import DomainError
from impresasolidale.core.mail_in import bounce_in
from impresasolidale.core.message_kinds import previews
from impresasolidale.core.models import Fact, Job, Look, MailClosing, Message
from impresasolidale.core.scope import scope
from impresasolidale.desk.forms import ClosingForm
from impresasolidale.desk.notices import CATALOGUE
from impresasolidale.desk.services import DIGEST, URGENT
from impresasolidale.desk.todo_kinds import KINDS, button_of
from placements.beneficiaries.models import Beneficiary
from tests.factories import attendance as made
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import make_user
from tests.support.sources import ROOT, ours, text

pytestmark = pytest.mark.django_db


# --- The catalogues, held against the code


def said(node: ast.expr | None, names: Mapping[str, str]) -> str | None:
    """The kind that an expression is; of f"{NAME}rest" the part before what varies. None when only a run would say."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Name | ast.Attribute):
        return names.get(node.id if isinstance(node, ast.Name) else node.attr)
    if isinstance(node, ast.JoinedStr):
        first = node.values[0]
        return said(first.value, names) if isinstance(first, ast.FormattedValue) else str(first.value)  # type: ignore[attr-defined]
    return None


def constants(tree: ast.Module) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            is_row = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
            pairs = zip(target.elts, value.elts, strict=True) if is_row else [(target, value)]
            found |= {
                name.id: constant.value
                for name, constant in pairs
                if isinstance(name, ast.Name) and isinstance(constant, ast.Constant) and isinstance(constant.value, str)
            }
    return found


SENDS = {"send", "send_link", "_tell", "write_to"}
ASKS = {"ask", "ask_todo", "set_deadline", "_ask", "ask_about", "tell_office", "Todo", "remind_of_end", "ask_for", "ask_office"}
ASKS |= {"ask_once_a_year"}


@cache
def calls() -> list[tuple[str, ast.Call, ChainMap[str, str]]]:
    """(what is called, the call, the words known where it stands) of what sends, asks or makes a commission, in all our sources."""
    trees = [ast.parse(text(path)) for path in ours() if "demo" not in path.parts]
    everywhere = {name: value for tree in trees for name, value in constants(tree).items()}
    found = []
    for tree in trees:
        names = ChainMap(constants(tree), everywhere)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
                if name in SENDS | ASKS | {"Commission"}:
                    found.append((name, node, names))
    return found


def kinds_in(wanted: set[str], keyword: str = "kind") -> set[str]:
    found: set[str] = set()
    for name, node, names in calls():
        if name in wanted:
            given = next((k.value for k in node.keywords if k.arg == keyword), node.args[0] if node.args else None)
            options = [given.body, given.orelse] if isinstance(given, ast.IfExp) else [given]
            while any(isinstance(option, ast.IfExp) for option in options):
                options = [part for o in options for part in ([o.body, o.orelse] if isinstance(o, ast.IfExp) else [o])]
            found |= {kind for option in options if (kind := said(option, names)) and "." in kind and " " not in kind}
    return found


def test_every_message_that_is_sent_is_in_the_catalogue():
    sent = kinds_in(SENDS) | kinds_in({"Commission"}, "called")
    known = {kind.kind for kind in CATALOGUE}
    assert len(sent) > 12 and len(known) == len(CATALOGUE)
    assert {kind for kind in sent if not any(other == kind or other.startswith(f"{kind}_") for other in known)} == set()
    sent |= {DIGEST, URGENT}  # the digest says which of its two by what is new
    assert {kind for kind in known if not any(kind == other or kind.startswith(f"{other}_") for other in sent)} == set()


def test_every_template_of_a_message_is_in_the_catalogue():
    there = {str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").glob("*/email/*.txt")}
    assert there == {template for kind in CATALOGUE for _channel, template in kind.templates}


@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: kind.kind)
def test_a_message_reads_well_in_both_languages(kind):
    found = previews(kind, closing="Ufficio di prova")
    assert [p.language for p in found] == ["it"] * len(kind.templates) + ["en"] * len(kind.templates)
    for preview in found:
        assert preview.subject and len(preview.body.split()) > 5
        assert not re.search(r"\{\{|\{%|None|&#|&quot;", preview.body + preview.subject), preview.body


def test_every_kind_of_to_do_has_its_button():
    """Kinds that only a run says (a loop over a table of kinds) are in the tables named here."""
    from companies.hosts.services.places import READY
    from impresasolidale.treasury.services.alarms import ASKED
    from placements.agreements.services.covers import BARE
    from placements.agreements.services.flow import RED_START
    from placements.agreements.services.soon import ENDS
    from placements.monitoring.services.events import URGENT as GRAVE
    from placements.monitoring.services.visits import TO_DO as VISIT
    from solidarity_fund.services.requests import DECIDE

    asked = kinds_in(ASKS)
    asked |= kinds_in({"Commission"}, "sits") | kinds_in({"Commission"}, "minutes")
    asked |= {READY, *BARE, *RED_START, *ENDS.values(), *GRAVE, VISIT, *DECIDE, *ASKED}
    assert len(asked) > 40
    assert {kind for kind in asked if kind not in KINDS} == set()
    assert {kind for kind in KINDS if kind not in asked} == set()
    for kind, row in KINDS.items():
        assert str(row.button) and str(row.button) != "Apri" and row.roles, kind
    assert button_of("agreements.inherited_signatures") == str(KINDS["agreements.inherited_"].button)
    assert button_of("something.else") == "Apri"


# --- Pages


def test_the_catalogue_and_a_preview_open_for_who_sees_the_post(signed_in, worker, sondrio):
    client = signed_in(worker)
    html = client.get("/posta/modelli/").content.decode()
    assert "Un documento da firmare" in html and "Cambia queste parole" not in html
    for kind in CATALOGUE:
        page = client.get(f"/posta/modelli/{kind.slug}/")
        assert page.status_code == 200 and "In inglese" in page.content.decode()
    assert client.get("/posta/modelli/niente/").status_code == 404
    assert signed_in(make_user(Role.ACCOUNTING, sondrio)).get("/posta/modelli/").status_code == 403


def test_the_office_writes_its_closing_words_and_they_stand_under_its_mails(signed_in, coordinator, worker, stranger, within):
    client = signed_in(coordinator)
    look = client.post("/posta/modelli/chiusura/", {"text": "Ufficio di prova, tel. 0342 000000", "look": "1"})
    assert look.status_code == 200 and look.content.decode().count("Ufficio di prova") == 2
    for code in ("{{ user.password }}", "{% load x %}"):
        form = ClosingForm({"text": code})
        assert not form.is_valid() and "text" in form.errors
    assert client.post("/posta/modelli/chiusura/", {"text": "Ufficio di prova"}).status_code == 303
    assert client.post("/posta/modelli/chiusura/", {"text": "Sportello"}).status_code == 303
    assert signed_in(worker).get("/posta/modelli/chiusura/").status_code == 403
    by = within(coordinator)
    assert [row.text for row in MailClosing.objects.order_by("id")] == ["Ufficio di prova", "Sportello"]  # the one before stays
    assert Fact.objects.filter(code="core.mail_closing.written").count() == 2
    assert a_mail(by).body.endswith("\n\nSportello\n")
    with pytest.raises(DomainError):
        messages.write_closing(text="{{ x }}", by=by)
    there = within(stranger)
    assert "Sportello" not in a_mail(there).body


def a_mail(by: Access, address: str = "carla@example.org", **values: Any) -> Message:
    return messages.send(
        kind="beneficiaries.handover",
        address=address,
        language="it",
        subject="Una persona passa a te",
        template="beneficiaries/email/handover.txt",
        context=next(kind for kind in CATALOGUE if kind.kind == "beneficiaries.handover").example(),
        by=by,
        **values,
    )


# --- Mails that come back (RFC 3464)


def report(message: Message, *, action: str = "failed", status: str = "5.1.1", address: str = "", inner: str = "message/rfc822") -> bytes:
    """As Postfix writes one."""
    to = address or message.address
    returned = f"From: ufficio@example.org\r\nTo: {to}\r\nSubject: x\r\nMessage-ID: {messages.message_id_of(message)}\r\n"
    return (
        "From: MAILER-DAEMON@mail.example.org\r\nTo: ufficio@example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <{action}{status}{to}@mail.example.org>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nYour message could not be delivered.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nOriginal-Recipient: rfc822;{to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
        f"--B\r\nContent-Type: {inner}\r\n\r\n{returned}\r\nCiao\r\n--B--\r\n"
    ).encode()


@pytest.fixture
def sent(within, worker) -> Message:
    message = a_mail(within(worker))
    messages.deliver(message.pk)
    message.refresh_from_db()
    assert message.state == Message.State.SENT
    return message


def test_a_mail_says_what_it_is_called(sent):
    assert mail.outbox[-1].message()["Message-ID"] == messages.message_id_of(sent)
    assert mail.outbox[-1].message()["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("inner", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_of_a_server_marks_the_mail_that_came_back(sent, inner):
    assert receive_mail(raw=report(sent, inner=inner), now=timezone.now()) is False
    sent.refresh_from_db()
    assert sent.state == Message.State.BOUNCED and "5.1.1" in sent.error and "unknown" not in sent.error
    assert sent.bounced_at
    assert receive_mail(raw=report(sent, inner=inner), now=timezone.now()) is True  # known: it may be marked as read
    assert Fact.objects.filter(code="core.message.bounced").count() == 1


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("failed", "4.2.2"), ("relayed", "2.1.5"), ("delivered", "2.0.0")])
def test_a_delay_changes_nothing(sent, action, status):
    receive_mail(raw=report(sent, action=action, status=status), now=timezone.now())
    sent.refresh_from_db()
    assert sent.state == Message.State.SENT


def test_a_report_of_another_s_mail_or_address_changes_nothing(sent):
    receive_mail(raw=report(sent, address="altri@example.org"), now=timezone.now())
    foreign = report(sent).replace(str(sent.public_id).encode(), b"00000000-0000-4000-8000-000000000000")
    receive_mail(raw=foreign, now=timezone.now())
    receive_mail(raw=report(sent).replace(b"Message-ID: <" + str(sent.public_id).encode(), b"Message-ID: <garbage"), now=timezone.now())
    sent.refresh_from_db()
    assert sent.state == Message.State.SENT


def test_broken_reports_raise_nothing(sent):
    raw = report(sent)
    for cut in range(0, len(raw), 37):
        bounce_in(raw[:cut])
    assert bounce_in(b"From: a@example.org\r\n\r\nciao") is None
    assert bounce_in(raw.replace(b"Status: 5.1.1", b"Status: \xff\xfe")) is not None


def test_the_pages_where_the_address_is_used_say_that_it_refused(signed_in, worker, within, sondrio):
    by = within(worker)
    person = make_beneficiary(by)
    Beneficiary.objects.filter(pk=person.pk).update(email="persona@example.org")
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    client = signed_in(worker)
    pages = (
        f"/persone/{person.public_id}/panoramica/",
        f"/imprese/{company.public_id}/panoramica/",
        reverse("training:tutor", args=[tutor.public_id]),
    )
    for path in pages:
        assert "ha respinto" not in client.get(path).content.decode()
    for address in ("Persona@example.org", tutor.email):
        message = a_mail(by, address=address)
        messages.deliver(message.pk)
        receive_mail(raw=report(message), now=timezone.now())
    hers, theirs, own = (client.get(path).content.decode() for path in pages)
    assert "Persona@example.org ha respinto l’ultima mail" in hers and f"/persone/{person.public_id}/modifica/" in hers
    for page in (theirs, own):
        assert f"{tutor.email} ha respinto l’ultima mail" in page and f"/tutor/{tutor.public_id}/modifica/" in page
    trainer = signed_in(make_user(Role.TRAINER, None)).get(pages[2])
    assert trainer.status_code == 200 and "ha respinto" not in trainer.content.decode()  # the mail of an office is the office's


def test_an_address_that_refused_is_found_in_any_letters_and_forgiven_when_a_mail_arrives(sent, worker, within):
    by = within(worker)
    receive_mail(raw=report(sent), now=timezone.now())
    assert set(messages.refused_addresses(["CARLA@example.org", "altri@example.org", ""], ambito_id=by.ambito_id)) == {"carla@example.org"}
    assert messages.refused_addresses([], ambito_id=by.ambito_id) == {}
    again = a_mail(by)  # it leaves again and arrives: the word is taken back
    Message.objects.filter(pk=again.pk).update(state="sent", created_at=timezone.now() + timedelta(seconds=1))
    assert messages.refused_addresses(["carla@example.org"], ambito_id=by.ambito_id) == {}


# --- Letters


def page_of(work):
    return reverse("core:job", args=[work.public_id])


def test_a_mail_that_came_back_goes_by_letter_printed_and_posted_together(signed_in, sent, worker, stranger, within, sondrio):
    receive_mail(raw=report(sent), now=timezone.now())
    clerk = signed_in(make_user(Role.CLERK, sondrio))
    assert f"/posta/{sent.public_id}/per-lettera/" in clerk.get("/posta/").content.decode()
    url = f"/posta/{sent.public_id}/per-lettera/"
    assert clerk.post(url, {"address": "Carla Prova"}).status_code == 422
    assert clerk.post(url, {"address": "\n".join("abcdefg")}).status_code == 422
    assert signed_in(stranger).post(url, {"address": "Carla\nvia Roma 1\n23100 Sondrio"}).status_code == 404
    for name in ("Carla Prova", "Bruno Prova"):
        assert clerk.post(url, {"address": f"{name}\nvia Roma, 1\n23100 Sondrio SO"}).status_code == 303
    page = clerk.get("/posta/lettere/")
    ids = [str(row.public_id) for row in page.context["rows"]]
    assert len(ids) == 2
    assert clerk.post("/posta/lettere/", {"print": "1"}).status_code == 422
    work = Job.objects.get(public_id=clerk.post("/posta/lettere/", {"print": "1", "lettera": ids})["Location"].split("/")[-2])
    assert (work.name, work.state) == ("desk.print_letters", "queued")
    assert "Lettere da stampare" in clerk.get(page_of(work)).content.decode()
    at = f"/posta/lettere/{work.public_id}/"
    assert clerk.get(at).status_code == 404  # not made yet
    jobs.run(work.pk)
    assert at in clerk.get(page_of(work)).content.decode()
    printed = clerk.get(at)
    content = b"".join(printed.streaming_content)
    assert printed["Content-Type"] == "application/pdf" and content.startswith(b"%PDF") and printed["Cache-Control"] == "no-store"
    for other in (stranger, worker):  # of another office, and of this one: the file is for who asked
        assert signed_in(other).get(at).status_code == 404
    with scope(within(worker).scope):  # names and addresses left in a file
        assert len(Look.objects.get(kind="export", place="desk:letters").subject_ids) == 2

    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 2
    Job.objects.filter(pk=work.pk).update(finished_at=timezone.now() - timedelta(days=3))
    clerk.post("/posta/lettere/", {"print": "1", "lettera": ids[:1]})
    jobs.run(Job.objects.get(name="desk.print_letters", state="queued").pk)
    assert clerk.get(at).status_code == 404  # the old file is forgotten
    assert signed_in(stranger).post("/posta/lettere/", {"posted": "1", "lettera": ids}).status_code == 422
    assert clerk.post("/posta/lettere/", {"posted": "1", "lettera": ids}).status_code == 303
    with scope(within(worker).scope):
        assert set(Message.objects.filter(channel="letter").values_list("state", flat=True)) == {"sent"}
    assert "Nessuna lettera" in clerk.get("/posta/lettere/").content.decode()


def test_a_personal_link_is_never_put_on_paper(sent, within, worker):
    by = within(worker)
    Message.objects.filter(pk=sent.pk).update(is_personal=True)
    sent.refresh_from_db()
    with pytest.raises(DomainError):
        messages.send_by_letter(message=sent, address="a\nb", by=by)
