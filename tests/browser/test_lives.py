"""Whole lives of a TRR: to its early end with an extension on the way, signed by those a change touches, by link, stopped and cured."""

import re
from datetime import timedelta
from typing import Any

from .steps import COORDINATOR, SCAN, WORKER, bring_to_signature, sign
from .visitor import PHONE, Site, Visitor


def state_of(site: Site, placement: str) -> str:
    [(state,)] = site.rows("SELECT state FROM agreements_placement WHERE public_id = %s", placement.rstrip("/").split("/")[-1])
    return str(state)


def validate(visit: Any, placement: str) -> Visitor:
    """The second key."""
    chief: Visitor = visit(COORDINATOR)
    chief.go(placement)
    chief.follow("Convalida")
    chief.press("Convalida")
    return chief


def test_a_life_with_an_extension_and_an_early_end(site: Site, visit: Any) -> None:
    me: Visitor = visit(WORKER)
    page = me.page
    placement = bring_to_signature(me, "Gherardenghi", "Olimpia")
    sign(me)
    chief = validate(visit, placement)
    assert state_of(site, placement) == "active"

    # More time: asked, granted by the coordinator, signed by everybody.
    me.go(placement)
    me.follow("Serve più tempo")
    longer = site.today + timedelta(days=210)
    page.get_by_role("radio", name="l'impresa").check()
    me.write({"Nuovo ultimo giorno": (site.today + timedelta(days=20)).isoformat(), "Perché": "Ha preso il ritmo del banco"})
    assert me.press("Invia la richiesta").status == 422  # it lasts longer than that already
    assert "arriva già" in me.error_of("Nuovo ultimo giorno")
    me.write({"Nuovo ultimo giorno": longer.isoformat()})
    me.press("Invia la richiesta")
    chief.go(placement)
    chief.follow("Decidi")
    chief.page.get_by_role("radio", name="non si concede").check()
    assert chief.press("Salva la decisione").status == 422  # a no says why, and what instead
    chief.page.get_by_role("radio", name="si concede", exact=True).check()
    chief.press("Salva la decisione")
    me.go(placement)
    me.follow("Prepara le carte da firmare")
    me.press("Prepara le carte da firmare")
    assert me.fetch(me.until("Proroga")).startswith(b"%PDF")
    sign(me)
    assert f"al {longer.day} " in page.locator("main").inner_text() or f"{longer:%d/%m/%Y}" in page.locator("main").inner_text()

    # It ends today after all, with its cause and what comes next; what is left to do goes with it.
    me.follow("Finisce prima")
    me.write({"Ultimo giorno": site.today.isoformat()})
    for choice in ("assunzione", "la persona", "lavoro"):
        page.get_by_role("radio", name=choice, exact=True).check()
    assert me.press("Chiudi in anticipo").status == 422
    assert me.error_of("Com'è andata, in breve")
    me.write({"Com'è andata, in breve": "L'hanno assunta al vivaio."})
    me.press("Chiudi in anticipo")
    assert state_of(site, placement) == "ended_early"
    me.press("Prepara: Chiusura anticipata del tirocinio")
    assert me.fetch(me.until("Chiusura anticipata del tirocinio")).startswith(b"%PDF")
    me.follow("Prepara: Attestazione finale")
    me.write({"Le relazioni": "Ha servito al banco con tutti."})
    me.press("Prepara la carta")
    assert me.fetch(me.until("Scarica\\s+Attestazione finale")).startswith(b"%PDF")

    me.follow("Registra la valutazione")
    me.write({"La valutazione": "Scheda finale compilata con la persona e con il tutor."})
    me.press("Registra la valutazione finale")
    assert state_of(site, placement) == "evaluated"
    me.go(placement)
    told = page.locator("ol.story").last.inner_text()
    for words in ("Proroga chiesta", "Proroga concessa", "chiuso in anticipo", "valutato"):
        assert words in told, words


def test_a_change_asks_again_only_who_it_touches(site: Site, visit: Any) -> None:
    me: Visitor = visit(WORKER)
    page = me.page
    placement = bring_to_signature(me, "Malacrida", "Ottavia", starts_in=20)
    sign_as(me, "soggetto ospitante")
    sign_as(me, "ente promotore")

    me.go(placement)
    me.follow("Modifica")
    me.write({"Che cosa farà": "SEMINA, rinvaso, consegna delle piante!"})  # the same, written better
    me.press("Controlla e salva")
    assert page.get_by_text("Le firme restano valide").count()
    me.press("Salva così")
    me.follow("Modifica")
    me.write({"Importo in euro": "350"})
    me.press("Controlla e salva")
    asked = page.locator(".notice").filter(has_text="Con questa modifica si firma di nuovo").inner_text()
    assert "ente promotore" in asked and "tirocinante" in asked and "ospitante" not in asked and "contributo" in asked
    me.press("Salva così")

    me.until("Raccogli le firme")
    me.follow("Raccogli le firme")
    parties = page.locator(".party-list li")
    host = parties.filter(has_text="ospitante")
    assert "ha firmato" in host.inner_text() and "versione di prima" in host.inner_text()
    assert "da chiedere" in parties.filter(has_text=re.compile("promotore", re.I)).first.inner_text()


