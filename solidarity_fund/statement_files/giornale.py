"""The treasurer's *giornale di cassa* as XML (OPI, SIOPE+) [K]: written from memory of the tracciato, read by names, whatever namespace.

A municipality's journal holds everybody's money: only what is the fund's is kept, by its account of evidence (*conto di evidenza*) or by a
reference of ours in the words; the rest is counted and forgotten. The balances are those of all of it, and are checked before.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from impresasolidale.core.xml_in import everywhere, named, text_at

from .common import MAX_LINES, MAX_NAME, MAX_WORDS, Line, Statement, Unreadable, amount_of, checked, day_of, squeezed
from .xml import read_xml, where

MOVEMENT = "movimento_conto_evidenza"
OPENING = ("saldo_complessivo_precedente", "saldo_precedente_conto_evidenza", "saldo_iniziale")
CLOSING = ("saldo_complessivo_finale", "saldo_finale_conto_evidenza", "saldo_finale")


def read_giornale(data: bytes, *, account: str, is_ours: Callable[[str], bool]) -> list[Statement]:
    """`account`: the fund's account of evidence, empty when it has none; `is_ours(words)`: whether a reference of ours stands there.

    Raises Unreadable.
    """
    root = read_xml(data)
    if "giornale" not in named(root).lower():
        raise Unreadable(_("Questo XML non è un giornale di cassa."), **where(root))
    every = [(node, _line(node), text_at(node.getparent(), "conto_evidenza")) for node in everywhere(root, MOVEMENT)]
    if len(every) > MAX_LINES:
        raise Unreadable(_("Il file ha troppe righe: al massimo %(limit)s. Dividilo per mese.") % {"limit": MAX_LINES})
    whole = checked(
        Statement(
            lines=tuple(line for _node, line, _account in every),
            number=squeezed(_anywhere(root, ("identificativo_flusso_BT", "identificativo_flusso_bt", "numero_flusso")), 40),
            first_on=_day(root, "data_inizio_periodo_riferimento"),
            last_on=_day(root, "data_fine_periodo_riferimento"),
            opening=_balance(root, OPENING),
            closing=_balance(root, CLOSING),
        )
    )
    ours = [line for _node, line, of in every if (account and of == account) or (not account and is_ours(f"{line.reference} {line.words}"))]
    # The balances are the body's, not the fund's: they told whether the file is whole, and say nothing more.
    return [replace(whole, lines=tuple(ours), opening=None, closing=None, left_out=len(every) - len(ours))]


def _line(node: Any) -> Line:
    money = text_at(node, "importo")
    if not money:
        raise Unreadable(_("Manca l'importo."), **where(node))
    amount = amount_of(money.replace(",", "."), **where(node, "importo"))
    kind = text_at(node, "tipo_movimento").upper()
    if kind not in ("ENTRATA", "USCITA"):
        raise Unreadable(_("Non si capisce se il movimento entra o esce."), **where(node, "tipo_movimento"))
    day = text_at(node, "data_movimento", "data_esecuzione")
    if not day:
        raise Unreadable(_("Manca il giorno del movimento."), **where(node, "data_movimento"))
    value = text_at(node, "data_valuta_ente", "data_valuta")
    if text_at(node, "tipo_operazione").upper() in ("STORNATO", "STORNO"):
        amount = -amount
    return Line(
        booked_on=day_of(day, **where(node, "data_movimento")),
        value_on=day_of(value, **where(node, "data_valuta_ente")) if value else None,
        amount=amount if kind == "ENTRATA" else -amount,
        name=squeezed(text_at(node, "cliente/anagrafica_cliente", "anagrafica_cliente", "anagrafica"), MAX_NAME),
        words=squeezed(text_at(node, "causale"), MAX_WORDS),
        reference=squeezed(text_at(node, "identificativo_univoco_versamento", "iuv", "IUV"), 40),
        bank_reference=squeezed(_own_number(node), 60),
        source_line=node.sourceline,
    )


def _own_number(node: Any) -> str:
    """Year, kind and number of the document: what tells one movement of a treasurer from every other."""
    number = text_at(node, "numero_bolletta_quietanza", "numero_sospeso", "numero_provvisorio", "numero_documento")
    parts = (text_at(node, "data_movimento")[:4], text_at(node, "tipo_documento"), number, text_at(node, "progressivo_documento"))
    operation = text_at(node, "tipo_operazione").upper()
    return "/".join(filter(None, (*parts, "storno" if operation.startswith("STORN") else ""))) if number else ""


def _anywhere(root: Any, names: tuple[str, ...]) -> str:
    for name in names:
        for node in everywhere(root, name):
            if (node.text or "").strip():
                return str(node.text).strip()
    return ""


def _day(root: Any, name: str) -> Any:
    for node in everywhere(root, name):
        return day_of(node.text or "", **where(node))
    return None


def _balance(root: Any, names: tuple[str, ...]) -> Decimal | None:
    for name in names:
        found = [node for node in everywhere(root, name) if (node.text or "").strip()]
        if len(found) == 1:
            return amount_of(str(found[0].text).replace(",", "."), **where(found[0]))
    return None
