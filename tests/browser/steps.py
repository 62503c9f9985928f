"""Stretches of the way that several journeys have in common."""

from datetime import timedelta

from codicefiscale import encode

from tests.factories.hosts import make_partita_iva

from .visitor import Site, Visitor

WORKER, COORDINATOR, TUTOR = "assistente.sondrio", "coordinatore.sondrio", "tutor"
SCAN = {
    "name": "firma.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
}


def referral(site: Site, last_name: str, first_name: str, born: str) -> dict[str, str]:
    """The form of a new person, well filled in."""
    day = site.today.isoformat()
    return {
        "Servizio che segnala": "servizio inserimento lavorativo",
        "Operatore": "Renata Prova",
        "Ricevuta il": day,
        "Codice fiscale": encode(last_name, first_name, "F" if first_name.endswith("a") else "M", born, "Sondrio"),
        "Cognome": last_name,
        "Nome": first_name,
        "Area": "difficoltà sociale",
        "Comune di residenza": "Chiuro (SO)",
        "Servizio che ha in carico": "servizio sociale di base",
        "Operatore di riferimento": "Renata Prova",
        "In carico dal": (site.today - timedelta(days=90)).isoformat(),
        "Data": (site.today - timedelta(days=30)).isoformat(),
        "Chi l'ha fatta": "Renata Prova",
        "Informativa sulla privacy consegnata il": day,
    }


def register_person(me: Visitor, last_name: str, first_name: str, born: str) -> None:
    me.go("/persone/nuova/")
    me.write(referral(me.site, last_name, first_name, born))
    me.press("Registra la persona")
    assert me.heading == f"{last_name} {first_name}"


def register_host(me: Visitor, name: str, number: int, tutor: str) -> None:
    """A firm with everything on its first page; the tutor's address is made from the surname."""
    me.go("/imprese/nuova/")
    me.write(
        {
            "Denominazione": name, "Tipo": "azienda", "Partita IVA": make_partita_iva(number), "Indirizzo": "via dei Mulini, 3",
            "Legale rappresentante": "Ornella Prova", "Comune": "Chiuro (SO)", "Dichiarazione sulla sicurezza": me.site.today.isoformat(),
            "Dichiarazione sulla legge 68/1999": me.site.today.isoformat(),
            "Nome": "Tosca", "Cognome": tutor, "Posta elettronica del tutor": f"{tutor.lower()}@example.org",
        }
    )  # fmt: skip
    me.press("Registra l'impresa")
    assert me.heading == name


def sign(me: Visitor) -> None:
    """Record the missing signatures of a paper, one by one, with a scan each."""
    while me.page.get_by_role("link", name="Registra una firma").count():
        me.follow("Registra una firma")
        me.page.get_by_role("radio").first.check()
        me.write({"Nome e cognome": "Prova Firmatrice"})
        me.field("Scansione della pagina firmata").set_input_files(SCAN)
        me.press("Registra la firma")


PROJECT = {
    "Che cosa farà": "Semina, rinvaso, consegna delle piante.", "Obiettivo 1": "Arrivare da sola con la corriera",
    "Obiettivo 2": "Preparare un banco intero", "Obiettivo 3": "Chiedere quando non ho capito", "Importo in euro": "320",
}  # fmt: skip


def write_plan(me: Visitor, company: str, tutor: str = "", **more: str) -> None:
    """The page of a new placement: company, site and both tutors, three mornings a week, `more` fields by their label."""
    page = me.page
    me.write({"Impresa": company})
    page.locator("#company-fields option", has_text=tutor).first.wait_for(state="attached")  # came with the choice
    for label in ("Sede", "Tutor aziendale", "Tutor dell'ente promotore"):
        me.field(label).select_option(index=1)
    me.write({**PROJECT, **more})
    for day in ("Lunedì", "Mercoledì", "Venerdì"):
        page.get_by_label(f"{day}, dalle", exact=True).fill("09:00")
        page.get_by_label(f"{day}, ore", exact=True).fill("4")


def ready_host(site: Site) -> str:
    """A company of the demo with a tutor and an agreement that is signed and holds for months."""
    [(name,)] = site.rows(
        "SELECT c.name FROM hosts_company c JOIN agreements_frameworkagreement a ON a.company_id = c.id AND a.state = 'signed'"
        " JOIN territory_ambito t ON t.id = a.ambito_id AND t.name = 'Sondrio'"
        " WHERE a.valid_from <= %s AND a.valid_to >= %s AND c.safety_declared_on IS NOT NULL"
        " AND EXISTS (SELECT 1 FROM hosts_engagement u WHERE u.company_id = c.id AND u.valid_to IS NULL) ORDER BY c.id LIMIT 1",
        site.today, site.today + timedelta(days=240),
    )  # fmt: skip
    return str(name)


def bring_to_signature(me: Visitor, last_name: str, first_name: str, *, starts_in: int = 0, born: str = "1991-07-21", **more: str) -> str:
    """A new person at a company the office knows, up to the project that waits for signatures; the placement's address."""
    site = me.site
    register_person(me, last_name, first_name, born)
    me.follow("Nuovo tirocinio")
    first = site.today + timedelta(days=starts_in)
    write_plan(me, ready_host(site), Inizio=first.isoformat(), Fine=(first + timedelta(days=150)).isoformat(), **more)
    me.press("Salva la bozza")
    placement = me.page.url
    for step in ("Proponi al coordinatore", "Prepara le carte da firmare"):
        me.follow(step)
        me.press(step)
    me.until("Progetto personalizzato")
    return placement
