"""Many awards at once, their files, and a stranger who checks them: by address, by file, on another site; a revocation seen at once."""

import io
import re
import zipfile
from typing import Any

from tests.support import database

from .steps import COORDINATOR
from .visitor import PHONE, Site, Visitor


def test_awards_are_checked_by_a_stranger_and_a_revocation_is_seen_at_once(site: Site, visit: Any) -> None:
    with database.owner(site.database) as db:  # all of them agree to appear
        db.execute("UPDATE hosts_company SET on_register = true")
    boss: Visitor = visit(COORDINATOR)
    boss.go("/riconoscimenti/")
    boss.follow("Rilasci")
    boss.press("Riconosci e prepara gli attestati")
    packed = boss.fetch(boss.until("sigillati", seconds=90))
    printed = boss.fetch(boss.page.get_by_role("link", name="Un solo PDF da stampare"))
    assert printed.startswith(b"%PDF")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = {"/".join(name.split(" ")[0].split("-")): archive.read(name) for name in archive.namelist()}
    [(number, company, company_id, public_id, code), *_others] = site.rows(
        "SELECT d.number, h.name, h.public_id, c.public_id, v.code FROM certification_certificate c"
        " JOIN hosts_company h ON h.id = c.company_id JOIN core_document d ON d.id = c.document_id"
        " JOIN core_verification v ON v.document_id = d.id WHERE d.number = ANY (%s) AND h.on_register"
        " AND d.kind = 'certification.certificate'",
        list(files),
    )
    file = files[number]

    stranger: Visitor = visit(viewport=PHONE)
    stranger.go("/verifica/")

    def bring(data: bytes) -> str:
        stranger.field("Il file PDF che hai ricevuto").set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": data})
        stranger.press(re.compile("^(Controlla|Confronta) il file$"))  # type: ignore[arg-type]
        return str(stranger.page.locator("main").inner_text())

    assert "è proprio il file che abbiamo emesso" in bring(file)
    stranger.follow("Guarda se vale ancora")
    assert stranger.page.url == f"{site.url}/verifica/{code}"
    assert "È nostro, ed è valido" in stranger.page.locator("main").inner_text()
    assert "ha aggiunto qualcosa dopo il sigillo" in bring(file + b"\n% coda")

    card = f"/registro/{company_id}/cartolina/"
    stranger.page.goto("/privacy/")
    stranger.page.goto(card)
    assert company in stranger.heading and "valido fino al" in stranger.page.locator("main").inner_text()
    assert not stranger.axe()

    boss.go(f"/riconoscimenti/{public_id}/rinuncia/")
    boss.page.get_by_role("radio", name="lo chiede l'impresa").check()
    boss.write({"Come l'ha detto l'impresa": "Chiude a fine anno"})
    boss.press("Togli il riconoscimento")

    stranger.go(f"/verifica/{code}")
    assert "È stato revocato" in stranger.page.locator("main").inner_text()
    stranger.page.goto(card)
    assert "Oggi non ha un riconoscimento valido" in stranger.page.locator("main").inner_text()
    stranger.go("/registro/")
    assert company not in stranger.page.locator("main table").inner_text()
