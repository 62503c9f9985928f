"""The engine against a slow judge that knows nothing of it: days, fractions, and the rules as docs/algorithms/allowance.md says them."""

import calendar
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction as F

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impresasolidale.territory.rules import Rules
from placements.attendance.allowance_rules import Extra, Month, Terms, Version, compute, credited_by_part, parts_of, split

MODELS = ("none", "monthly", "monthly_threshold", "hourly", "bands")
cents = st.integers(0, 60_000).map(lambda n: Decimal(n).scaleb(-2))
positive = st.integers(1, 60_000).map(lambda n: Decimal(n).scaleb(-2))
sources = st.lists(st.integers(1, 100), max_size=4).map(lambda weights: tuple(enumerate(weights, 1)))
terms = st.builds(
    Terms,
    model=st.sampled_from(MODELS),
    amount=positive,
    cap=st.none() | cents,
    meals=st.booleans(),
    transport=st.booleans(),
    longest_day=st.sampled_from((0, 240, 300)),
    sources=sources,
)
books = st.builds(
    lambda block, **values: Rules(**values).changed({"severity": {"38": "block"}} if block else {}),
    block=st.booleans(),
    attendance_threshold_percent=st.integers(0, 100),
    part_month=st.sampled_from(("planned_minutes", "calendar_days")),
    below_threshold=st.sampled_from(("proportional", "nil")),
    allowance_floor=cents,
    allowance_ceiling=positive,
    allowance_ceiling_with_meals=positive,
    allowance_ceiling_short_day=positive,
    meals_reduction=cents,
    transport_reduction=cents,
    allowance_bands=st.lists(st.tuples(st.integers(0, 90), cents), min_size=1, max_size=4, unique_by=lambda band: band[0]).map(tuple),
)


@st.composite
def months(draw):
    """A month with one or two versions, a period that may begin or end in it, up to two pauses, and what was done each day."""
    month = draw(st.sampled_from((date(2026, 10, 1), date(2027, 3, 1), date(2027, 2, 1), date(2028, 2, 1), date(2026, 12, 1))))
    days = [month + timedelta(days=n) for n in range(calendar.monthrange(month.year, month.month)[1])]
    day = st.sampled_from(days)

    def plan():
        """The same weekdays all along, or any days."""
        minutes, weekdays, any_days = draw(st.integers(0, 600)), draw(st.none() | st.sets(st.integers(0, 6))), 0
        if weekdays is None:
            any_days = draw(st.integers(0, 2 ** len(days) - 1))
        return {d: minutes for n, d in enumerate(days) if d.weekday() in (weekdays or ()) or any_days >> n & 1}

    versions = [Version(1, date(2020, 1, 1), draw(terms), plan())]
    if draw(st.booleans()):
        versions.append(Version(2, draw(day), draw(terms | st.just(versions[0].terms)), plan()))
    first = draw(day) if draw(st.booleans()) else date(2020, 1, 1)
    last = draw(day) if draw(st.booleans()) else date(2030, 1, 1)
    pauses = [(a, None if draw(st.booleans()) else max(a, draw(day))) for a in draw(st.lists(day, max_size=2, unique=True))]
    done = {d: draw(st.integers(0, 700)) for d in draw(st.sets(day, max_size=12))}
    planned = draw(st.integers(0, 6000))
    credited = draw(st.integers(0, planned))
    extras = tuple(Extra("Conguaglio", amount) for amount in draw(st.lists(cents.map(lambda a: a - 300), max_size=3)))
    return month, versions, first, last, pauses, done, planned, credited, extras, draw(cents) if draw(st.booleans()) else Decimal(0)


def half_up(value: F) -> int:
    """Whole cents of euro, halves away from zero."""
    scaled = abs(value) * 100
    whole = int(scaled + F(1, 2))
    return whole if value >= 0 else -whole


