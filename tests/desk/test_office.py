"""The office's settings: letterhead, stamp duty, funders' logos; on the papers of that day, and refused when they are wrong."""

import hashlib
import io
from datetime import date, timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from PIL import Image

from impresasolidale.accounts.permissions import Role
from impresasolidale.core import documents, rendering
from impresasolidale.core.images import asset_address
from impresasolidale.territory.models import FundingLogo, Letterhead, Logo, StampDuty
from impresasolidale.territory.selectors import funding_logo, stamp_duty
from tests.factories.fixtures import TODAY, make_user

pytestmark = pytest.mark.django_db
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="4" fill="#06c"/></svg>'
KIND = "agreements.framework_agreement"


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


@pytest.fixture
def client(signed_in, coordinator):
    return signed_in(coordinator)


@pytest.fixture
def by(within, coordinator):
    return within(coordinator)


def svg(content: bytes = DRAWING) -> SimpleUploadedFile:
    return SimpleUploadedFile("logo.svg", content, "image/svg+xml")


def png(size: tuple[int, int] = (8, 8)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#0066cc").save(out, "PNG")
    return out.getvalue()


def letterhead(client, **changes):
    wanted = {"heading": "Comune di Prova", "lines": "Ufficio di Piano\nvia Prova 1", "official": "Ada Prova", "row_version": 1}
    return client.post("/ufficio/intestazione/", {**wanted, **changes})


def duty(client, **changes):
    wanted = {"kind": KIND, "valid_from": TODAY.isoformat(), "is_exempt": "yes", "text": "Esente (DPR 642/1972, tab. art. 16)."}
    return client.post("/ufficio/bollo/", {**wanted, **changes})


def funder(client, **changes):
    wanted = {"source": "cariplo", "valid_from": TODAY.isoformat(), "words": "con il contributo di Fondazione Prova"}
    return client.post("/ufficio/loghi/", {**wanted, **changes})


def issue(by, today: date = TODAY, **changes):
    wanted = {"kind": KIND, "kind_label": "Prova", "template": "pdf/base.html", "subject": by.ambito, "context": {"body_name": "Ente"}}
    return documents.issue(**{**wanted, **changes}, today=today, by=by, ambito_id=by.ambito_id)


def test_the_letterhead_of_the_day_is_frozen_with_the_paper(client, by):
    plain = issue(by)
    assert plain.context == {"body_name": "Ente"} and 'class="mark"' in rendering.html_of(plain, "A" * 26)
    assert letterhead(client, logo=svg(), official_title="Coordinatrice", signature_block="Orari: lun–ven").status_code == 303
    paper = issue(by)
    html = rendering.html_of(paper, "A" * 26)
    assert "Comune di Prova" in html and "Ufficio di Piano" in html and "Ada Prova, Coordinatrice" in html and "Orari" in html
    assert f'src="asset:logo/{hashlib.sha256(DRAWING).hexdigest()}/logo/2026/' in html and 'class="mark"' not in html
    rendering.render_document(paper.pk)
    paper.refresh_from_db()
    assert paper.state == "ready"
    assert letterhead(client, heading="Comune di Altrove", row_version=2).status_code == 303
    assert "Comune di Prova" in rendering.html_of(paper, "A" * 26)  # a paper that was issued keeps its own
    assert Letterhead.objects.get().logo  # a form without a file leaves the logo
    assert letterhead(client, row_version=3, drops_logo="on").status_code == 303 and Letterhead.objects.get().logo is None


def test_the_drawing_stands_in_the_pdf(client, by):
    letterhead(client, logo=SimpleUploadedFile("logo.png", png(), "image/png"))
    paper = issue(by)
    pdf, _pages = rendering.pdf_of(rendering.html_of(paper, "A" * 26), identifier="x")
    with pikepdf.open(io.BytesIO(pdf)) as found:
        sizes = {(int(o.Width), int(o.Height)) for o in found.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image"}
    assert (8, 8) in sizes


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"ciao", "soli disegni"),
        (DRAWING.replace(b"<circle", b"<script>alert(1)</script><circle"), "soli disegni"),
        (DRAWING.replace(b"<circle", b'<circle onload="x()"'), "soli disegni"),
        (DRAWING.replace(b"<circle", b'<image href="http://x/y.png"/><circle'), "soli disegni"),
        (DRAWING.replace(b"<circle", b'<use href="http://x/y.svg#a"/><circle'), "soli disegni"),
        (DRAWING.replace(b'"#06c"', b'"url(http://x/y)"'), "soli disegni"),
        (DRAWING.replace(b"<circle", b"<style>@import 'x'</style><circle"), "soli disegni"),
        (DRAWING.replace(b"<circle", b"<foreignObject/><circle"), "soli disegni"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + DRAWING, "soli disegni"),
        (b'<?xml-stylesheet href="http://x"?>' + DRAWING, "soli disegni"),
        (DRAWING.decode().encode("utf-16"), "soli disegni"),
        (b"<html/>", "soli disegni"),
        (png()[:40], "non si apre"),
        (png((4001, 1)), "troppo grande"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 400_000, "al massimo 300 kB"),
    ],
)
def test_a_logo_that_could_do_more_than_draw_is_refused(client, by, content, words):
    response = letterhead(client, logo=svg(content))
    assert response.status_code == 422 and words in response.content.decode()
    assert not Logo.objects.exists() and not Letterhead.objects.exists()


