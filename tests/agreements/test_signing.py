"""The office's side: who is asked and where, powers, tablet, digital files, the signed copy, the list of what waits."""

import base64
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError
from impresasolidale.core.models import Document, Job, Message, Todo, Verification
from impresasolidale.core.rendering import html_of, render_document
from impresasolidale.core.todos import remind
from impresasolidale.territory.services import publish_rulebook
from placements.agreements import services, signing_selectors
from placements.agreements.enums import PlacementState, RequestState
from placements.agreements.models import FrameworkAgreement, Placement, Signature, SignatureRequest
from tests.factories.agreements import make_agreement, make_placement, scan, sign_all
from tests.factories.fixtures import TODAY, make_user
from tests.factories.hosts import make_company
from tests.factories.jobs import in_every_ambito
from tests.factories.signing import Authority, ask, handed_in, make_power, paper_of, png

pytestmark = pytest.mark.django_db
S = PlacementState


@pytest.fixture
def access(worker: Any, within: Any) -> Any:
    return within(worker)


@pytest.fixture
def document(access: Any) -> Document:
    return paper_of(make_placement(access, S.TO_SIGN), rendered=False)


def refusal(error: Any) -> tuple[str, str | None]:
    return str(error.value.words), error.value.field


# --- Who is asked, and where


def test_a_body_signs_by_a_power_in_force(access: Any, document: Document) -> None:
    with pytest.raises(DomainError) as error:
        ask(access, document, "promoter", address="ente@example.org")
    assert error.value.field == "power"
    expired = make_power(access, name="Vecchia Prova", valid_to=date(2026, 6, 30))
    with pytest.raises(DomainError) as error:
        ask(access, document, "promoter", address="ente@example.org", power=expired)
    assert refusal(error) == (
        "Il potere di firma di Vecchia Prova è scaduto il 30/06/2026: serve un atto nuovo, o un'altra persona.",
        "power",
    )
    company_s = make_power(access, of=Placement.objects.get().company, name="Olga Prova")
    with pytest.raises(DomainError, match="non è di chi firma"):
        ask(access, document, "promoter", address="ente@example.org", power=company_s)
    assert ask(access, document, "promoter", power=make_power(access), address="ente@example.org").signer == "Dina Prova"


def test_an_expired_power_does_not_sign_by_hand_either(access: Any, document: Document) -> None:
    make_power(access, name="Vecchia Prova", valid_to=date(2026, 6, 30))
    values: dict[str, Any] = {"document": document, "role": "promoter", "signed_on": TODAY, "scan": scan(), "by": access, "today": TODAY}
    with pytest.raises(DomainError, match="scaduto il 30/06/2026"):
        services.record_signature(signer="Prova Vecchia", **values)
    deputy = make_power(access, name="Nina Prova")
    assert services.record_signature(signer="Nina Prova", **values).power == deputy


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("person", "HOST@example.org"),
        ("person", "tutor.segreto@example.org"),
        ("person", "social_worker.sondrio.1@example.org"),
        ("host", "persona.casa@example.org"),
        ("host", "social_worker.sondrio.1@example.org"),
    ],
)
def test_links_are_not_answered_by_another_party(role: str, address: str, access: Any, document: Document) -> None:
    """Invariant 6: host's tutor and signatory, person and office have boxes of their own."""
    placement = Placement.objects.select_related("company", "company_tutor", "beneficiary").get()
    assert placement.company_tutor
    for row, email in ((placement.company, "host@example.org"), (placement.company_tutor, "tutor.segreto@example.org")):
        type(row)._default_manager.filter(pk=row.pk).update(email=email)
    placement.beneficiary.email = "persona.casa@example.org"
    placement.beneficiary.save()
    with pytest.raises(DomainError, match="già di un'altra parte") as error:
        ask(access, document, role, address=address)
    assert error.value.field == "address"


def test_a_paper_that_wants_a_hand_is_not_signed_by_link(access: Any) -> None:
    agreement = make_agreement(access, make_company(access, representative="Olga Prova"), signed=False)
    agreement = services.issue_agreement(agreement=agreement, by=access, today=TODAY)
    assert agreement.document
    with pytest.raises(DomainError, match="firma più forte"):
        ask(access, agreement.document, "host", address="olga@example.org")
    with pytest.raises(DomainError, match="firma più forte"):
        drawn(access, agreement.document, "host")
    found = signing_selectors.round_of(agreement.document, agreement, now=timezone.now())
    assert found.ways == ["paper", "digital"]


