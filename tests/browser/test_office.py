"""The coordinator's figures and report, the training of tutors, the fund, the recognition of a company, the two languages."""

import io
import re
from typing import Any

import openpyxl

from .steps import COORDINATOR, WORKER
from .visitor import Site, Visitor


def test_the_dashboard_opens_the_rows_behind_its_figures(site: Site, visit: Any) -> None:
    me: Visitor = visit(COORDINATOR)
    placements = {
        "Tirocini in corso": ["active"],
        "In preparazione": ["draft", "proposed", "to_sign", "signed"],
        "Da convalidare": ["signed"],
    }
    tables = {label: ("agreements_placement", states) for label, states in placements.items()}
    for label, (table, states) in {**tables, "Mesi da confermare": ("attendance_timesheet", ["closed"])}.items():
        me.go("/rapporti/cruscotto/")
        figure = int(me.figure(label))
        me.follow(label)
        assert me.count_rows() == figure
        assert site.rows(
            f"SELECT count(*) FROM {table} p JOIN territory_ambito a ON a.id = p.ambito_id"
            " WHERE a.name = 'Sondrio' AND p.state = ANY(%s)", states,
        ) == [(figure,)]  # fmt: skip


def test_the_monthly_report(site: Site, visit: Any) -> None:
    me: Visitor = visit(COORDINATOR)
    page = me.page
    me.go("/rapporti/")
    me.follow("Nuovo rapporto")
    me.follow("Monitoraggio mensile")
    me.write({"Mese": "Ottobre 2026"})
    me.press("Prepara il rapporto")
    ready, opened = page.get_by_role("link", name="Apri il rapporto"), page.get_by_role("link", name="Scarica il PDF")
    ready.or_(opened).first.wait_for(timeout=30_000)  # the page renews itself until the worker is done
    if ready.count():
        ready.click()
    opened.wait_for()
    me.look()
    assert me.fetch(page.get_by_role("link", name="Scarica il PDF")).startswith(b"%PDF")
    book = openpyxl.load_workbook(io.BytesIO(me.fetch(page.get_by_role("link", name="Scarica il foglio di calcolo"))))
    rows = list(book.active.iter_rows(values_only=True))
    total, lines = rows[-1], rows[2:-1]
    assert len(lines) == me.page.locator("main tbody tr").count() == int(me.figure("Tirocini"))
    for column, label in ((4, "Ore previste"), (5, "Ore fatte"), (6, "Ore riconosciute")):
        assert round(total[column] * 60) == round(sum(line[column] for line in lines) * 60) == minutes(me.figure(label))
    assert total[8] == sum(line[8] for line in lines) == int(me.figure("Giorni di presenza"))


def minutes(words: str) -> int:
    """Of "1.234 h 30 min"."""
    hours, rest = re.fullmatch(r"(?:([\d.]+) h)?\s*(?:(\d+) min)?", words.replace("\xa0", " ").strip()).groups()  # type: ignore[union-attr]
    return int((hours or "0").replace(".", "")) * 60 + int(rest or 0)


def test_a_tutor_is_trained_and_the_light_knows(site: Site, visit: Any) -> None:
    [(placement, tutor)] = site.rows(
        "SELECT p.public_id, t.last_name || ' ' || t.first_name FROM agreements_placement p"
        " JOIN hosts_companytutor t ON t.id = p.company_tutor_id"
        " JOIN agreements_readinessitem i ON i.placement_id = p.id AND i.kind = 'trained_tutor' AND i.satisfied_at IS NULL"
        " AND i.waived_by_id IS NULL"
        " JOIN territory_ambito a ON a.id = p.ambito_id WHERE a.name = %s"
        " AND p.state IN ('draft', 'proposed', 'to_sign', 'signed', 'validated')"
        " ORDER BY p.id LIMIT 1", "Sondrio",
    )  # fmt: skip
    worker: Visitor = visit(WORKER)
    worker.go(f"/tirocini/{placement}/")
    assert worker.heading == "Perché apri questa scheda?"  # a colleague's case
    worker.page.get_by_label("Sostituisco la persona").check()
    worker.press("Apri la scheda")
    assert worker.light("Tutor aziendale formato") == "warn"

    me: Visitor = visit("formatore")
    me.go("/formazione/")
    me.follow("Nuova edizione")
    me.write({"Titolo": "Accogliere e accompagnare", "Durata in ore": "4", "Dove": "Sala civica, Chiuro", "Posti": "12"})
    me.write({"Giorno": site.today.isoformat(), "Ora di inizio": "08:00"})
    assert me.press("Metti in programma").status == 422  # how long the meeting is was not written
    me.page.locator("#id_minutes_1").fill("4")
    me.press("Metti in programma")
    edition = me.page.url
    me.follow("Iscrivi un tutor")
    me.field("Tutor").select_option(label=next(o for o in me.field("Tutor").locator("option").all_inner_texts() if o.startswith(tutor)))
    me.press("Iscrivi")
    me.follow("Segna le presenze")
    me.page.get_by_label("Sì", exact=True).check()
    me.press("Segna le presenze")
    assert me.page.url == edition
    me.press("Chiudi le presenze")
    assert me.page.url == edition
    assert me.fetch(me.until(r"\d{6}$")).startswith(b"%PDF")

    worker.go(f"/tirocini/{placement}/")
    if worker.light("Tutor aziendale formato") != "ok":
        worker.press("Controlla di nuovo")
    assert worker.light("Tutor aziendale formato") == "ok"


