"""A draw by tickets: weighted, without putting back, and anybody can do it again with the seed.

Ticket k (1, 2, …) of a row has the value SHA-256("seed:row:k"), read as hexadecimal; a row stands where its smallest ticket does; the rows
with the smallest values are drawn. A row with three tickets has three chances to stand in front. Nothing depends on the order of the rows.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from hashlib import sha256


def value(seed: str, row: str, tickets: int) -> str:
    """The smallest of a row's tickets."""
    return min(sha256(f"{seed}:{row}:{k}".encode()).hexdigest() for k in range(1, tickets + 1))


def size(rows: int, *, share: int, minimum: int) -> int:
    """How many of `rows` are drawn: `share` of a hundred rounded up, at least `minimum`, never more than there are."""
    return min(rows, max(minimum, -(-rows * share // 100)))


def draw(seed: str, tickets: Mapping[str, int], *, share: int, minimum: int) -> list[str]:
    """The drawn rows, the smallest value first. `tickets`: row → how many it has, one or more."""
    ordered = sorted(tickets, key=lambda row: (value(seed, row, tickets[row]), row))
    return ordered[: size(len(tickets), share=share, minimum=minimum)]


def large_from(amounts: Collection[Decimal]) -> Decimal | None:
    """The smallest sum among the highest tenth (rounded up). A sum that others beyond the tenth have too is not among the highest: where
    all are the same, none is."""
    ordered = sorted(amounts, reverse=True)
    most = -(-len(ordered) // 10)
    return min((amount for amount in ordered[:most] if amount not in ordered[most : most + 1]), default=None)
