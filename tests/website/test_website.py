"""The public site: what everybody may read, and what nobody learns from it."""

import hashlib
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from certification.enums import ReasonClass
from certification.models import Certificate
from certification.services import applications
from certification.services import certificates as services
from impresasolidale.accounts.access import access_for
from impresasolidale.core import guesses
from impresasolidale.core.documents import issue
from impresasolidale.core.models import Document, Miss, Verification
from impresasolidale.core.rendering import render_document
from impresasolidale.core.scope import scope
from impresasolidale.website import rules, views
from placements.agreements import services as agreements
from placements.agreements.enums import PlacementState
from tests.factories.agreements import make_placement
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.certification import granted, hosted, make_host

pytestmark = pytest.mark.django_db
PAGES = ["home", "register", "verify", "fund", "privacy", "accessibility"]


@pytest.fixture
def by(worker: Any, within: Any) -> Any:
    return within(worker)


@pytest.fixture
def decider(coordinator: Any) -> Any:
    return access_for(coordinator)


@pytest.fixture
def certificate(by: Any, decider: Any) -> Certificate:
    company = make_host(by, name="Latteria Sociale Prova")
    hosted(by, company, make_beneficiary(by, number=1))
    return granted(company, proposer=by, decider=decider, today=timezone.localdate())


def code_of(document: Document | None) -> str:
    assert document
    return Verification.objects.get(document_id=document.pk).code


@pytest.fixture
def personal(by: Any) -> Document:
    return personal_paper(by)


def personal_paper(by: Any) -> Document:
    """A paper about a person: the frozen context carries the surname, for comparison only."""
    person = make_beneficiary(by, number=2)
    return issue(
        kind="agreements.personal_project",
        kind_label="Progetto personalizzato",
        template="x.html",
        subject=person,
        context={"person": "Carla Della Vedova", "person_last_name": "Della Vedova", "company": "Segheria Prova"},
        today=date(2026, 11, 18),
        by=by,
        ambito_id=by.ambito_id,
    )


# --- Rules


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("abcdefghijklmnopqrstuvwx27", "ABCDEFGHIJKLMNOPQRSTUVWX27"),
        (" ABCD-EFGH IJKLMNOPQRSTUVWX27 ", "ABCDEFGHIJKLMNOPQRSTUVWX27"),
        ("https://example.org/verifica/ABCDEFGHIJKLMNOPQRSTUVWX27/", "ABCDEFGHIJKLMNOPQRSTUVWX27"),
        ("ABCDEFGHIJKLMNOPQRSTUVWX2", ""),
        ("ABCDEFGHIJKLMNOPQRSTUVWX21", ""),
        ("", ""),
    ],
)
def test_a_code_is_found_in_what_people_type(text: str, code: str) -> None:
    assert rules.code_in(text) == code


@pytest.mark.parametrize(
    ("typed", "known", "same"),
    [("della vedova", "Della Vedova", True), ("DELLAVEDOVA", "Della Vedova", True), ("nicolo", "Nicolò", True),
     ("d'angelo", "D’Angelo", True), ("Vedova", "Della Vedova", False), ("", "", False), ("...", "", False)],
)  # fmt: skip
def test_surnames_are_compared_by_their_letters(typed: str, known: str, same: bool) -> None:
    assert rules.same_surname(typed, known) is same


# --- Pages


@pytest.mark.parametrize("name", PAGES)
def test_everybody_reads_the_pages(name: str, client: Any, db: Any) -> None:
    assert client.get(reverse(f"website:{name}")).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_no_person_stands_on_a_public_page(name: str, client: Any, certificate: Certificate, worker: Any, coordinator: Any) -> None:
    html = client.get(reverse(f"website:{name}")).content.decode()
    for word in ("Bonetti", "Cattaneo", worker.email, coordinator.last_name):
        assert word not in html