def test_every_euro_of_the_fund(site: Site, visit: Any) -> None:
    desk: Visitor = visit("ragioneria.sondrio")

    def give(amount: str) -> None:
        desk.go("/fondo/contributi/nuovo/")
        pots = desk.field("Salvadanaio").locator("option").all_inner_texts()
        desk.write(
            {
                "Salvadanaio": next(p for p in pots if p.startswith("Ombrelli")),
                "Importo in euro": amount,
                "Ricevuto il": site.today.isoformat(),
            }
        )
        desk.field("Chi ha donato").select_option(index=1)
        desk.press("Registra")

    desk.go("/fondo/salvadanai/nuovo/")
    desk.write({"Nome": "Ombrelli", "A cosa serve": "Per chi lavora all'aperto"})
    desk.press("Apri il salvadanaio")
    give("50,00")

    me: Visitor = visit(WORKER)
    me.go("/fondo/")
    me.follow("Chiedi un aiuto")
    me.field("Persona e tirocinio").select_option(index=1)
    me.page.get_by_label("abiti e scarpe da lavoro").check()
    me.write({"Importo in euro": "0", "Preventivo o scontrino": "Mantella, preventivo 3"})
    assert me.press("Invia la richiesta").status == 422
    assert me.error_of("Importo in euro")
    assert me.field("Preventivo o scontrino").input_value() == "Mantella, preventivo 3"
    me.write({"Importo in euro": "80,00"})
    me.press("Invia la richiesta")
    request = me.page.url

    second: Visitor = visit(COORDINATOR)

    def grant() -> Any:
        second.go(request)
        second.follow("Decidi")
        second.page.get_by_label("Concedo l'aiuto").check()
        pots = second.field("Da quale salvadanaio").locator("option").all_inner_texts()
        second.write({"Da quale salvadanaio": next(p for p in pots if p.startswith("Ombrelli"))})
        return second.press("Registra la decisione")

    assert grant().status == 422  # 80 euros out of 50
    assert "50,00" in second.error_of("Da quale salvadanaio")
    give("40,00")
    assert grant().ok
    assert second.page.url == request

    desk.go(request)
    desk.follow("Registra il versamento")
    desk.write({"Versato il": site.today.isoformat()})
    desk.press("Registra il versamento")
    me.go("/fondo/")
    row = me.page.locator("#salvadanai").get_by_role("row").filter(has_text="Ombrelli")
    assert [t.replace("\xa0", " ") for t in row.get_by_role("cell").all_inner_texts()] == ["90,00 €", "0,00 €", "80,00 €", "10,00 €"]
    me.follow("Ombrelli")
    amounts = me.page.locator("#movimenti tbody tr td:last-child").all_inner_texts()
    assert sorted(a.replace("\xa0", " ") for a in amounts) == ["40,00 €", "50,00 €", "80,00 €", "80,00 €"]  # set aside, then paid out


def test_a_company_is_recognised(site: Site, visit: Any) -> None:
    me: Visitor = visit(WORKER)
    me.go("/riconoscimenti/")
    me.follow("Da proporre")
    public = {name for (name,) in site.rows("SELECT name FROM hosts_company WHERE on_register")}
    rows = me.page.get_by_role("row").filter(has=me.page.get_by_role("button", name="Proponi"))
    company = next(name for name in rows.get_by_role("link").all_inner_texts() if name in public)
    row = rows.filter(has_text=company)
    me.press("Proponi", within=row)
    application = me.page.url
    assert not me.page.get_by_role("link", name="Decidi").count()

    other: Visitor = visit(COORDINATOR)
    other.go(application)
    other.follow("Decidi")
    other.page.get_by_role("radio").first.check()
    other.press("Conferma la decisione")
    assert other.fetch(other.until("^Scarica Attestato")).startswith(b"%PDF")

    [(code,)] = site.rows(
        "SELECT v.code FROM core_verification v JOIN certification_certificate c ON c.document_id = v.document_id WHERE c.public_id = %s",
        other.page.url.split("/")[-2],
    )
    stranger: Visitor = visit()
    stranger.go("/verifica/")
    stranger.page.get_by_role("textbox").first.fill(code)
    stranger.press("Verifica")
    assert "È nostro, ed è valido" in stranger.page.locator("main").inner_text()
    assert company in stranger.page.locator("main").inner_text()
    assert stranger.page.url == f"{site.url}/verifica/{code}"
    stranger.go("/registro/")
    stranger.page.get_by_role("textbox").first.fill(company[:12])
    stranger.page.keyboard.press("Enter")
    stranger.page.get_by_role("row").filter(has_text=company).wait_for()


def test_the_key_that_goes_to_the_search_can_be_switched_off(visit: Any) -> None:
    me: Visitor = visit("assistente.sondrio")
    page, field = me.page, me.page.locator("#search")
    me.go("/persone/")
    page.keyboard.press("/")
    assert field.evaluate("e => e === document.activeElement") and field.input_value() == ""
    me.go("/accesso/il-mio/")
    me.press("Spegni il tasto /")
    me.go("/persone/")
    page.keyboard.press("/")
    assert not field.evaluate("e => e === document.activeElement")
    me.go("/accesso/il-mio/")
    me.press("Accendi il tasto /")


def test_in_english(site: Site, visit: Any) -> None:
    """The switch holds on the public pages and after signing in, and back."""
    me: Visitor = visit()
    me.go("/registro/")
    me.press("English")
    assert me.page.url == f"{site.url}/registro/"
    assert me.page.locator("html").get_attribute("lang") == "en"
    assert me.heading != "Imprese riconosciute"
    me.sign_in(WORKER)
    me.go("/persone/")
    assert me.heading == "People"
    me.press("Italiano")
    assert me.heading == "Persone"
