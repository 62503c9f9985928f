"""A journey: from somebody who wants to work to a placement, with one thing adapted on the way."""

import re
from typing import Any

from placements.matching.enums import Item

from .steps import PROJECT, WORKER, ready_host, register_person
from .visitor import Site, Visitor


def answer(me: Visitor, **changes: int) -> None:
    """All ten items: "ce la fa" or "non c'è", but for `changes`."""
    for item in Item.values:
        me.page.locator(f'input[name="{item}"][value="{changes.get(item, 0)}"]').check()


def tick(me: Visitor, name: str, *values: str) -> None:
    for value in values:
        me.page.locator(f'input[name="{name}"][value="{value}"]').check()


def test_a_match_with_an_adaptation_becomes_a_placement(site: Site, visit: Any) -> None:
    me: Visitor = visit(WORKER)
    page, company = me.page, ready_host(site)
    [(place,)] = site.rows(
        "SELECT s.public_id FROM hosts_site s JOIN hosts_company c ON c.id = s.company_id WHERE c.name = %s LIMIT 1", company
    )
    me.go(f"/abbinamenti/sedi/{place}/scheda/")  # what there is in a day of work
    answer(me, lifting=2)
    me.write(
        {
            "Come si può adattare: sollevare pesi": "cassette leggere, il resto con il carrello",
            "Quante ore alla settimana servono, almeno": "10",
        }
    )
    tick(me, "ways", "bus", "car")
    for value in ("none", "quiet", "parking", "toilet", "lift", "step_free"):
        page.locator(f'input[name="offers"][value="{value}"]').set_checked(value == "none")
    me.press("Salva la scheda")

    register_person(me, "Rododendro", "Wilma", "1990-02-11")
    me.follow("Sedi che vanno bene")
    me.follow("Scrivi la scheda")
    assert me.press("Salva la scheda").status == 422  # nothing is taken for granted
    answer(me, lifting=1)
    me.write({"Quante ore alla settimana può fare, al massimo": "20", "Quanti minuti può viaggiare, all’andata": "120"})
    tick(me, "ways", "bus", "driven")
    tick(me, "needs", "none")
    me.press("Salva la scheda")
    row = page.get_by_role("row").filter(has_text=company).first
    assert "va bene con 1 adattamento" in row.inner_text() and "cassette leggere" in row.inner_text()

    me.press(f"Proponi {company} a Rododendro Wilma", role="link", within=row)
    assert me.press("Scrivi la proposta").status == 422
    assert me.error_of("Che cosa farebbe")
    me.write({"Che cosa farebbe": PROJECT["Che cosa farà"], "Sollevare pesi": "cassette da tre chili al massimo"})
    me.press("Scrivi la proposta")
    me.follow("Programma la visita di prova")
    me.write({"Giorno": site.today.isoformat(), "Ora": "09:30", "Chi accompagna": "l’educatrice"})
    me.press("Salva la visita")
    me.follow("Racconta com’è andata")
    page.get_by_label("bene, con qualche dubbio").check()
    me.write({"Che cosa ne dice la persona": "Mi piacciono le piante."})
    me.press("Salva")
    me.follow("Scrivi la decisione")
    me.write(
        {
            "Luogo": "Ufficio di Piano", "Chi c'era": "Renata Prova, assistente sociale\nWilma Rododendro, la persona",
            "Che cosa ne dice la persona": "Voglio cominciare.", "Perché si è deciso così": "Il lavoro le piace.",
        }
    )  # fmt: skip
    page.get_by_label("si fa: prepariamo il tirocinio").check()
    me.press("Salva e prepara il verbale")
    assert me.fetch(me.until("Verbale di abbinamento")).startswith(b"%PDF")

    me.follow("Prepara il tirocinio")
    assert me.field("Che cosa farà").input_value() == PROJECT["Che cosa farà"]
    assert me.field("Adattamenti e attenzioni").input_value() == "cassette da tre chili al massimo"
    assert me.field("Impresa").locator("option:checked").inner_text().startswith(company)
    for label in ("Tutor aziendale", "Tutor dell'ente promotore"):
        me.field(label).select_option(index=1)
    me.write(PROJECT)
    for day in ("Lunedì", "Mercoledì", "Venerdì"):
        page.get_by_label(f"{day}, dalle", exact=True).fill("09:00")
        page.get_by_label(f"{day}, ore", exact=True).fill("4")
    me.press("Salva la bozza")
    assert re.search(r"/tirocini/[0-9a-f-]{36}/$", page.url) and me.heading == "Rododendro Wilma"
    [(state, adaptations)] = site.rows(
        "SELECT p.state, j.adaptations FROM matching_proposal p JOIN agreements_placement a ON a.id = p.placement_id"
        " JOIN agreements_personalproject j ON j.placement_id = a.id WHERE a.public_id = %s", page.url.split("/")[-2],
    )  # fmt: skip
    assert (state, adaptations) == ("placed", "cassette da tre chili al massimo")
