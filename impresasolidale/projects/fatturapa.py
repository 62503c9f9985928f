"""What an electronic invoice (FatturaPA, XML 1.2) says, for the form to be filled. Pure: bytes in, values out.

No document type is accepted, so that no entity can be: neither files nor addresses are ever read (XXE), nothing unfolds. A signed
envelope (.p7m) is not opened here: who has it saves the XML from their signing program.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from django.utils.translation import gettext as _

from impresasolidale.core.errors import DomainError

LIMIT = 5 * 1024 * 1024
DEPTH = 40  # a real one has nine


@dataclass(frozen=True)
class Invoice:
    """In euro; `vat` is the sum of the tax of its summary rows, `total` what is asked. `is_person`: the supplier is a natural person."""

    supplier: str
    tax_code: str
    is_person: bool
    number: str
    on: date
    net: Decimal
    vat: Decimal
    total: Decimal
    cup: str
    cig: str
    words: str


def _wrong(words: str) -> DomainError:
    return DomainError(words, field="file")


def parse(content: bytes) -> Invoice:
    """Read one invoice. Raises DomainError (field "file") in words: signed envelope, not XML, forbidden declarations, no invoice, many,
    or an invoice without what it must have."""
    if len(content) > LIMIT:
        raise _wrong(_("La fattura è troppo grande: al massimo 5 MB."))
    if content[:2] == b"\x30\x82" or content[:2] == b"\x30\x80":
        raise _wrong(
            _("Questa è la busta firmata (.p7m), che qui non si apre: salva il file XML dal tuo programma di firma e carica quello.")
        )
    root = _tree(content)
    if _local(root.tag) != "FatturaElettronica":
        raise _wrong(_("Questo file XML non è una fattura elettronica."))
    bodies = [child for child in root if _local(child.tag) == "FatturaElettronicaBody"]
    if len(bodies) > 1:
        raise _wrong(_("Il file contiene %(count)s fatture: caricale una alla volta.") % {"count": len(bodies)})
    if not bodies:
        raise _wrong(_("Questo file XML non è una fattura elettronica."))
    return _invoice(root, bodies[0])


def _invoice(root: Element, body: Element) -> Invoice:
    who = _find(root, "FatturaElettronicaHeader/CedentePrestatore/DatiAnagrafici")
    if who is None:
        raise _wrong(_("Nella fattura manca chi la emette."))
    name = _text(who, "Anagrafica/Denominazione")
    person = " ".join(filter(None, (_text(who, "Anagrafica/Nome"), _text(who, "Anagrafica/Cognome"))))
    general = "DatiGenerali/DatiGeneraliDocumento"
    number, day = _text(body, f"{general}/Numero"), _text(body, f"{general}/Data")
    if not (name or person) or not number or not day:
        raise _wrong(_("Nella fattura manca il fornitore, il numero o la data."))
    rows = [row for row in _all(body, "DatiBeniServizi/DatiRiepilogo")]
    net = sum((_money(row, "ImponibileImporto") for row in rows), Decimal(0))
    vat = sum((_money(row, "Imposta") for row in rows), Decimal(0))
    total = _money(body, f"{general}/ImportoTotaleDocumento") if _text(body, f"{general}/ImportoTotaleDocumento") else net + vat
    if net + vat != total:  # stamp duty, rounding: the total is what is asked
        net = total - vat
    if total <= 0 or net < 0:
        raise _wrong(_("Il totale della fattura non è un importo da pagare: una nota di credito si registra a mano."))
    try:
        on = date.fromisoformat(day[:10])
    except ValueError as error:
        raise _wrong(_("La data della fattura non è una data.")) from error
    return Invoice(
        supplier=(name or person)[:160],
        tax_code=(_text(who, "IdFiscaleIVA/IdCodice") or _text(who, "CodiceFiscale")).upper()[:16],
        is_person=not name,
        number=number[:60],
        on=on,
        net=net,
        vat=vat,
        total=total,
        cup=_anywhere(body, "CodiceCUP")[:15],
        cig=_anywhere(body, "CodiceCIG")[:10],
        words=_text(body, "DatiBeniServizi/DettaglioLinee/Descrizione")[:200],
    )


def _tree(content: bytes) -> Element:
    """The document as elements. Raises DomainError for what is not well-formed and for any document type."""
    builder = TreeBuilder()
    depth = 0

    def start(name: str, attributes: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise _wrong(_("Questo file XML non è una fattura elettronica."))
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def refuse(*_args: Any) -> None:
        raise _wrong(_("Il file XML contiene dichiarazioni che una fattura non ha: non viene letto."))

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse  # type: ignore[assignment]
    try:
        parser.Parse(content, True)
        return builder.close()
    except (expat.ExpatError, LookupError, ValueError, AssertionError) as error:
        raise _wrong(_("Il file non si legge: non è un XML intero. Prova a scaricarlo di nuovo.")) from error


def _local(tag: Any) -> str:
    return str(tag).rpartition(":")[2]


def _all(element: Element, path: str) -> list[Element]:
    found = [element]
    for name in path.split("/"):
        found = [child for parent in found for child in parent if _local(child.tag) == name]
    return found


def _find(element: Element, path: str) -> Element | None:
    return next(iter(_all(element, path)), None)


def _text(element: Element, path: str) -> str:
    found = _find(element, path)
    return re.sub(r"\s+", " ", found.text or "").strip() if found is not None else ""


def _anywhere(element: Element, name: str) -> str:
    return next((re.sub(r"\s+", "", each.text or "").upper() for each in element.iter() if _local(each.tag) == name), "")


def _money(element: Element, path: str) -> Decimal:
    text = _text(element, path)
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise _wrong(_("Un importo della fattura non è un numero: %(text)s.") % {"text": text[:30]}) from error
    if not value.is_finite() or abs(value) > 10**8:
        raise _wrong(_("Un importo della fattura non è un numero: %(text)s.") % {"text": text[:30]})
    return value.quantize(Decimal("0.01"))