def sign_as(me: Visitor, party: str) -> None:
    """One signature on paper, of the party so called."""
    me.follow("Registra una firma")
    me.page.get_by_role("radio", name=re.compile(party, re.I)).check()
    me.write({"Nome e cognome": "Prova Firmatrice"})
    me.field("Scansione della pagina firmata").set_input_files(SCAN)
    me.press("Registra la firma")


def test_signing_by_link_on_a_telephone(site: Site, visit: Any) -> None:
    me: Visitor = visit(WORKER)
    bring_to_signature(me, "Balatti", "Ippolita", starts_in=20)
    me.follow("Raccogli le firme")
    person = me.page.locator(".party-list li").filter(has_text="Ippolita")
    me.follow("Manda il collegamento", within=person)
    me.write({"Dove": "ippolita@example.org"})
    me.press("Manda")
    round_page = me.page.url
    assert "ippolita@example.org" in person.inner_text()

    def last(what: str) -> str:
        [(body,)] = site.rows(
            "SELECT body FROM core_message WHERE address = 'ippolita@example.org' AND kind = %s ORDER BY id DESC LIMIT 1", what
        )
        return str(body)

    link = re.search(r"/firma/[\w-]+/", last("agreements.signature_asked"))
    assert link
    phone: Visitor = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    page = phone.page
    phone.go(link[0])
    assert link[0] not in page.url and not page.get_by_text("Ippolita").count()  # nothing of anybody before the code
    phone.press("Mandami il codice")
    phone.write({"Codice di sei cifre": "000000"})
    assert phone.press("Continua").status == 422
    assert "non è giusto" in phone.error_of("Codice di sei cifre")
    code = re.search(r"\b\d{6}\b", last("agreements.signing_code"))
    assert code
    phone.write({"Codice di sei cifre": code[0]})
    phone.press("Continua")
    assert "Ippolita" in phone.heading
    assert phone.fetch(page.get_by_role("link", name=re.compile("Progetto personalizzato"))).startswith(b"%PDF")
    assert phone.press("Firmo").status == 422  # the tick first
    page.get_by_role("checkbox").check()
    phone.press("Firmo")
    assert phone.heading == "Hai firmato"
    phone.go(link[0])  # used: it says so and asks nothing
    assert phone.heading == "Hai firmato" and not page.get_by_role("button", name="Firmo").count()
    me.go(round_page)
    assert "ha firmato" in person.inner_text()


def test_a_blocked_start_is_explained_and_cured(site: Site, visit: Any) -> None:
    """The INAIL position ends before the placement does: the light is red, says why, and its button leads to the cure."""
    me: Visitor = visit(WORKER)
    page = me.page
    [(until,)] = site.rows(
        "SELECT max(valid_to) FROM agreements_cover c JOIN territory_ambito t ON t.id = c.ambito_id WHERE t.name = 'Sondrio'"
        " AND c.kind = 'inail' AND c.company_id IS NULL AND c.withdrawn_at IS NULL"
    )
    assert until > site.today
    placement = bring_to_signature(me, "Piganzoli", "Ulderica")
    last_day = (until + timedelta(days=30)).isoformat()
    me.follow("Modifica")
    me.write({"Fine": last_day})
    me.press("Controlla e salva")
    if page.get_by_role("button", name="Salva così").count():
        me.press("Salva così")
    me.until("Progetto personalizzato")
    sign(me)
    validate(visit, placement)
    assert state_of(site, placement) == "validated"  # it waits

    me.go(placement)
    red = page.locator("#semaforo li").filter(has_text="INAIL")
    assert me.light("INAIL") == "bad" and "prima della fine del tirocinio" in red.inner_text() and "regola 19" in red.inner_text()
    me.follow("Registra la copertura", within=red)
    me.write(
        {
            "Numero di posizione o di polizza": "PAT 778", "Assicuratore": "INAIL di Sondrio",
            "Vale dal": (until + timedelta(days=1)).isoformat(), "Vale fino al": last_day,
        }
    )  # fmt: skip
    me.press("Registra la copertura")  # leads back to the placement, judged at once
    assert page.url.endswith(placement) and me.light("INAIL") == "ok"
