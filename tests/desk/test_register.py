"""Papers on their way to the body's register: what is sent, by which way, what comes back, what is refused."""

import base64
import hashlib
import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from impresasolidale.accounts.permissions import Role
from impresasolidale.core import documents, protocol, rendering
from impresasolidale.core.models import Document, Job
from placements.agreements.services import issue_signed_copy
from placements.beneficiaries.models import Beneficiary
from tests.factories.agreements import make_placement, sign_all
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.fixtures import TODAY, make_user
from tests.factories.signing import paper_of

pytestmark = pytest.mark.django_db
State = Document.RegisterState
PLACE, NUMBERS = "/protocollo/", "/protocollo/numeri/"


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


@pytest.fixture
def clerk(sondrio):
    return make_user(Role.CLERK, sondrio)


@pytest.fixture
def client(signed_in, clerk):
    return signed_in(clerk)


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.PROTOCOL_REGISTERS = {"sondrio": "impresasolidale.core.protocol.Folder"}
    settings.PROTOCOL_DIR = str(tmp_path)
    return tmp_path / "sondrio"


def issue(by, *, kind: str = "test.paper", ready: bool = True) -> Document:
    paper = documents.issue(
        kind=kind, kind_label="Prova", template="pdf/base.html", subject=by.ambito, today=TODAY, by=by, ambito_id=by.ambito_id,
        context={"body_name": "Comune di Sondrio", "person_name": "Ada Prova", "recipient_bodies": ["Panificio Prova snc"]},
    )  # fmt: skip
    if ready:
        rendering.render_document(paper.pk)
        paper.refresh_from_db()
    return paper


def run_jobs(by) -> None:
    for job in Job.objects.filter(name="core.send_to_register", state="queued").order_by("id"):
        protocol.deliver(job.arguments["document_id"], by=by)


def send(client, *papers):
    return client.post(PLACE, {"carta": [str(p.public_id) for p in papers]})


def test_a_paper_goes_to_the_folder_whole_and_without_names(client, within, clerk, folder):
    by = within(clerk)
    paper = issue(by)
    assert send(client, paper).status_code == 303
    page = client.get(PLACE).content.decode()
    assert "in partenza" in page
    run_jobs(by)
    pdf = (folder / "paper-2026-000001.pdf").read_bytes()
    text = (folder / "paper-2026-000001.json").read_text()
    found = json.loads(text)
    assert found["impronta_sha256"] == hashlib.sha256(pdf).hexdigest() == paper.file_hash
    assert (found["oggetto"], found["tipo"], found["data"]) == ("Prova n. 2026/000001", "test.paper", TODAY.isoformat())
    assert (found["mittente"], found["destinatari"]) == ("Comune di Sondrio", ["Panificio Prova snc"])
    assert "Ada" not in text and sorted(p.name for p in folder.iterdir()) == ["paper-2026-000001.json", "paper-2026-000001.pdf"]
    paper.refresh_from_db()
    assert paper.register_state == State.SENT
    run_jobs(by)  # the worker may be asked twice
    assert "inviato al protocollo" in client.get(PLACE).content.decode()


def test_what_has_left_is_not_sent_again_and_nothing_of_the_batch_is(client, within, clerk, folder):
    by = within(clerk)
    first, second = issue(by), issue(by)
    send(client, first)
    refused = send(client, second, first)
    assert refused.status_code == 409 and "già «in partenza»" in refused.content.decode()
    second.refresh_from_db()
    assert second.register_state == State.TO_SEND
    assert send(client).status_code == 422
    unready = issue(by, ready=False)
    refused = send(client, unready)
    assert refused.status_code == 422 and "non è ancora pronto" in refused.content.decode()


def test_a_register_that_refuses_says_why_and_can_be_asked_again(client, within, clerk, folder, monkeypatch):
    by = within(clerk)
    paper = issue(by)
    send(client, paper)

    def refuse(*_args: Any) -> None:
        raise protocol.Refused("Classificazione mancante.")

    monkeypatch.setattr(protocol.Folder, "send", refuse)
    run_jobs(by)
    assert "Classificazione mancante." in client.get(PLACE).content.decode()
    monkeypatch.undo()
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)
    assert send(client, paper).status_code == 303
    run_jobs(by)
    paper.refresh_from_db()
    assert (paper.register_state, paper.register_error) == (State.SENT, "")


