"""The TRR from the draft to its first day, and the tutor's phone."""

import re
from datetime import timedelta
from typing import Any

from .steps import COORDINATOR, SCAN, TUTOR, WORKER, register_host, register_person, sign, write_plan
from .visitor import PHONE, Site, Visitor


def test_a_placement_from_the_draft_to_its_first_day(site: Site, visit: Any) -> None:
    me: Visitor = visit(WORKER)
    page = me.page
    register_host(me, "Serra Rosmarino Lento srl", 4711, "Beltramini")
    register_person(me, "Tornadù", "Imelda", "1991-07-21")
    person = page.url

    me.go("/tirocini/convenzioni/")
    me.write({"Nuova convenzione con": "Serra Rosmarino Lento srl"})
    me.press("Continua")
    me.press("Salva la bozza")
    me.follow("Prepara la convenzione")
    me.press("Prepara la convenzione")
    assert me.fetch(me.until("Convenzione quadro")).startswith(b"%PDF")
    sign(me)
    page.get_by_text("firmata", exact=True).first.wait_for()

    me.go(person)
    me.follow("Nuovo tirocinio")
    last_day = site.today + timedelta(days=180)
    write_plan(me, "Serra Rosmarino Lento srl", "Beltramini", Inizio=last_day.isoformat(), Fine=site.today.isoformat())
    assert me.press("Salva la bozza").status == 422  # the end comes before the start
    assert me.error_of("Fine")
    assert me.field("Obiettivo 2").input_value() == "Preparare un banco intero"
    me.write({"Inizio": site.today.isoformat(), "Fine": last_day.isoformat()})
    me.press("Salva la bozza")

    placement, light = page.url, page.locator("#semaforo")
    missing = light.get_by_role("listitem").filter(has_text="Progetto firmato")
    assert "regola" in missing.inner_text()
    assert me.light("Convenzione firmata") == "ok"
    me.follow("Proponi al coordinatore")
    me.press("Proponi al coordinatore")
    me.follow("Prepara le carte da firmare")
    me.press("Prepara le carte da firmare")
    assert me.fetch(me.until("Progetto personalizzato")).startswith(b"%PDF")

    me.follow("Registra una firma")
    page.get_by_role("radio").first.check()
    me.write({"Nome e cognome": "Prova Firmatrice"})
    me.field("Scansione della pagina firmata").set_input_files({**SCAN, "buffer": b"solo testo, con un altro nome"})
    assert me.press("Registra la firma").status == 422
    assert me.error_of("Scansione della pagina firmata") == "Il file deve essere un PDF, oppure una foto JPEG o PNG."
    assert me.field("Nome e cognome").input_value() == "Prova Firmatrice"
    me.go(placement)
    sign(me)
    assert me.light("Progetto firmato") == "ok"

    assert not page.get_by_role("link", name="Convalida", exact=True).count()
    assert me.go(f"{placement}passo/validated/").status == 403  # who prepared it is not the second key
    other: Visitor = visit(COORDINATOR)
    other.go(placement)
    other.follow("Convalida")
    other.press("Convalida")
    assert site.rows("SELECT state FROM agreements_placement WHERE public_id = %s", placement.split("/")[-2]) == [("active",)]
    other.page.get_by_text("in corso", exact=True).first.wait_for()


