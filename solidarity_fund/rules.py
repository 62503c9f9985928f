"""Rules of the fund over plain values: money in euro, no ORM, no clock (domain.md §9, rules 63–73)."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from impresasolidale.territory.rules import add_months


def in_window(*, running: bool, ended_on: date | None, months: int, today: date) -> bool:
    """Rule 67: the placement is running, or ended not more than `months` ago."""
    return running or (ended_on is not None and today <= add_months(ended_on, months))


def is_over_ceiling(*, granted: Decimal, amount: Decimal, ceiling: Decimal | None) -> bool:
    """Rule 66: what the person had this year and this amount go over the yearly ceiling (none: no ceiling is set)."""
    return ceiling is not None and granted + amount > ceiling


def is_over_isee(*, isee: Decimal | None, ceiling: Decimal | None) -> bool:
    """Rule 65: the ISEE is over the ceiling, or nobody has shown one although there is a ceiling."""
    return ceiling is not None and (isee is None or isee > ceiling)


def left_to_prove(*, paid: Decimal, proved: Decimal, back: Decimal) -> Decimal:
    """Rule 69: euro of what was paid that neither a proof nor money that came back explains."""
    return paid - proved - back


def agrees(state: str, amount: Decimal, *, set_aside: Decimal, paid: Decimal, taken: Decimal) -> bool:
    """Whether the ledger says of a request what its state says: `taken` left the free money, `set_aside` waits, `paid` left the bank.

    Money that came back may make `taken` less than was paid. A request that waits for a decision is left out: it may have an advance.
    """
    if state == "granted":
        return set_aside + paid == amount
    if state == "paid":
        return set_aside == 0 and paid == amount and taken <= amount
    return state not in ("refused", "withdrawn", "revoked") or (set_aside == 0 and taken == 0)


@dataclass(frozen=True)
class Figures:
    """One group of the account, of donors or of kinds of help: how many people, how much. `kind` empty: several kinds together."""

    kind: str
    people: int
    amount: Decimal


@dataclass(frozen=True)
class PotYear:
    """One pot over one year, in euro. `people` were helped from it, `givers` gave into it. `name` empty: several pots together."""

    name: str
    opening: Decimal
    received: Decimal
    returned: Decimal
    paid: Decimal
    set_aside: Decimal
    closing: Decimal
    committed: Decimal
    people: int = 0
    givers: int = 0
    public_id: str = ""

    @property
    def free(self) -> Decimal:
        return self.closing - self.committed

    @property
    def sums(self) -> tuple[Decimal, ...]:
        """What a row of the account shows: opening, received, returned, paid, closing, committed, free."""
        return self.opening, self.received, self.returned, self.paid, self.closing, self.committed, self.free

    @classmethod
    def sum_of(cls, name: str, pots: "Sequence[PotYear]") -> "PotYear":
        """Several together. People who had from several pots count once, so the number kept is the largest part's: never too many."""
        names = ("opening", "received", "returned", "paid", "set_aside", "closing", "committed")
        sums: dict[str, Any] = {field: sum((getattr(pot, field) for pot in pots), Decimal(0)) for field in names}
        most: dict[str, Any] = {field: max((getattr(pot, field) for pot in pots), default=0) for field in ("people", "givers")}
        return cls(name, **sums, **most)


Row = TypeVar("Row")


def fold(
    rows: Sequence[Row], *, minimum: int, counts: Callable[[Row], Sequence[int]], together: Callable[[Sequence[Row]], Row]
) -> list[Row]:
    """No row about fewer than `minimum` people (rule 88), and none that a subtraction from the total would give away.

    Small rows join the smallest row that may be shown; a row about nobody stays as it is, for it hides no one. Nothing is shown when no
    row is large enough to hide the small ones.
    """
    small = [row for row in rows if any(0 < count < minimum for count in counts(row))]
    if not small:
        return list(rows)
    large = [row for row in rows if row not in small and all(count >= minimum for count in counts(row))]
    if not large:
        return []
    joined = min(reversed(large), key=lambda row: tuple(counts(row)))
    return [*(row for row in rows if row not in small and row is not joined), together([*small, joined])]


def fold_small(rows: Sequence[Figures], *, minimum: int) -> list[Figures]:
    """Groups without the small ones. People who stand in several count once, so the number said is the largest part's: never too many."""

    def together(some: Sequence[Figures]) -> Figures:
        return Figures("", max(row.people for row in some), sum((row.amount for row in some), Decimal(0)))

    return fold(rows, minimum=minimum, counts=lambda row: (row.people,), together=together)


def fold_pots(pots: Sequence[PotYear], *, minimum: int) -> list[PotYear]:
    """Pots without those that few were helped from, or that few gave into: a pot has one purpose, and would say what somebody had."""
    return fold(pots, minimum=minimum, counts=lambda pot: (pot.people, pot.givers), together=lambda some: PotYear.sum_of("", some))


# --- Stories without a name


LEGAL_FORMS = frozenset(
    "srl srls snc sas spa sapa ss scarl scrl soc societa societas cooperativa coop sociale onlus impresa azienda ditta di dei del della"
    " delle e ed il la i le lo gli fratelli figli c co sc arl r l s p a n".split()
)
TRADES = frozenset(
    "panificio forno falegnameria officina vivaio albergo hotel ristorante bar caseificio latteria agricola agriturismo meccanica legnami"
    " lavanderia segheria pasticceria macelleria ferramenta carrozzeria tipografia edile impianti trasporti servizi centro negozio casa"
    " maglificio cantina".split()
)
ORDINARY = frozenset(("mese", "dazio", "forcola"))  # places whose name is an ordinary word too
_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_NUMBERS = re.compile(r"\d[\d ./-]{5,}\d|[A-Za-z]{6}\d{2}[A-Za-z]\d{2}|\S+@\S+|(?:https?:|www\.)\S+")


def plain(text: str) -> str:
    """Without capitals and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def tell_tale(text: str, *, names: Iterable[str], hosts: Iterable[str], places: Iterable[str]) -> list[str]:
    """The words of a story that say whose it is, in their order: names of people, what is particular of a host's name, places, and numbers,
    codes or addresses. A place that is an ordinary word too («un mese») tells only with its capital letter.
    """
    people = {word for name in names for word in _words(name) if len(word) > 2}
    firms = {word for name in hosts for word in _words(name) if len(word) > 2} - LEGAL_FORMS - TRADES
    spots = {place: plain(place) for place in places}
    found = [match[0] for match in _NUMBERS.finditer(text)]
    found += [match[0] for match in _WORD.finditer(text) if (people | firms) & {*_words(match[0])}]
    for place, folded in spots.items():
        pattern = re.compile(rf"(?<!\w){re.escape(folded)}(?!\w)")
        if folded in ORDINARY:
            if re.search(rf"(?<!\w){re.escape(place)}(?!\w)", text):
                found.append(place)
        elif pattern.search(plain(text)):
            found.append(place)
    return list(dict.fromkeys(found))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", plain(text))
