"""Of Bootstrap Italia the parts in use: nothing that a page asks for is lost, and the rest is not served."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tinycss2
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import get_template

from impresasolidale.core import reduced
from impresasolidale.core.finders import FONTS, ICONS, OURS, STYLE, made
from impresasolidale.core.reduced import Words, reduce_css, reduce_sprite, words_of
from tests.support.sources import ROOT, template_text, templates

WHOLE = (settings.BOOTSTRAP_ITALIA_DIR / "css" / "bootstrap-italia.min.css").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def style() -> str:
    return Path(finders.find(STYLE)).read_text(encoding="utf-8")


def selectors(css: str) -> set[tuple[str, str]]:
    """(condition, selector) of every rule of a sheet, each selector by itself."""

    def read(rules: list, around: str) -> Iterator[tuple[str, str]]:
        for rule in rules:
            if rule.type == "qualified-rule":
                for part in reduced._parts(rule.prelude):
                    yield around, tinycss2.serialize(part).strip()
            elif rule.type == "at-rule" and rule.content is not None and rule.lower_at_keyword in reduced.CONDITIONS:
                inside = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                yield from read(inside, around + tinycss2.serialize(rule.prelude).strip())

    return set(read(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), ""))


def classes_in_templates() -> set[str]:
    """Whole classes of every `class="…"`: what a tag makes up is left out."""
    found: set[str] = set()
    for template in templates():
        if template.suffix == ".html" and "pdf" not in template.parts:
            for value in re.findall(r'\bclass="([^"]*(?:{[%{].*?[%}]}[^"]*)*)"', template_text(template), re.S):
                found |= {word for word in re.sub(r"\S*{[%{].*?[%}]}\S*", " ", value, flags=re.S).split() if reduced.WORD.fullmatch(word)}
    return found


def test_every_class_of_the_templates_looks_as_in_the_whole_sheet(style: str) -> None:
    """A rule about nothing but classes that our templates wear is in both sheets."""
    worn, left = classes_in_templates(), selectors(style)
    assert len(worn) > 150
    wanted = set()
    for around, selector in selectors(WHOLE):
        names = re.findall(r"\.([\w-]+)", re.sub(r":not\([^)]*\)", "", selector))
        if names and set(names) <= worn and not re.search(r"[ >+~#\[]", selector):
            wanted.add((around, selector))
    assert {"btn", "container", "visually-hidden"} <= {name for _around, s in wanted for name in re.findall(r"\.([\w-]+)", s)}
    declared = {pair for pair in wanted if pair not in left}
    empty = {pair for pair in declared if is_empty(pair[1])}
    assert declared - empty == set()


def is_empty(selector: str) -> bool:
    """Whether all that the whole sheet says under this selector is variables that nobody reads."""
    bodies = re.findall(re.escape(selector) + r"(?:,[^{}]*)?\{([^{}]*)\}", WHOLE)
    return bool(bodies) and all(re.fullmatch(r"(?:--[\w-]+:[^;]*;?)*", body) for body in bodies)


def test_the_sheet_is_small_and_whole(style: str) -> None:
    assert len(WHOLE) > 600_000
    theirs = style.partition(OURS.read_text(encoding="utf-8"))[0]
    assert len(theirs) < 60_000
    rules = tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True)
    assert not [rule for rule in rules if rule.type == "error"]
    assert style.endswith(OURS.read_text(encoding="utf-8")), "our own layer comes after"
    assert style.startswith("/* Bootstrap Italia, BSD-3-Clause")
    assert "@font-face" not in theirs and "base64" not in theirs  # its icon font


def test_every_icon_that_a_source_names_is_in_the_sprite() -> None:
    sprite = Path(finders.find(ICONS)).read_text(encoding="utf-8")
    there = set(re.findall(r'id="(it-[\w-]+)"', sprite))
    whole = set(re.findall(r'id="(it-[\w-]+)"', (settings.BOOTSTRAP_ITALIA_DIR / "svg" / "sprites.svg").read_text(encoding="utf-8")))
    named = {name for t in templates() for name in re.findall(r"[\"'](it-[a-z0-9-]+)[\"']", template_text(t))}
    for wing in settings.WINGS:
        for path in (ROOT / wing).rglob("*.py"):
            named |= set(re.findall(r"[\"'](it-[a-z0-9-]+)[\"']", path.read_text(encoding="utf-8")))
    assert named - whole == set(), "icons that Bootstrap Italia does not have"
    assert named <= there and len(there) < len(whole) / 2


def test_nothing_else_of_the_package_is_served() -> None:
    served = {path for finder in finders.get_finders() for path, _storage in finder.list(None)}
    assert {STYLE, ICONS, *FONTS} <= served
    assert not [path for path in served if path.startswith(("css/", "js/", "svg/", "rest_framework/")) or path.endswith(".map")]
    assert finders.find("css/bootstrap-italia.min.css") is None and finders.find("rest_framework/css/default.css") is None
    assert {path for path in served if path.startswith("fonts/")} == {*FONTS}
    assert {path for path in served if path.startswith("django_htmx/")} == {"django_htmx/htmx-2.min.js"}
    assert made() == made() and made().is_relative_to(ROOT / "build")


def test_what_our_sheets_point_to_is_there() -> None:
    for sheet in (STYLE, "website/site.css"):
        path = Path(finders.find(sheet))
        for address in re.findall(r"url\([\"']?(?!data:|#)([^\"')]+)", path.read_text(encoding="utf-8")):
            parts = [part for part in (Path(sheet).parent / address).parts]
            while ".." in parts:
                at = parts.index("..")
                del parts[at - 1 : at + 1]
            assert finders.find("/".join(parts)), (sheet, address)


def test_what_templates_name_is_there() -> None:
    """With hashed names a page that asks for a missing file breaks; a folder may be asked for, and a name be added to it."""
    named = {name for t in templates() for name in re.findall(r"{% static [\"']([^\"']+)[\"'] %}", template_text(t))}
    assert len(named) > 20
    assert [name for name in named if not name.endswith("/") and not finders.find(name)] == []


def test_public_pages_load_no_htmx() -> None:
    source = get_template("website/home.html").template.source
    assert "website/_base.html" in source


# --- The rule itself


KNOWN = words_of(['<div class="card-{{ kind }} on"><p class="used"><table>', "f'tone-{tone}'", "'step-' + state"])


def test_words_are_whole_or_begin_so() -> None:
    assert KNOWN.beginnings == ("card-", "step-", "tone-")
    assert all(KNOWN.knows(name) for name in ("used", "on", "table", "card-big", "tone-ok", "step-done", "html"))
    assert not any(KNOWN.knows(name) for name in ("unused", "car", "icon-xs"))


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".used{a:b}.unused{a:b}", ".used{a:b}"),
        (".used,.unused{a:b}", ".used{a:b}"),
        (".used .unused{a:b}", ""),
        ("p.used:hover::before{a:b}", "p.used:hover::before{a:b}"),
        (".used:not(.unused){a:b}", ".used:not(.unused){a:b}"),
        ("video{a:b}table{a:b}", "table{a:b}"),
        ("#unused{a:b}", ""),
        ("*,::after{a:b}", "*,::after{a:b}"),
        ("@media (min-width:1px){.unused{a:b}}", ""),
        ("@media (min-width:1px){.used{a:b}}", "@media (min-width:1px){.used{a:b}}"),
        (".used{a:b}@keyframes spin{from{a:b}}", ".used{a:b}"),
        (".used{animation:spin 1s}@keyframes spin{from{a:b}}", ".used{animation:spin 1s}@keyframes spin{from{a:b}}"),
        ("@font-face{font-family:icone;src:url(x)}.used{a:b}", ".used{a:b}"),
        (":root{--x:1;--y:2}.used{a:var(--x)}", ":root{--x:1;}.used{a:var(--x)}"),
        (':root{--x:url("data:image/svg+xml;a;b")}.used{a:b}', ".used{a:b}"),
        ("[hidden]{a:b}", "[hidden]{a:b}"),
        (".card-wide{a:b}", ".card-wide{a:b}"),
    ],
)
def test_a_rule_stays_when_all_it_names_is_used(css: str, left: str) -> None:
    assert reduce_css(css, KNOWN) == left


def test_a_sprite_keeps_the_icons_that_are_named() -> None:
    sprite = '<svg><symbol id="it-a" viewBox="0 0 1 1"><path d="M0"/></symbol><symbol id="it-b"><path/></symbol></svg>'
    assert re.findall(r'id="([^"]+)"', reduce_sprite(sprite, Words(frozenset({"it-b", "x"})).icons)) == ["it-b"]
