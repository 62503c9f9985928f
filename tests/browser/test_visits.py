"""An educator on a tablet: the visits of the day, the minutes as a draft and for good, the paper. A social worker files a placement."""

from datetime import timedelta
from typing import Any

from .steps import WORKER
from .test_lives import state_of
from .visitor import TABLET, Site, Visitor

EDUCATOR = "educatore.sondrio"
# A visit of the educator's own in a placement that runs: which one is first on the page, other journeys may change.
NEXT = """
SELECT v.public_id FROM monitoring_visit v
JOIN agreements_placement p ON p.id = v.placement_id JOIN accounts_user u ON u.id = p.promoter_tutor_id
WHERE u.email = %s AND v.kind = 'planned' AND v.state = 'planned' AND p.state = 'active' AND p.starts_on <= %s
ORDER BY v.due_on, v.id LIMIT 1
"""


def test_minutes_on_a_tablet(site: Site, visit: Any) -> None:
    me: Visitor = visit(EDUCATOR, viewport=TABLET)
    page = me.page
    assert page.url.endswith("/monitoraggio/visite/") and me.heading == "Visite e telefonate"
    me.look()
    ((key,),) = site.rows(NEXT, f"{EDUCATOR}@example.org", site.today)
    row = page.locator("main tbody tr", has=page.locator(f'a[href="/monitoraggio/visite/{key}/"]'))
    person = row.locator("th a").inner_text()
    me.follow("Verbale", within=row)
    assert me.heading == "Verbale di visita" and person in page.locator("main").inner_text()
    me.write({"Com'è andata": "Ha mostrato il suo scaffale."})
    me.press("Salva la bozza")
    assert me.field("Com'è andata").input_value() == "Ha mostrato il suo scaffale."
    late = (site.today + timedelta(days=2)).isoformat()
    me.write({"Giorno": late})
    assert me.press("Chiudi il verbale").status == 422
    assert "deve ancora venire" in me.error_of("Giorno")
    assert me.field("Com'è andata").input_value() == "Ha mostrato il suo scaffale."  # nothing typed is lost
    me.write({"Giorno": site.today.isoformat(), "Che cosa si è deciso": "Provare la cassa", "Entro il": late})
    page.get_by_role("checkbox", name="attività", exact=True).check()
    me.press("Chiudi il verbale")
    assert me.heading == person and page.get_by_text("Provare la cassa").count()
    assert me.fetch(me.until("Scarica\\s+Verbale di visita")).startswith(b"%PDF")
    me.press("Segna come fatto")
    assert page.get_by_role("button", name="Segna come fatto").count() == 0
    for address in ("/monitoraggio/eventi/", "/monitoraggio/dopo/"):
        me.go(address)


OVER = """
SELECT p.public_id FROM agreements_placement p
JOIN beneficiaries_caremember m ON m.beneficiary_id = p.beneficiary_id AND m.role = 'referent' JOIN accounts_user u ON u.id = m.user_id
WHERE u.email = %s AND p.state IN ('ended', 'ended_early') AND NOT EXISTS (
  SELECT 1 FROM attendance_timesheet t
  WHERE t.placement_id = p.id AND t.state IN ('open', 'closed') AND t.planned_minutes + t.done_minutes > 0)
ORDER BY p.id
"""


def test_a_placement_is_filed(site: Site, visit: Any) -> None:
    me: Visitor = visit(WORKER)
    page = me.page
    [key] = map(str, site.rows(OVER, f"{WORKER}@example.org")[0])
    me.go(f"/monitoraggio/andamento/{key}/")
    me.follow("Chiusura")
    assert page.get_by_role("link", name="Archivia").count() == 0
    me.follow("Registra la valutazione")
    me.write({"La valutazione": "Fatta insieme, il foglio è nel fascicolo."})
    me.press("Registra la valutazione finale")
    me.follow("Scrivi l'esito")
    page.get_by_role("radio", name="un corso di formazione", exact=True).check()
    me.press("Scrivi l'esito")
    me.follow("Scrivi la relazione")
    assert me.press("Salva e prepara la carta").status == 422
    me.write({"Il giudizio dell'impresa": "Ci mancherà.", "Il giudizio della persona": "Mi è piaciuto."})
    page.get_by_role("radio", name="raggiunto", exact=True).first.check()
    me.press("Salva e prepara la carta")
    assert me.fetch(me.until("Scarica\\s+Relazione finale")).startswith(b"%PDF")
    me.follow("Prepara l'attestazione")
    me.write({"Le relazioni": "Ha lavorato bene con tutti."})
    me.press("Prepara la carta")
    assert me.fetch(me.until("Scarica\\s+Attestazione finale")).startswith(b"%PDF")
    me.follow("Archivia")
    me.press("Archivia")
    assert state_of(site, key) == "closed"
    me.go("/monitoraggio/dopo/")
    me.follow(page.locator("main tbody th a").first.inner_text())
