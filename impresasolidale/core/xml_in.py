"""XML of others, read without trust: no document type, no entity, no network, a size; names without their namespace."""

from collections.abc import Iterator
from typing import Any


class NotXml(Exception):
    """It is no whole XML; `line` is where it breaks, where that is known."""

    def __init__(self, line: int | None = None) -> None:
        self.line = line
        super().__init__(line)


class Declares(Exception):
    """It declares a document type, and with it whatever entities: what we read has none."""


def read_xml(data: bytes) -> Any:
    """The root of a plain XML, whose size the caller has judged. Raises NotXml, Declares."""
    from lxml import etree

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
        raise NotXml(error.lineno or 1) from error
    except ValueError as error:  # an encoding that does not exist
        raise NotXml from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Declares
    return root


def named(node: Any) -> str:
    """The name of an element without its namespace."""
    return str(node.tag).rpartition("}")[2]


def children(node: Any, path: str) -> list[Any]:
    """All the elements at a path of names."""
    found = [node]
    for name in path.split("/"):
        found = [child for parent in found for child in parent if named(child) == name]
    return found


def at(node: Any, path: str) -> Any:
    """The first element at a path of names, or None."""
    return next(iter(children(node, path)), None)


def text_at(node: Any, *paths: str) -> str:
    """The text at the first of these paths that has any, else "" ."""
    for path in paths:
        found = at(node, path)
        if found is not None and (found.text or "").strip():
            return str(found.text).strip()
    return ""


def everywhere(node: Any, name: str) -> Iterator[Any]:
    """Elements of a name at any depth."""
    return (child for child in node.iter() if named(child) == name)
