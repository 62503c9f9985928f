"""What the clocks and the signs of this room say, from values alone."""

from datetime import datetime, time

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
