"""A spreadsheet comes in: file, columns, a row put right, import, undoing; what goes out, and a search that is kept."""

import io
import re
import zipfile
from typing import Any

from codicefiscale import encode

from .steps import COORDINATOR
from .visitor import Site, Visitor

PEOPLE = "SELECT count(*)::int FROM beneficiaries_beneficiary WHERE starts_with(last_name, 'Provafoglio')"


def sheet(site: Site) -> bytes:
    """Three people as an office lists them; the comune of the last one is written badly."""
    rows = ["Cod. fiscale;Cognome;Nome;Residenza;Area;Segnalato il"]
    for n, (first, sex, comune) in enumerate((("Ada", "F", "Chiuro"), ("Ivo", "M", "Chiuro (SO)"), ("Ezio", "M", "Chiurro"))):
        code = encode(f"Provafoglio{'abc'[n]}", first, sex, f"198{n}-03-11", "Sondrio")
        rows.append(f"{code};Provafoglio{'abc'[n]};{first};{comune};difficoltà sociale;{site.today:%d/%m/%Y}")
    return "\r\n".join(rows).encode("cp1252")


def test_from_a_sheet_to_people_and_back(site: Site, visit: Any) -> None:
    me: Visitor = visit()
    me.sign_in(COORDINATOR)
    me.go("/scambi/")
    me.follow("Importa un file")
    me.page.get_by_label("persone", exact=True).check()
    me.page.locator("#id_file").set_input_files({"name": "utenti.csv", "mimeType": "text/csv", "buffer": sheet(site)})
    me.press("Leggi il file")
    me.until("Abbina le colonne").click()
    me.look()
    day = f"{site.today:%d/%m/%Y}"
    me.write(
        {
            "Servizio che segnala: uguale per tutte le righe": "servizio sociale di base",
            "Operatore: uguale per tutte le righe": "Renata Prova",
            "Servizio che ha in carico: uguale per tutte le righe": "servizio sociale di base",
            "Operatore di riferimento: uguale per tutte le righe": "Renata Prova",
            "In carico dal: uguale per tutte le righe": day,
        }
    )
    me.press("Controlla le righe")
    me.until("Importa le righe che vanno bene", role="button")
    me.look()
    assert (me.figure("va bene"), me.figure("da correggere")) == ("2", "1")
    me.follow("da correggere")
    assert "Non trovo questo comune" in me.page.locator("main").inner_text()
    me.follow("Riga 4")
    me.write({"Comune di residenza": "Chiuro"})
    me.press("Salva e ricontrolla")
    assert me.figure("va bene") == "3" and site.rows(PEOPLE) == [(0,)]
    me.press("Importa le righe che vanno bene")
    me.until("Annulla l'importazione")
    me.look()
    assert site.rows(PEOPLE) == [(3,)]
    me.follow("Annulla l'importazione")
    me.page.get_by_label("Motivo").fill("Era una prova")
    me.press("Annulla l'importazione")
    me.until("tolta di nuovo")
    assert me.figure("tolta di nuovo") == "3" and site.rows(PEOPLE) == [(0,)]


def test_what_goes_out_and_everything_that_is_ours(site: Site, visit: Any) -> None:
    me: Visitor = visit()
    me.sign_in(COORDINATOR)
    me.go("/scambi/esportazioni/")
    me.go("/scambi/tutti-i-dati/")
    me.follow("Chiedi tutti i dati")
    me.page.get_by_label("Motivo").fill("Una copia fuori di qui")
    me.press("Chiedi")
    me.follow("Approva")
    me.press("Approva e prepara il file")
    assert "serve un'altra persona, o un atto" in me.page.locator("main").inner_text()
    folded = me.page.locator("details:not([open]) summary").filter(has_text="Serve un atto")
    if folded.count():
        folded.click()
    me.write({"Numero dell'atto": "Determina 7", "Data dell'atto": site.today.isoformat()})
    pdf = {"name": "atto.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 atto"}
    me.page.locator("#id_act_file").set_input_files(pdf)
    me.press("Approva e prepara il file")
    button = me.until("Scarica, una volta sola", role="button", seconds=90)
    with me.page.expect_download() as waiting:
        button.click()
    with open(waiting.value.path(), "rb") as file, zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        people = archive.read("tabelle/beneficiaries_beneficiary.jsonl").decode().splitlines()
    ((count,),) = site.rows(
        "SELECT count(*)::int FROM beneficiaries_beneficiary b JOIN territory_ambito a ON a.id = b.ambito_id WHERE a.name = 'Sondrio'"
    )
    assert len(people) == count > 0


def test_a_search_is_kept_above_its_list(site: Site, visit: Any) -> None:
    me: Visitor = visit()
    me.sign_in(COORDINATOR)
    me.go("/tirocini/?stato=active")
    me.follow("Salva questa ricerca")
    me.write({"Come si chiama": "In corso adesso"})
    me.press("Salva")
    assert me.page.get_by_role("navigation", name="Ricerche salvate").get_by_role("link", name="In corso adesso").count() == 1
    me.go("/cerca/?q=panificio")
    assert re.search("Panificio", me.page.locator("main").inner_text())


def test_a_program_is_told_its_secret_is_seen_once_and_a_trial_says_how_it_went(site: Site, visit: Any) -> None:
    """The name leads nowhere: the worker says so on the page."""
    me: Visitor = visit()
    me.sign_in(COORDINATOR)
    me.go("/scambi/avvisi/")
    me.follow("Avvisa un programma")
    me.look()
    me.write({"Quale programma": "Programma di prova", "Indirizzo": "https://programma.prova.invalid/avvisi"})
    me.page.get_by_label("Tirocinio: cominciato").check()
    me.press("Accendi gli avvisi")
    assert "whsec_" in me.page.locator("main").inner_text()
    me.look()
    me.press("Manda una prova")
    assert "whsec_" not in me.page.locator("main").inner_text()
    me.until("Manda di nuovo", role="button")
    assert "nessuno ha questo nome in rete" in me.page.locator("main").inner_text().lower()
    me.press("Spegni")
    assert "Gli avvisi sono spenti" in me.page.locator("main").inner_text()
