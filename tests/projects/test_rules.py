"""The pure rules: checks of an expense, shares, tolerance, cost of hours. Arithmetic beside each."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.projects import rules
from impresasolidale.projects.enums import PartnerKind
from impresasolidale.projects.rules import ExpenseFacts, Rate
from impresasolidale.territory.enums import Severity
from impresasolidale.territory.rules import Rules

D = Decimal
BOOK = Rules()
GOOD = {
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2026, 12, 31),
    "partner_kind": PartnerKind.PUBLIC,
    "charged": D(100),
    "shares": D(100),
    "granted": D(40),
    "document_on": date(2026, 5, 1),
    "paid_on": date(2026, 5, 2),
    "proof_kind": "transfer",
    "has_document": True,
    "has_proof": True,
}


def found(**more):
    return rules.expense_findings(ExpenseFacts(**{**GOOD, **more}), BOOK.severities)


def wrong(**more):
    return [(f.rule, str(f.severity)) for f in found(**more) if not f.passed]


def test_an_expense_with_everything_passes_each_check():
    assert wrong() == [] and [f.rule for f in found()] == [74, 74, 74, 74, 75]


@pytest.mark.parametrize(
    "more",
    [
        {"has_document": False},
        {"shares": D("99.99")},
        {"paid_on": None},
        {"paid_on": date(2025, 12, 31)},
        {"paid_on": date(2027, 1, 1)},
        {"proof_kind": ""},
        {"has_proof": False},
        {"proof_kind": "order"},
        {"proof_kind": "cheque"},
        {"proof_kind": "value"},
    ],
)
def test_what_rule_74_blocks(more):
    """Cost item, partner and source are columns that cannot be missing; document, shares, day and proof are looked at."""
    assert wrong(**more) == [(74, "block")]


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 12, 31)])
def test_the_first_and_the_last_day_are_inside(day):
    assert wrong(paid_on=day) == []


@pytest.mark.parametrize("kind", [PartnerKind.TRADE, PartnerKind.UNION, PartnerKind.COMPANY, PartnerKind.PERSON])
def test_rule_75_warns_of_who_may_only_support(kind):
    assert wrong(partner_kind=kind) == [(75, "warn")]
    assert wrong(partner_kind=kind, granted=D(0)) == []  # with its own money it may spend
    assert wrong(own_partner=kind) == [(75, "warn")]


def test_rule_75_lets_the_others_spend():
    for kind in rules.MAY_RECEIVE:
        assert wrong(partner_kind=kind, own_partner=kind) == []


def test_a_rule_that_is_off_says_nothing():
    quiet = {**BOOK.severities, 74: Severity.OFF, 75: Severity.OFF}
    assert rules.expense_findings(ExpenseFacts(**{**GOOD, "paid_on": None, "partner_kind": "trade"}), quiet) == []


def test_another_cup_is_said():
    assert (
        wrong(cup="B", project_cup="A") == [(None, "warn")]
        and wrong(cup="A", project_cup="A") == []
        and wrong(cup="", project_cup="A") == []
    )


def test_the_cofinancing_share_of_the_founding_figures():
    """92,400 of 152,400 is 60.6299… %, promised as 60.63: the plan keeps it. 60,008 of the grant make 60.6246… %, which is 60.62."""
    assert D("60.62") < D(92400) / D(152400) * 100 < D("60.63")
    kept = rules.cofinancing_finding(D(152400), D(60000), least=BOOK.cofinancing_percent, severity=Severity.WARN)
    under = rules.cofinancing_finding(D(152400), D(60008), least=BOOK.cofinancing_percent, severity=Severity.WARN)
    assert kept.passed and not under.passed and "60,62" in str(under.words) and under.warns and not under.stops
    assert rules.cofinancing_finding(D(0), D(0), least=D(60), severity=Severity.WARN) is None
    assert rules.cofinancing_finding(D(1), D(1), least=D(60), severity=Severity.OFF) is None


@pytest.mark.parametrize(
    ("before", "after", "is_over"), [(1000, 1100, False), (1000, 1100.01, True), (1000, 899.99, True), (0, 1, True), (0, 0, False)]
)
def test_the_tolerance_of_rule_77_is_of_what_the_item_was(before, after, is_over):
    """10 % of 1,000 is 100: up to 1,100 and down to 900 nothing is asked; of nothing, one euro is too much."""
    assert rules.over_tolerance(D(str(before)), D(str(after)), 10) is is_over


def test_shifted_and_overspent_name_the_items():
    assert rules.shifted({"A05": D(1000), "A07": D(500)}, {"A05": D(1100), "A07": D(400)}, 10) == ["A07"]
    assert rules.overspent({"A05": D(1000)}, {"A05": D("1100.01"), "A07": D(1)}, 10) == ["A05", "A07"]
    assert rules.overspent({"A05": D(1000)}, {"A05": D(500)}, 10) == []  # spending less is no shift


def test_percents_by_largest_remainder():
    """100.00 in thirds of a percent: 33.33 + 33.33 + 33.34; the cent goes to the largest remainder, here the third."""
    assert rules.shares_by_percent(D("100.00"), [D("33.33"), D("33.33"), D("33.34")]) == [D("33.33"), D("33.33"), D("33.34")]
    assert rules.shares_by_percent(D("0.05"), [D(50), D(50)]) == [D("0.03"), D("0.02")]


@given(st.integers(1, 10**7), st.lists(st.integers(1, 9999), min_size=1, max_size=4))
def test_shares_always_make_the_whole(cents, weights):
    whole = sum(weights)
    percents = [D(w) * 100 / whole for w in weights[:-1]]
    percents.append(100 - sum(percents, D(0)))
    parts = rules.shares_by_percent(D(cents) / 100, percents)
    assert sum(parts) == D(cents) / 100 and all(part >= 0 for part in parts)


def test_hours_at_two_rates_are_rounded_each_once():
    """10 h 10 min at 25.333333 and 5 h 20 min at 26: 257.5555… → 257.56; 138.666… → 138.67; together 396.23."""
    rates = [Rate(date(2026, 1, 1), None, D("25.333333")), Rate(date(2026, 3, 15), None, D(26))]
    rows, bare = rules.cost_of([(date(2026, 3, 14), 610), (date(2026, 3, 15), 320)], rates)
    assert bare == [] and [(r.minutes, r.amount) for r in rows] == [(610, D("257.56")), (320, D("138.67"))]
    assert sum(r.amount for r in rows) == D("396.23")


def test_half_a_cent_goes_up():
    """30 minutes at 0.01 an hour are half a cent."""
    assert rules.cost_of([(date(2026, 1, 1), 30)], [Rate(date(2026, 1, 1), None, D("0.01"))])[0][0].amount == D("0.01")


def test_a_day_without_a_rate_is_said():
    rates = [Rate(date(2026, 2, 1), date(2026, 2, 28), D(20))]
    rows, bare = rules.cost_of([(date(2026, 1, 31), 60), (date(2026, 2, 1), 60), (date(2026, 3, 1), 60)], rates)
    assert bare == [date(2026, 1, 31), date(2026, 3, 1)] and [r.amount for r in rows] == [D("20.00")]


@given(st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 1440)), max_size=40), st.integers(1, 10**5))
def test_a_month_s_cost_is_within_a_cent_of_the_exact_one(days, cents):
    rows, bare = rules.cost_of(days, [Rate(date(2026, 1, 1), None, D(cents) / 100)])
    exact = sum(Fraction(cents, 100) * minutes / 60 for _day, minutes in days)
    assert bare == [] and abs(Fraction(sum((r.amount for r in rows), D(0))) - exact) <= Fraction(5, 1000)
