"""Counts that leave the Ambito: small ones are hidden, and so is whatever would give them away (rule 88). Pure functions.

A count of people between one and `least` − 1 is hidden. A zero is shown, for it is about nobody, unless nothing else can stand beside
a hidden one. One hidden part of a total that is shown could be worked out, so a second one goes with it, and as many more as it takes for
what is hidden together to be `least` or more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Shown = int | None  # None: hidden


def is_small(count: int, least: int) -> bool:
    """Whether a count of people would point at them."""
    return 0 < count < least


def hide_parts(parts: Sequence[int], least: int) -> list[Shown]:
    """The parts of one total, which is shown if it is not small itself: the small ones hidden, with the smallest others they need."""
    return [None if i in _hidden(parts, least, frozenset()) else part for i, part in enumerate(parts)]


def hide_total(parts: Sequence[int], least: int) -> Shown:
    """The total of the parts."""
    total = sum(parts)
    return None if is_small(total, least) else total


def hide_table(table: Sequence[Sequence[int]], least: int) -> list[list[Shown]]:
    """A table whose sums of rows and of columns are shown too: no row and no column lets a hidden cell be worked out from its sum."""
    rows, columns = len(table), len(table[0]) if table else 0
    hidden: set[tuple[int, int]] = set()
    while True:
        before = len(hidden)
        for r in range(rows):
            taken = frozenset(c for c in range(columns) if (r, c) in hidden)
            hidden |= {(r, c) for c in _hidden(table[r], least, taken)}
        for c in range(columns):
            taken = frozenset(r for r in range(rows) if (r, c) in hidden)
            hidden |= {(r, c) for r in _hidden([table[r][c] for r in range(rows)], least, taken)}
        if len(hidden) == before:
            return [[None if (r, c) in hidden else table[r][c] for c in range(columns)] for r in range(rows)]


def _hidden(parts: Sequence[int], least: int, taken: frozenset[int]) -> set[int]:
    """Which places of one line are hidden, given those that are hidden already."""
    hidden = set(taken) | {i for i, part in enumerate(parts) if is_small(part, least)}
    left = sorted((part == 0, part, i) for i, part in enumerate(parts) if i not in hidden)  # a zero only when nothing else is left
    while hidden and left and (len(hidden) < 2 or sum(parts[i] for i in hidden) < least):
        hidden.add(left.pop(0)[2])
    return hidden


@dataclass(frozen=True)
class Bundle:
    """Figures of one owner that give each other away: all of them are told, or none.

    `counts`: numbers of people or companies; one of them small hides the bundle. `with_them`: figures made of the same people, hidden with
    them. `under`: the bundle whose whole these are parts of: hidden there, hidden here.
    """

    counts: tuple[str, ...]
    with_them: tuple[str, ...] = ()
    under: "Bundle | None" = None

    @property
    def codes(self) -> tuple[str, ...]:
        return (*self.counts, *self.with_them)


def hide_bundles(
    figures: Mapping[int | None, Mapping[str, Any]], bundles: Sequence[Bundle], least: int, *, own: int | None = None
) -> frozenset[tuple[int | None, str]]:
    """(owner, code) of all that is not told, when every owner's figures stand beside their total (owner None).

    A bundle that is hidden for one owner alone could be worked out from the total: the smallest other one goes with it, until what is
    hidden together is `least` or more in each of its counts; where no other is left, the total goes. `own`: an owner who reads the page:
    their figures are known to them, so they neither are hidden nor help to hide. Bundles come after those that they are `under`.
    """
    others: list[int | None] = [owner for owner in figures if owner is not None and owner != own]
    hidden_in: dict[Bundle, set[int | None]] = {}
    for bundle in bundles:
        above = hidden_in[bundle.under] if bundle.under else set()
        hidden: set[int | None] = {o for o in others if o in above or any(is_small(figures[o][code], least) for code in bundle.counts)}
        left = sorted((o for o in others if o not in hidden), key=lambda o: [figures[o][code] for code in bundle.counts])
        while hidden and left and not _is_covered(figures, bundle, hidden, least):
            hidden.add(left.pop(0))
        whole = None in above or any(is_small(figures[None][code], least) for code in bundle.counts)
        if whole or (hidden and not _is_covered(figures, bundle, hidden, least)):
            hidden.add(None)
        hidden_in[bundle] = hidden
    return frozenset((owner, code) for bundle, owners in hidden_in.items() for owner in owners for code in bundle.codes)


def _is_covered(figures: Mapping[Any, Mapping[str, Any]], bundle: Bundle, hidden: set[int | None], least: int) -> bool:
    """Whether who knows the total still cannot tell what is hidden: several owners, and no count of theirs together that is small."""
    return len(hidden) >= 2 and not any(is_small(sum(figures[o][code] for o in hidden), least) for code in bundle.counts)
