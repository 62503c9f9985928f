"""Pure rules of training: meetings that overlap, hours that are enough, days that are due."""

from datetime import date, datetime, time

import pytest

from companies.training.enums import Question
from companies.training.rules import (
    Meeting,
    aggregates,
    clash,
    first_overlap,
    has_hours,
    last_day_to_withdraw,
    needed_minutes,
    qr_is_open,
    refresher_due,
)

DAY = date(2026, 12, 2)


def meeting(hour, minutes, day=DAY):
    return Meeting(day, time(hour), minutes)


@pytest.mark.parametrize(
    ("meetings", "overlaps"),
    [
        ([meeting(9, 120), meeting(11, 60)], False),  # one begins as the other ends
        ([meeting(9, 121), meeting(11, 60)], True),
        ([meeting(11, 60), meeting(9, 121)], True),  # in any order
        ([meeting(9, 60), meeting(9, 30)], True),
        ([meeting(9, 480), meeting(10, 30), meeting(18, 30)], True),
        ([meeting(9, 120), meeting(9, 120, date(2026, 12, 3))], False),
        ([], False),
    ],
)
def test_meetings_of_one_edition(meetings, overlaps):
    assert (first_overlap(meetings) is not None) is overlaps


def test_the_first_clash_of_two_courses():
    mine, other = [meeting(9, 120), meeting(14, 120)], [meeting(15, 60), meeting(10, 30)]
    assert clash(mine, other) == (meeting(9, 120), meeting(10, 30))
    assert clash(mine, [meeting(11, 180)]) is None


@pytest.mark.parametrize(
    ("minutes", "whole", "percent", "enough"),
    [(432, 480, 90, True), (431, 480, 90, False), (0, 0, 90, False), (480, 480, 100, True), (479, 480, 100, False), (1, 480, 0, True)],
)
def test_hours_for_a_certificate(minutes, whole, percent, enough):
    assert has_hours(minutes, whole, percent) is enough
    assert not whole or (minutes >= needed_minutes(whole, percent) and minutes > 0) is enough


def test_needed_minutes_are_rounded_up():
    assert [needed_minutes(m, 90) for m in (480, 245, 1)] == [432, 221, 1]


@pytest.mark.parametrize(("at", "is_open"), [("08:29", False), ("08:30", True), ("11:00", True), ("11:01", False)])
def test_the_window_of_the_code(at, is_open):
    assert qr_is_open(meeting(9, 120), datetime.combine(DAY, time.fromisoformat(at))) is is_open


def test_days():
    assert refresher_due(None, None, 24) is None
    assert refresher_due(date(2024, 2, 29), None, 24) == date(2026, 2, 28)
    assert refresher_due(date(2024, 1, 1), date(2025, 6, 30), 12) == date(2026, 6, 30)
    assert last_day_to_withdraw(DAY, 2) == date(2026, 11, 30)


def test_answers_are_told_from_five_up():
    sheets = [{q.value: 4 for q in Question} for _n in range(4)]
    assert aggregates(sheets, least=5) == []
    five = aggregates([*sheets, {q.value: 1 for q in Question}], least=5)
    assert [row.question for row in five] == list(Question)
    assert five[0].counts == (1, 0, 0, 4) and five[0].total == 5 and five[0].average == 3.4
