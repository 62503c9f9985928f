"""«Voglio parlare con qualcuno», on a telephone: she asks by the code on her papers, the social worker finds it first, stops, answers."""

from typing import Any

from placements.agreements.talk_code import code_of
from tests.support import database

from .steps import WORKER
from .visitor import PHONE, Site

TELEPHONE: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
# Somebody the social worker follows, in a placement that runs, who has not asked yet.
HERS = """
SELECT p.id, p.public_id FROM agreements_placement p
JOIN beneficiaries_caremember m ON m.beneficiary_id = p.beneficiary_id AND m.role = 'referent' AND m.valid_to IS NULL
JOIN accounts_user u ON u.id = m.user_id
WHERE u.email = %s AND p.state = 'active' AND NOT EXISTS (SELECT 1 FROM monitoring_talk t WHERE t.placement_id = p.id) ORDER BY p.id LIMIT 1
"""


def test_she_asks_and_the_service_answers(site: Site, visit: Any) -> None:
    with database.owner(site.database) as db:
        placement_id, public_id = db.execute(HERS, [f"{WORKER}@example.org"]).fetchone()
    her = visit(**TELEPHONE)
    her.go(f"/parla/{code_of(placement_id)}/")
    assert her.heading == "Voglio parlare con qualcuno"
    her.page.get_by_role("radio", name="Qualcuno mi tratta male").check()
    her.page.get_by_role("button", name="Chiamatemi").first.click()
    her.page.wait_for_load_state()
    assert her.heading == "Va bene, ti chiamiamo"

    office = visit(WORKER, **TELEPHONE)
    office.go("/da-fare/")
    assert office.page.locator("tbody tr").first.get_by_role("link").inner_text() == "Leggi e chiama"  # before what is late since weeks
    with database.owner(site.database) as db:
        (talk,) = db.execute("SELECT public_id FROM monitoring_talk WHERE placement_id = %s", [placement_id]).fetchone()
    office.page.locator(f'a[href="/monitoraggio/colloqui/{talk}/"]').first.click()
    office.page.wait_for_load_state()
    assert "qualcuno mi tratta male" in office.page.content().lower()
    office.follow("Sospendi subito il tirocinio")
    office.press("Sospendi adesso")
    with database.owner(site.database) as db:
        (start,) = db.execute("SELECT suspended_on FROM monitoring_talk WHERE public_id = %s", [talk]).fetchone()
    assert start >= site.today  # tomorrow, where somebody has already written that she is there today
    office.follow("Scrivi la risposta")
    office.write({"Che cosa avete deciso insieme": "Resta a casa. Domani andiamo insieme a parlarne."})
    office.page.get_by_label("andare a trovarla").check()
    office.press("Salva la risposta")
    assert "Resta a casa" in office.page.content()
    with database.owner(site.database) as db:
        assert db.execute("SELECT state FROM monitoring_talk WHERE public_id = %s", [talk]).fetchone() == ("answered",)
