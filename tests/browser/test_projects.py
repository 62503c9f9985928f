"""From an electronic invoice to the paper the funder reads: written by one person, checked by another, told with its sums."""

from datetime import timedelta
from typing import Any

from tests.factories.projects import invoice_xml

from .steps import COORDINATOR, SCAN
from .visitor import Site, Visitor

ACCOUNTING = "ragioneria.sondrio"


def test_an_invoice_becomes_an_expense_and_a_line_of_the_report(site: Site, visit: Any) -> None:
    day = site.today - timedelta(days=3)
    me: Visitor = visit(COORDINATOR)
    me.go("/progetti/")
    me.follow("Impresasolidale")
    me.follow("Leggi una fattura")
    xml = {"name": "IT01533030480_1.xml", "mimeType": "text/xml", "buffer": invoice_xml(on=day.isoformat(), number="991/E")}
    me.field("Fattura elettronica (XML)").set_input_files(xml)
    me.press("Leggi la fattura")
    assert me.field("Chi viene pagato").input_value() == "Tipografia Prova srl"
    assert me.field("Totale del documento").input_value() == "122,00"
    [lead] = site.rows(
        "SELECT w.name FROM projects_participation p JOIN projects_partner w ON w.id = p.partner_id WHERE p.role = 'lead' LIMIT 1"
    )
    me.write({"Partner che spende": lead[0], "Voce di costo": "A07 Prestazioni professionali di terzi"})
    me.field("Fondazione Cariplo (contributo del finanziatore)").fill("122,00")
    me.look()
    me.press("Registra la spesa")
    number = me.heading.rpartition(" ")[2]
    me.follow("Aggiungi un file")
    me.page.get_by_label("documento di spesa").check()
    me.field("File").set_input_files(SCAN)
    me.press("Carica")
    me.follow("Prova di pagamento")
    me.write({"Pagata il": day.isoformat(), "Come è provato": "bonifico eseguito"})
    me.field("Prova di pagamento").set_input_files(SCAN)
    me.press("Salva la prova")
    assert me.page.get_by_role("button", name="Segna come controllata").count() == 0  # whoever wrote it does not check it
    address = me.page.url
    me.look()

    second: Visitor = visit(ACCOUNTING)
    second.page.goto(address)
    second.press("Segna come controllata")
    second.follow("Metti nel rendiconto")
    second.press("Metti nel rendiconto")
    assert site.rows("SELECT state FROM projects_expense WHERE number = %s", number) == [("reported",)]

    me.go("/rapporti/nuovo/finanziatore/")
    me.write({"Dal": (site.today - timedelta(days=200)).isoformat(), "Al": site.today.isoformat()})
    me.write({"Chi finanzia": "Con il contributo di Fondazione Cariplo"})
    me.press("Prepara il rapporto")
    ready, opened = me.page.get_by_role("link", name="Apri il rapporto"), me.page.get_by_role("link", name="Scarica il PDF")
    ready.or_(opened).first.wait_for(timeout=60_000)
    if ready.count():
        ready.click()
    opened.wait_for()
    row = me.page.get_by_role("row").filter(has_text=number)
    assert "Tipografia Prova srl" in row.inner_text() and "122,00" in row.inner_text()
    assert me.fetch(me.page.get_by_role("link", name="Scarica il PDF")).startswith(b"%PDF")