def judge(case, book):
    """(total in cents before what turned out later, per part) by the words of the document, a day at a time."""
    month, versions, first, last, pauses, done, planned, credited, _extras, _owed = case
    whole, spans = F(0), {}
    same = len({(replace(v.terms, longest_day=0), ceiling_of(v.terms, book)) for v in versions}) == 1  # about money
    for n in range(calendar.monthrange(month.year, month.month)[1]):
        day = month + timedelta(days=n)
        begun = [v for v in versions if v.effective_from <= day]
        version = begun[-1] if begun else versions[0]
        measure = F(1) if book.part_month == "calendar_days" else F(version.minutes.get(day, 0))
        whole += measure
        if day < first or day > last:
            continue
        span = spans.setdefault(1 if same else version.version, {"terms": version.terms, "share": F(0), "done": 0})
        if all(not (a <= day and (b is None or day <= b)) for a, b in pauses):
            span["share"] += measure
            span["done"] += done.get(day, 0)
    rows = list(spans.values())
    everything = sum(r["done"] for r in rows)
    if everything:  # largest remainder, by brute force: give the minutes one by one to whoever is furthest below
        exact = [F(credited * r["done"], everything) for r in rows]
        given = [e.numerator // e.denominator for e in exact]
        for _n in range(credited - sum(given)):
            best = max(range(len(rows)), key=lambda i: (exact[i] - given[i], -i))
            given[best] += 1
    else:
        given = [0] * (len(rows) - 1) + [credited] if rows else []
    shares = sum(r["share"] for r in rows)
    return [
        part(r["terms"], r["share"], minutes, whole, shares, len(rows), planned, credited, book)
        for r, minutes in zip(rows, given, strict=True)
    ]


def ceiling_of(t, book):
    ceilings = [book.allowance_ceiling] + [book.allowance_ceiling_with_meals] * t.meals
    return F(min(ceilings + [book.allowance_ceiling_short_day] * (t.longest_day == 240)))


def part(t, share, minutes, whole, shares, parts, planned, credited, book):
    if t.model == "none" or not share:
        return 0
    ceiling = ceiling_of(t, book)
    among = F(1) if parts == 1 else share / shares
    least = None
    if t.model == "hourly":
        total, fraction, scale = half_up(F(t.amount) * minutes / 60), F(minutes, planned) if planned else F(0), among
        reductions = [F(book.meals_reduction) * t.meals, F(book.transport_reduction) * t.transport] if planned else []
    else:
        if t.model == "bands":
            passed = [b for b in book.allowance_bands if credited > b[0] * 60]
            amount = min(F(max(passed)[1]), F(t.amount)) if passed else F(0)
            fraction = scale = among
            if not amount:
                return 0
        else:
            amount, fraction, scale = F(t.amount), share / whole, share / whole
        if t.model == "monthly_threshold":
            if not planned:
                return 0
            if F(credited, planned) * 100 < book.attendance_threshold_percent:
                if book.below_threshold == "nil" or not credited:
                    return 0
                fraction *= F(credited, planned)
                least = F(book.allowance_floor)
        total = half_up(amount * fraction)
        meals = min(F(book.meals_reduction) * t.meals, amount)
        transport = min(F(book.transport_reduction) * t.transport, amount - meals)
        reductions = [meals, transport]
        if least is not None:
            least = half_up(min(least, amount - meals - transport) * scale)
    for reduction in reductions:
        total -= min(total, half_up(reduction * fraction))
    if least is not None:
        total = max(total, least)
    if t.model == "hourly":
        total = min(total, half_up((F(t.cap) if t.cap is not None else ceiling) * scale))
    if book.severity(38) == "block":
        total = min(total, half_up(ceiling * scale))
    return total


def check(case, book):
    month, versions, first, last, pauses, done, planned, credited, extras, owed = case
    whole, parts = parts_of(month, versions, first=first, last=last, pauses=pauses, done=done, credited=credited, book=book)
    result = compute(Month(month, planned, credited, whole, parts, extras, owed), book)
    before = sum(judge(case, book))
    after = before + sum(int(e.amount * 100) for e in extras) - int(owed * 100)
    assert int(result.amount * 100) == max(0, after)
    assert int(result.carried * 100) == max(0, -after)
    assert sum((row.amount for row in result.rows), Decimal(0)) == result.amount >= 0
    assert all(row.words and len(row.words) <= 240 for row in result.rows)
    for row in result.rows:
        if row.code in ("monthly", "hourly", "bands") and row.unit:
            assert abs(Decimal(row.quantity) * Decimal(row.rate) - row.amount) <= Decimal("0.006"), row
    if result.shares:
        assert sum(amount for _pot, amount in result.shares) == result.amount
        assert all(amount > 0 for _pot, amount in result.shares)


@given(case=months(), book=books)
@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_the_engine_and_the_judge_agree_to_the_cent(case, book):
    check(case, book)


@pytest.mark.deep
@given(case=months(), book=books)
@settings(max_examples=50_000, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_they_agree_on_many_more(case, book):
    check(case, book)


@given(st.integers(0, 10_000_000), st.lists(st.integers(1, 1000), min_size=1, max_size=6))
def test_shares_lose_no_cent_and_stray_less_than_one(total, weights):
    shares = dict(split(total, list(enumerate(weights))))
    assert sum(shares.values()) == Decimal(total).scaleb(-2) if total else not shares
    for n, weight in enumerate(weights):
        assert abs(F(shares.get(n, Decimal(0))) * 100 - F(total * weight, sum(weights))) < 1


@given(st.lists(st.integers(0, 5000), max_size=4), st.integers(0, 6000))
def test_minutes_of_the_parts_are_those_of_the_month(done, credited):
    assert sum(credited_by_part(done, credited)) == (credited if done else 0)
