"""A person tells with faces how it goes, on a small telephone; the tutor gives hers with a tap a row, without JavaScript too."""

from collections.abc import Callable
from typing import Any

from impresasolidale.accounts.access import hash_token
from tests.support import database

from .steps import TUTOR, WORKER
from .visitor import PHONE, Site, Visitor

TOKEN = "una-prova-del-collegamento-personale"
ASKED = (
    "SELECT e.id, e.public_id FROM monitoring_evaluation e JOIN agreements_placement p ON p.id = e.placement_id"
    " JOIN hosts_companytutor t ON t.id = p.company_tutor_id"
    " WHERE t.email = 'tutor@example.org' AND e.state = 'asked' AND e.voice = %s AND e.questions = 'base-1' ORDER BY e.id LIMIT 1"
)
GIVEN = "SELECT state, how, (SELECT count(*) FROM monitoring_evaluationanswer a WHERE a.evaluation_id = e.id) FROM monitoring_evaluation e"


def test_a_person_answers_with_faces_on_a_small_telephone(site: Site, visit: Callable[..., Visitor]) -> None:
    ((pk, public_id),) = site.rows(ASKED, "person")
    with database.owner(site.database) as db:
        db.execute(
            "UPDATE monitoring_evaluation SET token_hash = %s, link_expires_at = now() + interval '1 day' WHERE id = %s",
            [hash_token(TOKEN), pk],
        )
    me = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    me.go(f"/la-mia-valutazione/{TOKEN}/")
    assert TOKEN not in me.page.url and me.heading.startswith("Ciao,")
    me.follow("Comincia")
    faces = ["Con molto aiuto", "Con un po' di aiuto", "Quasi senza aiuto", "Senza aiuto", "Non so"]
    goals = 0
    for number in range(20):
        if "/fine/" in me.page.url:
            break
        height = me.page.locator(".face").first.bounding_box()["height"]
        assert height >= 70  # a thumb finds it
        is_goal = me.page.locator("h1 small").count() > 0
        goals += is_goal
        me.press("Come speravamo" if is_goal else faces[number % 5])
    assert me.heading == "Guarda le risposte" and goals >= 3
    me.write({"Vuoi dire qualcosa?": "Mi piace quando mi lasciano fare da me."})
    me.press("Ho finito")
    assert me.heading == "Grazie!"
    assert site.rows(f"{GIVEN} WHERE public_id = %s", public_id) == [("given", "online", 12)]


def test_the_tutor_gives_hers_half_way_and_then_whole(site: Site, visit: Callable[..., Visitor]) -> None:
    ((_pk, public_id),) = site.rows(ASKED, "tutor")
    me = visit(TUTOR, viewport=PHONE, has_touch=True, is_mobile=True)
    me.go("/presenze/")
    me.follow("Valutazioni: tre minuti")
    assert me.heading == "Valutazioni"
    me.go(f"/presenze/valutazioni/{public_id}/")
    rows = me.page.locator(".ask-row")

    def tap(n: int) -> None:
        rows.nth(n).locator("label").nth(n % 5).click()

    tap(0)
    me.press("Salva, finisco dopo")
    me.go(f"/presenze/valutazioni/{public_id}/")
    assert rows.nth(0).locator("input:checked").count() == 1
    me.press("Ho finito")
    assert "Manca una risposta" in me.page.locator("main").inner_text()
    for n in range(rows.count()):
        tap(n)
    me.press("Ho finito")
    assert "Grazie: la tua valutazione è arrivata" in me.page.locator("main").inner_text()
    assert site.rows(f"{GIVEN} WHERE public_id = %s", public_id) == [("given", "online", 12)]


def test_without_javascript_and_then_the_office_looks(site: Site, visit: Callable[..., Visitor]) -> None:
    ((_pk, public_id),) = site.rows(ASKED, "tutor")
    plain: Any = {"java_script_enabled": False}
    me = visit(TUTOR, viewport=PHONE, **plain)
    me.go(f"/presenze/valutazioni/{public_id}/")
    me.page.locator(".ask-row").nth(3).locator("label").nth(2).click()
    me.press("Salva, finisco dopo")
    assert me.heading == "Valutazioni"
    office = visit(WORKER)
    ((placement,),) = site.rows(
        "SELECT p.public_id FROM monitoring_evaluationopinion o JOIN agreements_placement p ON p.id = o.placement_id"
        " JOIN beneficiaries_caremember c ON c.beneficiary_id = p.beneficiary_id JOIN accounts_user u ON u.id = c.user_id"
        " WHERE u.email = 'assistente.sondrio@example.org' ORDER BY o.id LIMIT 1"
    )
    office.go(f"/monitoraggio/valutazioni/tirocinio/{placement}/")
    assert office.page.locator("figure.chart").count() >= 8
    office.go("/monitoraggio/valutazioni/")
    assert office.page.locator("main tbody tr").count() > 0
