"""Counts that leave the Ambito: small ones are hidden, and so is whatever would give them away (rule 88). Pure functions.

A count of people between one and `least` − 1 is hidden. A zero is shown, for it is about nobody, unless nothing else can stand beside
a hidden one. One hidden part of a total that is shown could be worked out, so a second one goes with it, and as many more as it takes for
what is hidden together to be `least` or more.
"""

from collections.abc import Sequence

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
