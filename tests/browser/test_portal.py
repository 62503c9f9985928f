"""The tutor's telephone where the network comes and goes, a link without a password, and the poster on the wall."""

import re
import time
import uuid
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Error as PlaywrightError

from impresasolidale.accounts.access import hash_token
from placements.attendance.rules import ABSENT, CREDITED, PRESENT
from placements.attendance.services import totals
from tests.support import database

from .steps import TUTOR, WORKER
from .visitor import PHONE, Site, Visitor

TELEPHONE: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
EVENTS = (
    "SELECT e.outcome FROM attendance_attendanceevent e JOIN agreements_placement p ON p.id = e.placement_id"
    " WHERE p.public_id = %s AND e.day = %s ORDER BY e.id"
)  # fmt: skip


WORDS = (
    "SELECT c.word, c.source FROM attendance_checkin c JOIN agreements_placement p ON p.id = c.placement_id"
    " WHERE p.public_id = %s AND c.day = %s ORDER BY c.id"
)


@pytest.fixture(autouse=True)
def unlearned(site: Site) -> None:
    """Nothing is written of today yet, whatever other journeys did; the month's sums agree."""
    with database.owner(site.database) as db:
        db.execute("ALTER TABLE attendance_attendanceevent DISABLE TRIGGER USER")
        gone = db.execute("DELETE FROM attendance_attendanceevent WHERE day = %s RETURNING placement_id", [site.today]).fetchall()
        db.execute("ALTER TABLE attendance_attendanceevent ENABLE TRIGGER USER")
        lists = {"present": PRESENT, "credited": CREDITED, "absent": ABSENT}
        placements = sorted({pk for (pk,) in gone})
        db.execute(totals._TOTALS, {"now": timezone.now(), "placements": placements, "months": [site.today.replace(day=1)], **lists})


def until(me: Visitor, script: str, wanted: object) -> None:
    """Ask the page until it says so; while it moves to another page it says nothing."""
    end, found = time.monotonic() + 20, None
    while found != wanted:
        assert time.monotonic() < end, f"{script}: {found}, not {wanted}"
        with suppress(PlaywrightError):
            found = me.page.evaluate(script)
        me.page.wait_for_timeout(50)


def settled(me: Visitor) -> None:
    """The worker is in charge of the page, and the week is kept."""
    me.page.evaluate("() => navigator.serviceWorker.ready")
    until(me, "async () => navigator.serviceWorker.controller !== null && Boolean(await Portal.week())", True)


def cut(me: Visitor) -> None:
    me.context.set_offline(True)


def restore(me: Visitor) -> None:
    me.context.set_offline(False)


def waiting(me: Visitor, n: int) -> None:
    until(me, "() => Portal.count()", n)


def arrived(me: Visitor) -> None:
    """The network is back: what waited was sent, and the server's own page stands there again."""
    restore(me)
    waiting(me, 0)
    me.page.locator("[data-shell]").wait_for(state="detached")
    me.page.wait_for_load_state("load")


def card_to_say(me: Visitor) -> tuple[Any, str]:
    """The first card with «Presente», and its placement."""
    card = me.page.locator(".day-card").filter(has=me.page.get_by_role("button", name="Presente")).first
    return card, str(card.get_attribute("id")).removeprefix("card-")


def look_again(me: Visitor) -> None:
    """The shell stands at the address of another page: axe finds nothing here either, and nothing hangs out of the screen."""
    me.look(again=True)


def forgiven(me: Visitor) -> None:
    """The browser's own lines about a network that was cut are no complaint."""
    me.complaints[:] = [c for c in me.complaints if "ERR_INTERNET_DISCONNECTED" not in c and "401" not in c]


def test_taps_made_without_a_network_arrive_once_and_in_order(site: Site, visit: Any) -> None:
    me: Visitor = visit(TUTOR, **TELEPHONE)
    settled(me)
    card, placement = card_to_say(me)
    cut(me)
    card.get_by_role("button", name="Presente").tap()  # the page was open: the tap is kept
    me.page.locator("[data-shell]").wait_for()
    waiting(me, 1)
    mine = me.page.locator(f"[aria-labelledby='name-{placement}']")
    mine.get_by_text("parte appena c’è rete").wait_for()
    look_again(me)
    mine.get_by_role("button", name="Annulla").tap()
    mine.get_by_text("Assente", exact=True).tap()
    mine.get_by_role("button", name="Avvisando").tap()
    waiting(me, 3)
    me.page.reload()  # the page opens without a network
    mine.get_by_text("Assente, avvisando").wait_for()
    assert site.rows(EVENTS, placement, site.today) == []
    me.page.goto("/presenze/settimana/")
    me.page.get_by_role("heading", name="Settimana").wait_for()
    rows = me.page.locator(f"[aria-labelledby='week-{placement}'] li")
    assert rows.filter(has_text=re.compile("assente, avvisando.*parte appena", re.S)).locator(".waits:visible").count() == 1
    look_again(me)
    arrived(me)
    assert site.rows(EVENTS, placement, site.today) == [("present",), ("withdrawn",), ("justified",)]
    me.page.goto("/presenze/")
    me.page.locator(f"#card-{placement}").get_by_text("Registrato alle").wait_for()
    forgiven(me)


