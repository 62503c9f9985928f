"""Rules of the fund over plain values: money in euro, no ORM, no clock (domain.md §9, rules 63–73)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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


@dataclass(frozen=True)
class KindFigures:
    """Help of one kind that was paid: how many people and how much. `kind` empty: several kinds together."""

    kind: str
    people: int
    amount: Decimal


def fold_small(rows: Sequence[KindFigures], *, minimum: int) -> list[KindFigures]:
    """No row about fewer than `minimum` people (rule 88), and none that a subtraction from the total would give away.

    Small kinds join the smallest kind that may be shown; people who had several kinds count once there, so the number said
    is the largest of the parts: never too many. Nothing is shown when no kind is large enough.
    """
    shown = sorted((row for row in rows if row.people >= minimum), key=lambda row: (-row.people, row.kind))
    small = [row for row in rows if row.people < minimum]
    if not small or not shown:
        return shown
    together = [*small, shown.pop()]
    return [*shown, KindFigures("", max(row.people for row in together), sum((row.amount for row in together), Decimal(0)))]
