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
