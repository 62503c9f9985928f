"""Edges of the allowance that no month by hand walks on: each of these was a change of the code that no other test noticed."""

from datetime import date
from decimal import Decimal as D

import pytest

from impresasolidale.territory.rules import Rules
from placements.attendance.allowance_rules import Extra, Month, Part, Terms, Version, compute, credited_by_part, gave
from tests.golden.months import FIRST_OF_ALL, book, flat, gives, hourly, sums, threshold, timetable

OCTOBER, LAST = date(2026, 10, 1), date(2026, 10, 31)


@pytest.mark.parametrize("amount", ["0.01", "0.50", "1.00"])
def test_a_few_cents_in_favour_are_given_and_a_few_against_are_not(amount):
    rows = [
        {"code": "monthly", "amount": "10.00"},
        {"code": "adjustment", "amount": amount},
        {"code": "adjustment", "amount": f"-{amount}"},
    ]
    rows += [{"code": "owed", "amount": "-2.00"}, {"code": "carried", "amount": "1.00"}]
    assert gave(rows) == D("10.00") + D(amount)


def part(first, last, *sources):
    return Part(Terms("none", D(0), sources=sources), first, last, share=0, done=0)


def test_what_is_found_afterwards_for_a_month_that_gave_nothing_is_of_its_last_sources():
    """Two versions of the project, neither with an allowance: five euro that turned out are paid by who paid at the end."""
    parts = (part(OCTOBER, date(2026, 10, 14), (1, 1)), part(date(2026, 10, 15), LAST, (2, 1)))
    result = compute(Month(OCTOBER, 0, 0, 4080, parts, (Extra("Trovato dopo", D("5.00")),)), Rules())
    assert (result.amount, result.shares) == (D("5.00"), ((2, D("5.00")),))


def test_nothing_is_paid_where_there_is_no_part_and_no_source():
    assert compute(Month(OCTOBER, 0, 0, 0, ()), Rules()).shares == ()


def hourly_part(first, last, rate, *sources):
    """One hour done at this rate."""
    return Part(Terms("hourly", D(rate), cap=D(1000), sources=sources), first, last, share=60, done=60)


@pytest.mark.parametrize(
    ("first", "second", "shares"),
    [
        # A part that gave one cent is paid by its own sources: 0.01 of the first pot, 1.00 of the second.
        (("0.01", (1, 1)), ("1.00", (2, 1)), {1: "0.01", 2: "1.00"}),
        # A pot in both parts: 99 cents of the first 100 and all of the second 100, 1.99; the other keeps its one cent.
        (("1.00", (1, 99), (2, 1)), ("1.00", (1, 1)), {1: "1.99", 2: "0.01"}),
    ],
)
def test_two_parts_are_paid_each_by_its_own_sources(first, second, shares):
    half = date(2026, 10, 14)
    parts = (hourly_part(OCTOBER, half, *first), hourly_part(date(2026, 10, 15), LAST, *second))
    result = compute(Month(OCTOBER, 120, 120, 120, parts), Rules())
    assert dict(result.shares) == {pot: D(amount) for pot, amount in shares.items()}


def test_the_rules_ceiling_cuts_a_cap_of_the_project_too_where_it_blocks():
    # 68 h × 9.00 = 612.00; the project's cap 600.00; the rules' ceiling 500.00
    assert sums(gives(hourly(9, cap=D(600)), book(severity={"38": "block"}))) == ["612.00", "-12.00", "-100.00"]
    assert sums(gives(hourly(9, cap=D(600)))) == ["612.00", "-12.00"]


def test_a_sum_that_meets_its_bound_to_the_cent_is_neither_cut_nor_raised():
    # 68 h × 6.00 = 408.00, which is the cap
    assert sums(gives(hourly(6, cap=D(408)))) == ["408.00"]
    # 400.00 × 3000 ÷ 4080 = 294.1176… → 294.12, which is the least
    assert sums(gives(threshold(400), book(allowance_floor=D("294.12")), credited=3000)) == ["294.12"]


def test_the_least_is_no_more_than_what_is_left_of_the_amount():
    # 100.00 × 3000 ÷ 4080 = 73.53; meals 80.00 in the same part: 58.82; of the 100.00 a month 20.00 are left, so the least is 20.00
    rules = book(meals_reduction=D(80), allowance_floor=D(50))
    assert sums(gives(threshold(100, meals=True), rules, credited=3000)) == ["73.53", "-58.82", "5.29"]


def test_a_cut_says_whose_bound_it_is_and_when_it_is_of_a_part_of_the_month():
    whole = gives(hourly("6.50", cap=D(400))).rows[-1].words
    assert whole.startswith("Tetto del progetto") and "parte di mese" not in whole
    assert gives(hourly(8)).rows[-1].words.startswith("Tetto del regolamento")
    least = gives(threshold(250), book(allowance_floor=D(300)), credited=3000).rows[-1].words
    assert least.startswith("Minimo") and "parte di mese" not in least


def test_a_cap_of_a_month_is_shared_by_the_parts_of_the_month():
    # Two halves of 40 hours at 10.00: 400.00 each; the cap of 400.00 a month is 200.00 for each half
    half = date(2026, 10, 14)
    terms = Terms("hourly", D(10), cap=D(400), sources=((1, 1),))
    parts = tuple(Part(terms, *days, share=60, done=2400) for days in ((OCTOBER, half), (date(2026, 10, 15), LAST)))
    assert sums(compute(Month(OCTOBER, 120, 120, 120, parts), Rules())) == ["400.00", "-200.00", "400.00", "-200.00"]


def test_a_quantity_is_whole_where_it_is_and_has_six_decimals_at_most():
    for result, wanted in (
        (gives(flat(400)), ("1", "mese")),
        (gives(flat(400), first=date(2026, 10, 15), planned=2160), ("0.529412", "mesi")),  # 2,160 ÷ 4,080
        (gives(hourly(4), credited=3030), ("50.5", "ore")),
        (gives(hourly(4), credited=61), ("1.016667", "ore")),
    ):
        assert (result.rows[0].quantity, result.rows[0].unit) == wanted


def test_nothing_found_afterwards_is_a_row_of_nothing():
    assert sums(gives(flat(400), extras=(Extra("Trovato dopo", D(0)),))) == ["400.00", "0.00"]


def test_a_version_of_the_last_day_begins_on_it():
    # 31 October 2026 is a Saturday: with the first version 17 days of 18 (68 of 72 hours), with the second the Saturday, 4 hours
    days = timetable(OCTOBER) | {LAST: 240}
    versions = [Version(1, FIRST_OF_ALL, flat(360), days), Version(2, LAST, flat(720), days)]
    # 360 × 4,080 ÷ 4,320 = 340.00; 720 × 240 ÷ 4,320 = 40.00
    assert sums(gives(flat(360), versions=versions, planned=4320)) == ["340.00", "40.00"]


def test_each_of_two_pauses_takes_its_days_away():
    # 5–8 and 12–14 October: 4 and 3 days of 17; 10 are left: 400 × 2,400 ÷ 4,080 = 235.2941… → 235.29
    pauses = [(date(2026, 10, 5), date(2026, 10, 8)), (date(2026, 10, 12), date(2026, 10, 14))]
    assert sums(gives(flat(400), pauses=pauses, planned=2400)) == ["235.29"]


def test_credited_minutes_without_any_done_are_the_last_part_s():
    assert credited_by_part([0, 0, 0], 60) == [0, 0, 60] and credited_by_part([], 60) == []
