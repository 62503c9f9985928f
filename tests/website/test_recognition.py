"""What strangers check of a recognition: its page, its file, its credential, the register's pages and the card on other sites."""

import base64
import csv
import gzip
import io
import json
import re
import shutil
import subprocess
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, get_args

import pikepdf
import pytest
import time_machine
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from certification.enums import CertificateState, Level, ReasonClass
from certification.models import Certificate, HistoricalAward
from certification.services import certificates as services
from certification.services import papers
from certification.words import PUBLIC_WORDS, public_word
from companies.hosts.models import Company, HostingInterest
from impresasolidale.accounts.access import access_for
from impresasolidale.core import guesses, seals
from impresasolidale.core.models import Document, Verification
from impresasolidale.core.rendering import html_of, pdf_of, render_document
from impresasolidale.territory.models import Comune, RuleBookVersion
from impresasolidale.territory.rules import value_types
from impresasolidale.website.register import Scale
from tests.factories.beneficiaries import make_beneficiary
from tests.factories.certification import granted, hosted, make_host

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(worker: Any, within: Any) -> Any:
    return within(worker)


@pytest.fixture
def decider(coordinator: Any) -> Any:
    return access_for(coordinator)


@pytest.fixture
def certificate(by: Any, decider: Any) -> Certificate:
    company = make_host(by, name="Latteria Sociale Prova", ateco="10.51.2")
    hosted(by, company, make_beneficiary(by, number=1))
    return granted(company, proposer=by, decider=decider, today=timezone.localdate())


@pytest.fixture
def code(certificate: Certificate) -> str:
    return Verification.objects.get(document_id=certificate.document_id).code


@pytest.fixture
def file(certificate: Certificate) -> bytes:
    assert certificate.document
    render_document(certificate.document.pk)
    with default_storage.open(Document.objects.get(pk=certificate.document_id).file_name) as stored:
        return stored.read()


def send(client: Any, url: str, data: bytes) -> str:
    answer = client.post(url, {"check": "file", "file": SimpleUploadedFile("a.pdf", data)})
    assert answer.status_code == 200
    return str(answer.content.decode())


# --- The page


def test_the_page_says_what_the_paper_says_in_three_queries(client: Any, certificate: Certificate, code: str) -> None:
    """Guesses, the code, the certificate with its paper; what the scope tells the database apart."""
    url = f"/verifica/{code}"
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert len([q for q in queries if q["sql"].startswith("SELECT") and "set_config" not in q["sql"]]) == 3
    html, said = answer.content.decode(), certificate.document.context if certificate.document else {}
    assert "È nostro, ed è valido" in html and answer["X-Robots-Tag"] == "noindex" and '<meta name="robots" content="noindex">' in html
    for word in (said["company"], said["place"], said["level"], said["level_words"], said["band_words"], said["scheme"]):
        assert word in html, word
    assert "Si rinnova entro il" in html and reverse("website:register_company", args=[certificate.company.public_id]) in html


def test_programs_read_the_same(client: Any, certificate: Certificate, code: str) -> None:
    said = client.get(f"/verifica/{code}", headers={"accept": "application/json"}).json()
    assert (said["stato"], said["livello"], said["impresa"]) == ("valid", "Aderente", "Latteria Sociale Prova, Sondrio")
    assert said["valido_al"] == certificate.valid_to.isoformat() and said["credenziale"].endswith(f"/verifica/{code}/credenziale.json")
    assert client.get(f"/verifica/{code}", headers={"accept": "text/html,application/json;q=0.5"})["Content-Type"].startswith("text/html")
    assert client.get(f"/verifica/{'C' * 26}", headers={"accept": "application/json"}).status_code == 404