def test_a_week_confirmed_without_a_network(site: Site, visit: Any) -> None:
    me: Visitor = visit(TUTOR, **TELEPHONE)
    settled(me)
    _card, placement = card_to_say(me)
    cut(me)
    me.page.goto("/presenze/settimana/")
    me.page.get_by_role("button", name="Conferma la settimana").tap()
    waiting(me, 1)
    arrived(me)
    assert site.rows(EVENTS, placement, site.today) == [("present",)]
    forgiven(me)


def test_what_the_office_wrote_meanwhile_is_shown_and_settled(site: Site, visit: Any) -> None:
    me: Visitor = visit(TUTOR, **TELEPHONE)
    settled(me)
    card, placement = card_to_say(me)
    cut(me)
    card.get_by_role("button", name="Presente").tap()
    waiting(me, 1)
    office: Visitor = visit(WORKER)
    office.go(f"/presenze/{placement}/registra/?day={site.today}")
    office.page.get_by_label("assente, malattia").check()
    office.press("Registra")
    arrived(me)
    notice = me.page.locator(".notice").filter(has_text="Una cosa non è entrata")
    notice.get_by_text("l’ufficio ha scritto").wait_for()
    assert site.rows(EVENTS, placement, site.today) == [("sick",)]
    notice.get_by_role("link", name="Apri il giorno").tap()
    me.page.wait_for_url("**/registra/**")
    me.page.get_by_role("button", name="Ho visto, togli").tap()
    until(me, "async () => (await Portal.refused()).length", 0)
    forgiven(me)


def test_a_session_that_ran_out_keeps_the_tap_until_the_sign_in(site: Site, visit: Any) -> None:
    me: Visitor = visit(TUTOR, **TELEPHONE)
    settled(me)
    card, placement = card_to_say(me)
    me.context.clear_cookies(name="sessionid")
    card.get_by_role("button", name="Presente").tap()
    me.page.wait_for_url("**/accesso/**")
    assert site.rows(EVENTS, placement, site.today) == []
    me.page.get_by_label("Posta elettronica").first.fill(f"{TUTOR}@example.org")
    me.sign_in(TUTOR)
    me.page.goto("/presenze/")
    waiting(me, 0)
    assert site.rows(EVENTS, placement, site.today) == [("present",)]
    forgiven(me)


def test_signing_out_forgets_everything_and_warns_of_what_waits(site: Site, visit: Any) -> None:
    me: Visitor = visit(TUTOR, **TELEPHONE)
    settled(me)
    card, _placement = card_to_say(me)
    cut(me)
    card.get_by_role("button", name="Presente").tap()
    waiting(me, 1)
    arrived(me)
    settled(me)
    me.page.locator(".user-menu summary").tap()
    with me.page.expect_navigation():
        me.page.get_by_role("button", name="Esci").tap()
    me.page.goto("/verifica/")
    assert me.page.evaluate("async () => [(await indexedDB.databases()).length, (await caches.keys()).length]") == [0, 0]
    forgiven(me)


def new_link(site: Site) -> tuple[str, Any]:
    """A link to the known tutor, as the office's page would have sent it: the secret and the tutor's id."""
    token = uuid.uuid4().hex
    with database.owner(site.database) as db:
        [(tutor, ambito)] = db.execute(
            "SELECT t.id, min(p.ambito_id) FROM hosts_companytutor t JOIN accounts_user u ON u.id = t.user_id"
            " JOIN agreements_placement p ON p.company_tutor_id = t.id WHERE u.email = %s GROUP BY t.id", [f"{TUTOR}@example.org"],
        ).fetchall()  # fmt: skip
        db.execute(
            "UPDATE attendance_portallink SET ended_at = now(), is_replaced = true WHERE tutor_id = %s AND ended_at IS NULL", [tutor]
        )
        db.execute(
            "INSERT INTO attendance_portallink (public_id, created_at, ambito_id, tutor_id, token_hash, channel, address,"
            " is_weekly, sent_at, expires_at, is_replaced)"
            " VALUES (gen_random_uuid(), now(), %s, %s, %s, 'email', 'x@example.org', false, %s, %s, false)",
            [ambito, tutor, hash_token(token), timezone.now() - timedelta(days=400), timezone.now() + timedelta(days=400)],
        )
    return token, tutor


