"""What this room asks of the room above it: attendance answers from its AppConfig, so that nothing is imported upwards."""

from collections.abc import Callable
from datetime import date

Settled = Callable[[int], set[date]]  # placement → first days of the months that the office confirmed
Present = Callable[[int, date, date | None], list[date]]  # placement, from, to → days somebody was written present, in order

_answers: dict[str, Callable[..., object]] = {}


def answer(*, settled: Settled, present: Present) -> None:
    """Called once, when the room above is ready."""
    _answers.update(settled=settled, present=present)


def settled_months(placement_id: int) -> set[date]:
    """First days of the months whose attendance is confirmed or frozen."""
    return _answers["settled"](placement_id)  # type: ignore[return-value]


def days_present(placement_id: int, first: date, last: date | None = None) -> list[date]:
    """Days from `first` to `last` on which the person was there."""
    return _answers["present"](placement_id, first, last)  # type: ignore[return-value]
