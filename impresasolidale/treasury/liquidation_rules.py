"""What a liquidation adds up to, which rows the pots can pay, what its lists look like, what an answer says: pure functions, euro."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .enums import CheckKind, Payment

ZERO = Decimal("0.00")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Way:
    """Where a sum goes: the kind of payment, who receives it, the account."""

    payment: str = Payment.UNKNOWN
    payee: str = ""
    payee_code: str = ""
    iban: str = ""


@dataclass(frozen=True)
class Share:
    """What one pot pays, out of a commitment of the body when there is one."""

    pot_id: int
    amount: Decimal
    commitment_id: int | None = None


@dataclass(frozen=True)
class Finding:
    """What the room above found of one source today: how it is paid, out of what, and its own checks in words."""

    way: Way
    shares: tuple[Share, ...]
    checks: Mapping[str, tuple[bool, str]]
    year_total: Decimal  # euro of the same person in the same year, this sum included (rule 70)


@dataclass(frozen=True)
class Draft:
    """One sum that may enter a liquidation. `source` is a type and an id of the room above."""

    source: tuple[str, int]
    code: str
    year: int
    words: str
    amount: Decimal
    is_taxed: bool
    person: str
    person_code: str
    finding: Finding


@dataclass(frozen=True)
class Totals:
    """The one sum of a liquidation that page, lists, XML, papers and ledger share."""

    rows: int
    amount: Decimal
    by_payment: tuple[tuple[str, int, Decimal], ...]


def totals(items: Iterable[Any]) -> Totals:
    """Of items with `payment` and `amount`: all together, and by kind of payment in the order of Payment."""
    found = list(items)
    parts = []
    for kind in Payment.values:
        mine = [item.amount for item in found if item.payment == kind]
        if mine:
            parts.append((kind, len(mine), sum(mine, ZERO)))
    return Totals(len(found), sum((item.amount for item in found), ZERO), tuple(parts))


# --- Money


def draw(
    rows: Iterable[tuple[int, Sequence[Share], bool]], free: Mapping[int, Decimal], left: Mapping[int, Decimal]
) -> dict[int, list[Share]]:
    """Which shares cannot be paid, row by row in order: free money of the pots, and what is left of each commitment.

    `rows`: key, shares, whether it would be paid. Only those that would be, and whose shares all fit, take money from the next.
    """
    free, left = dict(free), dict(left)
    missing: dict[int, list[Share]] = {}
    for key, shares, is_wanted in rows:
        short = [s for s in shares if s.amount > (left.get(s.commitment_id, ZERO) if s.commitment_id else free.get(s.pot_id, ZERO))]
        missing[key] = short
        if is_wanted and not short:
            for s in shares:
                if s.commitment_id:
                    left[s.commitment_id] -= s.amount
                else:
                    free[s.pot_id] -= s.amount
    return missing


def split(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Cents of `amount` in proportion to the weights, by largest remainder in their order (house.md, Money)."""
    whole = sum(weights, ZERO)
    cents = int(amount / CENT)
    exact = [cents * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[: cents - sum(parts)]:
        parts[n] += 1
    return [part * CENT for part in parts]


def publication(total: Decimal, threshold: Decimal, published_on: date | None) -> bool:
    """Rule 70: over the threshold in a year nothing is paid before it is published."""
    return total <= threshold or published_on is not None


# --- Lists


@dataclass(frozen=True)
class ListRow:
    """One line of a list: a share of an item. What an item pays from two commitments is two lines."""

    reference: str
    code: str
    office: str
    person: str
    person_code: str
    payee: str
    payee_code: str
    payment: str
    iban: str
    amount: Decimal
    words: str
    year: int
    commitment: str = ""
    chapter: str = ""
    cup: str = ""
    pot: str = ""


@dataclass(frozen=True)
class Column:
    label: Any
    is_public: bool = False
    is_number: bool = False


COLUMNS: Mapping[str, Column] = {
    "reference": Column(gettext_lazy("Riferimento"), is_public=True),
    "code": Column(gettext_lazy("Codice"), is_public=True),
    "payee": Column(gettext_lazy("Chi riceve")),
    "payee_code": Column(gettext_lazy("Codice fiscale di chi riceve")),
    "person": Column(gettext_lazy("Persona")),
    "person_code": Column(gettext_lazy("Codice fiscale della persona")),
    "payment": Column(gettext_lazy("Modo di pagamento")),
    "iban": Column(gettext_lazy("IBAN")),
    "amount": Column(gettext_lazy("Importo"), is_public=True, is_number=True),
    "words": Column(gettext_lazy("Causale"), is_public=True),
    "office": Column(gettext_lazy("Ufficio"), is_public=True),
    "year": Column(gettext_lazy("Anno"), is_public=True),
    "commitment": Column(gettext_lazy("Impegno"), is_public=True),
    "chapter": Column(gettext_lazy("Capitolo"), is_public=True),
    "cup": Column(gettext_lazy("CUP"), is_public=True),
    "pot": Column(gettext_lazy("Fonte"), is_public=True),
}
DEFAULT_COLUMNS = ("reference", "payee", "payee_code", "payment", "iban", "amount", "words", "commitment", "chapter", "cup")
PUBLIC_COLUMNS = ("code", "amount", "words", "office", "year")


def columns_of(chosen: Sequence[str], *, public: bool) -> list[str]:
    """The columns of a list in the body's order. The public one never has a column that says who (rule 71), and always the code."""
    wanted = [name for name in chosen if name in COLUMNS] or list(DEFAULT_COLUMNS)
    if not public:
        return wanted
    kept = [name for name in wanted if COLUMNS[name].is_public and name != "reference"]
    return [*(name for name in PUBLIC_COLUMNS if name not in kept), *kept]


def cells(row: ListRow, columns: Sequence[str]) -> list[Any]:
    return [str(Payment(row.payment).label) if name == "payment" else getattr(row, name) for name in columns]


# --- What the treasurer answers


@dataclass(frozen=True)
class Answer:
    """One line that came back: order number and day, with the receipt, or the refusal with its reason."""

    line: int
    text: str
    reference: str
    is_refused: bool
    order: str = ""
    on: date | None = None
    receipt: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Unread:
    """A line that was not taken, and why, in words."""

    line: int
    text: str
    words: str


@dataclass
class Read:
    answers: list[Any] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


PAID_WORDS = frozenset({"pagato", "pagata", "ok", "eseguito", "eseguita", "quietanzato", "quietanzata", "si", "sì"})
REFUSED_WORDS = frozenset({"respinto", "respinta", "rifiutato", "rifiutata", "ko", "insoluto", "stornato", "no"})


def rows_of(text: str) -> list[tuple[int, str, list[str]]]:
    """Lines of a pasted table or a CSV with their cells; tabs, semicolons or commas. Empty lines are left out."""
    found = []
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    told = [line for line in lines if line.strip()]
    mark = next((mark for mark in ("\t", ";", ",") if any(mark in line for line in told)), ";")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            found.append((number, line, [cell.strip().lstrip("'") for cell in next(csv.reader(io.StringIO(line), delimiter=mark))]))
    return found


def read_answers(text: str) -> Read:
    """Lines `reference; outcome; order number; day; receipt or reason`. A first line of headings is left out."""
    read = Read()
    for n, (number, line, found) in enumerate(rows_of(text)):
        reference, outcome, order, day, rest = (*found, "", "", "", "", "")[:5]
        word = outcome.lower()
        if n == 0 and not re.search(r"\d", line):
            continue
        if word not in PAID_WORDS | REFUSED_WORDS:
            words = _("L'esito «%(word)s» non si capisce: scrivi «pagato» oppure «respinto».") % {"word": outcome[:40]}
            read.unread.append(Unread(number, line, words))
        elif word in REFUSED_WORDS:
            if not rest:
                read.unread.append(Unread(number, line, _("Manca il motivo del rifiuto, nell'ultima colonna.")))
            else:
                read.answers.append(Answer(number, line, reference, True, order=order, on=_day(day), reason=rest[:200]))
        elif not order:
            read.unread.append(Unread(number, line, _("Manca il numero del mandato.")))
        elif (on := _day(day)) is None:
            read.unread.append(Unread(number, line, _("La data «%(day)s» non si capisce: scrivila come 31/10/2026.") % {"day": day[:20]}))
        else:
            read.answers.append(Answer(number, line, reference, False, order=order[:40], on=on, receipt=rest[:60]))
    return read


@dataclass(frozen=True)
class Net:
    """One line of the payroll office: what is left of a gross sum."""

    line: int
    text: str
    reference: str
    amount: Decimal


def read_nets(text: str) -> Read:
    """Lines `reference; net`. A first line of headings is left out."""
    read = Read()
    for n, (number, line, found) in enumerate(rows_of(text)):
        reference, net = (*found, "", "")[:2]
        if n == 0 and not re.search(r"\d", line):
            continue
        amount = _euro(net)
        if amount is None:
            read.unread.append(Unread(number, line, _("L'importo «%(net)s» non si capisce: scrivilo come 312,40.") % {"net": net[:20]}))
        else:
            read.answers.append(Net(number, line, reference, amount))
    return read


def position_of(reference: str, number: str) -> int | None:
    """The row that a reference names: "2026/000012/3" or just "3". None when it names another liquidation, or nothing."""
    head, _slash, tail = reference.strip().rpartition("/")
    return int(tail) if tail.isascii() and tail.isdigit() and len(tail) < 8 and head in ("", number) else None


def _day(text: str) -> date | None:
    match = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", text) or re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
    if match is None:
        return None
    parts = [int(part) for part in match.groups()]
    try:
        return date(*parts) if parts[0] > 31 else date(*reversed(parts))
    except ValueError:
        return None


def _euro(text: str) -> Decimal | None:
    text = re.sub(r"[€\s\u00a0]", "", text)
    if "," in text:
        text = text.replace(".", "").replace(",", ".")
    if not re.fullmatch(r"\d{1,7}(\.\d{1,2})?", text):
        return None
    try:
        return Decimal(text).quantize(CENT)
    except InvalidOperation:
        return None


# What must hold before a sum may be paid, in the order of the page.
CHECKS = tuple(CheckKind)