def test_the_link_waits_before_it_is_sent_again(access: Any, document: Document) -> None:
    first = ask(access, document)
    with pytest.raises(DomainError, match="si può rimandare dopo 24 ore"):
        ask(access, document)
    assert ask(access, document, address="altra@example.org").token_hash != first.token_hash  # another box does not wait
    Message.objects.filter(address="altra@example.org").update(state="bounced", error="Casella piena")
    ask(access, document, address="altra@example.org")  # what came back does not either
    assert SignatureRequest.objects.count() == 1 and Message.objects.filter(kind="agreements.signature_asked").count() == 3


def test_everybody_at_once_and_who_is_left(access: Any, document: Document) -> None:
    placement = Placement.objects.select_related("beneficiary").get()
    placement.beneficiary.email = "persona@example.org"
    placement.beneficiary.save()
    make_power(access)
    sent, left = services.ask_everybody(document=document, by=access, today=TODAY)
    assert sent == 2 and len(left) == 1 and left[0].startswith("Soggetto ospitante: Scrivi dove")
    assert services.ask_everybody(document=document, by=access, today=TODAY)[0] == 0


def test_a_text_message_when_there_is_a_gateway(access: Any, document: Document, settings: Any) -> None:
    settings.SMS_GATEWAY = "impresasolidale.core.sms.Outbox"
    ask(access, document, address="333 1234567", channel=Message.Channel.SMS)
    message = Message.objects.get(kind="agreements.signature_asked")
    assert message.channel == "sms" and message.is_personal and len(message.body) <= 160 + 60


def test_an_office_that_switched_texts_off_sends_and_offers_none(
    access: Any, document: Document, settings: Any, sondrio: Any, signed_in: Any, worker: Any
) -> None:
    """Rule 2, `short_messages`: where the installation has a gateway, an office may still do without."""
    settings.SMS_GATEWAY = "impresasolidale.core.sms.Outbox"
    page = f"/tirocini/documenti/{document.public_id}/firme/person/"
    client = signed_in(worker)
    assert "SMS" in client.get(page).content.decode()
    publish_rulebook(network=sondrio.network, ambito=sondrio, valid_from=TODAY, changes={"short_messages": False}, act="prova", by=access)
    assert "SMS" not in client.get(page).content.decode()
    with pytest.raises(DomainError, match="non partono SMS"):
        ask(access, document, address="333 1234567", channel=Message.Channel.SMS)


def test_half_way_each_link_is_sent_once_more(access: Any, document: Document) -> None:
    row = ask(access, document)
    before = row.token_hash
    now = row.asked_at + timedelta(days=8)
    assert in_every_ambito(services.chase_signatures, now=now) == {"expired": 0, "reminded": 1}
    assert in_every_ambito(services.chase_signatures, now=now) == {"expired": 0, "reminded": 0}
    row.refresh_from_db()
    assert row.token_hash != before and row.reminded_at == now


def test_who_may_ask(access: Any, document: Document, sondrio: Any) -> None:
    with pytest.raises(PermissionDenied):
        ask(access_for(make_user(Role.PROMOTER_TUTOR, sondrio, number=8)), document)
    ask(access_for(make_user(Role.CLERK, sondrio, number=8)), document)


