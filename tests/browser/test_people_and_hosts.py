"""Journeys of the social worker before a placement: a person, a host, a tutor; also by keyboard alone, and without scripts."""

import re
from typing import Any

from impresasolidale.demo.users import PASSWORD
from tests.factories.hosts import make_partita_iva

from .steps import WORKER, referral
from .visitor import PHONE, Site, Visitor


def test_a_person_is_registered_from_a_referral(site: Site, visit: Any) -> None:
    me: Visitor = visit(WORKER)
    page = me.page
    me.look()
    me.go("/persone/")
    me.follow("Nuova persona")
    good = referral(site, "Valbruna", "Ottavia", "1988-04-12")
    code = good["Codice fiscale"]
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    me.write({**good, "Codice fiscale": wrong})
    answer = me.press("Registra la persona")
    assert answer.status == 422
    assert me.error_of("Codice fiscale")
    assert {label: me.field(label).input_value() for label in ("Cognome", "Operatore", "Comune di residenza", "Codice fiscale")} == {
        "Cognome": "Valbruna", "Operatore": "Renata Prova", "Comune di residenza": "Chiuro (SO)", "Codice fiscale": wrong,
    }  # fmt: skip
    assert not site.rows("SELECT 1 FROM beneficiaries_beneficiary WHERE last_name = 'Valbruna'")
    me.write({"Codice fiscale": code, "Data di nascita": "1988-04-13"})
    assert me.press("Registra la persona").status == 422
    assert me.error_of("Data di nascita")
    me.write({"Data di nascita": "1988-04-12"})
    me.press("Registra la persona")
    assert me.heading == "Valbruna Ottavia"
    for words in ("12 aprile 1988 (38 anni)", "Sondrio (SO)", "servizio inserimento lavorativo", code):
        assert page.get_by_text(words, exact=True).first.is_visible(), words

    me.go("/persone/nuova/")
    me.write(referral(site, "Valbruna", "Ottavia", "1988-04-12"))
    assert me.press("Registra la persona").status == 422  # the same person a second time
    assert page.get_by_role("link", name="Valbruna Ottavia").first.is_visible()


def test_a_record_of_others_opens_with_a_reason(site: Site, visit: Any) -> None:
    me: Visitor = visit(WORKER)
    [(person, first_name, last_name)] = site.rows(
        "SELECT public_id, first_name, last_name FROM beneficiaries_beneficiary b WHERE NOT EXISTS ("
        "SELECT 1 FROM beneficiaries_caremember c"
        " JOIN accounts_user u ON u.id = c.user_id WHERE c.beneficiary_id = b.id AND u.email = %s) AND target_area <> 'judicial'"
        " AND ambito_id = (SELECT id FROM territory_ambito WHERE name = 'Sondrio') ORDER BY id LIMIT 1",
        f"{WORKER}@example.org",
    )
    me.go(f"/persone/{person}/")
    assert me.heading == "Perché apri questa scheda?"
    assert not me.page.get_by_text("Codice fiscale").count()
    me.page.get_by_label("È un controllo d’ufficio").check()
    me.press("Apri la scheda")
    assert me.heading == f"{last_name} {first_name}"
    looks = site.rows("SELECT reason FROM core_look WHERE kind = 'reason' OR reason <> '' ORDER BY id DESC LIMIT 1")
    assert "controllo" in looks[0][0]


def test_a_host_its_tutor_and_the_invitation(site: Site, visit: Any) -> None:
    me: Visitor = visit(WORKER)
    page = me.page
    me.go("/imprese/nuova/")
    right = make_partita_iva(7654321)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    me.write(
        {
            "Denominazione": "Falegnameria Ciliegio Gentile srl", "Tipo": "azienda", "Partita IVA": wrong, "Indirizzo": "via dei Mulini, 3",
            "Legale rappresentante": "Ornella Prova", "Comune": "Chiuro (SO)", "Dichiarazione sulla sicurezza": site.today.isoformat(),
        }
    )  # fmt: skip
    assert me.press("Registra l'impresa").status == 422
    assert me.error_of("Partita IVA")
    assert me.field("Denominazione").input_value() == "Falegnameria Ciliegio Gentile srl"
    me.write({"Partita IVA": right})
    me.press("Registra l'impresa")
    assert me.heading == "Falegnameria Ciliegio Gentile srl"

    me.follow("Aggiungi una sede")
    me.write({"Nome della sede": "Magazzino", "Indirizzo": "via del Torchio, 8", "Comune": "Teglio (SO)"})
    me.press("Aggiungi la sede")
    assert page.get_by_role("row").filter(has_text="Magazzino").filter(has_text="Teglio").is_visible()

    me.follow("Aggiungi un tutor")
    me.write({"Nome": "Placido", "Cognome": "Prova", "Posta elettronica": "placido.prova@example.org"})
    me.press("Aggiungi il tutor")
    row = page.get_by_role("row").filter(has_text="placido.prova@example.org")
    assert "Non invitato" in row.inner_text()
    me.press("Invita", within=row)
    assert "Invito mandato" in row.inner_text()

    me.go("/posta/")
    card = page.locator("section, article, div.panel").filter(has_text="placido.prova@example.org").last
    card.get_by_text("Leggi il testo").click()
    link = re.search(r"http\S+/accesso/invito/\S+/", card.inner_text())
    assert link, card.inner_text()
    assert link[0].startswith(site.url)

    tutor: Visitor = visit(viewport={"width": 360, "height": 740})
    tutor.go(link[0])
    tutor.write({"Scegli una password": "corta", "Scrivila di nuovo": "corta"})
    assert tutor.press("Salva ed entra").status == 422
    tutor.write({"Scegli una password": "mele pere castagne noci", "Scrivila di nuovo": "mele pere castagne noci"})
    tutor.press("Salva ed entra")
    assert tutor.heading == "Oggi"
    tutor.page.get_by_text("Oggi nessuno è affidato a te").wait_for()

    again: Visitor = visit()
    again.go(link[0])  # it was good once
    assert again.heading == "Questo link non funziona più"
    again.follow("Mandami un nuovo link")
    again.write({"Posta elettronica": "placido.prova@example.org"})
    again.press("Mandami il link")
    wanted = "SELECT state FROM core_message WHERE kind = 'accounts.forgotten' AND address = 'placido.prova@example.org'"
    assert [state for (state,) in site.rows(wanted)] in (["queued"], ["sent"])