def test_small_numbers_are_not_told(client: Any, certificate: Certificate) -> None:
    html = client.get(reverse("website:home")).content.decode()
    assert "imprese riconosciute" in html and "tirocini accolti finora" not in html and "Comuni che camminano insieme" in html


def test_register_lists_only_what_is_in_force(client: Any, by: Any, decider: Any, certificate: Certificate) -> None:
    def company(number: int, **changes: Any) -> Any:
        made = make_host(by, number=number, name=f"Impresa {number}", **changes)
        hosted(by, made, make_beneficiary(by, number=number))
        return made

    today = timezone.localdate()
    applications.propose_application(company=company(11), by=by, today=today)
    granted(company(12, on_register=False), proposer=by, decider=decider, today=today)
    revoked = granted(company(13), proposer=by, decider=decider, today=today)
    services.revoke_certificate(reason_class=ReasonClass.CEASED, certificate=revoked, by=decider, reason="Prova")
    granted(company(14), proposer=by, decider=decider, today=today - timedelta(days=3 * 366))
    html = client.get(reverse("website:register")).content.decode()
    assert "Latteria Sociale Prova" in html
    assert not any(f"Impresa {n}" in html for n in (11, 12, 13, 14))


def test_register_is_searched_by_name_comune_and_zone(client: Any, certificate: Certificate) -> None:
    url = reverse("website:register")
    for found in ({"q": "LATTERÌA"}, {"q": "sondrio"}, {"ambito": certificate.company.comune.ambito.code}, {"q": "latteria", "dopo": "x"}):
        assert "Latteria Sociale Prova" in client.get(url, found).content.decode(), found
    for missed in ({"q": "zzz"}, {"ambito": "tirano"}):
        answer = client.get(url, missed)
        assert "Latteria Sociale Prova" not in answer.content.decode()
    assert "Nessuna impresa con questo nome" in client.get(url, {"q": "zzz"}).content.decode()


# --- Verification


def test_the_printed_address_answers(client: Any, certificate: Certificate) -> None:
    code = code_of(certificate.document)
    for url in (f"/verifica/{code}", f"/verifica/{code}/", f"/verifica/{code.lower()}"):
        html = client.get(url).content.decode()
        assert "ed è valido" in html and "Latteria Sociale Prova" in html and "2026/000001" in html and "Aderente" in html


def test_the_form_leads_to_the_address(client: Any, certificate: Certificate) -> None:
    code = code_of(certificate.document)
    answer = client.get(reverse("website:verify"), {"codice": f"{code[:13]} {code[13:]}"})
    assert (answer.status_code, answer["Location"]) == (302, f"/verifica/{code}")
    short = client.get(reverse("website:verify"), {"codice": "ABC"})
    assert short.status_code == 422 and "non è completo" in short.content.decode() and 'value="ABC"' in short.content.decode()


def test_revoked_and_expired(client: Any, by: Any, decider: Any, certificate: Certificate) -> None:
    old = make_host(by, number=21, name="Vecchia Impresa")
    hosted(by, old, make_beneficiary(by, number=3))
    expired = granted(old, proposer=by, decider=decider, today=timezone.localdate() - timedelta(days=3 * 366))
    assert "ma è scaduto" in client.get(f"/verifica/{code_of(expired.document)}").content.decode()
    services.revoke_certificate(reason_class=ReasonClass.CEASED, certificate=certificate, by=decider, reason="Motivo riservato")
    html = client.get(f"/verifica/{code_of(certificate.document)}").content.decode()
    assert "È stato revocato" in html and "Motivo riservato" not in html


def test_a_persons_paper_names_nobody(client: Any, personal: Document) -> None:
    url = f"/verifica/{code_of(personal)}"
    html = client.get(url).content.decode()
    assert "Progetto personalizzato" in html and personal.number in html and "18 novembre 2026" in html
    assert not any(word in html for word in ("Vedova", "Carla", "Segheria"))
    right = client.post(url, {"check": "surname", "surname": "della vedova"}).content.decode()
    assert "il cognome corrisponde" in right and "Vedova" not in right
    wrong = client.post(url, {"check": "surname", "surname": "Bianchi"}).content.decode()
    assert "il cognome non corrisponde" in wrong and "Vedova" not in wrong
    assert client.post(url, {"check": "surname", "surname": ""}).status_code == 422