def test_a_full_disk_is_tried_again_and_fails_with_words_at_the_end(within, clerk, folder, monkeypatch):
    by = within(clerk)
    paper = issue(by)
    protocol.ask_to_send(document=paper, by=by)

    def broken(*_args: Any) -> None:
        raise OSError("no space")

    monkeypatch.setattr(protocol.Folder, "send", broken)
    with pytest.raises(OSError, match="no space"):
        protocol.deliver(paper.pk, by=by)
    paper.refresh_from_db()
    assert paper.register_state == State.QUEUED
    protocol.deliver(paper.pk, by=by, is_last=True)
    paper.refresh_from_db()
    assert paper.register_state == State.FAILED and "anche riprovando" in paper.register_error


class Office(BaseHTTPRequestHandler):
    """A body's web service."""

    status: ClassVar[int] = 200
    answer: ClassVar[bytes] = b""
    heard: ClassVar[list[tuple[Any, Any, Any]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Office.heard.append((self.headers["Authorization"], self.headers["Idempotency-Key"], body))
        self.send_response(Office.status)
        self.end_headers()
        self.wfile.write(Office.answer)

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def office(settings: Any) -> Iterator[type[Office]]:
    server = HTTPServer(("127.0.0.1", 0), Office)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    settings.PROTOCOL_REGISTER = "impresasolidale.core.protocol.WebService"
    settings.PROTOCOL_URL, settings.PROTOCOL_TOKEN = f"http://127.0.0.1:{server.server_port}/", "segreto"
    settings.PROTOCOL_CLASSES = {"test.paper": "7.12"}
    Office.status, Office.answer, Office.heard = 200, b'{"number": "4567/2026", "date": "2026-11-18"}', []
    yield Office
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_web_service_may_give_the_number_at_once(within, clerk, office):
    by = within(clerk)
    paper = issue(by)
    protocol.ask_to_send(document=paper, by=by)
    protocol.deliver(paper.pk, by=by)
    paper.refresh_from_db()
    assert (paper.register_state, paper.protocol_number, paper.protocol_on) == (State.REGISTERED, "4567/2026", TODAY)
    ((key, idempotent, body),) = office.heard
    assert (key, idempotent) == ("Bearer segreto", "sondrio-paper-2026-000001")
    assert body["metadata"]["classificazione"] == "7.12"
    assert hashlib.sha256(base64.b64decode(body["file"]["content"])).hexdigest() == paper.file_hash


@pytest.mark.parametrize(
    ("status", "answer", "state"),
    [(202, b"", State.SENT), (422, b"", State.FAILED), (503, b"", State.QUEUED), (302, b"", State.QUEUED), (200, b"<html>", State.QUEUED)],
)
def test_a_web_service_that_waits_refuses_or_is_out_of_order(within, clerk, office, status, answer, state):
    office.status, office.answer = status, answer
    by = within(clerk)
    paper = issue(by)
    protocol.ask_to_send(document=paper, by=by)
    try:
        protocol.deliver(paper.pk, by=by)
    except (OSError, ValueError):
        assert state == State.QUEUED
    paper.refresh_from_db()
    assert paper.register_state == state


def test_the_office_that_registers_by_hand_takes_the_files(client, within, clerk, sondrio):
    by = within(clerk)
    first, _unready, third = issue(by), issue(by, ready=False), issue(by)
    page = client.get(PLACE).content.decode()
    assert "Invia al protocollo" not in page and "Scarica lo zip" in page
    with zipfile.ZipFile(io.BytesIO(b"".join(client.get("/protocollo/zip/").streaming_content))) as archive:
        names = archive.namelist()
        assert names == ["paper-2026-000001.pdf", "paper-2026-000001.json", "paper-2026-000003.pdf", "paper-2026-000003.json"]
        assert hashlib.sha256(archive.read(names[0])).hexdigest() == first.file_hash
    with zipfile.ZipFile(io.BytesIO(b"".join(client.get(f"/protocollo/zip/?carta={third.public_id}").streaming_content))) as archive:
        assert len(archive.namelist()) == 2
    assert client.get("/protocollo/zip/?carta=nessuna").status_code == 303


@pytest.mark.parametrize(
    "kind", ["monitoring.evaluations", "monitoring.evaluations_easy", "monitoring.evaluation_sheet", "monitoring.final_report"]
)
def test_what_says_how_somebody_is_gets_its_number_and_is_not_opened_by_the_clerk(client, signed_in, within, clerk, worker, kind):
    by = within(clerk)
    closed, plain = issue(by, kind=kind), issue(by)
    page = client.get(PLACE).content.decode()
    assert closed.number in page and "La apre chi segue la persona" in page
    assert f"carta={closed.public_id}" not in page and f"carta={plain.public_id}" in page
    assert client.get(f"/protocollo/zip/?carta={closed.public_id}").status_code == 303
    with zipfile.ZipFile(io.BytesIO(b"".join(client.get("/protocollo/zip/").streaming_content))) as archive:
        assert archive.namelist() == ["paper-2026-000001.pdf", "paper-2026-000001.json"]
    done = numbers(client, f"{kind.partition('.')[2]}-2026-000001;45679/2026;18/11/2026\n", sure="1")
    closed.refresh_from_db()
    assert done.status_code == 303 and closed.protocol_number == "45679/2026"
    again = issue(by, kind=kind)
    within(worker)
    answer = signed_in(worker).get(f"/protocollo/zip/?carta={again.public_id}")
    assert answer.status_code == 200 and b"".join(answer.streaming_content)


@pytest.fixture
def protected(within, worker):
    """A project and its signed copy that say an address, and `protect()`: from then on it is protected."""
    by = within(worker)
    placement = make_placement(by, "to_sign", person=make_beneficiary(by, number=1, address="Via Nascosta 3"))
    project = paper_of(placement)
    sign_all(by, project, on=TODAY)
    copy = issue_signed_copy(document_id=project.pk, by=by, today=TODAY)
    for paper in Document.objects.filter(state="pending"):  # the agreement too, which says nothing of her
        rendering.render_document(paper.pk)

    def protect():
        within(worker)
        Beneficiary.objects.filter(pk=placement.beneficiary_id).update(is_address_protected=True)

    return project, copy, protect


def in_zip(client) -> set[str]:
    answer = client.get("/protocollo/zip/")
    if answer.status_code == 303:
        return set()
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        return {name for name in archive.namelist() if name.endswith(".pdf")}


def test_a_paper_that_says_a_protected_address_is_not_in_the_clerk_s_zip(client, signed_in, worker, protected):
    project, copy, protect = protected
    names = {f"{protocol.reference_of(paper)}.pdf" for paper in (project, copy)}
    assert names <= in_zip(client)
    protect()
    left = in_zip(client)
    assert not names & left and "framework_agreement-2026-000001.pdf" in left
    page = client.get(PLACE).content.decode()
    assert f"carta={project.public_id}" not in page and project.number in page and "La apre chi segue la persona" in page
    assert names <= in_zip(signed_in(worker))


def test_a_paper_that_says_a_protected_address_does_not_leave_for_the_register(client, within, clerk, folder, protected):
    """Whether it was protected before it was ticked, or on its way; its number is written by hand."""
    project, copy, protect = protected
    assert send(client, project).status_code == 303
    protect()
    by = within(clerk)
    run_jobs(by)
    project.refresh_from_db()
    assert project.register_state == State.FAILED and "indirizzo protetto" in project.register_error
    assert not folder.exists() or not list(folder.iterdir())
    refused = send(client, copy)
    assert refused.status_code == 422 and "il file non parte da qui" in refused.content.decode()
    page = client.get(PLACE).content.decode()
    assert re.search(f'value="{copy.public_id}" disabled', page) and "non parte da qui" in page
    done = numbers(client, f"{protocol.reference_of(project)} → 45678/2026\n", sure="1")
    within(clerk)
    project.refresh_from_db()
    assert done.status_code == 303 and project.protocol_number == "45678/2026"


def numbers(client, text, **more):
    return client.post(NUMBERS, {"text": text, "on": TODAY.isoformat(), **more})


def test_numbers_are_shown_before_they_are_written(client, within, clerk):
    by = within(clerk)
    first, second = issue(by), issue(by)
    text = "2026/000001 → 45678/2026\npaper-2026-000002;45679/2026;18/11/2026\n"
    seen = numbers(client, text)
    assert seen.status_code == 200 and "45678/2026 del 18/11/2026" in seen.content.decode()
    assert not Document.objects.exclude(protocol_number="").exists()
    done = numbers(client, text, sure="1")
    assert done.status_code == 303 and done["Location"] == PLACE
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.protocol_number, second.protocol_number) == ("45678/2026", "45679/2026")
    assert first.register_state == second.register_state == State.REGISTERED
    assert "Tutte le carte hanno il loro numero" in client.get(PLACE).content.decode()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ciao", "Non capisco questa riga"),
        ("2026/000099 → 1/2026", "non c’è questo numero"),
        ("2026/000001 → 1/2026 del 31/02/2026", "Questa data non esiste"),
        ("2026/000001 → 1/2026 del 19/11/2026", "deve ancora venire"),
        ("2026/000001 → 1/2026 del 17/11/2026", "non può venire prima"),
        ("2026/000002 → 1/2026", "Più carte hanno questo numero"),
        ("2026/000001 → 9/2026", "già di un’altra carta"),
        ("2026/000001 → 7/2026\n2026/000001 → 8/2026", "scritta due volte"),
        ("2026/000001 → 7/2026\npaper-2026-000002 → 7/2026", "già di un’altra carta"),
    ],
)
@pytest.mark.parametrize("sure", ["", "1"])
def test_a_wrong_line_is_named_and_nothing_is_written(client, within, clerk, line, words, sure):
    by = within(clerk)
    issue(by, ready=False)
    issue(by, ready=False)
    issue(by, kind="test.other", ready=False)  # 2026/000001 too, registered below: 000001 alone stays clear
    other = Document.objects.get(kind="test.other")
    documents.record_protocol(document=other, direction="out", number="9/2026", on=TODAY, by=by)
    for _n in range(2):
        issue(by, kind="test.third", ready=False)
    Document.objects.filter(kind="test.third", number="2026/000001").update(
        protocol_number="8/2025", protocol_on=TODAY, register_state="registered"
    )
    response = numbers(client, line, sure=sure)
    assert response.status_code == 422 and words in response.content.decode()
    assert line.splitlines()[0] in response.content.decode().replace("&gt;", ">")
    assert set(Document.objects.exclude(protocol_number="").values_list("protocol_number", flat=True)) == {"9/2026", "8/2025"}


