"""Recognitions at the desk, in a browser: a revocation by procedure to its end, a scheme until it is published, somebody from outside.

Each page that is opened is looked at once: axe, 360 and 768 px.
"""

import re
from typing import Any

from django.urls import resolve

from .steps import COORDINATOR, SCAN, WORKER
from .visitor import PHONE, Site, Visitor

SECOND = "coordinatore.tirano"  # companies are the network's: another office's coordinator is the second person
HELD = """
SELECT c.public_id, v.code, h.name, h.public_id FROM certification_certificate c JOIN hosts_company h ON h.id = c.company_id
JOIN core_verification v ON v.document_id = c.document_id
WHERE c.state = 'granted' AND c.application_id IS NOT NULL AND c.valid_to > %s AND h.on_register
  AND NOT EXISTS (SELECT 1 FROM certification_procedure p WHERE p.certificate_id = c.id) ORDER BY c.id DESC LIMIT 1
"""


def test_a_revocation_by_procedure_is_seen_at_once_by_a_stranger(site: Site, visit: Any) -> None:
    """The company answers the same day, so the ten days need not pass; another coordinator concludes, and answers the answer."""
    [(held, code, company, company_id)] = site.rows(HELD, site.today)
    stranger: Visitor = visit(viewport=PHONE)

    def verified() -> str:
        stranger.go(f"/verifica/{code}")
        return str(stranger.page.locator("main").inner_text())

    assert "È nostro, ed è valido" in verified()
    boss: Visitor = visit(COORDINATOR)
    boss.go(f"/riconoscimenti/{held}/")
    boss.follow("Apri un procedimento")
    boss.page.get_by_role("radio", name="revocare").check()
    boss.write({"Motivo, in una parola": "obblighi della legge 68/1999", "I fatti": "Non risulta in regola con il collocamento mirato."})
    boss.press("Apri il procedimento")
    procedure = boss.page.url
    assert "È nostro, ed è valido" in verified()  # nothing happens before the company was heard

    office: Visitor = visit(WORKER)
    title = f"Una carta da mandare a {company}, con la prova che è arrivata"
    assert site.rows("SELECT 1 FROM core_todo WHERE title = %s AND done_at IS NULL", title)
    office.go(procedure)
    office.follow("Registra la consegna")
    office.write({"Arrivata il": site.today.isoformat()})
    office.field("Prova della consegna").set_input_files(SCAN)
    office.press("Registra la consegna")
    office.follow("Scrivi che cosa risponde")
    office.write({"Arrivate il": site.today.isoformat(), "Che cosa dice l'impresa": "Stiamo provvedendo."})
    office.press("Registra la risposta")
    assert not office.page.get_by_role("link", name="Concludi").count()
    boss.go(procedure)
    assert not boss.page.get_by_role("link", name="Concludi").count()  # who opened it does not end it

    second: Visitor = visit(SECOND)
    second.go(procedure)
    second.follow("Concludi")
    second.write({"Perché": "Non è in regola.", "Risposta alle osservazioni": "Quello che manca manca da due anni."})
    second.press("Conferma")
    assert "È stato revocato" in verified() and "obblighi della legge 68" in stranger.page.locator("main").inner_text().lower()
    stranger.go(f"/registro/{company_id}/")
    assert "non ha un riconoscimento valido" in stranger.page.locator("main").inner_text()


def test_a_scheme_goes_from_a_draft_to_published_by_a_second_person(visit: Any) -> None:
    me: Visitor = visit(COORDINATOR)
    me.go("/riconoscimenti/schemi/")
    me.write({"Nome": "Impresasolidale di prova"})
    me.press("Comincia la bozza")
    draft = me.page.url
    me.follow("Nome, durata e tetto")
    me.write({"Quanti mesi vale un riconoscimento": "24"})
    me.press("Salva")
    me.go(draft)
    me.follow("Prova sulle imprese")
    assert me.page.locator("main tbody tr").count()
    me.go(draft)
    me.follow("Confronta")
    assert me.page.get_by_text("imprese guardate").count()
    me.go(draft)
    me.press("Chiedi di pubblicarlo")
    assert not me.page.get_by_role("link", name="Leggi e pubblica").count()

    second: Visitor = visit(SECOND)
    second.go(draft)
    second.follow("Leggi e pubblica")
    second.press("Pubblica")
    second.go(draft)
    assert not second.page.get_by_role("link", name="Modifica i livelli").count()  # it never changes again
    me.go("/riconoscimenti/schemi/")
    assert me.page.locator("main").get_by_text("pubblicato").count()


def test_somebody_from_outside_answers_from_the_mail(site: Site, visit: Any) -> None:
    [(body,)] = site.rows("SELECT body FROM core_message WHERE kind = 'certification.validator_asked' ORDER BY id DESC LIMIT 1")
    found = re.search(r"/conferma/\S+", body)
    assert found
    me: Visitor = visit(viewport=PHONE)
    me.go(found[0])
    me.page.get_by_role("radio", name="Sì, per me è valida").check()
    me.write({"Perché, in due parole": "Ci lavoriamo insieme da anni."})
    me.press("Manda la risposta")
    assert "Senza questa dichiarazione" in me.page.locator("main").inner_text()
    me.page.get_by_role("checkbox").check()
    me.press("Manda la risposta")
    assert me.heading == "Grazie della risposta"
    [(url,)] = site.rows("SELECT url FROM core_todo WHERE kind = 'certification.validated' AND done_at IS NULL")
    office: Visitor = visit(WORKER)
    office.go(url)
    assert "Ci lavoriamo insieme da anni." in office.page.locator("main").inner_text()


def test_sittings_runs_and_the_past_are_fine_on_every_screen(site: Site, visit: Any) -> None:
    me: Visitor = visit(COORDINATOR)
    for path in ("domande", "campagne", "sedute", "sedute/nuova", "rilasci", "prima-dei-livelli"):
        me.go(f"/riconoscimenti/{path}/")
    for table, place in (("sitting", "sedute"), ("procedure", "procedimenti")):
        for (public_id,) in site.rows(f"SELECT public_id FROM certification_{table} ORDER BY id DESC LIMIT 1"):
            me.go(f"/riconoscimenti/{place}/{public_id}/")


def test_every_page_of_the_flow_is_fine_on_every_screen(visit: Any) -> None:
    """By links, one page of each kind, as the office and as the company: no page of the room waits to be thought of."""
    for login, start, room, least in (
        (COORDINATOR, "/riconoscimenti/", "certification", 28),
        ("impresa", "/la-nostra-impresa/", "our_recognition", 2),
    ):
        me: Visitor = visit(login)
        waiting, known = [start], set()
        while waiting:
            path = waiting.pop(0)
            kind = resolve(path.split("?")[0]).view_name
            if kind in known or not (kind.startswith(f"{room}:") or path == start):
                continue
            known.add(kind)
            if not me.page.request.get(path).headers.get("content-type", "").startswith("text/html"):
                continue  # a file
            assert me.go(path).status == 200, path
            links = me.page.locator("main a[href^='/']").evaluate_all("links => links.map(a => a.getAttribute('href').split('#')[0])")
            waiting += [link for link in links if "/riconosciment" in link]
        assert len(known) >= least, sorted(known)
