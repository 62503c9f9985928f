"""A company says yes: from the public page to its first placement, with what passes in between."""

from datetime import timedelta
from typing import Any

from tests.factories.hosts import make_partita_iva

from .steps import WORKER, register_person, write_plan
from .visitor import PHONE, Site, Visitor

NAME = "Torrefazione Bacca Tonda"


def test_a_company_says_yes_from_the_public_page_to_its_first_placement(site: Site, visit: Any) -> None:
    them: Visitor = visit(viewport=PHONE, java_script_enabled=False)
    them.go("/")
    them.follow("Fatti avanti: ti chiamiamo noi")
    assert them.heading == "Come si aderisce"
    number = make_partita_iva(8181818)
    letter = {
        "Nome dell'impresa, dell'ente o dell'associazione": NAME, "Partita IVA": number, "Comune": "Chiuro (SO)",
        "Con chi parliamo": "Amalia Prova", "Posta elettronica": "amalia.prova@example.org",
        "Che cosa immaginate": "Una mano gentile al banco, al mattino.",
    }  # fmt: skip
    them.write(letter)
    assert them.press("Chiamateci").status == 422  # without their yes, and in no time
    assert "Senza il vostro sì" in them.page.locator("main").inner_text()
    them.page.get_by_label("Siamo d'accordo a essere chiamati").check()
    them.page.wait_for_timeout(3100)
    them.press("Chiamateci")
    assert them.heading == "Grazie di esservi fatti avanti"

    me: Visitor = visit(WORKER)
    page = me.page
    me.go("/da-fare/")
    row = page.get_by_role("row").filter(has_text=f"Un'impresa si fa avanti: chiama {NAME}, Chiuro (SO)")
    me.follow("Chiama l’impresa", within=row)
    assert page.get_by_text("Una mano gentile al banco, al mattino.").is_visible()
    me.look()
    me.press("L'abbiamo sentita")
    me.follow("Registra l'impresa")
    assert (me.field("Denominazione").input_value(), me.field("Partita IVA").input_value()) == (NAME, number)
    day = site.today.isoformat()
    me.write(
        {
            "Tipo": "azienda", "Indirizzo": "via dei Mulini, 5", "Legale rappresentante": "Amalia Prova", "Nome": "Amalia",
            "Dichiarazione sulla sicurezza": day, "Cognome": "Prova", "Posta elettronica del tutor": "amalia.prova@example.org",
        }
    )  # fmt: skip
    me.press("Registra l'impresa")
    assert me.heading == NAME
    company = page.url

    me.follow("Scrivi la risposta")
    page.get_by_label("sì", exact=True).check()
    me.press("Scrivi la risposta")
    assert page.get_by_text("accoglie volentieri").is_visible()
    me.follow("Nuova nota")
    page.get_by_label("visita", exact=True).check()
    me.write({"Con chi": "Amalia", "Che cosa vi siete detti": "Si può cominciare: c'è un banco basso."})
    me.press("Scrivi nel diario")
    assert page.get_by_text("Si può cominciare: c'è un banco basso.").is_visible()
    me.look()
    me.go(company)
    me.follow("Scrivi all'impresa")
    me.write({"Di che cosa si tratta": "Il primo tirocinio", "Messaggio": "Vi mandiamo la convenzione."})
    me.press("Manda")
    assert me.heading == "Il primo tirocinio"
    me.look()

    register_person(me, "Cattalini", "Orsola", "1990-05-17")
    person = page.url
    me.go("/tirocini/convenzioni/")
    me.write({"Nuova convenzione con": NAME})
    me.press("Continua")
    me.press("Salva la bozza")
    me.follow("Prepara la convenzione")
    me.press("Prepara la convenzione")
    me.go(person)
    me.follow("Nuovo tirocinio")
    write_plan(me, NAME, "Prova", Inizio=(site.today + timedelta(days=14)).isoformat(), Fine=(site.today + timedelta(days=180)).isoformat())
    me.press("Salva la bozza")
    drafted = "SELECT p.state FROM agreements_placement p JOIN hosts_lead l ON l.company_id = p.company_id WHERE l.partita_iva = %s"
    assert site.rows(drafted, number) == [("draft",)]
