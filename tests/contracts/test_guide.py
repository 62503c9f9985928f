"""The guide and the screens belong together: every screen has a paragraph, every paragraph named is there, every page is found."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from impresasolidale.desk.guide import CONTENTS, EXPLAINED, FOLDER, SCREENS, address, explained, pages
from impresasolidale.desk.guide_pages import leaf, slug
from tests.contracts.test_docs import anchors
from tests.contracts.test_sweep import addresses

PUBLIC = {"website"}  # it speaks to everybody, and explains itself
PICTURE = 120_000  # bytes: a page of the guide is read on the phone too


def unexplained(names: set[str]) -> set[str]:
    """The names of screens that no paragraph explains: of a room that has none, or of no room."""
    return {name for name in names if ":" in name and name.partition(":")[0] not in PUBLIC and not explained(name)}


def wrong_places(places: set[str]) -> set[str]:
    """The "page#heading" that lead nowhere."""
    found = set()
    for where in places:
        page, _, heading = where.partition("#")
        if page not in pages() or (heading and heading not in leaf(page).anchors):
            found.add(where)
    return found


def test_every_screen_has_a_paragraph_of_the_guide():
    names = {name for name, _route in addresses()}
    assert len(names) > 700
    assert unexplained(names) == set()


def test_a_screen_without_a_paragraph_is_noticed():
    assert unexplained({"no_such_room:list", "website:home", "set_language", "desk:inbox"}) == {"no_such_room:list"}


def test_every_paragraph_that_is_named_is_there():
    assert wrong_places({*SCREENS}) == set()


def test_a_paragraph_that_is_gone_is_noticed():
    assert wrong_places({"fondo#promesse", "fondo#niente", "nessuna", "README"}) == {"fondo#niente", "nessuna"}


def test_the_table_names_screens_that_are_there_once():
    names = {name for name, _route in addresses()}
    rooms = {name.partition(":")[0] for name in names if ":" in name}
    assert {name for name in EXPLAINED if name not in (names if ":" in name else rooms)} == set()
    assert len(EXPLAINED) == sum(len(listed.split()) for listed in SCREENS.values())


def test_every_page_is_found_from_the_contents():
    linked = set(re.findall(r"\]\(([\w-]+)\.md", (FOLDER / f"{CONTENTS}.md").read_text()))
    assert {*pages()} - linked == {CONTENTS}


@pytest.mark.parametrize("page", pages())
def test_a_page_is_drawn_whole(page):
    source = (FOLDER / f"{page}.md").read_text()
    drawn = leaf(page)
    assert drawn.anchors == anchors(source), "a heading that is not drawn as one: an empty line is missing before it"
    assert not re.search(r'href="(?!#|/|https:)|style=|<p>\s*\||<h1', drawn.body)
    assert drawn.body.count("<table") == drawn.body.count('<div class="table-box">') == len(re.findall(r"^\| *---", source, re.M))
    for link, heading in re.findall(r'href="/guida/(?:([\w-]+)/)?#([^"]+)"', drawn.body):
        assert heading in leaf(link or CONTENTS).anchors


@pytest.mark.parametrize("page", pages())
def test_pictures_are_there_small_and_told_in_words(page):
    for picture in re.findall(r"<img[^>]*>", leaf(page).body):
        assert re.search(r'alt="[^"]{15,}"', picture), picture
        path = finders.find(re.search(r'src="/static/([^"]+)"', picture)[1])
        assert path, picture
        assert Path(path).stat().st_size < PICTURE, path


def test_addresses_and_ids():
    assert address("fondo#promesse") == reverse("desk:guide_page", args=["fondo"]) + "#promesse"
    assert address("README") == "/guida/" and address("README#entrare") == "/guida/#entrare"
    assert slug("L'elenco oltre i 1.000 euro (D.Lgs. 33/2013)") == "lelenco-oltre-i-1000-euro-dlgs-332013"