def test_a_certificate_asks_no_surname(client: Any, certificate: Certificate) -> None:
    url = f"/verifica/{code_of(certificate.document)}"
    assert "cognome" not in client.get(url).content.decode()
    assert client.post(url, {"check": "surname", "surname": "Prova"}).status_code == 422


def test_a_paper_that_was_replaced_says_so(client: Any, by: Any, personal: Document) -> None:
    issue(
        kind=personal.kind, kind_label=personal.kind_label, template="x.html", subject=make_beneficiary(by, number=4), context={},
        today=date(2026, 11, 19), by=by, ambito_id=by.ambito_id, supersedes=personal,
    )  # fmt: skip
    assert "uno più recente" in client.get(f"/verifica/{code_of(personal)}").content.decode()


@pytest.mark.parametrize(
    ("state", "period", "words"),
    [
        (PlacementState.TO_SIGN, {}, "aspetta ancora delle firme"),
        (PlacementState.SIGNED, {}, "Lo hanno firmato tutti, e oggi vale."),
        (PlacementState.ACTIVE, {}, "Lo hanno firmato tutti, e oggi vale."),
        (PlacementState.CANCELLED, {}, "poi è stato ritirato"),
        (PlacementState.ENDED, {"starts_on": date(2026, 9, 7), "ends_on": date(2026, 11, 10)}, "il suo periodo è finito"),
    ],
)
def test_a_project_says_whether_it_holds_today(client: Any, by: Any, state: str, period: dict[str, date], words: str) -> None:
    document = make_placement(by, state, **period).projects.get().document
    assert words in client.get(f"/verifica/{code_of(document)}").content.decode()


def test_a_project_given_up_while_it_was_signed_no_longer_holds(client: Any, by: Any) -> None:
    placement = make_placement(by, PlacementState.TO_SIGN)
    document = placement.projects.get().document
    agreements.withdraw_placement(placement=placement, reason="Ha cambiato idea", by=by)
    assert "poi è stato ritirato" in client.get(f"/verifica/{code_of(document)}").content.decode()


def test_the_same_file_is_recognised_by_its_bytes(client: Any, certificate: Certificate) -> None:
    assert certificate.document
    url = f"/verifica/{code_of(certificate.document)}"
    render_document(certificate.document.pk)
    paper = Document.objects.get(pk=certificate.document.pk)
    with default_storage.open(paper.file_name) as file:
        data = file.read()
    assert hashlib.sha256(data).hexdigest() == paper.file_hash
    same = client.post(url, {"check": "file", "file": SimpleUploadedFile("a.pdf", data)})
    assert "è proprio il file che abbiamo emesso" in same.content.decode()
    other = client.post(url, {"check": "file", "file": SimpleUploadedFile("a.pdf", data + b" ")})
    assert "ha aggiunto qualcosa dopo il sigillo" in other.content.decode()
    assert client.post(url, {"check": "file"}).status_code == 422


def test_an_unknown_code_is_answered_kindly(client: Any, db: Any) -> None:
    for code in ("A" * 26, "troppo-corto"):
        answer = client.get(f"/verifica/{code}")
        assert answer.status_code == 404 and "Non troviamo questo codice" in answer.content.decode()


