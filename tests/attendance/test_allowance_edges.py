"""Edges of the allowance that no month by hand walks on: each of these was a change of the code that no other test noticed."""

from datetime import date
from decimal import Decimal as D

import pytest

from impresasolidale.territory.rules import Rules
from placements.attendance.allowance_rules import Extra, Month, Part, Terms, compute, gave

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