def test_with_the_keyboard_alone(site: Site, visit: Any) -> None:
    """From the sign-in page to a person's record, and one always sees where one is."""
    me: Visitor = visit()
    page, keys = me.page, me.page.keyboard
    page.goto("/accesso/")

    def reach(words: str, limit: int = 60) -> None:
        for _ in range(limit):
            keys.press("Tab")
            name, seen = page.evaluate(
                """() => { const e = document.activeElement, label = e.labels?.[0] ?? e
                const outlined = (it) => parseFloat(getComputedStyle(it).outlineWidth) > 0 && getComputedStyle(it).outlineStyle !== 'none'
                return [(e.ariaLabel || label.innerText || '').trim(), outlined(e) || outlined(label)] }"""
            )
            if page.evaluate("document.activeElement === document.body"):  # round the end of the page
                continue
            assert seen, f"{name}: one does not see that it has the focus"
            if name.startswith(words):
                return
        raise AssertionError(f"Tab does not reach {words}")

    reach("Posta elettronica")
    keys.type(f"{WORKER}@example.org")
    reach("Password")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url("**/da-fare/")
    keys.press("Tab")
    keys.press("Enter")  # the first stop of every page leads to its content
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto("/da-fare/")
    reach("Persone")
    keys.press("Enter")
    page.wait_for_url("**/persone/")
    reach("Solo le mie persone")
    keys.press("Space")
    keys.press("Enter")
    page.wait_for_url("**mie=on**")
    first = page.locator("main tbody a").first.inner_text()
    reach(first)
    keys.press("Enter")
    page.get_by_role("heading", level=1, name=first).wait_for()
    page.get_by_text("Codice fiscale").wait_for()


def test_on_a_telephone_the_list_is_near(visit: Any) -> None:
    """One filter, and the list under it; the others when they are asked for, and while one of them narrows the list."""
    me: Visitor = visit(WORKER, viewport=PHONE, has_touch=True, is_mobile=True)
    me.go("/tirocini/")
    others = me.field("Stato")
    assert me.field("Persona").is_visible() and not others.is_visible()
    me.write({"Persona": "ina"})
    me.press("Filtra")
    assert not others.is_visible()
    me.page.get_by_label("Altri filtri").check()
    me.write({"Stato": "in corso"})
    me.press("Filtra")
    assert others.is_visible() and me.page.get_by_label("Altri filtri").is_checked()
    me.write({"Impresa": "pa"})  # too short to be looked for: it never hides what is wrong
    me.page.get_by_label("Altri filtri").uncheck()
    assert me.field("Impresa").is_visible() and not others.is_visible()
    wide: Visitor = visit(WORKER)
    wide.go("/tirocini/")
    assert wide.field("Stato").is_visible() and not wide.page.get_by_label("Altri filtri").is_visible()


def test_without_scripts(site: Site, visit: Any) -> None:
    """Register a person and record a day: comforts fail, the work does not."""
    me: Visitor = visit(WORKER, java_script_enabled=False)
    me.go("/persone/nuova/")
    me.write(referral(site, "Zecca", "Rolando", "1979-02-03"))
    me.press("Registra la persona")
    assert me.heading == "Zecca Rolando"

    [(placement,)] = site.rows(
        "SELECT p.public_id FROM agreements_placement p JOIN attendance_plannedsession s ON s.placement_id = p.id AND s.day = %s"
        " JOIN accounts_user u ON u.id = p.prepared_by_id WHERE p.state = 'active' AND u.email = %s LIMIT 1",
        site.today, f"{WORKER}@example.org",
    )  # fmt: skip
    me.go(f"/presenze/{placement}/registra/?day={site.today}")
    me.page.get_by_label("presente", exact=True).check()
    me.press("Registra")
    recorded = site.rows(
        "SELECT e.outcome, e.channel FROM attendance_attendanceevent e JOIN agreements_placement p ON p.id = e.placement_id"
        " WHERE p.public_id = %s AND e.day = %s ORDER BY e.id DESC LIMIT 1", placement, site.today,
    )  # fmt: skip
    assert recorded == [("present", "office")]
