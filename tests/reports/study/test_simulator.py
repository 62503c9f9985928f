"""What more TRR would take, by hand: budget years, visits, and what runs out first."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.reports.study.simulator import Means, Source, Wish, by_year, simulate, visits_of
from impresasolidale.territory.rules import Rules

BOOK = Rules()  # sums fall due the month after; first visit after 30 days, then every 2 months; 3 people a tutor, 20 a promoter's tutor
WISH = Wish(4, "disability", Decimal(20), 6, Decimal(400), date(2026, 10, 1))
MEANS = Means((Source("Bilancio 2026", 2026, Decimal(5000)), Source("Bilancio 2027", 2027, Decimal(3000))), {}, 9, 6, 5, 40)


def test_years_of_a_winter():
    """October and November fall due in 2026: 2 × 4 × 400 = 3,200. December to March in 2027: 4 × 4 × 400 = 6,400."""
    assert by_year([WISH], BOOK) == {2026: Decimal(3200), 2027: Decimal(6400)}
    # Where a month is its own year's, December too is 2026's: 3 × 1,600 and 3 × 1,600
    assert by_year([WISH], BOOK.changed({"month_falls_due": "same_month"})) == {2026: Decimal(4800), 2027: Decimal(4800)}


def test_visits_of_half_a_year():
    """1 October + 30 days = 31 October, then 31 December and 28 February; 31 March is the last day, the next one would be 30 April: 3."""
    assert visits_of(WISH, BOOK) == 3
    assert visits_of(replace(WISH, months=1), BOOK) == 1  # its last day is 31 October
    assert visits_of(replace(WISH, months=1), BOOK.changed({"first_visit_days": 45})) == 0


def test_what_runs_out_first_is_next_years_budget():
    """2027: 3,000 of 6,400 is 46 % → 1 of 4 TRR; places, tutors carry all four."""
    found = simulate([WISH], MEANS, BOOK)
    assert [(y.year, y.needed, y.usable, y.missing) for y in found.years] == [(2026, 3200, 5000, 0), (2027, 6400, 3000, 3400)]
    assert (found.first, found.carried, found.missing_money, found.total) == ("money", 1, 3400, 9600)
    assert (found.tutors, found.promoter_tutors, found.visits) == (2, 1, 12)  # 4 / 3 → 2; 4 / 20 → 1; 4 × 3


def test_what_todays_placements_will_need_is_not_free():
    found = simulate([WISH], replace(MEANS, promised={2026: Decimal(4000)}), BOOK)
    assert (found.years[0].usable, found.years[0].missing) == (1000, 2200)


def test_a_grant_is_spent_once():
    """5,000 + 10,000 in 2026: the own 5,000 are enough, the grant stays whole. 2027: 3,000 + 10,000 ≥ 6,400."""
    with_grant = replace(MEANS, sources=(*MEANS.sources, Source("Contributo", None, Decimal(10000))))
    assert simulate([WISH], with_grant, BOOK).missing_money == 0
    dear = replace(WISH, allowance=Decimal(1600))
    # 2026 needs 12,800: 5,000 own and 7,800 of the grant; 2,200 are left for 2027, which needs 25,600: 3,000 + 2,200 → 20,400 missing
    assert [y.missing for y in simulate([dear], with_grant, BOOK).years] == [0, 20400]
    # Today's placements need 14,000 in 2026: with the wish's 3,200 the own 5,000 and the whole grant are gone, 2,200 short
    tight = simulate([WISH], replace(with_grant, promised={2026: Decimal(14000)}), BOOK)
    assert [(y.free, y.missing) for y in tight.years] == [(15000, 2200), (3000, 3400)]


@pytest.mark.parametrize(
    ("changes", "first", "carried"),
    [
        ({}, "", 4),
        ({"places": 2}, "places", 2),
        ({"trained_places": 3}, "trained", 3),
        ({"promoter_places": 0}, "promoter", 0),
        ({"tutor_places": 1, "trained_places": 1}, "trained", 1),
    ],
)
def test_what_is_missing_first(changes, first, carried):
    rich = replace(MEANS, sources=(Source("Contributo", None, Decimal(99999)),))
    found = simulate([WISH], replace(rich, **changes), BOOK)
    assert (found.first, found.carried) == (first, carried)


def test_beyond_the_rules_is_said():
    assert simulate([WISH], MEANS, BOOK).warnings == ()
    assert simulate([replace(WISH, months=25, hours=Decimal(31), allowance=Decimal(501))], MEANS, BOOK).warnings == (
        "months", "hours", "allowance",
    )  # fmt: skip


WISHES = st.builds(
    Wish, st.integers(1, 30), st.just("disability"), st.decimals(1, 40, places=1), st.integers(1, 24), st.decimals(0, 900, places=2),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)  # fmt: skip


@given(st.lists(WISHES, min_size=1, max_size=3))
def test_the_years_sum_to_the_whole(wishes):
    assert sum(by_year(wishes, BOOK).values()) == sum(wish.total for wish in wishes)
    found = simulate(wishes, MEANS, BOOK)
    assert found.missing_money >= 0 and 0 <= found.carried <= found.count
    more = simulate([*wishes, wishes[0]], MEANS, BOOK)
    assert more.missing_money >= found.missing_money and more.visits >= found.visits
