"""What each movement debits and credits: pure functions over accounts and amounts in euro (house.md §3, Money)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from django.utils.translation import gettext as _

from impresasolidale.core.errors import DomainError

A = TypeVar("A")
Legs = list[tuple[A, Decimal]]


class Move(StrEnum):
    RECEIVE = "receive"
    COMMIT = "commit"
    PAY = "pay"
    RELEASE = "release"
    REDUCE = "reduce"


# movement → (kind of account debited, kind credited); a debit is an amount over zero
SIDES: Mapping[Move, tuple[str, str]] = {
    Move.RECEIVE: ("bank", "free"),
    Move.COMMIT: ("free", "committed"),
    Move.PAY: ("committed", "bank"),
    Move.RELEASE: ("committed", "free"),
    Move.REDUCE: ("free", "bank"),
}


def legs_of(move: Move, accounts: Mapping[str, A], amount: Decimal) -> Legs[A]:
    """The two legs of a movement over the accounts of one pot, by kind.

    Raises DomainError for an amount that is not whole cents over zero.
    """
    if amount <= 0:
        raise DomainError(_("L'importo deve essere maggiore di zero."), field="amount")
    if amount != amount.quantize(Decimal("0.01")):
        raise DomainError(_("L'importo ha al massimo due decimali."), field="amount")
    debit, credit = SIDES[move]
    return [(accounts[debit], amount), (accounts[credit], -amount)]


def reversed_legs(legs: Iterable[tuple[A, Decimal]]) -> Legs[A]:
    """The same accounts with the opposite amounts: what undoes a movement without touching it."""
    return [(account, -amount) for account, amount in legs]


def pot_name(body: str, year: int, chapter: str, cup: str) -> str:
    """The name of a budget line's pot, at most 120 characters: the body's name gives way."""
    line = f"{year}, capitolo {chapter}" + (f", CUP {cup}" if cup else "")
    return f"{body[: 118 - len(line)]}, {line}"
