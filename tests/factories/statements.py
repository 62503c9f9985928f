"""Statements as banks and treasurers send them, written from values: invented accounts, invented people."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

IBAN = "IT60X0542811101000000123456"  # the example of the Italian bankers' own documents
OTHER_IBAN = "IT28W8000000292100645211151"
DONOR_IBAN = "DE89370400440532013000"


def entry(amount: str | Decimal, on: str, **said: Any) -> dict[str, Any]:
    """One entry: over zero it came in. `name`, `iban`, `words`, `reference`, `bank_reference`."""
    return {"amount": Decimal(amount), "on": on, **said}


def camt(
    entries: Sequence[dict[str, Any]],
    *,
    opening: str = "1000.00",
    closing: str | None = None,
    version: str = "02",
    iban: str = IBAN,
    number: str = "12",
    extra: str = "",
) -> bytes:
    """A CAMT.053 of the version, "02" or "08"; `closing` as the entries make it unless another is wanted."""
    total = Decimal(opening) + sum((e["amount"] for e in entries), Decimal(0))
    is_new = version == "08"
    ends = closing if closing is not None else f"{total:.2f}"
    days = [e["on"] for e in entries] or ["2026-11-02"]
    body = "".join(_entry(e, is_new=is_new) for e in entries)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-30T08:00:00</CreDtTm></GrpHdr>
<Stmt><Id>S{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>2026-11-30T08:00:00</CreDtTm>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
{_balance("OPBD", opening, min(days))}
{_balance("CLBD", ends, max(days))}
{body}{extra}
</Stmt></BkToCstmrStmt></Document>""".encode()


def _balance(code: str, amount: str, on: str) -> str:
    value = Decimal(amount)
    sign = "CRDT" if value >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{abs(value):.2f}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>'
    )


def _entry(e: dict[str, Any], *, is_new: bool) -> str:
    comes_in = e["amount"] > 0
    party, state = ("Dbtr" if comes_in else "Cdtr"), ("<Sts><Cd>BOOK</Cd></Sts>" if is_new else "<Sts>BOOK</Sts>")
    name = f"<Nm>{escape(e.get('name', ''))}</Nm>"
    who = f"<{party}>{f'<Pty>{name}</Pty>' if is_new else name}</{party}>" if e.get("name") else ""
    account = f"<{party}Acct><Id><IBAN>{e['iban']}</IBAN></Id></{party}Acct>" if e.get("iban") else ""
    strd = f"<Strd><CdtrRefInf><Ref>{escape(e['reference'])}</Ref></CdtrRefInf></Strd>" if e.get("reference") else ""
    ustrd = f"<Ustrd>{escape(e.get('words', ''))}</Ustrd>" if e.get("words") else ""
    reference = f"<AcctSvcrRef>{escape(e['bank_reference'])}</AcctSvcrRef>" if e.get("bank_reference") else ""
    return (
        f'<Ntry><Amt Ccy="EUR">{abs(e["amount"]):.2f}</Amt><CdtDbtInd>{"CRDT" if comes_in else "DBIT"}</CdtDbtInd>{state}'
        f"<BookgDt><Dt>{e['on']}</Dt></BookgDt><ValDt><Dt>{e['on']}</Dt></ValDt>{reference}"
        f"<NtryDtls><TxDtls><RltdPties>{who}{account}</RltdPties>"
        f"<RmtInf>{ustrd}{strd}</RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )


def giornale(entries: Iterable[dict[str, Any]], *, opening: str = "50000.00", account: str = "", prefix: str = "") -> bytes:
    """A treasurer's journal as XML; each entry may stand in an `account` of evidence of its own."""
    rows = list(entries)
    total = Decimal(opening) + sum((e["amount"] for e in rows), Decimal(0))
    body = "".join(
        f"<informazioni_conto_evidenza><conto_evidenza>{e.get('account', account)}</conto_evidenza><movimento_conto_evidenza>"
        f"<tipo_movimento>{'ENTRATA' if e['amount'] > 0 else 'USCITA'}</tipo_movimento><tipo_documento>SOSPESO ENTRATA</tipo_documento>"
        f"<tipo_operazione>ESEGUITO</tipo_operazione><numero_bolletta_quietanza>{n}</numero_bolletta_quietanza>"
        f"<importo>{abs(e['amount']):.2f}</importo><data_movimento>{e['on']}</data_movimento>"
        f"<causale>{escape(e.get('words', ''))}</causale><cliente><anagrafica_cliente>{escape(e.get('name', ''))}</anagrafica_cliente>"
        "</cliente></movimento_conto_evidenza></informazioni_conto_evidenza>"
        for n, e in enumerate(rows, 1)
    )
    return (
        f"<{prefix}flusso_giornale_di_cassa{' xmlns:g=' + chr(34) + 'urn:giornale' + chr(34) if prefix else ''}>"
        "<identificativo_flusso_BT>F1</identificativo_flusso_BT>"
        "<data_inizio_periodo_riferimento>2026-11-01</data_inizio_periodo_riferimento>"
        "<data_fine_periodo_riferimento>2026-11-22</data_fine_periodo_riferimento>"
        f"{body}<totali_esercizio><saldo_complessivo_precedente>{Decimal(opening):.2f}</saldo_complessivo_precedente>"
        f"<saldo_complessivo_finale>{total:.2f}</saldo_complessivo_finale></totali_esercizio></{prefix}flusso_giornale_di_cassa>"
    ).encode()
