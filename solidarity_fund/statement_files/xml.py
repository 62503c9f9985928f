"""A bank's XML by core.xml_in, with refusals that say where the file stops."""

from typing import Any

from django.utils.translation import gettext as _

from impresasolidale.core import xml_in
from impresasolidale.core.xml_in import named

from .common import MAX_BYTES, Unreadable


def read_xml(data: bytes) -> Any:
    """The root of a small, plain XML. Raises Unreadable, with the line where it breaks."""
    if len(data) > MAX_BYTES:
        raise Unreadable(_("Il file è troppo grande: al massimo %(limit)s MB.") % {"limit": MAX_BYTES // (1024 * 1024)})
    try:
        return xml_in.read_xml(data)
    except xml_in.NotXml as error:
        raise Unreadable(_("Questo file non è un XML intero: si ferma a metà o ha un segno di troppo."), line=error.line) from error
    except xml_in.Declares as error:
        raise Unreadable(_("Il file dichiara entità o un tipo di documento: un estratto conto non ne ha. Non lo leggiamo.")) from error


def where(node: Any, name: str = "") -> dict[str, Any]:
    """For a refusal: the line of the file and the element."""
    return {"line": node.sourceline, "element": name or named(node)}
