"""Help of the fund from the request to the proof: a social worker, a coordinator, the commission in its sitting, accounting, a phone."""

from typing import Any

from .steps import COORDINATOR, SCAN, WORKER
from .visitor import PHONE, Site, Visitor

HELPED = """
SELECT p.public_id, b.last_name FROM agreements_placement p JOIN territory_ambito a ON a.id = p.ambito_id
JOIN beneficiaries_beneficiary b ON b.id = p.beneficiary_id
JOIN beneficiaries_paymentway w ON w.beneficiary_id = p.beneficiary_id AND w.valid_to IS NULL AND w.withdrawn_at IS NULL
LEFT JOIN beneficiaries_caremember m ON m.beneficiary_id = p.beneficiary_id AND m.user_id IN
  (SELECT id FROM accounts_user WHERE email LIKE 'commissione%%')
WHERE a.name = 'Sondrio' AND p.state = 'active' AND m.id IS NULL ORDER BY p.id DESC LIMIT 1
"""
MEMBERS = ("commissione.sondrio", "commissione2.sondrio")


def test_from_the_request_to_the_proof(site: Site, visit: Any) -> None:
    [(placement, surname)] = site.rows(HELPED)
    worker: Visitor = visit(WORKER)
    worker.go(f"/fondo/richieste/nuova/?tirocinio={placement}")
    worker.page.get_by_role("radio", name="trasporto (abbonamento, biglietti)").check()
    worker.write({"Perché serve": "per arrivare al lavoro", "Importo in euro": "62"})
    worker.write({"Preventivo o scontrino": "Abbonamento mensile"})
    worker.field("Copia del preventivo").set_input_files(SCAN)
    worker.press("Invia la richiesta")
    request = worker.page.url
    assert "Tocca a: il coordinatore" in worker.page.locator("main").inner_text()

    chief: Visitor = visit(COORDINATOR)
    chief.go(request)
    chief.follow("Fai l'istruttoria")
    assert "I criteri prevedono questo aiuto" in chief.page.locator("main").inner_text()
    chief.press("Vai avanti")
    chief.go("/fondo/sedute/nuova/")
    chief.write({"Giorno": site.today.isoformat(), "Dove": "Sala civica"})
    president = chief.field("Chi presiede").locator("option").nth(1).inner_text()
    chief.write({"Chi presiede": president})
    chief.press("Convoca")
    sitting = chief.page.url
    chief.page.locator("main").get_by_role("link", name="Aggiungi richieste").first.click()
    chief.page.get_by_role("checkbox", name=surname).last.check()
    chief.press("Aggiungi")

    member: Visitor = visit(MEMBERS[0])
    assert member.heading == "Richieste da decidere"
    member.look()
    member.go(request + "parere/")
    member.page.get_by_role("radio", name="favorevole", exact=True).check()
    member.write({"Perché": "Senza la corriera non arriva."})
    member.press("Scrivi il parere")
    other: Visitor = visit(MEMBERS[1])
    other.go(request + "astensione/")
    other.page.get_by_role("radio", name="parente, amico o altro legame").check()
    other.press("Mi astengo")

    chief.go(sitting)
    chief.follow("Apri la seduta")
    chief.press("Salva le presenze")
    assert "Si astiene" in chief.page.locator("main").inner_text()
    chief.follow("Scrivi i voti")
    for radio in chief.page.get_by_role("radio", name="a favore").all():
        radio.check()
    chief.press("Scrivi i voti")
    chief.follow("Registra l'esito")
    pots = chief.field("Da quale salvadanaio").locator("option").all_inner_texts()
    chief.write({"Da quale salvadanaio": next(name for name in pots if name.startswith("Libero"))})
    chief.press("Registra l'esito")
    chief.press("Chiudi la seduta")
    approver: Visitor = visit(next(login for login in (*MEMBERS, "commissione3.sondrio") if _named(site, login) == president))
    approver.go(sitting)
    approver.press("Approva il verbale")
    assert approver.fetch(approver.until("Scarica\\s+Verbale")).startswith(b"%PDF")

    money: Visitor = visit("ragioneria.sondrio")
    money.go(request)
    money.follow("Registra il versamento")
    money.press("Registra il versamento")
    phone: Visitor = visit(WORKER, viewport=PHONE, has_touch=True, is_mobile=True)
    phone.go(request)
    phone.follow("Carica la prova")
    phone.write({"Quanto dice lo scontrino, in euro": "62"})
    phone.field("Foto o PDF dello scontrino").set_input_files(SCAN)
    phone.press("Carica la prova")
    money.go(request + "prove/")
    money.press("Accetta")
    assert "Ogni euro è spiegato" in money.page.locator("main").inner_text()
    assert site.rows("SELECT state, closed_on IS NOT NULL FROM solidarity_fund_benefitrequest ORDER BY id DESC LIMIT 1") == [("paid", True)]


def _named(site: Site, login: str) -> str:
    [(name,)] = site.rows("SELECT first_name || ' ' || last_name FROM accounts_user WHERE email = %s", f"{login}@example.org")
    return str(name)
