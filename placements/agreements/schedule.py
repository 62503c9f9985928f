"""Which version holds on a day, and on which days somebody is expected: read by attendance, papers and pages."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any, Protocol, TypeVar

from django.db.models import Prefetch, QuerySet

from companies.hosts.models import Closure
from impresasolidale.territory.calendar import working_days

from .change_rules import Hours, Slot, Span, hours_of, in_force, weekly_slots
from .enums import LIVE, ProjectState
from .models import EarlyEnd, IrregularDay, PersonalProject, Placement, Suspension, WeekDay

EVERY_DAY = range(7)
HELD = (ProjectState.EFFECTIVE, ProjectState.SUPERSEDED)


def versions_of(placement: Placement) -> QuerySet[PersonalProject]:
    """All versions, the first one first, with week and dated days."""
    return (
        PersonalProject.objects.filter(placement=placement)
        .prefetch_related(
            Prefetch("week", queryset=WeekDay.objects.order_by("weekday")), Prefetch("dates", queryset=IrregularDay.objects.order_by("day"))
        )
        .order_by("version")
    )


class Stated(Protocol):
    """What tells whether a version was agreed."""

    state: str


S = TypeVar("S", bound=Stated)


def agreed(versions: Iterable[S]) -> list[S]:
    """Those that hold or held; while nothing is agreed yet, the last one in preparation."""
    rows = list(versions)
    return [v for v in rows if v.state in HELD] or rows[-1:]


def project_on(placement: Placement, day: date) -> PersonalProject:
    """The version in force on a day (agreed later, it still holds from its own first day)."""
    found = in_force(agreed(versions_of(placement)), day)
    assert found
    return found


def slots_of(project: PersonalProject, days: Iterable[date]) -> list[Slot]:
    """The days among `days` (working days) on which a version expects somebody: its dates when it has any, else its week."""
    return slots(days, week={d.weekday: (d.starts_at, d.minutes) for d in project.week.all()}, dates=project.dates.all())


def slots(days: Iterable[date], *, week: dict[int, tuple[time, int]], dates: Iterable[Any]) -> list[Slot]:
    """As slots_of, of a timetable that is not written yet."""
    dated = {d.day: Slot(d.day, d.starts_at, d.minutes) for d in dates}
    return [dated[day] for day in days if day in dated] if dated else weekly_slots(week, days)


def plan_between(placement: Placement, first: date, last: date) -> list[Slot]:
    """The days expected from `first` to `last`: each by the version in force on it, without holidays, the patron of the site, closures of
    the company, suspensions, and what comes after an early end that is planned. Seven queries."""
    early = EarlyEnd.objects.filter(placement=placement).values_list("last_day", flat=True).first()
    last = min(last, early) if early else last
    if first > last:
        return []
    days = working_days(first, last, EVERY_DAY, placement.site.comune)
    pauses = list(Suspension.objects.filter(placement=placement).order_by("starts_on"))
    closures = list(Closure.objects.filter(company_id=placement.company_id, starts_on__lte=last, ends_on__gte=first))
    versions = agreed(versions_of(placement))
    by_version: dict[int, list[date]] = {}
    for day in days:
        if any(pause.holds(day) for pause in pauses) or any(closure.holds(day, placement.site_id) for closure in closures):
            continue
        version = in_force(versions, day)
        assert version
        by_version.setdefault(version.pk, []).append(day)
    found = [slot for version in versions for slot in slots_of(version, by_version.get(version.pk, []))]
    return sorted(found, key=lambda slot: slot.day)


def project_hours(placement: Placement, project: PersonalProject) -> Hours:
    """What a version's timetable adds up to over its own days, holidays left out."""
    return hours_of(slots_of(project, working_days(project.effective_from, project.ends_on, EVERY_DAY, placement.site.comune)))


def spans(pauses: Iterable[Suspension]) -> list[Span]:
    return [Span(pause.starts_on, pause.ends_on) for pause in pauses]


def parallel_minutes(placement: Placement, first: date, last: date) -> list[int]:
    """Minutes a week of the person's other live placements in the same days (rule 12). Two queries."""
    others = Placement.objects.filter(
        beneficiary_id=placement.beneficiary_id, state__in=LIVE, starts_on__lte=last, ends_on__gte=first
    ).exclude(pk=placement.pk)
    rows: dict[int, int] = {}
    for pk, minutes in (
        PersonalProject.objects.filter(placement__in=others, state=ProjectState.EFFECTIVE)
        .order_by("version")
        .values_list("placement", "weekly_minutes")
    ):
        rows[pk] = minutes
    return list(rows.values())