def test_suspended_and_taken_back_say_the_class_alone(client: Any, decider: Any, certificate: Certificate, code: str) -> None:
    services.suspend_certificate(certificate=certificate, by=decider, reason_class=ReasonClass.SAFETY, reason="Manca il DVR di via Roma")
    html = client.get(f"/verifica/{code}").content.decode()
    assert "È sospeso" in html and "Sicurezza sul lavoro" in html and "DVR" not in html
    services.revoke_certificate(certificate=certificate, by=decider, reason_class=ReasonClass.SAFETY, reason="Manca il DVR di via Roma")
    html = client.get(f"/verifica/{code}").content.decode()
    assert "È stato revocato" in html and "DVR" not in html and "Si rinnova" not in html


def test_the_one_before_leads_to_the_one_of_today(client: Any, by: Any, decider: Any, certificate: Certificate, code: str) -> None:
    """Its time nearly over, another is given: the first is superseded. The page of the first opens the second's."""
    assert certificate.valid_to
    with time_machine.travel(datetime.combine(certificate.valid_to + timedelta(days=1), datetime.min.time()), tick=False):
        assert "ma è scaduto" in client.get(f"/verifica/{code}").content.decode()
        again = granted(certificate.company, proposer=by, decider=decider, today=timezone.localdate())
        newer = Verification.objects.get(document_id=again.document_id).code
        html = client.get(f"/verifica/{code}").content.decode()
        assert "uno più recente" in html and f"/verifica/{newer}" in html
        assert client.get(f"/verifica/{code}", headers={"accept": "application/json"}).json()["sostituito_da"].endswith(newer)


# --- The file


def test_a_file_is_told_from_what_is_made_of_it(client: Any, code: str, file: bytes) -> None:
    for url in (f"/verifica/{code}", reverse("website:verify")):
        assert "è proprio il file che abbiamo emesso" in send(client, url, file)
        added = send(client, url, file + b"\n% coda")
        assert "ha aggiunto qualcosa dopo il sigillo" in added and f"/verifica/{code}" in added
        changed = file.replace(b"/MediaBox", b"/MediaBoy", 1)
        assert changed != file and "è stato cambiato" in send(client, url, changed)
        assert "non si riesce a leggere" in send(client, url, b"GIF89a")


def test_the_certificate_is_a_page_for_ever_and_for_everybody(file: bytes, tmp_path: Path) -> None:
    """One page across, PDF/A and PDF/UA by what it says of itself, every picture with its words, the seal over all of it. poppler, which
    shares no code with what seals, finds the seal valid. (veraPDF is in no registry.)"""
    with pikepdf.open(io.BytesIO(file)) as pdf:
        (page,) = pdf.pages
        assert [round(float(side)) for side in page.MediaBox] == [0, 0, 842, 595]
        metadata = bytes(pdf.Root.Metadata.read_bytes())
        assert pdf.Root.MarkInfo.Marked and str(pdf.Root.Lang) == "it" and pdf.Root.OutputIntents and pdf.Root.StructTreeRoot
        assert b'pdfuaid:part="1"' in metadata and (b"<pdfaid:part>3" in metadata or b'pdfaid:part="3"' in metadata)
        pictures = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
        assert pictures and all("/Alt" in picture for picture in pictures)
    if shutil.which("pdfsig"):
        (tmp_path / "a.pdf").write_bytes(file)
        said = subprocess.run(["pdfsig", "-nocert", str(tmp_path / "a.pdf")], capture_output=True, text=True, env={"HOME": str(tmp_path)})
        assert "Signature is Valid" in said.stdout and "Total document signed" in said.stdout, said


def test_a_file_sealed_by_somebody_else(client: Any, certificate: Certificate, code: str, settings: Any, tmp_path: Path) -> None:
    """The forger has the paper's words, the name on the certificate, and another key."""
    document = certificate.document
    assert document
    plain, _pages = pdf_of(html_of(document, code), identifier=document.context_hash)
    settings.SEAL_DIR, ours = tmp_path / "forger", settings.SEAL_DIR
    forged = seals.seal(plain)
    settings.SEAL_DIR = ours
    assert "Lo ha messo qualcun altro" in send(client, f"/verifica/{code}", forged)


