"""Rules 66, 67 and 88 as pure functions."""

from datetime import date
from decimal import Decimal

import pytest

from solidarity_fund.rules import Figures, fold_small, in_window, is_over_ceiling

D = Decimal


@pytest.mark.parametrize(
    ("running", "ended_on", "inside"),
    [
        (True, None, True),
        (False, None, False),
        (False, date(2026, 5, 18), True),  # six months ago to the day
        (False, date(2026, 5, 17), False),
        (False, date(2026, 11, 17), True),
    ],
)
def test_the_window_after_the_end(running, ended_on, inside):
    assert in_window(running=running, ended_on=ended_on, months=6, today=date(2026, 11, 18)) is inside


def test_the_ceiling_is_passed_only_above_it():
    assert not is_over_ceiling(granted=D(60), amount=D(40), ceiling=D(100))
    assert is_over_ceiling(granted=D(60), amount=D("40.01"), ceiling=D(100))
    assert not is_over_ceiling(granted=D(60), amount=D(9999), ceiling=None)


def rows(*pairs):
    return [Figures(kind, people, D(amount)) for kind, people, amount in pairs]


def test_small_kinds_are_folded_with_the_smallest_large_one():
    """4 and 1 may not be shown; alone together they would be the difference from the total, so meals (6) joins them."""
    found = fold_small(rows(("transport", 9, 900), ("meals", 6, 60), ("health", 4, 400), ("device", 1, 100)), minimum=5)
    assert found == rows(("transport", 9, 900), ("", 6, 560))


def test_nothing_is_folded_when_all_are_large_and_nothing_shown_when_all_are_small():
    large = rows(("transport", 9, 900), ("meals", 5, 60))
    assert fold_small(large, minimum=5) == large
    assert fold_small(rows(("transport", 4, 900), ("meals", 3, 60)), minimum=5) == []
    assert fold_small([], minimum=5) == []
