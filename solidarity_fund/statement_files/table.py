"""A bank's or a treasurer's table (CSV or XLSX): which column is what is found by its name, or said once and remembered."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .common import MAX_NAME, MAX_WORDS, Line, Statement, Unreadable, checked, squeezed


class Column(NamedTuple):
    label: Any
    synonyms: tuple[str, ...]


COLUMNS: Mapping[str, Column] = {
    "booked_on": Column(gettext_lazy("Giorno"), ("data", "data operazione", "data contabile", "data movimento", "data registrazione")),
    "value_on": Column(gettext_lazy("Valuta"), ("valuta", "data valuta")),
    "amount": Column(gettext_lazy("Importo, con il segno"), ("importo", "importo eur", "importo €", "importo (eur)")),
    "received": Column(gettext_lazy("Entrate"), ("entrate", "avere", "accrediti", "importo entrata", "riscossioni")),
    "paid": Column(gettext_lazy("Uscite"), ("uscite", "dare", "addebiti", "importo uscita", "pagamenti")),
    "words": Column(gettext_lazy("Causale"), ("causale", "descrizione", "descrizione operazione", "dettagli", "causale bonifico")),
    "name": Column(gettext_lazy("Chi versa o riceve"), ("ordinante", "controparte", "nome", "anagrafica", "versante", "beneficiario")),
    "iban": Column(gettext_lazy("IBAN di chi versa"), ("iban", "iban ordinante", "iban controparte")),
    "reference": Column(gettext_lazy("Riferimento"), ("riferimento", "iuv", "codice iuv", "codice versamento")),
    "bank_reference": Column(
        gettext_lazy("Numero della riga"), ("numero operazione", "cro", "trn", "id operazione", "numero provvisorio", "quietanza")
    ),
}


def columns_in(head: Sequence[str], named: Mapping[str, str]) -> dict[str, int]:
    """Where each column stands: the one named, else the first of its synonyms. Raises Unreadable when day or amount are not there."""
    places = {_key(cell): place for place, cell in reversed(list(enumerate(head)))}
    found: dict[str, int] = {}
    for name, column in COLUMNS.items():
        if wanted := named.get(name, "").strip():
            if _key(wanted) not in places:
                words = _("Nel file non c'è la colonna «%(name)s». Ci sono: %(head)s.")
                raise Unreadable(words % {"name": wanted, "head": ", ".join(filter(None, head))[:300]}, line=1)
            found[name] = places[_key(wanted)]
        else:
            place = next((places[word] for word in column.synonyms if word in places), None)
            if place is not None and place not in found.values():
                found[name] = place
    if "booked_on" not in found or not ("amount" in found or {"received", "paid"} & found.keys()):
        missing = COLUMNS["booked_on" if "booked_on" not in found else "amount"].label
        words = _("Non trovo la colonna «%(label)s». Scrivi qui sotto come si chiama: nel file ci sono %(head)s.")
        raise Unreadable(words % {"label": missing, "head": ", ".join(filter(None, head))[:300]}, line=1)
    return found


def read_columns(
    rows: Sequence[Sequence[str]], columns: Mapping[str, int], *, opening: Decimal | None = None, closing: Decimal | None = None
) -> list[Statement]:
    """The lines below the head. Raises Unreadable with the line of the file."""
    lines = []
    for number, row in enumerate(rows[1:], 2):
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()}
        if not cells["booked_on"] and not any(cells.get(name) for name in ("amount", "received", "paid")):
            continue  # a total or a remark under the table
        amount = _amount(cells, number)
        if not amount:
            continue
        lines.append(
            Line(
                booked_on=_day(cells["booked_on"], number),
                value_on=_day(cells["value_on"], number) if cells.get("value_on") else None,
                amount=amount,
                name=squeezed(cells.get("name", ""), MAX_NAME),
                iban=cells.get("iban", "").replace(" ", "").upper()[:34],
                words=squeezed(cells.get("words", ""), MAX_WORDS),
                reference=squeezed(cells.get("reference", ""), 40),
                bank_reference=squeezed(cells.get("bank_reference", ""), 60),
                source_line=number,
            )
        )
    if not lines:
        raise Unreadable(_("Nel file non c'è nessuna riga."))
    days = [line.booked_on for line in lines]
    return [checked(Statement(lines=tuple(lines), first_on=min(days), last_on=max(days), opening=opening, closing=closing))]


def _key(cell: str) -> str:
    return " ".join(cell.lower().replace("_", " ").split())


def _amount(cells: Mapping[str, str], line: int) -> Decimal:
    if cells.get("amount"):
        return _money(cells["amount"], line)
    came, went = (abs(_money(cells[name], line)) if cells.get(name) else Decimal(0) for name in ("received", "paid"))
    if came and went:
        raise Unreadable(_("Nella stessa riga c'è un'entrata e un'uscita."), line=line)
    return came - went


def _money(text: str, line: int) -> Decimal:
    plain = re.sub(r"[€\s\u00a0+]|EUR", "", text)
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    try:
        found = Decimal(plain)
    except InvalidOperation as error:
        raise Unreadable(_("L'importo «%(text)s» non è un numero.") % {"text": text[:30]}, line=line) from error
    if not found.is_finite() or found.copy_abs() >= 10**9:
        raise Unreadable(_("L'importo «%(text)s» non è un numero.") % {"text": text[:30]}, line=line)
    if found != found.quantize(Decimal("0.01")):
        raise Unreadable(_("L'importo «%(text)s» ha più di due decimali.") % {"text": text[:30]}, line=line)
    return found.quantize(Decimal("0.01"))


def _day(text: str, line: int) -> date:
    match = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T].*)?", text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text[:10])
    except ValueError as error:
        raise Unreadable(_("La data «%(text)s» non esiste.") % {"text": text[:30]}, line=line) from error
