"""The cap meter, by examples one can count on the fingers."""

from dataclasses import replace
from datetime import date

import pytest

from impresasolidale.territory.rules import Rules, Severity
from placements.agreements.caps import Declared, Use, measure, planned_minutes
from placements.agreements.rules import Period

R = Rules()
HALF = Use(start=date(2026, 1, 1), to=date(2026, 6, 30), company_id=1)
OTHER = Use(start=date(2026, 9, 1), to=date(2026, 11, 30), company_id=2)
AHEAD = Period(start=date(2027, 1, 1), to=date(2027, 12, 31))


@pytest.mark.parametrize(
    ("uses", "declared", "planned", "months", "left", "is_over"),
    [
        ([], [], None, 0, 24, False),
        ([HALF], [], None, 6, 18, False),
        ([HALF, OTHER], [], None, 9, 15, False),
        ([HALF, OTHER], [Declared(months=3, minutes=600)], None, 12, 12, False),
        ([HALF, OTHER], [Declared(months=3, minutes=600)], AHEAD, 12, 0, False),
        ([HALF, OTHER], [Declared(months=4, minutes=600)], AHEAD, 13, 0, True),
    ],
)
def test_months_add_up_over_hosts_with_what_was_declared(uses, declared, planned, months, left, is_over):
    meter = measure(uses, declared, R, planned=planned)
    assert (meter.months, meter.months_left, meter.is_over) == (months, left, is_over)


def test_days_hours_and_hosts():
    meter = measure([HALF, OTHER, HALF], [Declared(months=0, minutes=90)], R, days=40, minutes=9600)
    assert (meter.hosts, meter.days, meter.minutes, meter.declared_minutes) == (2, 40, 9690, 90)


def test_a_project_over_twelve_months_is_long_unless_the_rule_is_off():
    longer = Period(start=date(2027, 1, 1), to=date(2028, 1, 1))
    assert not measure([], [], R, planned=AHEAD).is_long
    assert measure([], [], R, planned=longer).is_long
    assert not measure([], [], replace(R, severities={**R.severities, 10: Severity.OFF}), planned=longer).is_long


def test_planned_minutes_of_whole_weeks_and_of_the_days_that_are_left():
    week = {0: 240, 2: 240}  # Monday and Wednesday
    monday = date(2027, 1, 4)
    assert planned_minutes(week, Period(start=monday, to=date(2027, 1, 17))) == 4 * 240
    assert planned_minutes(week, Period(start=monday, to=date(2027, 1, 18))) == 5 * 240
    assert planned_minutes(week, Period(start=date(2027, 1, 5), to=date(2027, 1, 5))) == 0