def test_the_states_are_the_table_s(access: Any, document: Document) -> None:
    row = ask(access, document)
    with pytest.raises(DatabaseError, match="is not a transition"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_signaturerequest SET state = 'signed' WHERE id = %s", [row.pk])
        cursor.execute("UPDATE agreements_signaturerequest SET state = 'asked' WHERE id = %s", [row.pk])


def test_a_page_of_another_paper_is_noticed(access: Any, document: Document) -> None:
    code = Verification.objects.get(document_id=document.pk).code[:8]
    values: dict[str, Any] = {
        "document": document,
        "role": "host",
        "signer": "Olga Prova",
        "signed_on": TODAY,
        "by": access,
        "today": TODAY,
    }
    with pytest.raises(DomainError, match="un altro documento") as error:
        services.record_signature(scan=scan(), page_code="ABCD2345", **values)
    assert error.value.field == "page_code"
    assert services.record_signature(scan=scan(), page_code=f" {code[:4].lower()} {code[4:]}", **values).evidence.data["page_code_checked"]


# --- Tablet


def drawn(access: Any, document: Document, role: str = "person", **values: Any) -> Signature:
    data: dict[str, Any] = {"drawing": png(), "identity": "card", "has_read": True, "now": timezone.now(), "today": TODAY, **values}
    return services.record_drawn(document=document, role=role, by=access, **data)


def test_a_drawn_signature(access: Any, document: Document) -> None:
    signature = drawn(access, document)
    assert (signature.method, signature.evidence.data["identity"], signature.scan.content_type) == ("tablet", "card", "image/png")
    assert signature.evidence.data["witness"] and "number" not in signature.evidence.data


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"drawing": b""}, "drawing"),
        ({"drawing": png(ink=False)}, "drawing"),
        ({"drawing": b"\x89PNG\r\n\x1a\nnot really"}, "drawing"),
        ({"drawing": b"GIF89a"}, "drawing"),
        ({"identity": ""}, "identity"),
        ({"has_read": False}, "has_read"),
    ],
)
def test_refused_drawings(values: dict[str, Any], field: str, access: Any, document: Document) -> None:
    with pytest.raises(DomainError) as error:
        drawn(access, document, **values)
    assert error.value.field == field and not Signature.objects.filter(document=document).exists()


# --- Digital files


@pytest.fixture
def authority(settings: Any, tmp_path: Path) -> Authority:
    settings.SIGNATURE_TRUST_DIR = tmp_path / "trust"
    return Authority(settings.SIGNATURE_TRUST_DIR)


@pytest.fixture
def convention(access: Any) -> FrameworkAgreement:
    agreement = make_agreement(access, make_company(access, representative="Olga Prova"), signed=False)
    agreement = services.issue_agreement(agreement=agreement, by=access, today=TODAY)
    assert agreement.document
    render_document(agreement.document.pk)
    agreement.document.refresh_from_db()
    return agreement


def issued(document: Document) -> bytes:
    with default_storage.open(document.file_name) as file:
        return bytes(file.read())


def hand_in(access: Any, document: Document, data: bytes, name: str = "firmato.pdf", role: str = "host", **values: Any) -> Signature:
    more: dict[str, Any] = {"now": timezone.now(), "today": timezone.localdate(), **values}
    return services.record_digital(document=document, role=role, file=handed_in(data, name), by=access, **more)


def test_a_signed_pdf_is_checked_kept_and_counted(access: Any, convention: FrameworkAgreement, authority: Authority) -> None:
    document = convention.document
    assert document
    data = authority.pades(issued(document), "PROVA OLGA")
    signature = hand_in(access, document, data)
    assert (signature.method, signature.signer) == ("digital", "PROVA OLGA")
    with default_storage.open(signature.scan.file_name) as kept:
        assert kept.read() == data  # our seal never touches it
    seen = signature.evidence.data
    assert (seen["form"], seen["trusted"], seen["revocation"], seen["issuer"]) == ("PAdES", True, "not asked", "Autorità di prova")


def test_both_parties_sign_one_pdf(access: Any, convention: FrameworkAgreement, authority: Authority) -> None:
    document, power = convention.document, make_power(access, name="Dina Prova")
    assert document
    first = authority.pades(issued(document), "Olga Prova")
    hand_in(access, document, first)
    hand_in(access, document, authority.pades(first, "Dina Prova", field="Firma2"), role="promoter", power=power)
    convention.refresh_from_db()
    assert convention.state == "signed"


def test_an_envelope_is_checked_kept_and_counted(access: Any, convention: FrameworkAgreement, authority: Authority) -> None:
    document = convention.document
    assert document
    data = authority.cades(issued(document), "Olga Prova")
    signature = hand_in(access, document, data, "firmato.pdf.p7m")
    assert signature.evidence.data["form"] == "CAdES" and signature.scan.content_type == "application/pkcs7-mime"
    again = base64.encodebytes(authority.cades(issued(document), "Dina Prova"))
    assert hand_in(access, document, again, "firmato.p7m", "promoter", power=make_power(access)).signer == "Dina Prova"


