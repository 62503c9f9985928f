"""The public site as a whole: what search engines may read, who may frame it, what a browser is given, what is told of partners."""

import hashlib
import re
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.projects.enums import PartnerKind, RegisterRole
from impresasolidale.projects.services import partners
from impresasolidale.website.assessment import CHECKS, STATES, assessment
from impresasolidale.website.embedding import PARTS
from impresasolidale.website.indexing import PAGES
from impresasolidale.website.privacy import REVISIONS
from tests.support.queries import OwnQueries
from tests.support.sources import ROOT

pytestmark = pytest.mark.django_db
CODE = "ABCDEFGHIJKLMNOPQRSTUVWX27"
ORIGIN = "https://www.comune.example.it"


def html(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode().replace("&#x27;", "'")


# --- Search engines


@pytest.mark.parametrize("name", PAGES)
def test_a_public_page_says_what_it_is_about(client: Client, name: str) -> None:
    path = reverse(f"website:{name}")
    response = client.get(path, {"dopo": "x"})
    page = response.content.decode()
    assert response.status_code == 200 and "X-Robots-Tag" not in response
    assert f'<link rel="canonical" href="{settings.BASE_URL}{path}">' in page
    (words,) = re.findall(r'<meta name="description" content="([^"]*)">', page)
    assert 40 <= len(words) <= 160
    for told in ("title", "description", "url", "image", "site_name", "type"):
        assert re.search(rf'<meta property="og:{told}" content="[^"]+">', page), told


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nothing_of_another_site_and_leaves_no_cookie(client: Client, name: str) -> None:
    response = client.get(reverse(f"website:{name}"))
    page = response.content.decode()
    asked = re.findall(r"<(?:script|img|iframe|link rel=\"(?:stylesheet|icon|preload)\")[^>]*(?:src|href)=\"([^\"]+)\"", page)
    assert asked and all(address.startswith("/") for address in asked)
    assert "htmx" not in page
    has_form = 'method="post"' in page
    assert bool(response.cookies) == has_form, "only a page with a form has the cookie that keeps it safe"
    assert has_form == (name in ("join", "verify"))


def test_titles_and_descriptions_are_each_their_own() -> None:
    assert len({str(title) for title, _words in PAGES.values()}) == len({str(words) for _title, words in PAGES.values()}) == len(PAGES)


@pytest.mark.parametrize(
    "path",
    ["/accesso/", "/healthz", "/verifica/x/", f"/verifica/{CODE}/", f"/insieme/{CODE}/", "/non-esiste/", "/firma/abc/", "/parla/abc/",
     "/qui/abc/", "/ancora/abc/", "/aderisci/grazie/", "/lingua/", "/api/schema/", "/da-fare/", "/persone/", "/sito/", "/presenze/",
     "/i-miei-doni/abc/", "/robots.txt", "/dati-aperti/dizionario.json"],
)  # fmt: skip
def test_everything_else_is_for_no_search_engine(client: Client, path: str) -> None:
    assert "noindex" in client.get(path)["X-Robots-Tag"]


def test_no_page_behind_the_sign_in_is_for_a_search_engine(signed_in: Any, coordinator: User) -> None:
    client = signed_in(coordinator)
    for item in client.get("/da-fare/").context["menu"]:
        response = client.get(item["url"])
        assert "noindex" in response["X-Robots-Tag"] and 'rel="canonical"' not in response.content.decode(), item


def may_read(robots: str, path: str) -> bool:
    """As RFC 9309 reads it: the longest rule that matches; of two as long, the one that allows."""
    rules = [line.split(": ", 1) for line in robots.splitlines() if line.startswith(("Allow", "Disallow"))]
    matching = []
    for kind, rule in rules:
        pattern = re.escape(rule.removesuffix("$")) + ("$" if rule.endswith("$") else "")
        if re.match(pattern, path):
            matching.append((len(rule), kind == "Allow"))
    return max(matching)[1]


def test_robots_are_let_in_where_everybody_is(client: Client) -> None:
    robots = client.get("/robots.txt")
    assert robots["Content-Type"].startswith("text/plain")
    text = robots.content.decode()
    for name in PAGES:
        assert may_read(text, reverse(f"website:{name}")), name
    assert may_read(text, "/static/core/style.css") and may_read(text, "/storie/123/")
    for path in (
        "/accesso/",
        "/persone/",
        "/verifica/ABC/",
        "/insieme/ABC/",
        "/firma/x/",
        "/registro/?q=a",
        "/lingua/?language=en",
        "/sito/",
    ):
        assert not may_read(text, path), path
    assert f"Sitemap: {settings.BASE_URL}/sitemap.xml" in text


def test_the_sitemap_has_the_public_pages_and_no_other(client: Client) -> None:
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    found = [entry.text for entry in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert found == [settings.BASE_URL + reverse(f"website:{name}") for name in PAGES]
    robots = client.get("/robots.txt").content.decode()
    for address in found:
        assert address
        path = address.removeprefix(settings.BASE_URL)
        assert may_read(robots, path) and client.get(path).status_code == 200


# --- Inside another site


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_framed_by_who_may_and_by_nobody_else(client: Client, settings: Any, part: str) -> None:
    path = reverse("website:embedded", args=[part])
    assert client.get(path).status_code == 404  # nobody was named
    settings.EMBED_ORIGINS = [ORIGIN, "https://altro.example.it"]
    response = client.get(path)
    page = response.content.decode()
    assert response.status_code == 200
    assert f"frame-ancestors {ORIGIN} https://altro.example.it" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response and "noindex" in response["X-Robots-Tag"]
    assert not response.cookies
    assert '<base target="_blank">' in page and "<header" not in page and "<footer" not in page and 'class="skips"' in page
    assert 'method="post"' not in page and "<h1" in page


def test_no_other_page_is_framed(client: Client, settings: Any) -> None:
    settings.EMBED_ORIGINS = [ORIGIN]
    for path in ("/", "/registro/", "/storie/", "/aderisci/", "/accesso/"):
        response = client.get(path)
        assert response["X-Frame-Options"] == "DENY" and "frame-ancestors 'none'" in response["Content-Security-Policy"], path
    assert client.get("/incorpora/aderisci/").status_code == 404
    assert client.post("/incorpora/storie/").status_code == 405


@pytest.mark.parametrize(
    "origin",
    ["*", "https:", "http://www.comune.example.it", "www.comune.example.it", "https://a.it/pagina", "'self'", "https://a.it; script-src *"],
)
def test_a_wrong_origin_stops_the_start(settings: Any, origin: str) -> None:
    from impresasolidale.core.checks import origins_are_whole

    settings.EMBED_ORIGINS = [ORIGIN, origin]
    assert [error.id for error in origins_are_whole(None)] == ["core.E005"]
    settings.EMBED_ORIGINS = [ORIGIN, "https://a.it:8443", "https://*.valle.example.it", "http://127.0.0.1:8799"]
    assert origins_are_whole(None) == []


# --- The language


def test_a_language_is_chosen_without_a_form_of_ours(client: Client) -> None:
    response = client.get("/lingua/", {"language": "en", "next": "/progetto/"})
    assert (response.status_code, response["Location"]) == (303, "/progetto/")
    assert response.cookies["django_language"].value == "en" and response.cookies["django_language"]["httponly"]
    assert "The Impresasolidale project" in html(client, "/progetto/") or '<html lang="en"' in html(client, "/progetto/")


@pytest.mark.parametrize(
    ("asked", "where"), [("https://altrove.example.org/", "/"), ("//altrove.example.org", "/"), ("", "/"), ("javascript:x", "/")]
)
def test_nobody_is_led_elsewhere_by_it(client: Client, asked: str, where: str) -> None:
    response = client.get("/lingua/", {"language": "xx", "next": asked})
    assert response["Location"] == where and not response.cookies


# --- Partners


def test_partners_are_told_without_people(client: Client, within: Any, coordinator: User, today: date) -> None:
    by = within(coordinator)
    blank = {"tax_code": "", "body": None, "comune": None, "note": "Nota riservata"}
    contact = {"contact": "Renata Prova", "email": "renata@example.org", "phone": "0342 123456"}
    for name, kind, site in (
        ("Cooperativa Larice", PartnerKind.COOPERATIVE, "https://larice.example.org"),
        ("Ettore Prova", PartnerKind.PERSON, ""),
        ("Unione Prova", PartnerKind.TRADE, ""),
    ):
        row = partners.add_partner(values={**blank, **contact, "name": name, "kind": kind, "site": site}, by=by)
        partners.add_role(partner=row, role=RegisterRole.OPERATOR, since=today - timedelta(days=9), until=None, act="Patto 7", by=by)
    type(row).objects.filter(name="Unione Prova").update(left_on=today)
    page = html(client, "/partner/")
    assert (
        "Cooperativa Larice" in page and "realizza attività" in page and 'href="https://larice.example.org" rel="external noopener"' in page
    )
    for hidden in ("Ettore Prova", "Unione Prova", "Renata Prova", "renata@example.org", "0342 123456", "Patto 7", "Nota riservata"):
        assert hidden not in page, hidden


# --- What the law wants beside


def test_links_of_the_body_stand_at_the_foot(client: Client, settings: Any) -> None:
    page = html(client, "/accessibilita/")
    assert "Dichiarazione di accessibilità" not in page and "Note legali" not in page
    settings.SITE_LINKS = {
        "statement": "https://form.agid.gov.it/view/prova",
        "objectives": "https://form.agid.gov.it/view/obiettivi",
        "feedback": "accessibilita@example.org",
        "privacy": "https://www.comune.example.it/privacy",
        "legal": "https://www.comune.example.it/note-legali",
    }
    page = html(client, "/accessibilita/")
    for address in ("https://form.agid.gov.it/view/prova", "https://form.agid.gov.it/view/obiettivi", "mailto:accessibilita@example.org"):
        assert f'href="{address}"' in page, address
    assert 'href="https://www.comune.example.it/note-legali"' in html(client, "/registro/")
    assert 'href="https://www.comune.example.it/privacy"' in html(client, "/privacy/")


def test_a_feedback_page_is_a_page(client: Client, settings: Any) -> None:
    settings.SITE_LINKS = {**settings.SITE_LINKS, "feedback": "https://www.comune.example.it/segnala"}
    assert 'href="https://www.comune.example.it/segnala"' in html(client, "/accessibilita/")


def test_other_words_of_the_notice_are_another_version() -> None:
    """Whoever changes the notice adds a revision with the digest that this test tells."""
    text = (ROOT / "templates" / "website" / "privacy.html").read_text(encoding="utf-8")
    words = "\n".join(re.findall(r'{% translate "([^"]*)" %}', text))
    newest = REVISIONS[0]
    assert newest.digest == hashlib.sha256(words.encode()).hexdigest()[:12]
    assert [r.number for r in REVISIONS] == list(range(len(REVISIONS), 0, -1))
    assert [r.on for r in REVISIONS] == sorted((r.on for r in REVISIONS), reverse=True)


def test_the_notice_says_which_version_it_is(client: Client) -> None:
    page = html(client, "/privacy/")
    assert f"Versione {REVISIONS[0].number}" in page and "A leggere e basta non si lascia nessun cookie." in page


def test_the_self_assessment_is_whole(client: Client) -> None:
    """The 50 criteria of WCAG 2.1, 30 of level A and 20 of AA: AgID's model."""
    found = assessment()
    assert [sum(c.level == level for c in found.criteria) for level in ("A", "AA")] == [30, 20]
    numbers = [tuple(map(int, c.number.split("."))) for c in found.criteria]
    assert numbers == sorted(set(numbers))
    assert all(
        c.state in STATES and c.checks and set(c.checks) <= CHECKS.keys() and c.names["it"] and c.names["en"] for c in found.criteria
    )
    assert all(c.notes["it"] and c.notes["en"] for c in found.not_met)
    page = html(client, "/accessibilita/autovalutazione/")
    assert "2.1.4 Tasti di scelta rapida" in page and "non soddisfatto" in page
    csv = b"".join(client.get("/accessibilita/autovalutazione.csv").streaming_content).decode("utf-8-sig")
    assert len(csv.strip().splitlines()) == 51
    assert client.get("/accessibilita/autovalutazione.xlsx").status_code == 200
    assert client.get("/accessibilita/autovalutazione.exe").status_code == 404


@pytest.mark.parametrize("path", ["/progetto/", "/partner/", "/storie/", "/"])
def test_a_public_page_costs_little(client: Client, path: str) -> None:
    with OwnQueries() as own:
        client.get(path)
    assert len(own) <= 12, own.all


def test_the_project_page_tells_published_figures_alone(client: Client, worker: User) -> None:
    page = html(client, "/progetto/")
    assert "59" in page and "tirocini accolti finora" not in page  # nothing was published yet
    assert "60.000 euro" in page and "92.400" in page
    for name in ("Sondrio", "Tirano", "Morbegno"):
        assert name in page


def test_a_technician_or_clerk_has_no_site_in_the_menu(signed_in: Any, user_of: Any, sondrio: Any) -> None:
    for role, there in ((Role.CLERK, False), (Role.COORDINATOR, True), (Role.SOCIAL_WORKER, True)):
        menu = signed_in(user_of(role, sondrio)).get("/da-fare/").context["menu"]
        assert any(item["url"] == "/sito/" for item in menu) is there, role
