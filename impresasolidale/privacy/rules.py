"""What the clocks and the signs of this room say, from values alone."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta

# When an office works. A sign for whoever reads the log, never a limit: who works late is not told off by a program.
OPENS, CLOSES = time(7), time(20)
SUNDAY = 6
MANY_IN_A_DAY = 40  # different people whose own page one reader opened in a day


def is_out_of_hours(local: datetime) -> bool:
    """Before 7, from 20 on, or on a Sunday; `local` is Rome's time."""
    return local.weekday() == SUNDAY or not OPENS <= local.time() < CLOSES


def is_many(people: int) -> bool:
    return people >= MANY_IN_A_DAY


def same_surname(reader: str, person: str) -> bool:
    """The surnames are spelt alike, whatever the case: perhaps relatives, often only neighbours of the same valley."""
    return bool(reader.strip()) and reader.strip().casefold() == person.strip().casefold()


# --- Clocks


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last of that month: a month from 31 January ends on 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_of(received_on: date) -> date:
    """The last day for an answer: a month from the day the request came (Reg. UE 2016/679, art. 12.3)."""
    return months_after(received_on, 1)


def extended_due_of(received_on: date) -> date:
    """Two months more, for what is complex or for many requests (art. 12.3)."""
    return months_after(received_on, 3)


NOTIFY_WITHIN = timedelta(hours=72)  # to the authority, from when one became aware (Reg. UE 2016/679, art. 33.1)
MARKS = (24, 48, 72)  # hours after which somebody is told again


def notify_by(detected_at: datetime) -> datetime:
    """The end of the 72 hours. Hours of the clock, nights and feasts included."""
    return detected_at + NOTIFY_WITHIN


def mark_of(detected_at: datetime, now: datetime) -> int:
    """The last of the MARKS that has passed; 0 before the first."""
    return max((hours for hours in MARKS if now - detected_at >= timedelta(hours=hours)), default=0)


def hours_left(detected_at: datetime, now: datetime) -> int:
    """Whole hours until the end, rounded down; below nought it is over."""
    return (notify_by(detected_at) - now) // timedelta(hours=1)


# --- Retention


def is_due(last: date | None, months: int | None, *, is_open: bool, is_held: bool, today: date) -> bool:
    """Whether a term is over: `months` after the `last` event there was, and the whole of that day too.

    Nobody is due for whom no event is known, something is still open, or a hold stands; with `months` None it is kept for ever.
    """
    return last is not None and months is not None and not is_open and not is_held and months_after(last, months) < today


def last_day_over(months: int, today: date) -> date:
    """The last day from which `months` are over today: `is_due` of every day up to it, and of none after it."""
    day, one = months_after(today, -months), timedelta(days=1)
    while months_after(day, months) >= today:
        day -= one
    while months_after(day + one, months) < today:
        day += one
    return day