PAST = {"begin": datetime(2020, 1, 1, tzinfo=UTC), "end": datetime(2021, 1, 1, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("make", "name", "words"),
    [
        (lambda a, pdf: pdf, "x.pdf", "non è firmato: è la copia"),
        (lambda a, pdf: b"%PDF-1.4\n%%EOF\n", "x.pdf", "non è firmato"),
        (lambda a, pdf: pdf + b"\n", "x.pdf", "non è firmato"),
        (lambda a, pdf: a.pades(pdf.replace(b"%PDF-1.7", b"%PDF-1.6", 1), "Olga Prova"), "x.pdf", "Questo non è il documento da firmare"),
        (lambda a, pdf: a.pades(pdf, "Olga Prova") + b"\n% aggiunta\n", "x.pdf", "non copre tutto il file"),
        (lambda a, pdf: a.pades(pdf, "Olga Prova", **PAST), "x.pdf", "certificato di firma è scaduto il 01/01/2021"),
        (lambda a, pdf: Authority().pades(pdf, "Olga Prova"), "x.pdf", "Non riconosciamo"),
        (lambda a, pdf: a.pades(pdf, "Altra Persona"), "x.pdf", "Il certificato è di Altra Persona"),
        (lambda a, pdf: a.cades(pdf + b" ", "Olga Prova"), "x.p7m", "un altro documento"),
        (lambda a, pdf: a.cades(pdf, "Olga Prova", **PAST), "x.p7m", "scaduto il 01/01/2021"),
        (lambda a, pdf: Authority().cades(pdf, "Olga Prova"), "x.p7m", "Non riconosciamo"),
        (lambda a, pdf: a.cades(pdf, "Olga Prova", at=datetime(2045, 1, 1, tzinfo=UTC)), "x.p7m", "nel futuro"),
        (lambda a, pdf: a.cades(pdf, "Olga Prova")[:-1] + b"\x00", "x.p7m", "qualcosa è stato cambiato"),
        (lambda a, pdf: b"0\x82nonsense", "x.p7m", "non è un documento firmato"),
        (lambda a, pdf: b"GIF89a", "x.gif", "PDF, oppure"),
    ],
)
def test_files_that_do_not_count(
    make: Any, name: str, words: str, access: Any, convention: FrameworkAgreement, authority: Authority
) -> None:
    document = convention.document
    assert document
    with pytest.raises(DomainError, match=words) as error:
        hand_in(access, document, make(authority, issued(document)), name)
    assert error.value.field == "file" and not Signature.objects.filter(document=document).exists()


def test_a_changed_byte_inside_a_signed_pdf_is_noticed(access: Any, convention: FrameworkAgreement, authority: Authority) -> None:
    document = convention.document
    assert document
    original = issued(document)
    data = bytearray(authority.pades(original, "Olga Prova"))
    at = data.index(b"/Name" if b"/Name" in data[len(original) :] else b"/Type", len(original))
    data[at + 1] ^= 1
    with pytest.raises(DomainError, match=r"qualcosa è stato cambiato|leggere la firma|non copre|non è firmato"):
        hand_in(access, document, bytes(data))


# --- The signed copy


def independent(pdf: bytes) -> Any:
    """What the library says of the last signature of a PDF, without our code."""
    import io

    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[-1]
    return validate_pdf_signature(found, ValidationContext(trust_roots=[found.signer_cert]))


def test_when_all_have_signed_a_copy_tells_how(access: Any) -> None:
    placement = make_placement(access, S.TO_SIGN)
    document = paper_of(placement)
    drawn(access, document)
    sign_all(access, document, on=TODAY)
    assert Job.objects.filter(name="agreements.issue_signed_copy", arguments={"document_id": document.pk}).count() == 1
    copy = services.issue_signed_copy(document_id=document.pk, by=access, today=TODAY)
    assert services.issue_signed_copy(document_id=document.pk, by=access, today=TODAY) == copy
    html = html_of(copy, "A" * 26)
    for words in (
        "firma elettronica semplice, disegnata su tablet",
        "Firma a mano su carta",
        document.context_hash,
        "carta d&#x27;identità",
        "Obiettivi",
    ):
        assert words.lower() in html.lower(), words
    render_document(copy.pk)
    copy.refresh_from_db()
    status = independent(issued(copy))
    assert status.intact and status.valid and copy.pages >= 3


def test_with_a_digital_signature_the_page_stands_apart(access: Any, convention: FrameworkAgreement, authority: Authority) -> None:
    document = convention.document
    assert document
    hand_in(access, document, authority.pades(issued(document), "Olga Prova"))
    sign_all(access, document, on=timezone.localdate())
    copy = services.issue_signed_copy(document_id=document.pk, by=access, today=timezone.localdate())
    assert "pagina delle firme" in copy.kind_label and "clauses" not in copy.context
    html = html_of(copy, "A" * 26)
    assert (
        "rilasciato da Autorità di prova" in html
        and "è un file a parte" in html
        and "la revoca del certificato non è stata chiesta" in html
    )


def test_the_public_page_says_where_a_paper_stands(access: Any, client: Any) -> None:
    placement = make_placement(access, S.TO_SIGN)
    document = paper_of(placement, rendered=False)

    def says(row: Document) -> str:
        code = Verification.objects.get(document_id=row.pk).code
        html = client.get(f"/verifica/{code}").content.decode()
        assert placement.beneficiary.last_name not in html
        return str(html)

    assert "aspetta ancora delle firme" in says(document)
    sign_all(access, document, on=TODAY)
    copy = services.issue_signed_copy(document_id=document.pk, by=access, today=TODAY)
    assert "ed è valido" in says(document) and "ed è valido" in says(copy)
    placement.refresh_from_db()
    services.return_to_draft(placement=placement, reason="x", by=access, today=TODAY) if placement.state == S.TO_SIGN else None
    services.withdraw_placement(placement=placement, reason="Non si fa più", by=access)
    assert "Non vale più" in says(document) and "Non vale più" in says(copy)


def test_a_withdrawn_agreement_no_longer_holds(access: Any, client: Any) -> None:
    agreement = make_agreement(access, make_company(access, representative="Olga Prova"), signed=False)
    agreement = services.issue_agreement(agreement=agreement, by=access, today=TODAY)
    code = Verification.objects.get(document_id=agreement.document_id).code
    assert "aspetta ancora delle firme" in client.get(f"/verifica/{code}").content.decode()
    services.withdraw_agreement(agreement=agreement, reason="Non si fa più", by=access, today=TODAY)
    assert "Non vale più" in client.get(f"/verifica/{code}").content.decode()


# --- Pages


def test_the_round_s_page_and_the_ways_of_signing(access: Any, worker: Any, signed_in: Any, document: Document) -> None:
    desk, power = signed_in(worker), make_power(access)
    url = f"/tirocini/documenti/{document.public_id}/firme/"
    assert "Chiedi le firme a tutti" in desk.get(url).content.decode()
    answer = desk.post(f"{url}promoter/", {"power": str(power.public_id), "channel": "email", "address": "ente@example.org"})
    assert answer.status_code == 303
    assert desk.post(f"{url}person/", {"channel": "email", "address": "ente@example.org"}).status_code == 422
    html = desk.get(url).content.decode()
    assert "Ultimo invio" in html and "ente@example.org" in html and "Si può rimandare dal" in html
    assert "si può rimandare dopo" in desk.post(f"{url}promoter/rimanda/", follow=True).content.decode()
    picture = "data:image/png;base64," + base64.b64encode(png()).decode()
    assert desk.get(f"{url}person/tablet/").status_code == 200
    assert desk.post(f"{url}person/tablet/", {"identity": "card", "has_read": "on", "drawing": "data:,x"}).status_code == 422
    assert desk.post(f"{url}person/tablet/", {"identity": "card", "has_read": "on", "drawing": picture}).status_code == 303
    assert desk.get(f"{url}person/tablet/").status_code == 404  # has signed
    assert desk.get(f"{url}host/digitale/").status_code == 200
    assert desk.post(f"{url}host/digitale/", {"file": handed_in(b"%PDF-1.4")}).status_code == 422
    assert desk.get(f"{url}nobody/").status_code == 404


def test_the_round_s_page_costs_the_same_for_one_and_for_all(access: Any, worker: Any, signed_in: Any, document: Document) -> None:
    desk, url = signed_in(worker), f"/tirocini/documenti/{document.public_id}/firme/"

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url).status_code == 200
        return len(queries)

    ask(access, document)
    one = cost()
    ask(access, document, "host", address="olga@example.org")
    ask(access, document, "promoter", address="ente@example.org", power=make_power(access))
    assert cost() == one


