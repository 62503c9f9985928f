"""The clock of a procedure and the vote of the commission, with the arithmetic beside each case."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solidarity_fund.commission_rules import Result, tally
from solidarity_fund.procedure_rules import Pause, days_still, may_refuse, notice_pause, observations_due, term_end, wait_for_papers

FEASTS = {date(2026, 12, 8), date(2026, 12, 25), date(2026, 12, 26)}


def working(day: date) -> date:
    while day.weekday() > 4 or day in FEASTS:
        day += timedelta(days=1)
    return day


def end(*pauses: Pause, started: date = date(2026, 11, 2), days: int = 30) -> date:
    return term_end(started_on=started, days=days, pauses=pauses, next_working=working)


@pytest.mark.parametrize(
    ("pauses", "last"),
    [
        ((), date(2026, 12, 2)),  # 2 November + 30 = 2 December, a Wednesday
        ((Pause(date(2026, 11, 10), date(2026, 11, 15)),), date(2026, 12, 7)),  # still 11–15: 5 days; 2 December + 5 = the 7th
        # still 11–16: 6 days; 2 + 6 = 8 December, the Immaculate: the 9th
        ((Pause(date(2026, 11, 10), date(2026, 11, 16)),), date(2026, 12, 9)),
        # 5 + 5 days, and again 12–15 inside the first: 10; 2 + 10 = 12 December, a Saturday: Monday the 14th
        (
            (
                Pause(date(2026, 11, 10), date(2026, 11, 15)),
                Pause(date(2026, 11, 11), date(2026, 11, 15)),
                Pause(date(2026, 11, 20), date(2026, 11, 25)),
            ),
            date(2026, 12, 14),
        ),
        ((Pause(date(2026, 12, 2), date(2026, 12, 20)),), date(2026, 12, 2)),  # begins on the last day: too late to move it
        # begins the day before: one day was left, and it comes after 20 December, which is a Sunday: 18 days, 2 + 19 = 21, a Monday
        ((Pause(date(2026, 12, 1), date(2026, 12, 20)),), date(2026, 12, 21)),
        # the second would be too late, but the first moved the end to the 7th: 5 + 4 (4–7) = 9; 2 + 9 = 11 December, a Friday
        ((Pause(date(2026, 11, 10), date(2026, 11, 15)), Pause(date(2026, 12, 3), date(2026, 12, 7))), date(2026, 12, 11)),
    ],
)
def test_the_last_day_for_the_decision(pauses, last):
    assert end(*pauses) == last


def test_ten_days_from_the_arrival_to_a_working_day():
    assert observations_due(date(2026, 11, 20), working) == date(2026, 11, 30)  # 20 + 10 = 30 November, a Monday
    assert observations_due(date(2026, 11, 18), working) == date(2026, 11, 30)  # 28 November is a Saturday
    assert observations_due(date(2026, 11, 28), working) == date(2026, 12, 9)  # 8 December is a feast


def test_the_notice_stops_the_clock():
    silent = notice_pause(date(2026, 11, 20), None, working)
    assert silent == Pause(date(2026, 11, 20), date(2026, 11, 30)) and end(silent) == date(2026, 12, 14)  # 10 days: the 12th, a Saturday
    answered = notice_pause(date(2026, 11, 20), date(2026, 11, 23), working)
    assert answered == Pause(date(2026, 11, 20), date(2026, 12, 3))  # ten days after the answer
    assert end(answered) == date(2026, 12, 15)  # 13 days: 2 + 13


def test_papers_are_waited_for_thirty_days_at_most():
    asked = date(2026, 10, 1)
    assert wait_for_papers(asked, date(2026, 10, 9), date(2026, 11, 18)) == Pause(asked, date(2026, 10, 9))
    assert wait_for_papers(asked, None, date(2026, 10, 20)) == Pause(asked, date(2026, 10, 20))
    assert wait_for_papers(asked, None, date(2026, 12, 20)) == Pause(asked, date(2026, 10, 31))


@pytest.mark.parametrize(
    ("delivered", "observed", "today", "may"),
    [
        (None, None, date(2026, 12, 31), False),
        (date(2026, 11, 20), None, date(2026, 11, 30), False),  # the last of the ten days
        (date(2026, 11, 20), None, date(2026, 12, 1), True),
        (date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 21), True),  # answered: nothing more to wait for
    ],
)
def test_no_refusal_before_the_ten_days(delivered, observed, today, may):
    assert may_refuse(delivered_on=delivered, observed_on=observed, today=today, next_working=working) is may


days = st.integers(0, 60).map(lambda n: date(2026, 11, 2) + timedelta(days=n))
spans = st.tuples(days, st.integers(0, 20)).map(lambda pair: Pause(pair[0], pair[0] + timedelta(days=pair[1])))


@given(st.lists(spans, max_size=5), spans)
def test_a_pause_never_brings_the_end_nearer(pauses, one):
    assert end(*pauses, one) >= end(*pauses) >= end()


@given(st.lists(spans, max_size=5), days)
def test_days_that_stand_still_are_counted_once(pauses, until):
    still = {p.after + timedelta(days=n) for p in pauses for n in range(1, (p.until - p.after).days + 1)}
    assert days_still(pauses, until=until) == len({day for day in still if day <= until})


@pytest.mark.parametrize(
    ("present", "aside", "votes", "result", "entitled"),
    [
        ({1, 2, 3}, set(), {1: True, 2: True, 3: False}, Result.CARRIED, 3),
        ({1, 2, 3}, set(), {1: False, 2: True, 3: False}, Result.REJECTED, 3),
        ({1, 2, 3}, set(), {1: True, 2: False}, Result.TIE, 3),
        ({1, 2, 3}, {3}, {1: True, 2: True, 3: False}, Result.CARRIED, 2),  # a vote of who stands aside does not count
        ({1, 2, 3}, {2, 3}, {1: True, 2: True}, Result.NO_QUORUM, 1),
        ({1}, set(), {1: True, 2: True}, Result.NO_QUORUM, 1),  # nor one of who is not there
    ],
)
def test_the_majority_of_who_may_vote(present, aside, votes, result, entitled):
    found = tally(present=present, aside=aside, votes=votes, quorum=2)
    assert (found.result, found.entitled, found.can_reach_quorum) == (result, entitled, entitled >= 2)