def test_the_file_of_another_paper(client: Any, by: Any, decider: Any, code: str, file: bytes) -> None:
    other = make_host(by, number=7)
    hosted(by, other, make_beneficiary(by, number=7))
    theirs = granted(other, proposer=by, decider=decider)
    elsewhere = Verification.objects.get(document_id=theirs.document_id).code
    html = send(client, f"/verifica/{elsewhere}", file)
    assert "non è quello di questo codice" in html and f"/verifica/{code}" in html


def test_the_certificate_of_the_seal_is_over(client: Any, certificate: Certificate, code: str, file: bytes) -> None:
    """The file that we know is still that file; one that we do not know could have been made whenever."""
    until = seals.examine(file, today=timezone.localdate()).until
    assert until and certificate.document
    unknown = seals.seal(pdf_of(html_of(certificate.document, code), identifier="altro")[0])
    assert "non è quello di questo codice" in send(client, f"/verifica/{code}", unknown)
    with time_machine.travel(datetime.combine(until + timedelta(days=2), datetime.min.time()), tick=False):
        html = send(client, reverse("website:verify"), file)
        assert "è proprio il file che abbiamo emesso" in html and "è scaduto il" in html
        assert "non possiamo dire quando è stato fatto" in send(client, reverse("website:verify"), unknown)


def test_files_that_are_nobodys_are_counted(client: Any, db: Any) -> None:
    url = reverse("website:verify")
    assert client.post(url, {"check": "file"}).status_code == 422
    for _ in range(guesses.MISSES_AN_HOUR):
        send(client, url, b"%PDF-1.7 niente")
    assert client.post(url, {"check": "file", "file": SimpleUploadedFile("a.pdf", b"%PDF")}).status_code == 429


