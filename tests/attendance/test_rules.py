"""The arithmetic of days and months, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from placements.attendance.enums import Outcome
from placements.attendance.rules import OUTCOMES, DayValue, MonthTotals, day_minutes, month_totals, months_of, outcomes_for, percent


def test_the_catalogue_knows_every_outcome():
    assert set(OUTCOMES) == set(Outcome)


def test_the_tutor_is_not_asked_which_service_the_person_sees():
    assert Outcome.APPOINTMENT not in outcomes_for(frozenset({Role.COMPANY_TUTOR}))
    assert Outcome.APPOINTMENT in outcomes_for(frozenset({Role.SOCIAL_WORKER}))
    assert outcomes_for(frozenset({Role.COORDINATOR})) == []


@pytest.mark.parametrize(
    ("outcome", "minutes", "planned", "expected"),
    [("present", None, 240, 240), ("present", 90, 240, 90), ("present", 300, 240, 300), ("present", 60, None, 60), ("sick", None, 240, 0)],
)
def test_minutes_of_a_day(outcome, minutes, planned, expected):
    assert day_minutes(outcome, minutes, planned) == expected


@pytest.mark.parametrize(
    ("outcome", "minutes", "planned"), [("present", None, None), ("present", 0, 240), ("present", 721, 240), ("sick", 60, 240)]
)
def test_minutes_that_cannot_be(outcome, minutes, planned):
    with pytest.raises(DomainError) as refusal:
        day_minutes(outcome, minutes, planned)
    assert refusal.value.field == "minutes"


def test_a_golden_month():
    days = [
        DayValue(date(2026, 10, 5), 240, "present", 240),
        DayValue(date(2026, 10, 6), 240, "present", 120),  # two hours less
        DayValue(date(2026, 10, 7), 0, "present", 180),  # made up on a day that was not planned
        DayValue(date(2026, 10, 8), 240, "sick"),
        DayValue(date(2026, 10, 9), 240, "closed"),
        DayValue(date(2026, 10, 12), 240, "withdrawn"),
        DayValue(date(2026, 10, 13), 240),
    ]
    # planned 6 × 240 = 1440; done 240 + 120 + 180 = 540; credited min(540, 1440) = 540; 540 / 1440 = 37.5 %
    assert month_totals(days) == MonthTotals(planned=1440, done=540, credited=540, days_present=3, days_absent=1)
    assert percent(540, 1440) == 37


def test_hours_beyond_the_plan_are_kept_and_not_credited():
    totals = month_totals([DayValue(date(2026, 10, 5), 240, "present", 300), DayValue(date(2026, 10, 6), 240, "present", 240)])
    assert (totals.done, totals.credited) == (540, 480)


def test_a_percent_is_reached_only_when_it_is():
    assert (percent(799, 1000), percent(800, 1000), percent(0, 0)) == (79, 80, None)


def test_months_of_a_period():
    assert months_of(date(2026, 11, 30), date(2027, 1, 1)) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]


outcomes = st.sampled_from(["", *Outcome])
a_day = st.tuples(st.integers(0, 600), outcomes, st.integers(1, 720))


@given(st.lists(a_day, max_size=31))
def test_totals_agree_with_counting_day_by_day(values):
    days = [DayValue(date(2026, 10, 1) + timedelta(n), p, o, m if o == "present" else 0) for n, (p, o, m) in enumerate(values)]
    planned = done = present = absent = 0
    for day in days:  # the oracle: a person with a pencil
        planned += day.planned
        if day.outcome == "present":
            done += day.minutes
            present += 1
        elif day.outcome in ("sick", "appointment", "justified", "unjustified"):
            absent += 1
    assert month_totals(days) == MonthTotals(planned, done, planned if done > planned else done, present, absent)