def test_the_list_of_what_waits(access: Any, worker: Any, signed_in: Any, stranger: Any, document: Document) -> None:
    desk = signed_in(worker)
    other = paper_of(make_placement(access, S.TO_SIGN, number=2), rendered=False)
    ask(access, document)

    def listed(query: str = "", who: Any = desk) -> set[str]:
        html = who.get(f"/tirocini/firme/{query}").content.decode()
        return {str(d.public_id) for d in (document, other) if str(d.public_id) in html}

    both = {str(document.public_id), str(other.public_id)}
    assert listed() == both and listed(who=signed_in(stranger)) == set()
    assert listed("?stato=da_chiedere") == {str(other.public_id)} and listed("?stato=in_attesa") == {str(document.public_id)}
    assert listed("?stato=ferme") == set()
    assert "Nessun documento così" in desk.get("/tirocini/firme/?stato=ferme").content.decode()
    with CaptureQueriesContext(connection) as two:
        listed()
    sign_all(access, other, on=TODAY)
    assert listed() == {str(document.public_id)}
    with CaptureQueriesContext(connection) as one:
        listed()
    assert len(one) == len(two)


def test_before_a_power_ends_the_coordinator_is_told(access: Any) -> None:
    power = make_power(access, valid_to=TODAY + timedelta(days=40))
    data = services.PowerData(name=power.name, title=power.title, act=power.act, valid_from=power.valid_from)

    def told(on: date) -> list[tuple[str, str]]:
        remind(today=on)
        return list(Todo.objects.filter(kind="agreements.power_expires", done_at=None).values_list("title", "role"))

    assert told(TODAY + timedelta(days=9)) == []
    assert told(TODAY + timedelta(days=10)) == [(f"Finisce il potere di firma di {power.name}", Role.COORDINATOR)]
    services.edit_power(power=power, data=data, row_version=power.row_version, by=access, today=TODAY)  # it ends no more
    assert told(TODAY + timedelta(days=11)) == []