def test_the_tutors_phone(site: Site, visit: Any) -> None:
    phone: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    me: Visitor = visit(TUTOR, **phone)
    page = me.page
    me.look()
    assert me.heading == "Oggi"
    mine = site.rows(
        "SELECT b.first_name, b.last_name FROM agreements_placement p JOIN beneficiaries_beneficiary b ON b.id = p.beneficiary_id"
        " JOIN hosts_companytutor t ON t.id = p.company_tutor_id JOIN accounts_user u ON u.id = t.user_id"
        " WHERE u.email = %s AND p.state IN ('active', 'suspended') AND p.starts_on <= %s", f"{TUTOR}@example.org", site.today,
    )  # fmt: skip
    cards = page.locator(".day-card")
    assert sorted(cards.get_by_role("heading").all_inner_texts()) == sorted(f"{first} {last[0]}." for first, last in mine)

    card = cards.filter(has=page.get_by_role("button", name=re.compile("^(Presente|Annulla)"))).first
    placement = str(card.get_attribute("id")).removeprefix("card-")
    card = page.locator(f"#card-{placement}")
    if not card.get_by_role("button", name="Presente").count():  # somebody else's test said it on this very day
        card.get_by_role("button", name="Annulla").tap()
        card.get_by_role("button", name="Presente").wait_for()
    said = (
        "SELECT count(*), (array_agg(outcome ORDER BY e.id DESC))[1] FROM attendance_attendanceevent e"
        " JOIN agreements_placement p ON p.id = e.placement_id WHERE p.public_id = %s AND e.day = %s"
    )
    [(before, _last)] = site.rows(said, placement, site.today)
    card.get_by_role("button", name="Presente").dblclick()
    card.get_by_text("Registrato alle").wait_for()
    page.wait_for_load_state("networkidle")
    assert site.rows(said, placement, site.today) == [(before + 1, "present")]
    card.get_by_role("button", name="Annulla").tap()
    card.get_by_role("button", name="Presente").wait_for()

    me.follow("Tutta la settimana")
    me.press("Conferma la settimana")
    page.get_by_text("Qui è tutto a posto").wait_for()
    assert site.rows(said, placement, site.today) == [(before + 3, "present")]  # said, taken back, said with the week
    me.go(f"/presenze/{placement}/")
    assert not page.get_by_role("button", name="Presente").count()

    [(email,)] = site.rows(
        "SELECT u.email FROM accounts_user u JOIN accounts_membership m ON m.user_id = u.id WHERE m.role = 'company_tutor'"
        " AND m.valid_to IS NULL AND u.email <> %s AND m.company_id NOT IN (SELECT p.company_id FROM agreements_placement p"
        " WHERE p.public_id = %s) ORDER BY u.id LIMIT 1", f"{TUTOR}@example.org", placement,
    )  # fmt: skip
    other: Visitor = visit(email.partition("@")[0], **phone)
    for address in (f"/presenze/{placement}/", f"/presenze/{placement}/registra/"):
        assert other.go(address).status == 404


def test_a_new_placement_of_a_known_person_is_one_page(site: Site, visit: Any) -> None:
    """Everything known is written already: a new first day, a look at the sums, and it is saved."""
    me: Visitor = visit(WORKER)
    page = me.page
    [(person, goal)] = site.rows(
        "SELECT b.public_id, (SELECT g.text FROM agreements_goal g JOIN agreements_personalproject j ON j.id = g.project_id"
        " WHERE j.placement_id = p.id ORDER BY j.version DESC, g.position LIMIT 1)"
        " FROM agreements_placement p JOIN beneficiaries_beneficiary b ON b.id = p.beneficiary_id"
        " JOIN beneficiaries_caremember c ON c.beneficiary_id = b.id AND c.valid_to IS NULL JOIN accounts_user u ON u.id = c.user_id"
        " WHERE u.email = %s AND p.state = 'active' ORDER BY p.ends_on, p.id LIMIT 1", f"{WORKER}@example.org",
    )  # fmt: skip
    me.go(f"/persone/{person}/")
    me.follow("Nuovo tirocinio")
    for label in ("Impresa", "Sede", "Tutor aziendale", "Tutor dell'ente promotore", "Chi versa il contributo", "Che cosa farà"):
        assert me.field(label).input_value(), label
    assert me.field("Obiettivo 1").input_value() == goal
    first = site.today + timedelta(days=400)
    sums = page.locator("#sums")
    assert "mesi" in sums.inner_text()
    me.write({"Inizio": first.isoformat(), "Quanto dura": "3 mesi"})
    me.field("Inizio").blur()
    sums.get_by_text(str((first + timedelta(days=88)).year)).wait_for()
    me.press("Salva la bozza")
    assert "/nuovo/" not in page.url and page.get_by_text("bozza", exact=True).count()
    assert page.locator("#semaforo").count()