def test_guessing_codes_is_throttled_by_address(client: Any, certificate: Certificate) -> None:
    for _ in range(guesses.MISSES_AN_HOUR):
        assert client.get(f"/verifica/{'B' * 26}").status_code == 404
    good = f"/verifica/{code_of(certificate.document)}"
    assert client.get(good).status_code == 429
    assert client.get(good, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_guessing_surnames_is_throttled_from_anywhere(client: Any, personal: Document) -> None:
    url = f"/verifica/{code_of(personal)}"
    for i in range(guesses.MISSES_AN_HOUR):
        assert client.post(url, {"check": "surname", "surname": "Bianchi"}, REMOTE_ADDR=f"192.0.2.{i}").status_code == 200
    assert client.post(url, {"check": "surname", "surname": "Della Vedova"}, REMOTE_ADDR="198.51.100.1").status_code == 429
    assert client.get(url, REMOTE_ADDR="198.51.100.1").status_code == 200


def test_misses_are_forgotten_and_keep_no_address(db: Any) -> None:
    now = timezone.now()
    for _ in range(guesses.MISSES_AN_HOUR):
        guesses.record_miss(place=views.PLACE, address="192.0.2.1", code="", now=now)
    assert guesses.is_throttled(place=views.PLACE, address="192.0.2.1", code="", now=now)
    assert not guesses.is_throttled(place=views.PLACE, address="192.0.2.1", code="", now=now + timedelta(hours=1, minutes=1))
    assert "192.0.2.1" not in str(list(Miss.objects.values()))
    guesses.record_miss(place=views.PLACE, address="192.0.2.2", code="", now=now + timedelta(days=2))
    assert Miss.objects.count() == 1


# --- Sign-in pages


def test_sign_in_lists_the_demo_logins_as_one_click(client: Any, settings: Any, tmp_path: Any, worker: Any) -> None:
    settings.DEMO, settings.DATA_DIR = True, tmp_path
    (tmp_path / "logins.txt").write_text(f"assistente sociale\t{worker.email}\tcavallo batteria graffetta\n")
    html = client.get(reverse("accounts:sign_in")).content.decode()
    assert "Assistente sociale" in html and html.count('name="password"') == 2
    assert client.post(reverse("accounts:sign_in"), {"email": worker.email, "password": "cavallo batteria graffetta"}).status_code == 303


def test_sign_in_pages_without_the_demo(client: Any, settings: Any, db: Any) -> None:
    settings.DEMO = False
    assert "dimostrazione" not in client.get(reverse("accounts:sign_in")).content.decode()
    wrong = client.post(reverse("accounts:sign_in"), {"email": "a@example.org", "password": "x"})
    assert wrong.status_code == 422 and "Controlla e riprova" in wrong.content.decode()
    assert client.get(reverse("accounts:forgot_password")).status_code == 200
    assert "non funziona più" in client.get(reverse("accounts:accept_invitation", args=["nessuno"])).content.decode()


def test_a_right_surname_is_no_miss(client: Any, personal: Document) -> None:
    answer = client.post(f"/verifica/{code_of(personal)}", {"check": "surname", "surname": "Della Vedova"})
    assert answer.context["is_surname"] is True
    assert not any(Miss.objects.values_list("count", flat=True))


@pytest.mark.django_db(transaction=True)
def test_surnames_tried_at_once_are_counted_one_by_one(worker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the answers to a bunch of guesses come before the first is counted."""
    left, tries = 2, 6
    access = access_for(worker)
    with scope(access.scope):
        code = code_of(personal_paper(access))
        for n in range(guesses.MISSES_AN_HOUR - left):
            guesses.record_miss(place=views.PLACE, address=f"192.0.2.{n}", code=code, now=timezone.now())
    real = views.guesses.is_throttled
    gate, found = threading.Barrier(tries), []
    monkeypatch.setattr(views.guesses, "is_throttled", lambda **values: (real(**values), gate.wait())[0])  # all looked, none is counted

    def guess(n: int) -> None:
        try:
            asked = {"check": "surname", "surname": "Bianchi"}
            found.append(Client().post(f"/verifica/{code}", asked, REMOTE_ADDR=f"198.51.100.{n}").status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(tries)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200] * left + [429] * (tries - left)
