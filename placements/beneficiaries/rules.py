"""Pure rules about people: ages and the days a service has somebody in charge. No ORM, no clock."""

from collections.abc import Iterable
from datetime import date, timedelta

from .enums import ReferringService, TargetArea

COMING_OF_AGE = 18  # years
# A person followed by the probation office is known to be in the judicial area: the service is hidden with the area.
JUDICIAL_SERVICES = frozenset({ReferringService.UEPE})


def age(birth_date: date, on: date) -> int:
    """Whole years on a day; who is born on 29 February completes the year on 1 March."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def is_minor(birth_date: date, on: date) -> bool:
    """Under 18 on the day: a representative signs (domain.md §9 rule 6)."""
    return age(birth_date, on) < COMING_OF_AGE


def covers(periods: Iterable[tuple[date, date | None]], start: date, end: date) -> bool:
    """Whether the periods, each from a day to a day (None: still open), leave no day of start–end uncovered (rule 4)."""
    needed = start
    for valid_from, valid_to in sorted(periods, key=lambda period: period[0]):
        if valid_from > needed:
            return False
        if valid_to is None or valid_to >= end:
            return True
        needed = max(needed, valid_to + timedelta(days=1))
    return needed > end


def is_judicial(code: str) -> bool:
    """Whether an area or a referring service tells that somebody is in the judicial area (GDPR art. 10)."""
    return code == TargetArea.JUDICIAL or code in JUDICIAL_SERVICES