def test_powers_are_written_and_closed(access: Any, worker: Any, signed_in: Any, sondrio: Any) -> None:
    desk = signed_in(worker)
    data = {"company": "", "name": "Dina Prova", "title": "direttrice", "act": "decreto 12", "valid_from": "2026-01-01"}
    assert desk.get("/tirocini/poteri-di-firma/nuovo/").status_code == 200
    assert desk.post("/tirocini/poteri-di-firma/nuovo/", {**data, "valid_to": "2025-01-01"}).status_code == 422
    assert desk.post("/tirocini/poteri-di-firma/nuovo/", data).status_code == 303
    power = signing_selectors.SigningPower.objects.get()
    url = f"/tirocini/poteri-di-firma/{power.public_id}/"
    assert "Dina Prova" in desk.get("/tirocini/poteri-di-firma/").content.decode()
    assert desk.post(url, {**data, "row_version": 9}).status_code == 409
    assert desk.post(url, {**data, "row_version": 1, "valid_to": "2026-02-01"}).status_code == 303
    assert "Dina Prova" not in desk.get("/tirocini/poteri-di-firma/").content.decode()
    assert "scaduto" in desk.get("/tirocini/poteri-di-firma/?anche_scaduti=on").content.decode()
    educator = signed_in(make_user(Role.PROMOTER_TUTOR, sondrio, number=8))
    assert educator.get("/tirocini/poteri-di-firma/").status_code == 200 and educator.post(url, data).status_code == 403


def test_a_withdrawn_paper_closes_its_links(access: Any, document: Document) -> None:
    row = ask(access, document)
    services.withdraw_placement(placement=Placement.objects.get(), reason="Non si fa più", by=access)
    row.refresh_from_db()
    assert row.state == RequestState.CANCELLED
    with pytest.raises(Conflict):
        ask(access, document, "host", address="olga@example.org")
