"""Pure rules about people: ages and the judicial area. No ORM, no clock."""

from datetime import date

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


def is_judicial(code: str) -> bool:
    """Whether an area or a referring service tells that somebody is in the judicial area (GDPR art. 10)."""
    return code == TargetArea.JUDICIAL or code in JUDICIAL_SERVICES
