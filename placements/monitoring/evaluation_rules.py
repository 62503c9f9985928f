"""When evaluations are asked, and what their answers come to (rule 49; domain.md §2.4, §8.4). Pure functions: no ORM, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .evaluation_enums import Moment

LATE = timedelta(days=90)  # after the end nothing is asked by itself any more


@dataclass(frozen=True, slots=True)
class Span:
    """What of a placement says when it is evaluated: its days, and since when it is kept here."""

    first: date
    last: date
    is_over: bool = False


def middle(span: Span) -> date:
    """The day halfway: of an odd number of days the one in the middle, of an even number the later."""
    return span.first + (span.last - span.first + timedelta(days=1)) // 2


def moments_on(span: Span, before_end_days: int) -> dict[str, date]:
    """The first day each moment may be asked. The final one comes some days before the end, never before the middle."""
    half = middle(span)
    end = span.last if span.is_over else max(span.last - timedelta(days=before_end_days), half)
    return {Moment.INITIAL: span.first, Moment.MID: half, Moment.FINAL: end, Moment.SATISFACTION: end}


def open_now(span: Span, wanted: Iterable[str], *, before_end_days: int, today: date) -> list[str]:
    """The moments to ask today: the last one that has come, with how it was beside the final one.

    What was missed is not asked late: a placement that came in half-way begins with its middle. Nothing before the start, nothing when
    the end is long past.
    """
    if not span.first <= today <= span.last + LATE:
        return []
    days = moments_on(span, before_end_days)
    come = [moment for moment in (Moment.INITIAL, Moment.MID, Moment.FINAL) if moment in set(wanted) and days[moment] <= today]
    if not come:
        return []
    return [come[-1], Moment.SATISFACTION] if come[-1] == Moment.FINAL else [come[-1]]


def same_goal(text: str) -> str:
    """What makes two goals of two versions of a project one: their words, whatever the case, the spaces and the last full stop."""
    return " ".join(text.casefold().split()).rstrip(" .;")


@dataclass(frozen=True, slots=True)
class Change:
    """The first and the last value of one thing, and at which moments; equal moments mean that it was measured once."""

    first: float
    last: float
    first_at: str
    last_at: str

    @property
    def is_paired(self) -> bool:
        return self.first_at != self.last_at


ORDER = {str(moment): place for place, moment in enumerate(Moment)}


def change(values: Sequence[tuple[str, float]]) -> Change | None:
    """From (moment, value) in any order to the first and the last; None without any."""
    if not values:
        return None
    known = sorted(values, key=lambda pair: ORDER[pair[0]])
    return Change(known[0][1], known[-1][1], known[0][0], known[-1][0])


def mean(values: Sequence[int]) -> float | None:
    """The mean of the answers that were known; None when nobody knew."""
    return sum(values) / len(values) if values else None
