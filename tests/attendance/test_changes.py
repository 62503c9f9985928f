"""Attendance follows the version in force on each day, and refuses the days of a suspension."""

from datetime import date, time

import pytest

from impresasolidale.core.errors import DomainError
from placements.agreements.enums import PlacementState, ProjectKind
from placements.agreements.models import EarlyEnd, IrregularDay, PersonalProject, Placement, Suspension, WeekDay
from placements.attendance.models import PlannedSession, Timesheet
from placements.attendance.selectors import days_present, settled_months
from placements.attendance.services import record_week, resync_planned
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def placement(bakery, in_sondrio) -> Placement:
    return bakery.placement


def second_version(placement: Placement, *, on: date) -> PersonalProject:
    """A further version: Mondays alone, of two hours."""
    first = placement.projects.get()
    version = PersonalProject(
        ambito=placement.ambito,
        placement=placement,
        version=2,
        kind=ProjectKind.AMENDMENT,
        reason="Prova",
        effective_from=on,
        ends_on=placement.ends_on,
        tasks=first.tasks,
        weekly_minutes=120,
        allowance_model=first.allowance_model,
        payer=first.payer,
    )
    version.save()
    WeekDay.objects.create(ambito=placement.ambito, project=version, weekday=0, starts_at=time(9), minutes=120)
    return version


def papers(placement: Placement, number: int) -> int:
    from impresasolidale.core.documents import issue

    by = made.system(placement.ambito)
    issued = [
        issue(
            kind="agreements.amendment",
            kind_label="Prova",
            template="agreements/pdf/amendment_v1.html",
            subject=placement,
            context={"n": n},
            today=TODAY,
            by=by,
            ambito_id=placement.ambito_id,
        )
        for n in range(number)
    ]
    return issued[0].pk


def test_each_day_by_the_version_that_holds_on_it(placement, in_sondrio):
    document = papers(placement, 2)
    states: tuple[dict[str, object], ...] = ({"document_id": document, "state": "to_sign"}, {"state": "effective"}, {"state": "superseded"})
    for values in states:
        placement.projects.filter(version=1).update(**values)
    second_version(placement, on=date(2026, 12, 14))
    for values in ({"document_id": document + 1, "state": "to_sign"}, {"state": "effective"}):
        placement.projects.filter(version=2).update(**values)
    resync_planned(placement=placement, by=in_sondrio, today=TODAY, since=date(2026, 12, 14))
    # December 2026, Monday to Thursday of 4 h up to the 10th: 1 2 3 7 9 10 (the 8th is a holiday) are 6 days, 24 h;
    # then Mondays 14 21 28 of 2 h are 6 h: 30 h planned.
    assert Timesheet.objects.get(placement=placement, month=date(2026, 12, 1)).planned_minutes == 6 * 240 + 3 * 120 == 30 * 60
    # November, under the first version alone: 17 days of 4 h stay as they were (Mondays to Thursdays 2 3 4 5 … 30).
    assert Timesheet.objects.get(placement=placement, month=date(2026, 11, 1)).planned_minutes == 17 * 240
    # January: Mondays 4 11 18 25 of 2 h
    assert Timesheet.objects.get(placement=placement, month=date(2027, 1, 1)).planned_minutes == 4 * 120


def test_dated_days_take_the_place_of_the_week(placement, in_sondrio):
    first = placement.projects.get()
    IrregularDay.objects.create(ambito=placement.ambito, project=first, day=date(2026, 12, 12), starts_at=time(14), minutes=180)
    IrregularDay.objects.create(ambito=placement.ambito, project=first, day=date(2026, 12, 25), starts_at=time(14), minutes=180)
    resync_planned(placement=placement, by=in_sondrio, today=TODAY)
    ahead = PlannedSession.objects.filter(placement=placement, day__gte=TODAY).values_list("day", "starts_at", "minutes")
    assert list(ahead) == [(date(2026, 12, 12), time(14), 180)]  # a Saturday; Christmas is left out


def test_days_of_a_suspension_are_neither_planned_nor_recorded(placement, in_sondrio):
    pause = Suspension.objects.create(
        ambito=placement.ambito, placement=placement, starts_on=date(2026, 11, 9), ends_on=date(2026, 11, 15), cause="illness"
    )
    resync_planned(placement=placement, by=in_sondrio, today=TODAY)
    days = set(PlannedSession.objects.filter(placement=placement).values_list("day", flat=True))
    assert not [day for day in days if pause.holds(day)] and {date(2026, 11, 5), date(2026, 11, 16)} <= days
    with pytest.raises(DomainError, match="è sospeso"):
        made.record(placement, date(2026, 11, 10))  # the placement itself runs again
    made.record(placement, date(2026, 11, 16))
    PlannedSession.objects.create(ambito=placement.ambito, placement=placement, day=date(2026, 11, 11), starts_at=time(9), minutes=60)
    written = record_week(placements=[placement], monday=date(2026, 11, 9), channel="office", by=in_sondrio, today=TODAY)
    assert written == 0


def test_while_it_is_suspended_the_days_before_can_still_be_said(placement, in_sondrio):
    Suspension.objects.create(ambito=placement.ambito, placement=placement, starts_on=date(2026, 11, 16), cause="host")
    Placement.objects.filter(pk=placement.pk).update(state=PlacementState.SUSPENDED)
    made.record(placement, date(2026, 11, 12))
    with pytest.raises(DomainError, match="è sospeso"):
        made.record(placement, date(2026, 11, 17))


def test_a_planned_early_end_takes_the_days_after_it(placement, in_sondrio):
    EarlyEnd.objects.create(
        ambito=placement.ambito,
        placement=placement,
        last_day=date(2026, 12, 2),
        cause="hired",
        asked_by="person",
        next_step="job",
        note="x",
    )
    resync_planned(placement=placement, by=in_sondrio, today=TODAY)
    assert max(PlannedSession.objects.filter(placement=placement).values_list("day", flat=True)) == date(2026, 12, 2)


def test_what_the_room_below_asks(placement, in_sondrio):
    for day in (date(2026, 11, 5), date(2026, 11, 3)):
        made.record(placement, day)
    made.record(placement, date(2026, 11, 4), "sick")
    made.record(placement, date(2026, 11, 9))
    made.record(placement, date(2026, 11, 9), "withdrawn")
    assert days_present(placement.pk, date(2026, 11, 1), None) == [date(2026, 11, 3), date(2026, 11, 5)]
    assert days_present(placement.pk, date(2026, 11, 4), date(2026, 11, 4)) == []
    sheet = Timesheet.objects.filter(placement=placement, month=date(2026, 10, 1))
    assert settled_months(placement.pk) == set()
    sheet.update(state="closed", closed_at="2026-11-02 10:00+01")
    assert settled_months(placement.pk) == set()
    sheet.update(state="confirmed")
    assert settled_months(placement.pk) == {date(2026, 10, 1)}
