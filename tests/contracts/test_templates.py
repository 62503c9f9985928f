"""Templates in their sources: all used, nothing the content security policy refuses, tokens in every form, no forbidden word."""

import re
from pathlib import Path

import pytest

from tests.conftest import complain
from tests.support import sources
from tests.support.sources import ours, template_names, template_text, templates, text

HTML = [t for t in templates() if t.suffix == ".html"]


def mentioned() -> set[str]:
    """Every template that code or another template names, literally."""
    names = {name for path in ours() for name in template_names(text(path))}
    for template in templates():
        names |= set(re.findall(r"{%\s*(?:extends|include)\s+[\"']([^\"']+)[\"']", template_text(template)))
    return names


def computed(code: str) -> set[str]:
    """Names built from one part, `f"components/{name}.html"`: with every word of the same file that could be that part."""
    words = set(re.findall(r"[\"']([\w-]+)[\"']", code))
    built = re.findall(r"f\"([\w/-]*)\{\w+\}([\w./-]*\.(?:html|txt))\"", code)
    return {f"{before}{word}{after}" for before, after in built for word in words}


def used() -> set[str]:
    return mentioned().union(*(computed(text(path)) for path in ours()))


def test_every_template_is_used():
    there, wanted = {str(t) for t in templates()}, used()
    assert there - wanted == set()


def test_a_template_nobody_names_is_noticed():
    assert "components/no_such_component.html" not in used()
    assert computed("render(f'x'); render(f\"components/{name}.html\"); call('card')") == {"components/card.html", "components/x.html"}


def test_every_template_that_is_named_exists():
    there = {str(t) for t in templates()}
    folders = {t.parts[0] for t in templates() if len(t.parts) > 1}
    named = {(str(path), name) for path in ours() for name in template_names(text(path)) if name.partition("/")[0] in folders}
    assert {(path, name) for path, name in named if name not in there} == set()


@pytest.mark.parametrize("template", HTML, ids=str)
def test_nothing_inline_and_tokens_in_every_form(template: Path):
    source = template_text(template)
    if "pdf" in template.parts:  # a paper meets no browser, and its own style belongs to its version
        source = re.sub(r"<style>.*?</style>", "", source, flags=re.S)
    assert sources.inline_parts(source) == []
    assert sources.bare_forms(source) == []


@pytest.mark.parametrize("template", templates(), ids=str)
def test_no_forbidden_word(template: Path):
    assert sources.words_for_people(template_text(template)) == []


INLINE = [
    "<script>alert(1)</script>",
    "<style>p{}</style>",
    '<p style="color:red">x</p>',
    '<a onclick="x()">x</a>',
    '<a href="javascript:x">x</a>',
]
BARE = ['<form method="post"><input></form>', "<form class='x' method='post'>\n{% csrf_token %}</form>"]


@pytest.mark.parametrize("source", INLINE)
def test_the_rule_finds_inline_parts(source):
    assert sources.inline_parts(source)


def test_the_rule_leaves_our_own_scripts_alone():
    assert not sources.inline_parts('<script src="{% static "core/app.js" %}" defer></script><meta name="x" content="style=1">{# style= #}')


@pytest.mark.parametrize("source", BARE)
def test_the_rule_finds_a_form_without_tokens(source):
    assert sources.bare_forms(source)


@pytest.mark.parametrize("source", ["<p>La paga</p>", '{% translate "Le ferie" %}', "{% blocktranslate %}Il turno{% endblocktranslate %}"])
def test_the_rule_finds_forbidden_words(source):
    assert sources.words_for_people(source)


@pytest.mark.parametrize("source", ["{% if turno %}pagamento{% endif %}", "{{ paga }}", "<p>pagina</p>{# ferie #}"])
def test_the_rule_leaves_other_words_alone(source):
    assert not sources.words_for_people(source)


GOOD_FORM = '<form method="post"><input name="csrfmiddlewaretoken"><input name="_submission"></form>'


@pytest.mark.parametrize(
    "html",
    [
        "<p>{{ name }}</p>", "<p>{% if %}</p>", "<script>alert(1)</script>", '<p style="color:red">', '<a onclick="x()">',
        '<form method="post"><input name="_submission"></form>', '<form method="post"><input name="csrfmiddlewaretoken"></form>',
    ],
)  # fmt: skip
def test_the_client_complains_of_bad_pages(html):
    with pytest.raises(AssertionError):
        complain(html, path="/")


def test_the_client_is_content_with_a_good_page():
    complain(f'<p class="x">x</p><script src="/static/a.js"></script>{GOOD_FORM}', path="/")
