"""What an electronic invoice (FatturaPA, XML 1.2) says, for the form to be filled. Pure: bytes in, values out.

No document type is accepted (core.xml_in). A signed envelope (.p7m) is not opened here: who has it saves the XML from their signing
program.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from impresasolidale.core.errors import DomainError
from impresasolidale.core.xml_in import Declares, NotXml, at, children, everywhere, named, read_xml, text_at

LIMIT = 5 * 1024 * 1024


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
    if named(root) != "FatturaElettronica":
        raise _wrong(_("Questo file XML non è una fattura elettronica."))
    bodies = children(root, "FatturaElettronicaBody")
    if len(bodies) > 1:
        raise _wrong(_("Il file contiene %(count)s fatture: caricale una alla volta.") % {"count": len(bodies)})
    if not bodies:
        raise _wrong(_("Questo file XML non è una fattura elettronica."))
    return _invoice(root, bodies[0])


def _invoice(root: Any, body: Any) -> Invoice:
    who = at(root, "FatturaElettronicaHeader/CedentePrestatore/DatiAnagrafici")
    if who is None:
        raise _wrong(_("Nella fattura manca chi la emette."))
    name = _text(who, "Anagrafica/Denominazione")
    person = " ".join(filter(None, (_text(who, "Anagrafica/Nome"), _text(who, "Anagrafica/Cognome"))))
    general = "DatiGenerali/DatiGeneraliDocumento"
    number, day = _text(body, f"{general}/Numero"), _text(body, f"{general}/Data")
    if not (name or person) or not number or not day:
        raise _wrong(_("Nella fattura manca il fornitore, il numero o la data."))
    rows = children(body, "DatiBeniServizi/DatiRiepilogo")
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


def _tree(content: bytes) -> Any:
    """The document as elements. Raises DomainError for what is not well-formed and for any document type."""
    try:
        return read_xml(content)
    except NotXml as error:
        raise _wrong(_("Il file non si legge: non è un XML intero. Prova a scaricarlo di nuovo.")) from error
    except Declares as error:
        raise _wrong(_("Il file XML contiene dichiarazioni che una fattura non ha: non viene letto.")) from error


def _text(node: Any, path: str) -> str:
    return " ".join(text_at(node, path).split())


def _anywhere(node: Any, name: str) -> str:
    return next(("".join((each.text or "").split()).upper() for each in everywhere(node, name)), "")


def _money(node: Any, path: str) -> Decimal:
    text = _text(node, path)
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise _wrong(_("Un importo della fattura non è un numero: %(text)s.") % {"text": text[:30]}) from error
    if not value.is_finite() or value.copy_abs() > 10**8:
        raise _wrong(_("Un importo della fattura non è un numero: %(text)s.") % {"text": text[:30]})
    return value.quantize(Decimal("0.01"))
