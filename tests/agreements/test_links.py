"""Signing with a personal link and a code, through the doors that telephones use; who holds a link reaches one paper."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.core import guesses
from impresasolidale.core.models import Document, Fact, Look, Message, Todo
from impresasolidale.core.rendering import render_document
from impresasolidale.core.scope import scope
from placements.agreements import services
from placements.agreements.enums import PlacementState, ProjectState, RequestState
from placements.agreements.models import Evidence, FrameworkAgreement, Placement, Signature, SignatureRequest
from placements.beneficiaries.models import Beneficiary
from tests.factories.agreements import make_placement, sign_all
from tests.factories.changes import shorter
from tests.factories.fixtures import TODAY
from tests.factories.jobs import in_every_ambito
from tests.factories.signing import ask, code_in, link_in, make_power, paper_of

pytestmark = pytest.mark.django_db
S = PlacementState
PHONE = {"HTTP_USER_AGENT": "Telefono di prova", "REMOTE_ADDR": "192.0.2.9"}


@pytest.fixture(autouse=True)
def _demo_keeps_words(settings: Any, time_machine: Any = None) -> None:
    settings.DEMO = True  # personal texts stay readable in the outbox


@pytest.fixture
def asked(worker: Any, within: Any) -> SignatureRequest:
    access = within(worker)
    return ask(access, paper_of(make_placement(access, S.TO_SIGN)))


def theirs() -> list[Signature]:
    """Signatures given by link (the framework agreement has its own, on paper)."""
    return list(Signature.objects.filter(method="link").order_by("id"))


def opened(client: Any, request: SignatureRequest) -> str:
    """The page behind the link."""
    answer = client.get(link_in(request), **PHONE)
    assert answer.status_code == 303
    return str(answer["Location"])


def unlocked(client: Any, request: SignatureRequest) -> str:
    url = opened(client, request)
    assert client.post(f"{url}codice/", **PHONE).status_code == 303
    assert client.post(url, {"code": code_in(request)}, **PHONE).status_code == 303
    return url


def sign(client: Any, url: str, request: SignatureRequest, **more: Any) -> Any:
    return client.post(url, {"has_read": "on", "context_hash": request.document.context_hash, **more}, **PHONE)


def page(client: Any, url: str) -> str:
    return str(client.get(url, **PHONE).content.decode())


def test_from_the_message_to_the_signature(client: Any, asked: SignatureRequest) -> None:
    url = opened(client, asked)
    html = page(client, url)
    assert "p•••@example.org" in html and "Progetto personalizzato" in html
    person = Placement.objects.get().beneficiary
    assert person.last_name not in html  # before the code the page names nobody
    client.post(f"{url}codice/", **PHONE)
    assert "Codice di sei cifre" in page(client, url)
    assert client.get(f"{url}documento/", **PHONE).status_code == 303
    client.post(url, {"code": code_in(asked)}, **PHONE)
    html = page(client, url)
    assert f"Buongiorno, {person.first_name} {person.last_name}" in html and "firma elettronica semplice" in html
    assert f'name="context_hash" value="{asked.document.context_hash}"' in html  # the page sends back what it showed
    pdf = client.get(f"{url}documento/", **PHONE)
    assert pdf["Content-Type"] == "application/pdf" and b"".join(pdf.streaming_content).startswith(b"%PDF")
    assert sign(client, url, asked).status_code == 303
    assert "Hai firmato" in page(client, url)
    signature = Signature.objects.get(document=asked.document)
    assert (signature.role, signature.method, signature.scan_id, signature.context_hash) == (
        "person",
        "link",
        None,
        asked.document.context_hash,
    )
    seen = signature.evidence.data
    assert (seen["ip"], seen["agent"], seen["address"]) == ("192.0.2.9", "Telefono di prova", "p•••@example.org")
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM agreements_evidence")
        assert "192.0.2.9" not in cursor.fetchone()[0]
    asked.refresh_from_db()
    assert asked.state == RequestState.SIGNED
    assert Message.objects.get(kind="agreements.signature_asked").state in ("delivered", "queued")
    assert Look.objects.filter(place="agreements.personal_project", actor_id=None).exists()


def test_a_change_is_signed_by_link_and_one_that_falls_cancels_its_links(client: Any, worker: Any, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.ACTIVE)
    first = services.issue_change(project=shorter(access, placement, on=TODAY), by=access, today=TODAY)
    fallen = ask(access, _rendered(first))
    services.withdraw_version(project=first, reason="Gli orari restano", by=access)
    fallen.refresh_from_db()
    assert fallen.state == RequestState.CANCELLED
    version = services.issue_change(project=shorter(access, placement, on=TODAY), by=access, today=TODAY)
    asked = ask(access, _rendered(version))
    url = unlocked(client, asked)
    html = page(client, url)
    assert "Lunedì dalle 09:00 alle 13:00" in html
    sign_all(access, asked.document, on=TODAY, but="person")
    version.refresh_from_db()
    assert version.state == ProjectState.TO_SIGN
    assert sign(client, url, asked).status_code == 303
    states = list(placement.projects.order_by("version").values_list("state", flat=True))
    assert states == [ProjectState.SUPERSEDED, ProjectState.WITHDRAWN, ProjectState.EFFECTIVE]
    copy = services.issue_signed_copy(document_id=asked.document_id, by=access, today=TODAY)
    render_document(copy.pk)
    copy.refresh_from_db()
    assert copy.state == Document.State.READY


def _rendered(version: Any) -> Document:
    render_document(version.document_id)
    return Document.objects.get(pk=version.document_id)


def test_the_tick_is_asked_and_nothing_is_lost(client: Any, asked: SignatureRequest) -> None:
    url = unlocked(client, asked)
    answer = client.post(url, {"context_hash": asked.document.context_hash}, **PHONE)
    assert answer.status_code == 422 and "metti la spunta" in answer.content.decode()
    assert not theirs()


def test_nothing_secret_is_kept_or_shown(client: Any, asked: SignatureRequest) -> None:
    token = link_in(asked).split("/")[2]
    url = unlocked(client, asked)
    assert token not in url and token not in page(client, url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM agreements_signaturerequest WHERE token_hash = %s OR code_hash LIKE '______'", [token])
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM core_submission WHERE path LIKE %s OR result_url LIKE %s", [f"%{token}%"] * 2)
        assert cursor.fetchone() == (0,)


def test_an_unknown_link_says_nothing_and_guessing_is_slowed(client: Any, asked: SignatureRequest) -> None:
    for _ in range(guesses.MISSES_AN_HOUR):
        answer = client.get("/firma/nessuno/", **PHONE)
        assert answer.status_code == 404 and "Questo collegamento non funziona" in answer.content.decode()
    assert client.get(link_in(asked), **PHONE).status_code == 429
    assert client.get(link_in(asked), REMOTE_ADDR="192.0.2.10").status_code == 303


def test_the_pages_behind_open_to_nobody_without_the_link(client: Any, asked: SignatureRequest, signed_in: Any, worker: Any) -> None:
    for who in (client, signed_in(worker)):
        for tail in ("", "documento/", "codice/", "non-firmo/"):
            url = f"/firma/carta/{asked.public_id}/{tail}"
            assert who.get(url).status_code == 404 and who.post(url).status_code == 404


def test_a_wrong_code_five_times_locks_the_link(client: Any, asked: SignatureRequest) -> None:
    url = opened(client, asked)
    client.post(f"{url}codice/", **PHONE)
    right = code_in(asked)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(4):
        answer = client.post(url, {"code": wrong}, **PHONE)
        assert answer.status_code == 422 and "Il codice non è giusto" in answer.content.decode()
    assert "Troppi codici sbagliati" in client.post(url, {"code": wrong}, **PHONE).content.decode()
    assert client.post(url, {"code": right}, **PHONE).status_code == 303
    assert "Troppi codici sbagliati" in page(client, url)
    asked.refresh_from_db()
    assert (asked.wrong_codes, asked.code_hash) == (5, "")
    assert Fact.objects.filter(code="agreements.signature.locked").exists()
    assert not theirs()


def test_a_code_counts_once_and_for_ten_minutes(asked: SignatureRequest) -> None:
    holder = Access.link(network_id=asked.ambito.network_id, ambito_id=asked.ambito_id, paper_id=asked.document_id)
    now = timezone.now()
    with scope(holder.scope):
        services.send_code(request=asked, by=holder, now=now)
    code = code_in(asked)
    with scope(holder.scope):
        enter = services.enter_code
        assert enter(request=asked, typed=code, by=holder, now=now + timedelta(minutes=10)) == services.CodeAnswer.EXPIRED
        assert (
            enter(request=asked, typed=f" {code[:3]} {code[3:]} ", by=holder, now=now + timedelta(minutes=9)) == services.CodeAnswer.RIGHT
        )
        assert enter(request=asked, typed=code, by=holder, now=now + timedelta(minutes=9)) == services.CodeAnswer.EXPIRED


def test_codes_are_not_sent_one_after_the_other(client: Any, asked: SignatureRequest) -> None:
    url = opened(client, asked)
    client.post(f"{url}codice/", **PHONE)
    assert "aspetta un minuto" in client.post(f"{url}codice/", follow=True, **PHONE).content.decode()
    assert Message.objects.filter(kind="agreements.signing_code").count() == 1


def test_an_expired_link_and_a_replaced_one(client: Any, asked: SignatureRequest, worker: Any) -> None:
    url = unlocked(client, asked)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_signaturerequest SET expires_at = %s", [timezone.now() - timedelta(minutes=1)])
    assert "Il collegamento è scaduto" in page(client, url)
    assert sign(client, url, asked).status_code == 303 and not theirs()
    in_every_ambito(services.chase_signatures, now=timezone.now())
    asked.refresh_from_db()
    assert asked.state == RequestState.EXPIRED
    assert Todo.objects.filter(kind="agreements.signature_expired", subject_id=asked.pk, done_at=None).exists()
    before = link_in(asked)
    again = ask(access_for(worker), asked.document, address="nuova@example.org")
    assert again.pk == asked.pk and not Todo.objects.filter(kind="agreements.signature_expired", done_at=None).exists()
    assert client.get(before, **PHONE).status_code == 404  # the old link opens nothing
    assert client.get(url, **PHONE).status_code == 404
    assert sign(client, unlocked(client, again), again).status_code == 303 and len(theirs()) == 1


def test_a_paper_that_was_replaced_meanwhile_is_not_signed(client: Any, asked: SignatureRequest, worker: Any) -> None:
    url, access = unlocked(client, asked), access_for(worker)
    placement = Placement.objects.get()
    services.return_to_draft(placement=placement, reason="Cambia la sede", by=access, today=TODAY)
    assert sign(client, url, asked).status_code == 303
    assert not theirs() and "Questa versione è stata sostituita" in page(client, url)
    services.propose_placement(placement=placement, by=access, today=TODAY)
    services.issue_papers(placement=placement, by=access, today=TODAY)
    later = ask(access, paper_of(placement, rendered=False), address="persona@example.org")
    assert later.pk != asked.pk
    html = page(client, url)
    assert "Il collegamento per firmare la versione nuova è partito" in html and "p•••@example.org" in html


def test_a_double_click_signs_once(client: Any, asked: SignatureRequest) -> None:
    url = unlocked(client, asked)
    for _ in range(2):
        assert sign(client, url, asked).status_code == 303
    assert len(theirs()) == 1 and "Hai firmato" in page(client, url)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_sign_at_once(worker: Any) -> None:
    access = access_for(worker)
    with scope(access.scope):
        request = ask(access, paper_of(make_placement(access, S.TO_SIGN)))
        link = link_in(request)
        hash_ = request.document.context_hash
    tab = Client()
    url = tab.get(link)["Location"]
    tab.post(f"{url}codice/")
    with scope(access.scope):
        code = code_in(request)
    tab.post(url, {"code": code})
    gate, found = threading.Barrier(2), []

    def press() -> None:
        try:
            other = Client()
            other.cookies = tab.cookies
            gate.wait()
            found.append(other.post(url, {"has_read": "on", "context_hash": hash_}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [303, 303]
    with scope(access.scope):
        assert len(theirs()) == 1


def test_saying_no_reaches_the_office(client: Any, asked: SignatureRequest) -> None:
    url = unlocked(client, asked)
    assert client.post(f"{url}non-firmo/", {"reason": " "}, **PHONE).status_code == 422
    assert client.post(f"{url}non-firmo/", {"reason": "Gli orari non vanno bene"}, **PHONE).status_code == 303
    asked.refresh_from_db()
    assert (asked.state, asked.refusal) == (RequestState.REFUSED, "Gli orari non vanno bene")
    todo = Todo.objects.get(kind="agreements.signature_refused", done_at=None)
    assert str(asked.document.public_id) in todo.url and "orari" not in todo.title
    assert "Hai detto che non firmi" in page(client, url)


def test_the_last_signature_by_link_makes_it_signed(client: Any, worker: Any, within: Any) -> None:
    access = within(worker)
    placement = make_placement(access, S.TO_SIGN)
    document, power = paper_of(placement), make_power(access)
    asks = {
        "person": {"address": "persona@example.org"},
        "host": {"address": "olga@example.org"},
        "promoter": {"address": power.email, "power": power},
    }
    for role, values in asks.items():
        request = ask(access, document, role, **values)
        assert sign(client, unlocked(client, request), request).status_code == 303
    placement.refresh_from_db()
    assert placement.state == S.SIGNED
    names = dict(Signature.objects.filter(document=document).values_list("role", "signer"))
    assert names["promoter"] == "Dina Prova" and names["host"] == "Olga Prova"


def test_who_holds_a_link_reaches_one_paper(asked: SignatureRequest, worker: Any) -> None:
    access = access_for(worker)
    other = make_placement(access, S.TO_SIGN, number=2)
    ask(access, paper_of(other, rendered=False), address="altra@example.org")
    holder = Access.link(network_id=asked.ambito.network_id, ambito_id=asked.ambito_id, paper_id=asked.document_id)
    with scope(holder.scope):
        assert [d.pk for d in Document.objects.all()] == [asked.document_id]
        assert [r.pk for r in SignatureRequest.objects.order_by("id")] == [asked.pk]
        for model in (Placement, Beneficiary, FrameworkAgreement, Signature, Evidence, Message):
            assert list(model.objects.order_by("id")) == [], model
    assert not holder.permissions and not holder.may("see_people")


def test_the_page_asks_few_questions_of_the_database(client: Any, asked: SignatureRequest) -> None:
    url = unlocked(client, asked)
    with CaptureQueriesContext(connection) as queries:
        page(client, url)
    fixed = ("SAVEPOINT", "RELEASE", "SELECT set_config", '"accounts_session"', "core_look", "ROLLBACK")
    own = [q["sql"] for q in queries if not any(word in q["sql"] for word in fixed)]
    assert len(own) <= 4, own
