"""When the next visit of a placement is due, and why (rules 47, 48; both are local choices). Pure functions: no ORM, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from impresasolidale.territory.rules import Rules, Severity, add_months

from .visit_enums import VisitWhy

DAY = timedelta(days=1)
Pause = tuple[date, date | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """What the day depends on: first and last day of the placement, its pauses (both days included; without an end: still on), the days
    somebody went there, and `today`, which only a pause without an end reads."""

    starts_on: date
    last_day: date
    today: date
    pauses: Sequence[Pause] = ()
    visited: Sequence[date] = ()


@dataclass(frozen=True, slots=True)
class Due:
    on: date
    why: str


def next_visit(course: Course, rules: Rules) -> Due | None:
    """The day by which somebody goes there: so many days after the start, then so many months after the last visit. Days of a pause do not
    count. What would fall after the end comes before it. None after a visit on the last day, or where the rules are off."""
    last = max(course.visited, default=None)
    first = last is None and rules.severity(47) != Severity.OFF
    if not first and rules.severity(48) == Severity.OFF:
        return None
    since = course.starts_on if last is None else last
    if since >= course.last_day and last is not None:
        return None
    due = since + timedelta(days=rules.first_visit_days) if first else add_months(since, rules.visit_interval_months)
    moved = _after_pauses(since, due, course)
    if moved >= course.last_day:
        return Due(course.last_day, VisitWhy.LAST)
    if moved != due:
        return Due(moved, VisitWhy.PAUSED)
    return Due(due, VisitWhy.FIRST if first else VisitWhy.INTERVAL)


def _after_pauses(since: date, due: date, course: Course) -> date:
    """`due` moved by the days of pauses that began before it; counted in order, for a moved day may meet the next pause."""
    for begins, ends in sorted(course.pauses, key=lambda pause: pause[0]):
        if begins > due:
            break
        paused = (max(course.today, begins) if ends is None else ends) - max(begins, since + DAY)
        due += max(paused + DAY, timedelta(0))
    return due
