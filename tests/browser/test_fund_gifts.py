"""A gift becomes a receipt that anybody may verify; a bank statement becomes a suggestion, and one press a contribution."""

from typing import Any

from tests.factories.statements import IBAN, camt, entry

from .steps import WORKER
from .visitor import PHONE, Site, Visitor

MONEY = "ragioneria.sondrio"
NAME = "Bocciofila del Castagno Finto"


def test_a_gift_its_receipt_and_the_verification(site: Site, visit: Any) -> None:
    me: Visitor = visit(MONEY)
    me.go("/fondo/")
    me.follow("Chi dona")
    me.follow("Nuovo donatore")
    me.write({"Tipo": "associazione o fondazione", "Nome": NAME, "Posta elettronica": "bocciofila@example.org"})
    me.press("Salva")
    assert me.heading == NAME
    me.follow("Registra un dono")
    me.write({"Importo in euro": "120,00", "Riferimento": "Bonifico di prova"})
    pot = me.field("Salvadanaio")
    pot.select_option(index=1)
    me.press("Registra")
    assert "120,00" in me.page.locator("main").inner_text()
    me.press("Fai la ricevuta")
    receipt = me.until("^n. 20")
    assert me.fetch(receipt).startswith(b"%PDF")
    ((code, number),) = site.rows(
        "SELECT v.code, d.number FROM core_verification v JOIN core_document d ON d.id = v.document_id"
        " JOIN solidarity_fund_contribution c ON c.id = d.subject_id JOIN solidarity_fund_donor o ON o.id = c.donor_id"
        " WHERE d.subject_type = 'solidarity_fund.contribution' AND o.name = %s",
        NAME,
    )
    stranger: Visitor = visit(viewport=PHONE)
    stranger.go(f"/verifica/{code}")
    told = stranger.page.locator("main").inner_text()
    assert number in told and NAME not in told and "120" not in told


def test_a_statement_a_suggestion_one_press(site: Site, visit: Any) -> None:
    me: Visitor = visit(MONEY)
    me.go("/fondo/estratti/")
    before = int(me.figure("Da abbinare"))
    me.follow("Carica un estratto conto")
    day = site.today.isoformat()
    rows = [entry("41.00", day, name="CORO LE CIME STONATE", words="per il fondo", bank_reference="PROVA-1")]
    me.page.locator("input[type=file]").set_input_files(
        {"name": "estratto.xml", "mimeType": "application/xml", "buffer": camt(rows, opening="100.00", iban=IBAN)}
    )
    me.press("Carica e leggi")
    me.until("Guarda le righe da abbinare").click()
    me.page.wait_for_url("**/fondo/estratti/?stato=waiting")
    me.look()
    assert int(me.figure("Da abbinare")) == before + 1
    me.page.get_by_role("row").filter(has_text="CORO LE CIME STONATE").get_by_role("link").click()
    me.look()
    assert "stesso nome" in me.page.locator("main").inner_text()
    me.press("È questo: registra il dono")
    assert int(me.figure("Da abbinare")) == before
    assert site.rows(
        "SELECT c.amount, l.state FROM solidarity_fund_bankline l JOIN solidarity_fund_contribution c ON c.id = l.contribution_id"
        " WHERE l.key = 'ref:PROVA-1'"
    ) == [(41, "matched")]


def test_the_other_pages_of_what_comes_in(site: Site, visit: Any) -> None:
    me: Visitor = visit(MONEY)
    for page in ("promesse/", "beni/", "titolare/", "estratti/file/", "promesse/nuova/", "beni/nuovo/"):
        assert me.go(f"/fondo/{page}").status == 200
    me.go("/fondo/promesse/")
    me.page.locator("main tbody tr a").first.click()
    me.look()
    worker: Visitor = visit(WORKER)
    worker.go("/fondo/beni/")
    worker.page.locator("main tbody tr a").first.click()
    worker.look()
    assert "Per le persone del tuo ufficio" in worker.page.locator("main").inner_text()
    stranger: Visitor = visit(viewport=PHONE)
    stranger.go("/fondo-di-solidarieta/come-donare/")
    assert "IBAN" in stranger.page.locator("main").inner_text()
