"""The public site in a real browser: every page, a story from draft to everybody and back, without script, within another page."""

from typing import Any

import pytest
from django.urls import reverse

from impresasolidale.website.indexing import PAGES

from .steps import COORDINATOR, WORKER
from .visitor import PHONE, Site, Visitor

PICTURE = {"name": "foto.png", "mimeType": "image/png"}


def picture() -> dict[str, Any]:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (900, 600), (90, 120, 160)).save(out, "PNG")
    return {**PICTURE, "buffer": out.getvalue()}


SCAN = {"name": "consenso.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}


@pytest.mark.parametrize("name", PAGES)
def test_every_public_page_is_fine_on_every_screen(visit: Any, name: str) -> None:
    """axe finds nothing, nothing hangs out, nothing is asked of another host, no cookie is left but by a form."""
    me: Visitor = visit(viewport=PHONE)
    asked: list[str] = []
    me.page.on("request", lambda request: asked.append(request.url))
    me.go(reverse(f"website:{name}"))
    assert asked and all(url.startswith((me.site.url, "data:")) for url in asked)
    assert not any("htmx" in url for url in asked)
    has_form = me.page.locator("form[method=post]").count()  # as the privacy notice says: its safety is the one cookie
    assert {cookie["name"] for cookie in me.context.cookies()} == ({"csrftoken"} if has_form else set())


def test_a_story_goes_from_a_draft_to_everybody_and_its_picture_goes_with_the_consent(site: Site, visit: Any) -> None:
    me: Visitor = visit(WORKER)
    me.go("/sito/")
    me.follow("Scrivi una pagina")
    me.write({"Titolo": "Il banco basso", "In breve": "Si lavora seduti.", "Testo": "Era alto.\n\n## Che cosa serve\n- Una sega"})
    me.press("Salva la bozza")
    here = me.page.url
    me.follow("Metti una fotografia")
    me.field("Fotografia").set_input_files(picture())
    me.write({"Che cosa si vede": "Un banco di legno", "Quante persone si riconoscono": "1"})
    me.press("Metti la fotografia")
    me.press("Manda a chi approva")
    assert me.page.get_by_text("non ha ancora detto di sì").count() == 1
    me.follow("Registra un consenso")
    me.write({"Chi si vede": "Ornella Prova", "Quando": site.today.isoformat()})
    me.field("Il foglio firmato").set_input_files(SCAN)
    me.press("Registra il consenso")
    me.press("Manda a chi approva")

    chief: Visitor = visit(COORDINATOR)
    chief.go("/da-fare/")
    assert chief.page.get_by_text("Da approvare per il sito: Il banco basso").count() >= 1
    chief.go(here)
    chief.follow("Metti sul sito")
    chief.press("Metti sul sito")

    guest: Visitor = visit(java_script_enabled=False)
    guest.go("/storie/")
    guest.follow("Il banco basso")
    assert guest.heading == "Il banco basso"
    assert guest.page.get_by_role("img", name="Un banco di legno").count() == 1
    assert "Ornella" not in guest.page.content()

    me.go(here)
    me.page.get_by_role("link", name="Ha cambiato idea").first.click()
    me.look()
    me.press("Registra la revoca")
    guest.page.reload()
    assert guest.page.get_by_role("img", name="Un banco di legno").count() == 0
    assert guest.heading == "Il banco basso"


def test_no_page_is_framed_by_who_was_not_named(site: Site, visit: Any) -> None:
    """The browser itself refuses: the frame stays empty, and says why."""
    me: Visitor = visit()
    me.page.goto("/healthz")
    me.page.evaluate("url => { const f = document.createElement('iframe'); f.src = url; document.body.append(f) }", "/progetto/")
    me.page.wait_for_timeout(500)
    assert any("frame" in complaint.lower() for complaint in me.complaints)
    me.complaints.clear()