def test_a_paper_embeds_only_the_logo_it_was_issued_with(client, by):
    letterhead(client, logo=svg())
    logo = Logo.objects.get()
    good = asset_address(logo.file_name, logo.file_hash)
    assert rendering.asset(good)
    for address in (
        asset_address(logo.file_name, "0" * 64),
        asset_address("logo/2026/../../seal/key.pem", logo.file_hash),
        asset_address("certificate/2026/x.pdf", logo.file_hash),
        good.replace(logo.file_name, "logo/2026/00000000-0000-4000-8000-000000000000.svg"),
        "asset:logo/",
        "file:///etc/passwd",
    ):
        with pytest.raises(rendering.ForbiddenAddress):
            rendering.asset(address)


def test_two_people_who_edit_the_letterhead_at_once(client, by):
    assert letterhead(client).status_code == 303
    late = letterhead(client, heading="Un altro nome")
    assert late.status_code == 409 and "Un altro nome" in late.content.decode()
    assert Letterhead.objects.get().heading == "Comune di Prova"


def test_the_stamp_duty_of_the_day_stands_on_the_paper(client, by):
    assert duty(client, valid_from=(TODAY - timedelta(days=10)).isoformat()).status_code == 303
    assert duty(client, is_exempt="no", paid_by="host", text="Soggetto a bollo (DPR 642/1972, art. 2).").status_code == 303
    assert "Esente (DPR 642" in rendering.html_of(issue(by, today=TODAY - timedelta(days=1)), "A" * 26)
    html = rendering.html_of(issue(by), "A" * 26)
    assert "Soggetto a bollo" in html and "A carico di: impresa che accoglie." in html
    assert stamp_duty(KIND, by.ambito, TODAY - timedelta(days=11)) is None
    assert stamp_duty("other.kind", by.ambito, TODAY) is None
    page = client.get("/ufficio/").content.decode()
    assert "Convenzione quadro" in page and "Soggetto a bollo" in page


def test_the_office_s_own_words_win_over_the_network_s(client, by, network):
    StampDuty.objects.create(network=network, kind=KIND, valid_from=TODAY, is_exempt=True, text="Della rete")
    assert str(stamp_duty(KIND, by.ambito, TODAY)) == "Della rete"
    duty(client, valid_from=(TODAY - timedelta(days=1)).isoformat())
    assert "Esente" in str(stamp_duty(KIND, by.ambito, TODAY))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": " "}, "Che cosa dice la carta"),
        ({"paid_by": "host"}, "lascia vuoto quel campo"),
        ({"is_exempt": "no"}, "Scegli a carico di chi"),
        ({"kind": "x"}, "Carta"),
        ({"valid_from": "31/02/2026"}, "Dal"),
    ],
)
def test_a_stamp_duty_that_does_not_stand_is_refused(client, by, changes, words):
    response = duty(client, **changes)
    assert response.status_code == 422 and words in response.content.decode() and not StampDuty.objects.exists()


def test_two_words_for_one_day_are_refused(client, by):
    assert duty(client).status_code == 303
    again = duty(client)
    assert again.status_code == 422 and "già una regola del bollo" in again.content.decode()
    assert funder(client).status_code == 303
    again = funder(client)
    assert again.status_code == 422 and "già un logo di questa fonte" in again.content.decode()


def test_the_funding_source_decides_the_logo(client, by):
    assert funder(client, logo=svg()).status_code == 303
    assert funder(client, source="Senza Spazi").status_code == 422
    paid = rendering.html_of(issue(by, funding_source="cariplo"), "A" * 26)
    assert "con il contributo di Fondazione Prova" in paid and "asset:logo/" in paid
    for source in ("", "fse"):
        assert "asset:logo/" not in rendering.html_of(issue(by, funding_source=source), "A" * 26)
    assert funding_logo("cariplo", by.network_id, TODAY - timedelta(days=1)) is None
    page = client.get("/ufficio/").content.decode()
    logo = FundingLogo.objects.get().logo
    assert logo and f"/ufficio/loghi/{logo.public_id}/" in page
    image = client.get(f"/ufficio/loghi/{logo.public_id}/")
    assert image["Content-Type"] == "image/svg+xml" and b"".join(image.streaming_content) == DRAWING
    assert "default-src 'self'" in image["Content-Security-Policy"]


def test_the_page_is_the_coordinator_s(client, by, signed_in, worker, stranger, tirano, sondrio):
    letterhead(client)
    for path in ("", "intestazione/", "bollo/", "loghi/"):
        assert signed_in(worker).get(f"/ufficio/{path}").status_code == 403
    other = signed_in(make_user(Role.COORDINATOR, tirano))
    assert "Comune di Prova" not in other.get("/ufficio/").content.decode()
    assert letterhead(other, heading="Di Tirano").status_code == 303
    assert Letterhead.objects.get(ambito=sondrio).heading == "Comune di Prova"


def test_a_logo_is_never_changed(client, by):
    letterhead(client, logo=svg())
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE territory_logo SET file_hash = 'x'")
