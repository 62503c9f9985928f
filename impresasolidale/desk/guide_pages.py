"""The guide inside the product: docs/guide/*.md as pages of ours, for everybody: they hold nobody's data.

The same files make the documentation's site (docs/site/mkdocs.yml).
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.templatetags.static import static
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString, mark_safe
from django.views.generic import TemplateView
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension
from markdown.treeprocessors import Treeprocessor

from .guide import CONTENTS, FOLDER, address, pages


@dataclass(frozen=True)
class Leaf:
    """One page of the guide, drawn: its first heading, the rest as HTML, its second-level headings as (id, words)."""

    title: str
    body: SafeString
    parts: tuple[tuple[str, str], ...]
    anchors: frozenset[str]


def slug(words: str, separator: str = "-") -> str:
    """The id of a heading, as the forges make it: lower case, punctuation left out, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", separator)


@cache
def leaf(page: str) -> Leaf:
    """Drawn once for a process: the files come with the version. Raises KeyError when there is no such page."""
    if page not in pages():
        raise KeyError(page)
    writer = Markdown(
        extensions=["fenced_code", "sane_lists", TableExtension(use_align_attribute=True), TocExtension(slugify=slug), _Ours()]
    )
    html = writer.convert((FOLDER / f"{page}.md").read_text(encoding="utf-8"))
    headings: list[dict[str, Any]] = _flat(writer.toc_tokens)
    title = next(h["name"] for h in headings if h["level"] == 1)
    body = re.sub(r"<h1[^>]*>.*?</h1>\n?", "", html, count=1, flags=re.S)
    parts = tuple((h["id"], h["name"]) for h in headings if h["level"] == 2)
    return Leaf(title, mark_safe(body), parts, frozenset(h["id"] for h in headings))


def _flat(tokens: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for token in tokens for one in (token, *_flat(token["children"]))]


class _Ours(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # their name
        md.treeprocessors.register(_Dress(md), "ours", 0)  # after the inline patterns, that make the links


class _Dress(Treeprocessor):
    """Links between pages lead to our addresses, pictures to our static files, tables look and fold like all the others."""

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for place, child in enumerate(list(parent)):
                if child.tag == "table":
                    parent[place] = _boxed(child)
        for element in root.iter():
            if element.tag == "img":
                element.set("src", static(f"guide/{element.get('src', '').rpartition('images/')[2]}"))
                element.set("loading", "lazy")
            elif element.tag == "a" and (href := element.get("href", "")) and ":" not in href:
                _lead(element, href)


def _boxed(table: Element) -> Element:
    table.set("class", "stack-table")
    heads = ["".join(cell.itertext()) for cell in table.iter("th")]
    for row in table.findall("tbody/tr"):
        for place, cell in enumerate(row):
            if place == 0:
                cell.tag = "th"
                cell.set("scope", "row")
            else:
                cell.set("data-label", heads[place])
    for cell in table.iter():
        if cell.attrib.pop("align", "") == "right":
            cell.set("class", "num")
    for cell in table.iterfind("thead/tr/th"):
        cell.set("scope", "col")
    box = Element("div", {"class": "table-box"})
    box.tail, table.tail = table.tail, None
    box.append(table)
    return box


def _lead(link: Element, href: str) -> None:
    path, hash_, heading = href.partition("#")
    page = path.removesuffix(".md")
    if page in pages():
        link.set("href", address(page + hash_ + heading))
    elif path:  # for who keeps the installation: those papers come with the sources, not with the service
        link.tag = "span"
        del link.attrib["href"]


@method_decorator(login_not_required, name="dispatch")
class Guide(TemplateView):
    """A page of the guide, for everybody."""

    template_name = "desk/guide.html"

    def get_context_data(self, page: str = CONTENTS, **kwargs: Any) -> dict[str, Any]:
        try:
            return super().get_context_data(leaf=leaf(page), is_contents=page == CONTENTS, **kwargs)
        except KeyError:
            raise Http404 from None