# --- The credential


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def read(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200
    return json.loads(answer.content)  # type: ignore[no-any-return]


def path_of(address: str) -> str:
    return "/" + address.partition("://")[2].partition("/")[2]


def jwt_of(answer: Any, keys: Any) -> dict[str, Any]:
    """The payload of a JWT, checked with the key it names in the issuer's document."""
    header, payload, signature = answer.content.decode().split(".")
    found = {m["id"]: m for m in keys["verificationMethod"]}[json.loads(unpadded(header))["kid"]]["publicKeyJwk"]
    x, y = (int.from_bytes(unpadded(found[name])) for name in "xy")
    raw = unpadded(signature)
    signed = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    key.verify(signed, f"{header}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
    return json.loads(unpadded(payload))  # type: ignore[no-any-return]


def test_the_credential_from_end_to_end(client: Any, decider: Any, certificate: Certificate, code: str) -> None:
    """A checker's way: the credential, its issuer's keys, the lists it names; before and after it is suspended, and taken back."""
    said = read(client.get(f"/verifica/{code}/credenziale.json"))
    keys = read(client.get("/" + "/".join(said["issuer"]["id"].split(":")[3:]) + "/did.json"))
    assert keys["id"] == said["issuer"]["id"] and said["proof"]["verificationMethod"] in keys["assertionMethod"]
    answer = client.get(f"/verifica/{code}/credenziale.jwt")
    assert answer["Content-Type"] == "application/vc+jwt" and answer["Access-Control-Allow-Origin"] == "*"
    told = jwt_of(answer, keys)
    assert told["id"] == said["id"] and {k: v for k, v in said.items() if k != "proof"}.items() <= told.items()
    assert said["credentialSubject"]["achievement"]["name"] == "Aderente"
    assert path_of(said["evidence"][0]["id"]) == f"/verifica/{code}"
    assert certificate.valid_to and said["validUntil"].startswith((certificate.valid_to + timedelta(days=1)).isoformat())

    def is_set(purpose: str) -> bool:
        (entry,) = [entry for entry in said["credentialStatus"] if entry["statusPurpose"] == purpose]
        found = jwt_of(client.get(path_of(entry["statusListCredential"])), keys)
        assert found["id"] == entry["statusListCredential"] and found["issuer"] == said["issuer"]["id"]
        bits, place = gzip.decompress(unpadded(found["credentialSubject"]["encodedList"][1:])), int(entry["statusListIndex"])
        return bool(bits[place // 8] & (0x80 >> place % 8))

    assert (is_set("revocation"), is_set("suspension")) == (False, False)
    services.suspend_certificate(certificate=certificate, by=decider, reason_class=ReasonClass.SAFETY, reason="Da vedere")
    assert (is_set("revocation"), is_set("suspension")) == (False, True)
    services.revoke_certificate(certificate=certificate, by=decider, reason_class=ReasonClass.SAFETY, reason="Visto")
    assert (is_set("revocation"), is_set("suspension")) == (True, False)


MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
SUBJECT = {"id", "type", "achievement", "identifier", "image", "narrative", "role", "source", "term", "result", "licenseNumber"}
IDENTITY = {"type", "hashed", "identityHash", "identityType", "salt"}


def test_the_credential_has_the_shape_that_open_badges_3_asks(client: Any, code: str) -> None:
    """What the specification asks of each part, written out: no checker of its schema is among what may be installed (evidence.md)."""
    said = read(client.get(f"/verifica/{code}/credenziale.json"))
    assert said["@context"][:1] == ["https://www.w3.org/ns/credentials/v2"] and "spec/ob/v3p0/context-3" in said["@context"][1]
    assert {"VerifiableCredential", "OpenBadgeCredential"} <= set(said["type"])
    for name in ("id", "name"):
        assert isinstance(said[name], str) and said[name]
    for name in ("validFrom", "validUntil", "awardedDate"):
        assert MOMENT.fullmatch(said[name]), name
    assert said["issuer"]["id"].startswith("did:web:") and "Profile" in said["issuer"]["type"]
    subject = said["credentialSubject"]
    assert set(subject) <= SUBJECT and "AchievementSubject" in subject["type"] and (subject.get("id") or subject.get("identifier"))
    for one in subject["identifier"]:
        assert set(one) <= IDENTITY and {"type", "hashed", "identityHash", "identityType"} <= set(one) and one["hashed"] is False
        assert re.match(r"ext:[\w.-]+$", one["identityType"]) or one["identityType"] in {"identifier", "systemId"}
    achievement = subject["achievement"]
    assert all(achievement.get(name) for name in ("id", "type", "criteria", "description", "name")) and "Achievement" in achievement["type"]
    assert achievement["achievementType"] == "Award" and achievement["criteria"].get("narrative")
    assert all("Evidence" in one["type"] for one in said["evidence"])
    for part in ("credentialStatus", "credentialSchema"):
        assert said[part] and all(one["id"] and one["type"] for one in said[part]), part
    assert said["proof"]["type"] == "DataIntegrityProof" and said["proof"]["proofPurpose"] == "assertionMethod"


def test_the_credential_of_a_paper_that_was_corrected_holds_no_more(client: Any, decider: Any, certificate: Certificate, code: str) -> None:
    """Who kept the first paper's credential does not show it on, neither after the correction nor when all is taken back."""
    kept = read(client.get(f"/verifica/{code}/credenziale.json"))
    (entry,) = [entry for entry in kept["credentialStatus"] if entry["statusPurpose"] == "revocation"]

    def is_set() -> bool:
        found = read(client.get(path_of(entry["statusListCredential"]), headers={"accept": "application/vc"}))
        bits, place = gzip.decompress(unpadded(found["credentialSubject"]["encodedList"][1:])), int(entry["statusListIndex"])
        return bool(bits[place // 8] & (0x80 >> place % 8))

    assert not is_set()
    papers.correct_certificate(certificate=certificate, reason="Una lettera", by=decider, today=timezone.localdate())
    assert is_set()
    assert client.get(f"/verifica/{code}/credenziale.json").status_code == 404


def test_the_dossier_says_when_what_it_tells_of_is_over(client: Any, decider: Any, certificate: Certificate) -> None:
    today = timezone.localdate()
    paper = papers.issue_dossier(company=certificate.company, by=decider, today=today)
    page = f"/verifica/{Verification.objects.get(document_id=paper.pk).code}"
    assert "È un nostro documento" in client.get(page).content.decode()
    services.suspend_certificate(certificate=certificate, by=decider, reason_class=ReasonClass.SAFETY, reason="Da vedere")
    assert "oggi non vale" in client.get(page).content.decode()


def test_a_credential_names_nobody(client: Any, code: str, worker: Any, coordinator: Any) -> None:
    text = client.get(f"/verifica/{code}/credenziale.json").content.decode()
    assert not any(word in text for word in (worker.last_name, coordinator.last_name, worker.email, coordinator.email))


def test_lists_in_json_and_what_is_not_there(client: Any, code: str) -> None:
    entry = read(client.get(f"/verifica/{code}/credenziale.json"))["credentialStatus"][0]
    found = read(client.get(path_of(entry["statusListCredential"]), headers={"accept": "application/vc"}))
    assert found["type"][1] == "BitstringStatusListCredential" and found["proof"]["cryptosuite"] == "ecdsa-jcs-2019"
    assert client.get(path_of(entry["statusListCredential"]).replace("revocation", "altro")).status_code == 404
    assert client.get("/verifica/ente/nessuno/did.json").status_code == 404
    assert client.get(f"/verifica/{code}/credenziale.xml").status_code == 404
    for _ in range(guesses.MISSES_AN_HOUR):
        client.get(f"/verifica/{'D' * 26}/credenziale.json", REMOTE_ADDR="192.0.2.9")
    assert client.get(f"/verifica/{code}/credenziale.json", REMOTE_ADDR="192.0.2.9").status_code == 429


# --- The register


def test_the_register_is_searched_with_mistakes_and_filters(client: Any, by: Any, decider: Any, certificate: Certificate) -> None:
    tirano = Comune.objects.get(name="Tirano")
    other = make_host(by, number=8, name="Officina Rezia", comune=tirano, ateco="25.62.00")
    hosted(by, other, make_beneficiary(by, number=8))
    granted(other, proposer=by, decider=decider)

    def names(**asked: str) -> set[str]:
        html = client.get(reverse("website:register"), asked).content.decode()
        return {name for name in ("Latteria Sociale Prova", "Officina Rezia") if f">{name}</a>" in html}

    both = {"Latteria Sociale Prova", "Officina Rezia"}
    assert names() == names(q="") == both
    assert names(q="lateria") == names(q="LATTERIA") == {"Latteria Sociale Prova"} and names(q="zzzz") == set()
    assert names(q="tirano") == names(comune=tirano.istat_code) == {"Officina Rezia"}
    assert names(settore="C") == both and names(settore="A") == set()
    assert names(livello=Level.ADERENTE) == both and names(livello=Level.AMBASCIATRICE) == set()
    assert names(comune="<b>") == names(livello="falso") == both  # what is not understood is not asked


def test_the_register_says_who_is_ready_and_never_how_many(client: Any, by: Any, certificate: Certificate) -> None:
    url = reverse("website:register")
    assert "pronta ad accogliere" not in client.get(url).content.decode()
    said = {"network_id": by.network_id, "company": certificate.company, "said_on": timezone.localdate()}
    HostingInterest.objects.create(answer="yes", **said)
    html = client.get(url).content.decode()
    assert "pronta ad accogliere" in html and f"riconosciuta dal {certificate.valid_from.year}" in html
    assert "da 1 a 4" in html and "Sondrio: da 1 a 4" in html and 'href="?comune=' in html


def say(by: Any, **values: Any) -> None:
    """The network's common rule book says so from today on."""
    common = RuleBookVersion.objects.filter(network_id=by.network_id, ambito=None).latest("valid_from")
    RuleBookVersion.objects.create(
        network_id=by.network_id,
        valid_from=timezone.localdate(),
        values={**common.values, **values},
        act="Delibera 9/2026",
        published_by="Ufficio",
    )


@pytest.mark.parametrize(
    ("word", "bare", "a", "paper"),
    [
        ("attestato", "Attestato", "un attestato", "Attestato d'impegno"),
        ("marchio", "Marchio", "un marchio", "Attestato del marchio"),
    ],
)
def test_the_public_reads_the_word_the_network_chose(
    client: Any, by: Any, decider: Any, coordinator: Any, signed_in: Any, word: str, bare: str, a: str, paper: str
) -> None:
    """Rule 88: on the register, the company's page, the card, the paper and its page, the credential, the kit; the paper keeps its word."""
    say(by, certification_word=word)
    company = make_host(by, name="Latteria Sociale Prova")
    hosted(by, company, make_beneficiary(by, number=1))
    held = granted(company, proposer=by, decider=decider, today=timezone.localdate())
    assert held.document and held.document.kind_label == paper and held.document.context["word"] == word
    code = Verification.objects.get(document_id=held.document_id).code

    def read(url: str, who: Any = client) -> str:
        return unescape(who.get(url).content.decode())

    own = [reverse(f"website:{name}", args=[company.public_id]) for name in ("register_company", "register_card")]
    places = [reverse("website:register"), *own]
    kit = reverse("certification:kit", args=[company.public_id])
    for url in places:
        assert bare in read(url) and "iconosciment" not in read(url).replace("riconoscimenti/", ""), url
    assert f"{a} valido oggi" in read(places[0]) and f"{bare} valido fino al" in read(places[2])
    assert f"solo l'impresa che ha {public_word(word).the}" in read(kit, signed_in(coordinator))
    said = json.loads(client.get(reverse("website:credential", args=[code, "json"])).content)
    assert said["name"] == f"{bare} Aderente – Latteria Sociale Prova"
    services.revoke_certificate(certificate=held, by=decider, reason_class=ReasonClass.ON_REQUEST, reason="Lo chiede")
    verified = read(reverse("website:verified", args=[code]))
    assert f"oggi non ha più questo {word}" in verified and paper in verified
    assert f"non ha {a} valido" in read(places[1]) and f"Oggi non ha {a} valido" in read(places[2])
    assert f"non ha {a} valido" in read(reverse("website:register_picture", args=[company.public_id]))


def test_what_may_be_said_is_a_closed_list() -> None:
    assert set(PUBLIC_WORDS) == set(get_args(value_types()["certification_word"]))
    assert public_word("certificazione").bare == "riconoscimento"


@pytest.mark.parametrize(("small", "classes"), [(5, "da 1 a 4"), (3, "da 1 a 2"), (8, "da 1 a 7"), (1, "da 1 a 2")])
def test_the_map_reads_the_small_number(client: Any, by: Any, certificate: Certificate, small: int, classes: str) -> None:
    say(by, small_number_threshold=small)
    html = client.get(reverse("website:register")).content.decode()
    assert f"Sondrio: {classes}</title>" in html and f"</span>{classes}</li>" in html


@pytest.mark.parametrize(
    ("small", "count", "shade", "words"),
    [(5, 0, 0, ""), (5, 4, 1, "da 1 a 4"), (5, 5, 2, "da 5 a 9"), (5, 10, 3, "10 o più"), (3, 2, 1, "da 1 a 2"), (3, 6, 3, "6 o più")],
)
def test_the_shades_of_the_map(small: int, count: int, shade: int, words: str) -> None:
    assert (Scale(small).shade(count), Scale(small).words(count)) == (shade, words)


def test_a_company_page(client: Any, decider: Any, certificate: Certificate, code: str) -> None:
    url = reverse("website:register_company", args=[certificate.company.public_id])
    html = client.get(url).content.decode()
    assert f"/verifica/{code}" in html and "<title>Aderente, Impresasolidale" in html
    services.revoke_certificate(certificate=certificate, by=decider, reason_class=ReasonClass.ON_REQUEST, reason="Lo chiede")
    html = client.get(url).content.decode()
    assert "non ha un riconoscimento valido" in html and "Aderente" not in html
    Company.objects.filter(pk=certificate.company_id).update(on_register=False)
    assert client.get(url).status_code == 404


def test_pages_of_the_register_cost_the_same(client: Any, by: Any, decider: Any, certificate: Certificate) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("website:register"))
        return len([q for q in queries if q["sql"].startswith("SELECT") and "set_config" not in q["sql"]])

    cost()
    before = cost()
    assert before <= 8 + 2  # the map and the past beside the list
    for number in range(30, 34):
        more = make_host(by, number=number)
        hosted(by, more, make_beneficiary(by, number=number))
        granted(more, proposer=by, decider=decider)
    assert cost() == before


def test_the_attestati_of_the_past_are_a_number(client: Any, by: Any, db: Any) -> None:
    for area, companies in (("Sondrio", 61), ("Tirano", 30), ("Morbegno", 37)):
        HistoricalAward.objects.create(network_id=by.network_id, year=2015, area=area, companies=companies)
    html = client.get(reverse("website:register")).content.decode()
    assert "<strong>128 imprese</strong>" in html and "Sondrio: 61" in html  # 61 + 30 + 37


def test_the_register_as_data(client: Any, certificate: Certificate) -> None:
    answer = client.get(reverse("website:register_file", args=["csv"]))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [(row["impresa"], row["livello"], row["comune"], row["settore"]) for row in rows] == [
        ("Latteria Sociale Prova", "Aderente", "Sondrio", "manifattura")
    ]
    said = client.get(reverse("website:register_file", args=["json"])).json()
    assert said["imprese"][0]["valido_al"] == certificate.valid_to.isoformat() and "creativecommons" in said["licenza"]
    assert client.get(reverse("website:register_file", args=["xml"])).status_code == 404


# --- The card on other sites


def test_the_card_may_be_framed_and_follows_what_holds(client: Any, decider: Any, certificate: Certificate) -> None:
    url = reverse("website:register_card", args=[certificate.company.public_id])
    answer = client.get(url)
    assert "frame-ancestors *" in answer["Content-Security-Policy"] and "X-Frame-Options" not in answer
    assert not answer.cookies and answer["Cache-Control"] == "public, max-age=600" and answer["X-Robots-Tag"] == "noindex"
    html = answer.content.decode()
    assert "Riconoscimento valido fino al" in html and "<script" not in html
    other = client.get(reverse("website:register"))
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"] and other["X-Frame-Options"] == "DENY"
    picture = client.get(reverse("website:register_picture", args=[certificate.company.public_id]))
    assert picture["Content-Type"] == "image/svg+xml" and "Aderente" in picture.content.decode()
    services.revoke_certificate(certificate=certificate, by=decider, reason_class=ReasonClass.ON_REQUEST, reason="Lo chiede")
    assert "Oggi non ha un riconoscimento valido" in client.get(url).content.decode()
    gone = client.get(reverse("website:register_picture", args=[certificate.company.public_id])).content.decode()
    assert "Oggi non ha un riconoscimento valido" in gone and "Aderente" not in gone
    Company.objects.filter(pk=certificate.company_id).update(on_register=False)
    assert client.get(url).status_code == 404


def test_an_expired_one_is_off_the_register(client: Any, by: Any, certificate: Certificate) -> None:
    Certificate.objects.filter(pk=certificate.pk).update(valid_to=certificate.valid_from + timedelta(days=1), valid_from=date(2020, 1, 1))
    Certificate.objects.filter(pk=certificate.pk).update(valid_to=date(2023, 1, 1))
    assert certificate.state == CertificateState.GRANTED
    assert certificate.company.name not in client.get(reverse("website:register")).content.decode()
