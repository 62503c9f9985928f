"""Survival, proportions and changes against published figures, with the arithmetic beside; and what must hold for any numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.reports.study.statistics import DAYS_A_MONTH, Spell, kaplan_meier, paired, wilson


def spells(times: list[int], censored: set[int], *, unit: int = 1) -> list[Spell]:
    """Positions in `censored` are not ended."""
    return [(time * unit, n not in censored, 1) for n, time in enumerate(times)]


def at_months(curve, *months: int) -> list[float]:
    found = {step.month: round(step.share, 3) for step in curve.steps}
    return [found[month] for month in months]


def test_remission_of_leukaemia():
    """Freireich et al. 1963, the 6-MP arm: 21 patients, weeks; the survival values every textbook prints.

    6: 1 − 3/21 = 0.857 · 7: × 16/17 = 0.807 · 10: × 14/15 = 0.753 · 13: × 11/12 = 0.690 · 16: × 10/11 = 0.627 ·
    22: × 6/7 = 0.538 · 23: × 5/6 = 0.448
    A "week" here is a month of 31 days, so that the reading at the end of a month of 30.4375 days falls before it, as in the trial: at 6
    not yet, at 7 yes.
    """
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    curve = kaplan_meier(spells(weeks, {3, 5, 7, 8, 11, 12, 13, 16, 17, 18, 19, 20}, unit=31))
    assert curve
    assert at_months(curve, 0, 6, 7, 8, 11, 14, 17, 23, 24) == [1.0, 1.0, 0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    # Half had relapsed at week 23: 23 × 31 / 30.4375 = 23.4 months
    assert curve.median == Decimal("23.4")
    seven = next(step for step in curve.steps if step.month == 7)
    # The log-log interval of 0.857 with variance 3/(21·18): printed as 0.620 to 0.952
    assert (round(seven.low, 3), round(seven.high, 3), seven.at_risk) == (0.620, 0.952, 17)


def test_the_fan_belts_of_the_library():
    """The right-censored example of scipy.stats.ecdf: ten belts, thousands of miles; at 47, 56, 77, 80, 81: 0.875, 0.75, 0.5, 0.25, 0."""
    curve = kaplan_meier([(miles * 30, broke, 1) for miles, broke in FAN_BELTS])
    assert curve
    assert at_months(curve, 42, 47, 56, 62, 76, 79) == [1.0, 0.875, 0.75, 0.75, 0.5, 0.25]
    # 77 × 30 / 30.4375 = 75.9
    assert curve.median == Decimal("75.9")


FAN_BELTS = [(77, True), (47, True), (81, True), (56, True), (80, True), (62, False), (60, False), (43, False), (71, False), (37, False)]


def test_nothing_gives_no_curve_and_nobody_ended_stays_up():
    assert kaplan_meier([]) is None and kaplan_meier([(10, True, 0)]) is None
    curve = kaplan_meier([(100, False, 4)])
    assert curve and curve.median is None and {(s.share, s.low, s.high) for s in curve.steps} == {(1.0, 1.0, 1.0)}


def test_the_curve_stops_where_few_are_left():
    curve = kaplan_meier([(40, True, 6), (400, True, 4)], stop_below=5)
    assert curve and [step.month for step in curve.steps] == [0, 1]  # 4 people go on after day 40: not drawn
    assert [step.at_risk for step in curve.steps] == [10, 10]


@given(st.lists(st.tuples(st.integers(1, 900), st.booleans(), st.integers(1, 5)), min_size=1, max_size=30))
def test_a_curve_falls_within_its_band(rows):
    curve = kaplan_meier(rows)
    assert curve
    shares = [step.share for step in curve.steps]
    assert shares[0] == 1 and shares == sorted(shares, reverse=True)
    assert all(0 <= step.low <= step.share <= step.high <= 1 for step in curve.steps)
    assert curve.steps[-1].month == int(max(d for d, _e, _n in rows) / DAYS_A_MONTH)
    # Counted together or one by one, it is the same curve.
    assert kaplan_meier([(days, ended, 1) for days, ended, count in rows for _ in range(count)]) == curve


@pytest.mark.parametrize(
    ("count", "whole", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_newcombe_prints_it(count, whole, low, high):
    found = wilson(count, whole)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high) and found.share == count / whole


def test_a_share_of_nothing_has_no_interval():
    assert (wilson(0, 0).percent, wilson(0, 0).interval) == (None, "")
    assert (wilson(81, 263).percent, wilson(81, 263).interval) == (31, "26–37")
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


SLEEP = [(0.7, 1.9), (-1.6, 0.8), (-0.2, 1.1), (-1.2, 0.1), (-0.1, -0.1), (3.4, 4.4), (3.7, 5.5), (0.8, 1.6), (0.0, 4.6), (2.0, 3.4)]


def test_students_sleep():
    """Student 1908: ten patients, hours of sleep gained with two drugs: mean of the differences 1.58, interval 0.700 to 2.460."""
    found = paired(SLEEP)
    assert (found.pairs, round(found.mean, 2), round(found.low, 3), round(found.high, 3)) == (10, 1.58, 0.700, 2.460)
    assert found.verdict == "up" and found.p < 0.01


def test_few_pairs_say_nothing_and_equal_ones_are_a_point():
    assert paired([(1, 2)] * 4).verdict == "few" and paired([(1, 2)] * 4).mean is None
    assert (paired([(1, 2)] * 5).low, paired([(1, 2)] * 5).high) == (1.0, 1.0)
    still = paired([(2, 2)] * 6)
    assert (still.mean, still.p, still.verdict) == (0.0, 1.0, "unclear")


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=5, max_size=40))
def test_turned_round_a_change_changes_its_sign(pairs):
    there, back = paired(pairs), paired([(b, a) for a, b in pairs])
    assert there.mean == pytest.approx(-back.mean) and there.low == pytest.approx(-back.high)
    assert there.low <= there.mean + 1e-9 and there.mean <= there.high + 1e-9
