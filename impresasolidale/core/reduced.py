"""Of Bootstrap Italia only the parts in use: pure functions from its style sheet and its sprite to ours.

A rule of the style sheet stays when every class, id and element of one of its selectors is a word that our sources contain: templates,
scripts, our own style sheets, and whatever text our Python holds. Words are taken generously: a class that is put together
(`tone-{{ tone }}`) keeps all that begin so. Nothing is renamed or merged, so what stays works as it did.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import tinycss2

WORD = re.compile(r"[A-Za-z_][\w-]*")
# "btn-{{ kind }}", "icon-{% … %}", f"tone-{tone}", 'step-' + state: what comes after is not known here.
BEGINNING = re.compile(r"([A-Za-z_][\w-]*-)(?:\{|[\"'] *[+~])")
ALWAYS = frozenset({"html", "body", "from", "to"})
CONDITIONS = frozenset({"media", "supports", "layer", "container"})


@dataclass(frozen=True)
class Words:
    """What our sources say: whole words, and beginnings whose end is made at run time."""

    whole: frozenset[str]
    beginnings: tuple[str, ...] = ()

    def knows(self, name: str) -> bool:
        return name in self.whole or name in ALWAYS or name.startswith(self.beginnings)

    @cached_property
    def icons(self) -> frozenset[str]:
        return frozenset(word for word in self.whole if word.startswith("it-"))


def words_of(texts: Iterable[str]) -> Words:
    whole: set[str] = set()
    beginnings: set[str] = set()
    for text in texts:
        whole.update(WORD.findall(text))
        beginnings.update(BEGINNING.findall(text))
    return Words(frozenset(whole), tuple(sorted(beginnings)))


def named_in(selector: Iterable[Any]) -> Iterator[str]:
    """Classes, ids and elements that a selector wants. What stands in brackets (`:not(…)`, `[…]`) narrows or widens, and is not asked."""
    before = ""
    for token in selector:
        if token.type == "ident":
            if before != ":":
                yield token.value
        elif token.type == "hash":
            yield token.value
        before = token.value if token.type == "literal" else ""


def _parts(prelude: list[Any]) -> list[list[Any]]:
    """The selectors of a list, apart."""
    found: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            found.append([])
        else:
            found[-1].append(token)
    return found


def reduce_css(css: str, words: Words) -> str:
    """The style sheet without what nobody uses: rules, then key frames, fonts and variables that nothing of what is left names."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    kept = "".join(_kept(rules, words))
    return _unused_variables_away(_unnamed_away(kept), words)


def _kept(rules: Iterable[Any], words: Words) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            parts = [part for part in _parts(rule.prelude) if all(words.knows(name) for name in named_in(part))]
            if parts and tinycss2.serialize(rule.content).strip():
                selectors = ",".join(tinycss2.serialize(part).strip() for part in parts)
                yield f"{selectors}{{{tinycss2.serialize(rule.content).strip()}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in CONDITIONS and rule.content is not None:
            inside = "".join(_kept(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), words))
            if inside:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword != "charset":
            yield rule.serialize()


def _unnamed_away(css: str) -> str:
    """Without key frames and fonts that no declaration names."""
    rules = tinycss2.parse_stylesheet(css)
    said = " ".join(
        rule.serialize() for rule in rules if not (rule.type == "at-rule" and rule.lower_at_keyword in {"font-face", "keyframes"})
    )
    named = {*WORD.findall(said)}
    found = []
    for rule in rules:
        if rule.type == "at-rule" and rule.lower_at_keyword == "font-face":
            family = re.search(r"font-family:\s*[\"']?([^;\"'}]+)", tinycss2.serialize(rule.content))
            if not family or family[1].strip() not in said:
                continue
        elif (
            rule.type == "at-rule"
            and rule.lower_at_keyword == "keyframes"
            and not named & {*WORD.findall(tinycss2.serialize(rule.prelude))}
        ):
            continue
        found.append(rule.serialize())
    return "".join(found)


_VARIABLE = re.compile(r"""--([\w-]+):(?:"[^"]*"|'[^']*'|url\([^)]*\)|[^;{}"'])*(?:;|(?=\}))""")
_EMPTY = re.compile(r"[^{};]*\{\s*\}")


def _unused_variables_away(css: str, words: Words) -> str:
    """Without custom properties that neither the sheet nor our sources read, until none is left over; nor rules that are empty then."""
    read = {*re.findall(r"var\(\s*--([\w-]+)", css)} | words.whole
    less = "".join(_pieces(css, read))
    less = _EMPTY.sub("", less)
    return css if less == css else _unused_variables_away(less, words)


def _pieces(css: str, read: Collection[str]) -> Iterator[str]:
    """The sheet around the variables that are not in `read`."""
    at = 0
    for found in _VARIABLE.finditer(css):
        if found[1] not in read:
            yield css[at : found.start()]
            at = found.end()
    yield css[at:]


def reduce_sprite(sprite: str, names: Collection[str]) -> str:
    """The sprite with the icons of these names alone."""
    found = re.findall(r"<symbol\b[^>]*\bid=\"([^\"]+)\".*?</symbol>", sprite, re.S)
    whole = re.findall(r"<symbol\b.*?</symbol>", sprite, re.S)
    assert len(found) == len(whole)
    symbols = "".join(symbol for name, symbol in zip(found, whole, strict=True) if name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{symbols}</svg>'
