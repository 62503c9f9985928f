"""A passkey in a real browser (with a virtual authenticator), the app's code without scripts, and «sei proprio tu?»."""

import re
from dataclasses import replace

import pytest
from django.utils import timezone

from impresasolidale.accounts import rules
from impresasolidale.demo.users import PASSWORD

from .visitor import PHONE, Visitor

LOGIN = "revisore"
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def here(site, browser):
    """A browser at the site's name: passkeys know no host that is a number."""
    made = []

    def come(**options):
        made.append(Visitor(replace(site, url=site.url.replace("127.0.0.1", "localhost")), browser, **options))
        return made[-1]

    yield come
    for it in made:
        it.context.close()
    assert [c for it in made for c in it.complaints] == []


def type_password(visitor):
    visitor.page.goto("/accesso/")
    visitor.page.get_by_label("Posta elettronica").fill(f"{LOGIN}@example.org")
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.press("Entra")


def test_a_passkey_is_made_asked_for_and_taken_away(here):
    visitor = here()
    page = visitor.page
    authenticator = visitor.context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    authenticator.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    visitor.sign_in(LOGIN)
    visitor.go("/accesso/il-mio/")
    visitor.follow("Aggiungi una passkey")
    visitor.write({"Come la chiami": "Il portatile"})
    visitor.press("Crea la passkey")
    assert visitor.heading == "Codici di riserva" and page.locator(".code-sheet li").count() == 10
    visitor.press("Li ho messi al sicuro", role="link")
    assert "/accesso/" not in page.url
    visitor.context.clear_cookies()
    type_password(visitor)
    assert visitor.heading == "Ancora un passo"
    visitor.press("Usa la passkey")
    assert "/accesso/" not in page.url
    visitor.go("/accesso/il-mio/")
    assert page.get_by_text("Il portatile").count() == 1 and page.get_by_text("usato il").count() == 1
    visitor.press("Togli")
    assert page.get_by_text("Il portatile").count() == 0


def test_without_scripts_the_app_of_the_telephone_does_it_all(here):
    visitor = here(java_script_enabled=False, viewport=PHONE)
    page = visitor.page
    visitor.sign_in(LOGIN)
    page.goto("/accesso/il-mio/app/")
    secret = re.sub(r"\s", "", page.locator("main .code").text_content())

    def code(steps=0):
        return rules.code_of(secret, rules.step_of(timezone.now()) + steps)

    page.get_by_label("Il codice che mostra adesso").fill(code())
    page.get_by_role("button", name="Aggiungi l’app").click()
    sheet = page.locator(".code-sheet .code").all_inner_texts()
    visitor.context.clear_cookies()
    type_password(visitor)
    page.get_by_label("Codice", exact=False).first.fill(code(1))  # the one of before is spent
    page.get_by_role("button", name="Entra", exact=True).click()
    assert "/accesso/" not in page.url
    visitor.context.clear_cookies()
    type_password(visitor)
    page.get_by_label("Codice", exact=False).first.fill(sheet[0])
    page.get_by_role("button", name="Entra", exact=True).click()
    assert page.get_by_text("te ne restano 9").count() == 1
    page.goto("/accesso/il-mio/")
    page.get_by_role("button", name="Togli").click()
    assert page.get_by_text("Per ora entri con la sola password").count() == 1
