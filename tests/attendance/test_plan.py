"""Planned days: from the project's week, without holidays; only what is ahead is written again."""

from datetime import date, time, timedelta

import pytest

from impresasolidale.core.jobs import enqueue, run
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import PatronSaint
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement, WeekDay
from placements.attendance.models import PlannedSession, Timesheet
from placements.attendance.services import close_month, record_week, resync_planned
from tests.factories import attendance as made

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)


def days(placement):
    return list(PlannedSession.objects.filter(placement=placement).order_by("day").values_list("day", flat=True))


def test_the_plan_follows_the_week_and_leaves_out_holidays(bakery, in_sondrio):
    found = days(bakery.placement)
    assert found[0] == date(2026, 10, 1) and found[-1] == date(2027, 3, 31)
    assert {d.weekday() for d in found} == {0, 1, 2, 3}
    assert date(2026, 12, 8) not in found and date(2026, 11, 3) in found
    # October 2026: Thursdays 1 8 15 22 29, Mondays 5 12 19 26, Tuesdays 6 13 20 27, Wednesdays 7 14 21 28: 17 days
    october = Timesheet.objects.get(placement=bakery.placement, month=date(2026, 10, 1))
    assert october.planned_minutes == 17 * 240


def test_the_patron_of_the_site_is_a_day_off(sondrio, in_sondrio):
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    saint = PatronSaint.objects.get(comune=company.comune)
    feast = next(day for day in (date(2027, 1, 1) + timedelta(days=n) for n in range(365)) if saint.falls_on(day))
    placement = made.make_running_placement(
        sondrio, tutor, company, week={feast.weekday(): 120}, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31)
    )
    assert feast not in days(placement)


def test_writing_again_changes_nothing(bakery, in_sondrio):
    before = days(bakery.placement)
    resync_planned(placement=bakery.placement, by=in_sondrio, today=TODAY)
    assert days(bakery.placement) == before


def test_a_new_week_changes_only_what_is_ahead(bakery, in_sondrio):
    week = WeekDay.objects.filter(project__placement=bakery.placement)
    week.filter(weekday__gt=0).delete()
    week.update(minutes=300, starts_at=time(8))
    resync_planned(placement=bakery.placement, by=in_sondrio, today=TODAY)
    planned = PlannedSession.objects.filter(placement=bakery.placement)
    assert set(planned.filter(day__lt=TODAY).values_list("minutes", flat=True)) == {240}
    assert set(planned.filter(day__gte=TODAY).values_list("minutes", flat=True)) == {300}
    # November: before the 18th 2 3 4 5 9 10 11 12 16 17 at 240; after it Mondays 23 30 at 300
    assert Timesheet.objects.get(placement=bakery.placement, month=date(2026, 11, 1)).planned_minutes == 10 * 240 + 2 * 300


def test_a_closed_month_keeps_its_days(bakery, in_sondrio):
    for monday in (date(2026, 9, 28), date(2026, 10, 5), date(2026, 10, 12), date(2026, 10, 19), date(2026, 10, 26)):
        record_week(placements=[bakery.placement], monday=monday, channel="office", by=in_sondrio, today=TODAY)
    sheet = close_month(sheet=Timesheet.objects.get(placement=bakery.placement, month=date(2026, 10, 1)), by=in_sondrio, today=TODAY)
    WeekDay.objects.filter(project__placement=bakery.placement).update(minutes=60)
    resync_planned(placement=bakery.placement, by=in_sondrio, today=date(2026, 10, 1))
    sheet.refresh_from_db()
    assert sheet.planned_minutes == 17 * 240
    assert set(PlannedSession.objects.filter(placement=bakery.placement, day__month=10).values_list("minutes", flat=True)) == {240}


def test_suspension_empties_what_is_ahead_and_resumption_fills_it(bakery, in_sondrio):
    whole = days(bakery.placement)
    Placement.objects.filter(pk=bakery.placement.pk).update(state=PlacementState.SUSPENDED)
    resync_planned(placement=bakery.placement, by=in_sondrio, today=TODAY)
    assert max(days(bakery.placement)) == date(2026, 11, 17)
    Placement.objects.filter(pk=bakery.placement.pk).update(state=PlacementState.ACTIVE)
    resync_planned(placement=bakery.placement, by=in_sondrio, today=date(2026, 12, 1))
    assert days(bakery.placement) == [d for d in whole if d < TODAY or d >= date(2026, 12, 1)]


def test_an_early_end_takes_away_the_days_and_sheets_after_it(bakery, in_sondrio):
    Placement.objects.filter(pk=bakery.placement.pk).update(state=PlacementState.ENDED_EARLY, ended_on=date(2026, 11, 10))
    resync_planned(placement=bakery.placement, by=in_sondrio, today=TODAY)
    assert max(days(bakery.placement)) == date(2026, 11, 10)
    assert list(Timesheet.objects.filter(placement=bakery.placement).order_by("month").values_list("month", flat=True)) == [
        date(2026, 10, 1),
        date(2026, 11, 1),
    ]


def test_the_plan_costs_the_same_for_a_month_and_a_year(sondrio, in_sondrio, django_assert_max_num_queries):
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    long = made.make_running_placement(sondrio, tutor, company, planned=False, ends_on=date(2027, 9, 30))
    with django_assert_max_num_queries(24):  # a constant, with the savepoints of the set-based writes
        resync_planned(placement=long, by=in_sondrio, today=TODAY)


def test_a_placement_cancelled_before_its_start_has_no_day(sondrio, in_sondrio):
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    placement = made.make_running_placement(sondrio, tutor, company, state=PlacementState.VALIDATED, starts_on=date(2026, 12, 1))
    Placement.objects.filter(pk=placement.pk).update(state=PlacementState.CANCELLED)
    assert resync_planned(placement=placement, by=in_sondrio, today=TODAY) == 0
    assert not days(placement) and not Timesheet.objects.filter(placement=placement).exists()


@pytest.mark.django_db(transaction=True)
def test_the_job_is_known_by_name(sondrio, bakery):
    access = made.system(sondrio)
    with scope(access.scope):
        PlannedSession.objects.filter(placement=bakery.placement).delete()
        job = enqueue("attendance.resync", by=access, placement_id=bakery.placement.pk)
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "") and job.result > 80
