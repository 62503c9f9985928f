"""Which copies stay: by hand, with the days beside."""

from datetime import UTC, datetime, timedelta

import pytest

from impresasolidale.operations.rotation import instant_of, name_of, to_drop

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)  # a Monday


def test_a_copy_every_night_for_two_years():
    names = [name_of(NOW - timedelta(days=n)) for n in range(730)]
    kept = sorted(set(names) - set(to_drop(names)))
    days = [instant_of(name).date().isoformat() for name in kept]
    assert days == [
        # months: the newest of each of twelve, November's being the last night
        "2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31",
        "2026-09-30", "2026-10-31",
        # weeks: the Sundays before, and the week that has begun
        "2026-11-15", "2026-11-22",
        # days
        "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30",
    ]  # fmt: skip


def test_those_of_today_stay_of_a_day_before_the_newest_and_a_long_pause_empties_nothing():
    morning, evening, next_day = name_of(NOW), name_of(NOW + timedelta(hours=12)), name_of(NOW + timedelta(hours=24))
    assert to_drop([evening, morning]) == []
    assert to_drop([evening, morning, next_day]) == [morning]
    old = [name_of(NOW - timedelta(days=400 + n)) for n in range(3)]
    assert to_drop(old) == []


@pytest.mark.parametrize(
    "name", ["", "note.txt", "impresasolidale-20261130T010000Z.age.part", "impresasolidale-20261131T010000Z.age", "x" + name_of(NOW)]
)
def test_what_is_not_ours_is_never_dropped(name):
    assert instant_of(name) is None
    assert to_drop([name, name_of(NOW)]) == []
