"""CAMT.053 (ISO 20022, bank to customer statement), versions 02 and 08: what both say in the same or nearly the same words.

They differ, for us, in three places: the state of an entry (`Sts` or `Sts/Cd`), the names of parties (`Dbtr/Nm` or `Dbtr/Pty/Nm`), the
name of the account's other identification. Both are tried; so a version between them reads too.
"""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from impresasolidale.core.xml_in import at, children, named, text_at

from .common import MAX_LINES, MAX_NAME, MAX_WORDS, Line, Statement, Unreadable, amount_of, checked, day_of, squeezed
from .xml import read_xml, where

OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)


def read_camt(data: bytes) -> list[Statement]:
    """The statements of a file. Raises Unreadable: not a CAMT.053, not in euro, without an amount or a day, sums that do not agree."""
    root = read_xml(data)
    message = at(root, "BkToCstmrStmt")
    if message is None:
        raise Unreadable(_("Questo XML non è un estratto conto CAMT.053."), **where(root))
    found = [_statement(node) for node in children(message, "Stmt")]
    if not found:
        raise Unreadable(_("Nel file non c'è nessun estratto conto."), **where(message))
    if sum(len(statement.lines) for statement in found) > MAX_LINES:
        raise Unreadable(_("Il file ha troppe righe: al massimo %(limit)s. Dividilo per mese.") % {"limit": MAX_LINES})
    return found


def _statement(node: Any) -> Statement:
    lines, pending = [], 0
    for entry in children(node, "Ntry"):
        if text_at(entry, "Sts/Cd", "Sts") not in ("BOOK", ""):
            pending += 1
            continue
        lines += _lines(entry)
    balances = {text_at(b, "Tp/CdOrPrtry/Cd"): b for b in children(node, "Bal")}
    return checked(
        Statement(
            lines=tuple(lines),
            iban=text_at(node, "Acct/Id/IBAN").replace(" ", ""),
            number=squeezed(text_at(node, "LglSeqNb", "ElctrncSeqNb", "Id"), 40),
            first_on=_day_at(node, "FrToDt/FrDtTm") or _balance_day(balances, OPENING),
            last_on=_day_at(node, "FrToDt/ToDtTm") or _balance_day(balances, CLOSING),
            opening=_balance(balances, OPENING),
            closing=_balance(balances, CLOSING),
            left_out=pending,
        )
    )


def _day_at(node: Any, path: str) -> Any:
    found = at(node, path)
    return day_of(found.text or "", **where(found)) if found is not None else None


def _balance(balances: dict[str, Any], codes: tuple[str, ...]) -> Decimal | None:
    node = next((balances[code] for code in codes if code in balances), None)
    return _signed(node) if node is not None else None


def _balance_day(balances: dict[str, Any], codes: tuple[str, ...]) -> Any:
    node = next((balances[code] for code in codes if code in balances), None)
    text = text_at(node, "Dt/Dt", "Dt/DtTm") if node is not None else ""
    return day_of(text, **where(node)) if text else None


def _signed(node: Any) -> Decimal:
    """The amount of a balance or an entry with its sign. `RvslInd` changes nothing: the direction is already that of the reversal."""
    money = at(node, "Amt")
    if money is None:
        raise Unreadable(_("Manca l'importo."), **where(node))
    if (currency := money.get("Ccy", "EUR")) != "EUR":
        raise Unreadable(_("Il conto è in %(currency)s: qui si leggono solo euro.") % {"currency": currency[:3]}, **where(money))
    amount = amount_of(money.text or "", **where(money))
    if amount < 0:
        raise Unreadable(_("Un importo è sotto zero: il verso lo dice un altro campo."), **where(money))
    direction = text_at(node, "CdtDbtInd")
    if direction not in ("CRDT", "DBIT"):
        raise Unreadable(_("Non si capisce se il movimento entra o esce."), **where(node, "CdtDbtInd"))
    return amount if direction == "CRDT" else -amount


def _lines(entry: Any) -> list[Line]:
    """One line an entry; one a transaction when the bank booked several together and says how much each was."""
    amount = _signed(entry)
    if not amount:
        return []
    booked = at(entry, "BookgDt") if at(entry, "BookgDt") is not None else at(entry, "ValDt")
    if booked is None:
        raise Unreadable(_("Manca il giorno del movimento."), **where(entry, "BookgDt"))
    booked_on = day_of(text_at(booked, "Dt", "DtTm"), **where(booked))
    value = text_at(entry, "ValDt/Dt", "ValDt/DtTm")
    value_on = day_of(value, **where(entry, "ValDt")) if value else None
    reference = squeezed(text_at(entry, "AcctSvcrRef", "NtryRef"), 60)
    parts = [detail for group in children(entry, "NtryDtls") for detail in children(group, "TxDtls")]
    amounts = [_part(part, amount) for part in parts]
    if len(parts) > 1 and all(a is not None for a in amounts) and sum(a for a in amounts if a is not None) == amount:
        split = [(part, a, f"{reference}/{n}" if reference else "") for n, (part, a) in enumerate(zip(parts, amounts, strict=True), 1)]
    else:
        split = [(parts[0] if len(parts) == 1 else None, amount, reference)]
    return [
        Line(
            booked_on=booked_on,
            value_on=value_on,
            amount=part_amount,
            bank_reference=part_reference,
            source_line=entry.sourceline,
            **_said(part, entry, comes_in=amount > 0),
        )
        for part, part_amount, part_reference in split
        if part_amount
    ]


def _part(part: Any, total: Decimal) -> Decimal | None:
    money = at(part, "Amt") if at(part, "Amt") is not None else at(part, "AmtDtls/TxAmt/Amt")
    if money is None:
        return None
    amount = amount_of(money.text or "", **where(money))
    return amount if total > 0 else -amount


def _said(part: Any, entry: Any, *, comes_in: bool) -> dict[str, str]:
    """Who stands on the other side, what they wrote, and the reference they gave."""
    words = text_at(entry, "AddtlNtryInf")
    if part is None:
        return {"words": squeezed(words, MAX_WORDS)}
    other = "Dbtr" if comes_in else "Cdtr"
    written = [child.text or "" for child in at(part, "RmtInf") if named(child) == "Ustrd"] if at(part, "RmtInf") is not None else []
    references = (
        text_at(part, "RmtInf/Strd/CdtrRefInf/Ref"),
        text_at(part, "Refs/EndToEndId").removeprefix("NOTPROVIDED"),
    )
    return {
        "name": squeezed(text_at(part, f"RltdPties/{other}/Nm", f"RltdPties/{other}/Pty/Nm"), MAX_NAME),
        "iban": text_at(part, f"RltdPties/{other}Acct/Id/IBAN").replace(" ", "")[:34],
        "words": squeezed(" ".join(filter(None, [*written, "" if written else text_at(part, "AddtlTxInf") or words])), MAX_WORDS),
        "reference": squeezed(next(filter(None, references), ""), 40),
    }
