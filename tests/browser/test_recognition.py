"""A recognition from the company's phone to a stranger's eyes; a suspension is seen at once."""

from typing import Any

from .steps import COORDINATOR, SCAN, WORKER
from .visitor import PHONE, Site, Visitor

CODE = """
SELECT v.code FROM core_verification v JOIN certification_certificate c ON c.document_id = v.document_id
JOIN certification_application a ON a.id = c.application_id WHERE a.public_id = %s
"""


def answer(me: Visitor) -> None:
    """The pages of the areas, one after the other: the last step of each question, a proof where one is asked."""
    while "/aree/" in me.page.url:
        here = me.page.url.split("#")[0]
        for question in me.page.locator("section.part").all():
            question.get_by_role("radio").last.check()
        for n in range(me.page.get_by_text("Per questa risposta serve una prova.").count()):
            section = me.page.locator("section.part").filter(has_text="Per questa risposta serve una prova.").nth(n)
            if section.locator("ul.files").count():
                continue
            me.press("Salva e aggiungi una prova", within=section)
            me.page.locator("input[type=file]").set_input_files(SCAN)
            me.press("Aggiungi")
            assert me.page.url.split("#")[0] == here
        me.press("Salva e continua")


def test_from_the_phone_to_a_stranger(site: Site, visit: Any) -> None:
    me: Visitor = visit("impresa", viewport=PHONE)
    me.go("/la-nostra-impresa/")
    me.page.get_by_role("link", name="Il nostro riconoscimento").first.click()
    me.follow("Continua la domanda")
    home = me.page.url
    while me.page.get_by_role("link", name="Continua", exact=True).count():
        me.follow("Continua")
        answer(me)
    me.follow("Firma e presenta")
    me.page.get_by_role("radio").first.check()  # Aderente: two people of the office decide it
    for box in me.page.locator("main").get_by_role("checkbox").all():
        box.check()
    me.press("Firma e presenta")
    assert me.page.url == home and "L'ufficio" not in me.heading
    application = home.rstrip("/").split("/")[-1]

    office: Visitor = visit(WORKER)
    url = f"/riconoscimenti/domande/{application}/"
    office.go(url)
    company = office.heading
    for n in range(office.page.get_by_role("link", name="Verifica", exact=True).count()):
        with office.page.expect_navigation():
            office.page.get_by_role("link", name="Verifica", exact=True).nth(n).click()
        for choice in office.page.get_by_label("Esito").all():
            if choice.is_visible():  # what the data say stands by itself
                choice.select_option(label="confermato")
        office.press("Salva")
    office.follow("Metti in programma")
    office.page.get_by_role("radio").nth(1).check()
    office.write({"Giorno": site.today.isoformat()})
    office.press("Metti in programma")
    office.follow("Scrivi com'è andato")
    office.write({"Giorno": site.today.isoformat(), "Che cosa si è visto": "Un posto preparato."})
    office.press("Salva")
    office.follow("La verifica è finita")
    office.press("Chiudi la verifica")
    assert not office.page.get_by_role("link", name="Decidi").count()

    boss: Visitor = visit(COORDINATOR)
    boss.go(url)
    boss.follow("Decidi")
    boss.page.get_by_role("radio").first.check()
    boss.press("Conferma la decisione")
    assert boss.fetch(boss.until("^Scarica Attestato")).startswith(b"%PDF")
    certificate = boss.page.url

    [(code,)] = site.rows(CODE, application)
    stranger: Visitor = visit()
    stranger.go(f"/verifica/{code}")
    assert "È nostro, ed è valido" in stranger.page.locator("main").inner_text()
    assert company in stranger.page.locator("main").inner_text()

    boss.go(certificate)
    boss.follow("Apri un procedimento")
    boss.page.get_by_role("radio").first.check()
    boss.write({"Motivo, in una parola": "sicurezza sul lavoro", "I fatti": "Mancano i dispositivi di protezione."})
    boss.press("Apri il procedimento")
    assert "sospendere" in boss.heading
    stranger.go(f"/verifica/{code}")
    assert "valido" not in stranger.heading and "sospeso" in stranger.page.locator("main").inner_text().lower()
