"""XML of others, read without trust: no document type, no entity, no network, a size; names without their namespace."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from .common import MAX_BYTES, Unreadable


def read_xml(data: bytes) -> Any:
    """The root of a small, plain XML. Raises Unreadable, with the line where it breaks."""
    from lxml import etree

    if len(data) > MAX_BYTES:
        raise Unreadable(_("Il file è troppo grande: al massimo %(limit)s MB.") % {"limit": MAX_BYTES // (1024 * 1024)})
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise Unreadable(_("Questo file non è un XML intero: si ferma a metà o ha un segno di troppo."), line=line) from error
    except ValueError as error:  # an encoding that does not exist
        raise Unreadable(_("Questo file non è un XML intero: si ferma a metà o ha un segno di troppo.")) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(_("Il file dichiara entità o un tipo di documento: un estratto conto non ne ha. Non lo leggiamo."))
    return root


def named(node: Any) -> str:
    """The name of an element without its namespace."""
    return str(node.tag).rpartition("}")[2]


def children(node: Any, name: str) -> list[Any]:
    return [child for child in node if named(child) == name]


def at(node: Any, path: str) -> Any:
    """The first element at a path of names, or None."""
    for name in path.split("/"):
        node = next((child for child in node if named(child) == name), None)
        if node is None:
            return None
    return node


def text_at(node: Any, *paths: str) -> str:
    """The text at the first of these paths that has any, else "" ."""
    for path in paths:
        found = at(node, path)
        if found is not None and (found.text or "").strip():
            return found.text.strip()
    return ""


def everywhere(node: Any, name: str) -> Iterator[Any]:
    """Elements of a name at any depth."""
    return (child for child in node.iter() if named(child) == name)


def where(node: Any, name: str = "") -> dict[str, Any]:
    """For a refusal: the line of the file and the element."""
    return {"line": node.sourceline, "element": name or named(node)}
