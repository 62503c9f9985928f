"""Ages and covered days: values in, values out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.beneficiaries.enums import ReferringService, TargetArea
from placements.beneficiaries.rules import age, covers, is_judicial, is_minor

DAYS = st.integers(0, 400).map(lambda n: date(2026, 1, 1) + timedelta(days=n))


@pytest.mark.parametrize(
    ("born", "on", "minor"),
    [
        (date(2008, 11, 18), date(2026, 11, 17), True),
        (date(2008, 11, 18), date(2026, 11, 18), False),
        (date(2008, 2, 29), date(2026, 2, 28), True),
        (date(2008, 2, 29), date(2026, 3, 1), False),
    ],
)
def test_of_age_on_the_eighteenth_birthday(born, on, minor):
    assert is_minor(born, on) is minor
    assert age(born, on) == 17 + (not minor)


@given(st.lists(st.tuples(DAYS, st.none() | st.integers(0, 120)), max_size=5), DAYS, st.integers(0, 200))
def test_covered_means_every_day_is_in_some_period(drawn, start, length):
    periods = [(first, None if days is None else first + timedelta(days=days)) for first, days in drawn]
    end = start + timedelta(days=length)
    days = (start + timedelta(days=n) for n in range(length + 1))
    assert covers(periods, start, end) == all(any(a <= day and (b is None or day <= b) for a, b in periods) for day in days)


def test_the_probation_office_gives_the_judicial_area_away():
    assert is_judicial(TargetArea.JUDICIAL)
    assert is_judicial(ReferringService.UEPE)
    assert not is_judicial(ReferringService.SIL)


def test_a_period_may_end_with_the_calendar():
    """The 31 December 9999 is how some offices write "without an end"."""
    start, end = date(2026, 1, 1), date(2027, 1, 1)
    assert covers([(start, date.max)], start, end) and not covers([(end, date.max)], start, end)