def test_a_personal_link_opens_the_telephone_and_works_without_a_network(site: Site, visit: Any) -> None:
    token, tutor = new_link(site)
    me: Visitor = visit(**TELEPHONE)
    me.go(f"/presenze/apri/{token}/")
    assert me.heading == "Oggi"
    settled(me)
    card, placement = card_to_say(me)
    cut(me)
    card.get_by_role("button", name="Presente").tap()
    waiting(me, 1)
    arrived(me)
    channel = EVENTS.replace("e.outcome", "e.channel")
    assert site.rows(channel, placement, site.today) == [("link",)]
    with database.owner(site.database) as db:
        db.execute("UPDATE attendance_portallink SET ended_at = now() WHERE tutor_id = %s AND ended_at IS NULL", [tutor])
    assert me.go("/presenze/").status == 401
    assert "Serve entrare di nuovo" in me.heading
    other: Visitor = visit(**TELEPHONE)
    assert other.go(f"/presenze/apri/{token}/").status == 404
    forgiven(me)
    forgiven(other)


def test_the_poster_and_the_card(site: Site, visit: Any) -> None:
    office: Visitor = visit(WORKER)
    [(placement, where, ambito)] = site.rows(
        "SELECT p.public_id, s.public_id, p.ambito_id FROM agreements_placement p JOIN hosts_site s ON s.id = p.site_id"
        " JOIN territory_ambito a ON a.id = p.ambito_id WHERE a.name = 'Sondrio' AND p.state = 'active' AND p.starts_on <= %s"
        " AND NOT EXISTS (SELECT 1 FROM attendance_checkin c WHERE c.placement_id = p.id AND c.day = %s)"
        " AND NOT EXISTS (SELECT 1 FROM attendance_siteposter q WHERE q.site_id = s.id) ORDER BY p.id LIMIT 1", site.today, site.today,
    )  # fmt: skip
    office.go(f"/presenze/{placement}/tessera/")
    office.press("Prepara la tessera" if office.page.get_by_role("button", name="Prepara la tessera").count() else "Dai una tessera nuova")
    number = office.page.locator(".digits").inner_text()
    picture = re.search(r"pictures/(\w+)\.svg", office.page.locator(".id-card img").get_attribute("src") or "")
    assert picture
    office.go(f"/presenze/ufficio/sedi/{where}/cartello/")
    office.press("Prepara il cartello")
    assert office.fetch(office.until("Apri il cartello")).startswith(b"%PDF")
    address = office.page.get_by_text("/qui/").inner_text()
    path = "/qui/" + address.split("/qui/")[1]

    me: Visitor = visit(**TELEPHONE)
    me.go(path)
    me.page.locator(f"input[value={picture[1]}]").check()
    me.page.get_by_label("2. Scrivi il tuo numero").fill("0000")
    assert me.press("Sono qui").status == 422
    me.page.get_by_label("2. Scrivi il tuo numero").fill(number)
    me.press("Sono qui")
    assert me.heading == "Buona giornata!"
    said = WORDS
    assert site.rows(said, placement, site.today) == [("here", "poster")]
    me.follow("Ho sbagliato, torno indietro")
    me.page.locator(f"input[value={picture[1]}]").check()
    me.page.get_by_label("2. Scrivi il tuo numero").fill(number)
    me.press("Chiamami")
    assert site.rows(said, placement, site.today) == [("here", "poster"), ("call_me", "poster")]
    office.go(f"/presenze/{placement}/telefonata/")
    assert ambito
    office.page.get_by_text("Chiamami", exact=False).first.wait_for()


def test_the_telephone_handed_over(site: Site, visit: Any) -> None:
    me: Visitor = visit(TUTOR, **TELEPHONE)
    me.go("/presenze/sono-qui/")
    me.page.locator(".name-tile").first.tap()
    me.look()
    me.press("Sono qui")
    me.page.get_by_text("Grazie. Ora ridai il telefono.").wait_for()


def test_in_case_of_inspection_the_page_opens_without_a_network_and_is_wiped_at_sign_out(site: Site, visit: Any) -> None:
    me: Visitor = visit(TUTOR, **TELEPHONE)
    settled(me)
    me.page.goto("/presenze/ispezione/")
    me.page.get_by_role("heading", name="Le carte firmate").first.wait_for()
    person = str(me.page.locator(".day-card h2").first.text_content())
    until(me, "async () => Boolean(await Portal.inspection())", True)
    cut(me)
    me.page.reload()
    me.page.get_by_text("Quello che vedi è di").wait_for()
    first, *rest = person.split()
    shown = str(me.page.locator("[data-shell]").inner_text())
    assert f"{first} {rest[-1][0]}." in shown and rest[-1] not in shown  # first name and initial, no more
    assert "/verifica/" in shown and "INAIL" in shown
    me.look(again=True)
    restore(me)
    me.page.goto("/presenze/")
    settled(me)
    me.page.locator(".user-menu summary").tap()
    with me.page.expect_navigation():
        me.page.get_by_role("button", name="Esci").tap()
    me.page.goto("/verifica/")
    assert me.page.evaluate("async () => [(await indexedDB.databases()).length, (await caches.keys()).length]") == [0, 0]
    forgiven(me)