def test_an_empty_paste_is_refused(client, within, clerk):
    assert numbers(client, "").status_code == 422
    assert numbers(client, "x", on="boh").status_code == 422


def test_filters_stand_in_the_address_and_pages_follow_keys(client, within, clerk):
    by = within(clerk)
    for _n in range(27):
        issue(by, ready=False)
    issue(by, kind="test.other", ready=False)
    page = client.get(PLACE)
    assert len(page.context["rows"]) == 25
    following = client.get(PLACE + page.context["next_url"])
    assert len(following.context["rows"]) == 3
    assert [r.kind for r in client.get(PLACE, {"tipo": "test.other"}).context["rows"]] == ["test.other"]
    assert "Nessuna carta con questi filtri" in client.get(PLACE, {"stato": "failed"}).content.decode()


def test_the_list_asks_the_same_questions_for_one_and_for_many(client, within, clerk):
    by = within(clerk)

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(PLACE).status_code == 200
        return len(seen)

    issue(by, ready=False)
    count()
    one = count()
    for _n in range(5):
        issue(by, ready=False)
    assert count() == one


def test_papers_of_another_ambito_and_other_roles(client, signed_in, within, clerk, tirano, worker, sondrio):
    other = make_user(Role.CLERK, tirano)
    paper = issue(within(other))
    assert paper.number not in client.get(PLACE).content.decode()
    assert send(client, paper).status_code == 422
    assert client.get(f"/protocollo/zip/?carta={paper.public_id}").status_code == 303
    assert "non c’è questo numero" in numbers(client, f"{paper.number} → 1/2026").content.decode()
    for path in (PLACE, NUMBERS, "/protocollo/zip/"):
        assert signed_in(make_user(Role.TRAINER, sondrio, number=len(path))).get(path).status_code == 403


def test_the_database_keeps_number_and_state_together(within, clerk):
    by = within(clerk)
    paper = issue(by, ready=False)
    for change in ("register_state = 'registered'", "protocol_number = '1', protocol_on = now()", "register_state = 'failed'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE core_document SET {change} WHERE id = %s", [paper.pk])


def test_a_paper_that_was_replaced_needs_no_number(client, within, clerk):
    by = within(clerk)
    first = issue(by, ready=False)
    documents.issue(
        kind="test.paper", kind_label="Prova", template="pdf/base.html", subject=by.ambito, today=TODAY + timedelta(days=0), by=by,
        ambito_id=by.ambito_id, context={"body_name": "x"}, supersedes=first,
    )  # fmt: skip
    assert first not in client.get(PLACE).context["rows"]
