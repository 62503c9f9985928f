"""The fund as everybody sees it: last year's totals, a story that its person can take back, the list of codes, how to give."""

import io
import re
from typing import Any

import openpyxl

from .steps import COORDINATOR
from .visitor import PHONE, Site, Visitor

FUND = "/fondo-di-solidarieta/"


def test_a_visitor_reads_where_the_euros_went(site: Site, visit: Any) -> None:
    me: Visitor = visit(viewport=PHONE)
    me.go(FUND)
    ((year, paid),) = site.rows(
        "SELECT year, values -> 'figures' -> 1 ->> 'value' FROM solidarity_fund_publication WHERE kind = 'account' AND state = 'published'"
    )
    assert me.page.get_by_role("heading", name=f"I conti del {year}").count() == 1
    assert money(me.figure("Versati")) == paid
    book = openpyxl.load_workbook(io.BytesIO(me.fetch(me.page.get_by_role("link", name=f"Rendiconto {year}, XLSX"))))
    totals = [row[-1] for row in book["A che cosa sono serviti"].iter_rows(values_only=True)]
    assert f"{totals[-1]:.2f}" == paid  # the workbook ends with the page's own total
    assert me.page.get_by_role("heading", name="Vuoi partecipare?").count() == 1
    assert me.page.get_by_role("link", name="Con chi parlare").count() >= 1
    ((names,),) = site.rows(
        "SELECT string_agg(b.last_name, '|') FROM beneficiaries_beneficiary b"
        " WHERE b.id IN (SELECT beneficiary_id FROM solidarity_fund_benefitrequest)"
    )
    donors = {name for (name,) in site.rows("SELECT name FROM solidarity_fund_donor")}
    text = me.page.locator("main").inner_text()
    for name in donors:
        text = text.replace(name, "")
    assert not re.search(rf"\b({names})\b", text)


def money(words: str) -> str:
    """ "1.234,50 €" → "1234.50"."""
    return words.replace("\xa0", " ").removesuffix(" €").replace(".", "").replace(",", ".")


def test_the_list_of_codes_is_read_and_kept(site: Site, visit: Any) -> None:
    me: Visitor = visit()
    me.go(FUND)
    me.page.locator("#trasparenza").locator("xpath=..").get_by_role("link").first.click()
    me.look()
    rows = me.page.locator("main tbody tr")
    codes = {rows.nth(n).locator("th").inner_text().strip() for n in range(rows.count())}
    assert codes and all(re.fullmatch(r"[A-Z2-7]{10}", code) for code in codes)
    kept = me.fetch(me.page.get_by_role("link", name="CSV", exact=True)).decode().lstrip("\ufeff").splitlines()
    assert {line.split(";")[0] for line in kept[1:]} == codes
    me.go(FUND + "trasparenza/")
    assert me.count_rows() == site.rows(
        "SELECT count(*)::int FROM solidarity_fund_publication WHERE kind = 'grants' AND state = 'published'"
    )[0][0]  # fmt: skip


def test_a_story_is_there_until_its_person_says_no(site: Site, visit: Any) -> None:
    title, story = site.rows(
        "SELECT s.title, s.public_id::text FROM solidarity_fund_story s JOIN territory_ambito a ON a.id = s.ambito_id"
        " WHERE a.name = 'Sondrio' AND s.state = 'published' ORDER BY s.id LIMIT 1"
    )[0]
    everybody: Visitor = visit()
    everybody.go(FUND)
    assert everybody.page.get_by_role("heading", name=title).count() == 1
    office: Visitor = visit(COORDINATOR)
    office.go(f"/fondo/storie/{story}/")
    assert office.heading == title
    office.press("Ritira")
    everybody.go(FUND)
    assert everybody.page.get_by_role("heading", name=title).count() == 0


def test_the_office_follows_a_figure_to_its_movements(site: Site, visit: Any) -> None:
    me: Visitor = visit(COORDINATOR)
    me.go("/fondo/rendiconto/")
    me.follow("Versati")
    ((moved,),) = site.rows(
        "SELECT count(*)::int FROM treasury_leg l JOIN treasury_account a ON a.id = l.account_id JOIN treasury_pot p ON p.id = a.pot_id"
        " WHERE p.use = 'fund' AND a.kind = 'committed' AND l.at_bank AND extract(year FROM l.posted_on) = %s", site.today.year - 1,
    )  # fmt: skip
    assert moved > 0 and me.count_rows() == moved
    me.go("/fondo/pubblicazioni/")
    me.go("/fondo/storie/")
