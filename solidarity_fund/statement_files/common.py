"""What every format gives: statements and their lines, amounts in euro with the sign of the account (over zero: it came in)."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from impresasolidale.core.errors import DomainError

MAX_BYTES = 10 * 1024 * 1024
MAX_LINES = 20_000
MAX_WORDS, MAX_NAME = 500, 140


class Unreadable(DomainError):
    """The file cannot be taken: in words, with the line and the element where it stopped. Nothing of it is kept."""

    def __init__(self, words: object, *, line: int | None = None, element: str = "") -> None:
        where = [_("riga %(n)d") % {"n": line}] if line else []
        where += [_("elemento %(name)s") % {"name": element}] if element else []
        super().__init__(f"{words} ({', '.join(where)})" if where else words, field="file")


@dataclass(frozen=True)
class Line:
    """`bank_reference` is the bank's own name of the line, unique in its account; empty when it gives none."""

    booked_on: date
    amount: Decimal
    name: str = ""
    iban: str = ""
    words: str = ""
    reference: str = ""
    bank_reference: str = ""
    value_on: date | None = None
    source_line: int = 0


@dataclass(frozen=True)
class Statement:
    """One statement of one account. Balances are None when the file does not tell them."""

    lines: tuple[Line, ...]
    iban: str = ""
    number: str = ""
    first_on: date | None = None
    last_on: date | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    left_out: int = 0  # lines of others, or not yet booked: counted and not kept


def checked(statement: Statement) -> Statement:
    """The same, when its balances agree with its lines. Raises Unreadable."""
    if statement.opening is None or statement.closing is None:
        return statement
    total = sum((line.amount for line in statement.lines), Decimal(0))
    if statement.opening + total != statement.closing:
        raise Unreadable(
            _(
                "I conti dell'estratto non tornano: saldo iniziale %(opening)s più i movimenti %(total)s fa %(sum)s, "
                "ma il saldo finale è %(closing)s. Chiedi alla banca il file intero."
            )
            % {
                "opening": _plain(statement.opening),
                "total": _plain(total),
                "sum": _plain(statement.opening + total),
                "closing": _plain(statement.closing),
            }
        )
    return statement


def _plain(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def line_keys(lines: Sequence[Line]) -> Iterator[str]:
    """What makes each line of an account the same line in whatever file it stands: the bank's reference, else a hash of all it says.

    Two lines that say the same on one day are two: they are told apart by their order.
    """
    seen: Counter[str] = Counter()
    for line in lines:
        if line.bank_reference:
            key = f"ref:{line.bank_reference}"
        else:
            said = (line.booked_on.isoformat(), f"{line.amount:.2f}", line.name, line.iban, line.words, line.reference)
            key = "sha:" + hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:40]
        seen[key] += 1
        yield key if seen[key] == 1 else f"{key}#{seen[key]}"


# --- Reading values


def amount_of(text: str, **where: Any) -> Decimal:
    """An amount with a point: at most two decimals, under a thousand million."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation as error:
        raise Unreadable(_("L'importo «%(text)s» non è un numero.") % {"text": text.strip()[:30]}, **where) from error
    if not found.is_finite() or found.copy_abs() >= 10**9:
        raise Unreadable(_("L'importo «%(text)s» non è un numero.") % {"text": text.strip()[:30]}, **where)
    if found != found.quantize(Decimal("0.01")):
        raise Unreadable(_("L'importo «%(text)s» ha più di due decimali.") % {"text": text.strip()[:30]}, **where)
    return found.quantize(Decimal("0.01"))


def day_of(text: str, **where: Any) -> date:
    """A day, from a date or from a moment, by ISO 8601."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError as error:
        raise Unreadable(_("La data «%(text)s» non esiste.") % {"text": text.strip()[:30]}, **where) from error


def squeezed(text: str, most: int) -> str:
    return " ".join(text.split())[:most]
