"""The clock of a procedure (L. 241/1990 artt. 2 and 10-bis): pure functions over days, no ORM and no clock of their own.

Days are calendar days; the first is the day after the start; a last day that is no working day moves to the next one. The term stands
still while the office waits for papers it asked for (art. 2 c. 7, once, at most thirty days) and from the arrival of the pre-notice of
refusal until ten days after the person answered, or, if they did not, until their ten days are over (art. 10-bis).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

NextWorking = Callable[[date], date]  # the day itself when offices are open, else the next one on which they are
NOTICE_DAYS = 10
LONGEST_WAIT = 30  # days, for papers that were missing


@dataclass(frozen=True)
class Pause:
    """The term stands still on the days after `after`, up to `until` and with it."""

    after: date
    until: date


def wait_for_papers(asked_on: date, answered_on: date | None, today: date) -> Pause:
    """The office asked for papers: the term waits for them, never longer than thirty days."""
    return Pause(asked_on, min(answered_on or today, asked_on + timedelta(days=LONGEST_WAIT)))


def observations_due(delivered_on: date, next_working: NextWorking) -> date:
    """The last day of the person's ten."""
    return next_working(delivered_on + timedelta(days=NOTICE_DAYS))


def notice_pause(delivered_on: date, observed_on: date | None, next_working: NextWorking) -> Pause:
    """The pre-notice reached the person."""
    if observed_on is not None:
        return Pause(delivered_on, observed_on + timedelta(days=NOTICE_DAYS))
    return Pause(delivered_on, observations_due(delivered_on, next_working))


def may_refuse(*, delivered_on: date | None, observed_on: date | None, today: date, next_working: NextWorking) -> bool:
    """Art. 10-bis: the pre-notice arrived, and the person answered it or let the ten days go by."""
    if delivered_on is None:
        return False
    return observed_on is not None or today > observations_due(delivered_on, next_working)


def days_still(pauses: Iterable[Pause], *, until: date) -> int:
    """Days on which the term stood still up to `until`; pauses that overlap count once."""
    total, reached = 0, date.min
    for pause in sorted(pauses, key=lambda p: (p.after, p.until)):
        first, last = max(pause.after, reached), min(pause.until, until)
        total += max((last - first).days, 0)
        reached = max(reached, last)
    return total


def term_end(*, started_on: date, days: int, pauses: Iterable[Pause], next_working: NextWorking) -> date:
    """The last day for the decision. A pause that begins after that day no longer moves it."""
    end = started_on + timedelta(days=days)
    reached = started_on
    for pause in sorted(pauses, key=lambda p: (p.after, p.until)):
        if pause.after >= end:
            break
        first = max(pause.after, reached)
        end += timedelta(days=max((pause.until - first).days, 0))
        reached = max(reached, pause.until)
    return next_working(end)
