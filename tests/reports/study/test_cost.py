"""What a TRR costs: cases by hand, and what must hold for any numbers (rule 89)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.reports.study.cost import Parameter, Plan, compare, estimate, used
from impresasolidale.territory.enums import DAY_TARIFFS, TariffKind

VALUES = {
    "inail_daily_base": "53.98",
    "inail_rate_industry": "9",
    "inail_rate_craft": "5",
    "inail_rate_other": "11",
    "trr_accompaniment": "25",
    "trr_tutor_training": "120",
    "trr_safety": "85.50",
    "trr_transport": "30",
    "trr_liability": "24",
    "trr_administration": "60",
    "day_cdd": "82.40",
    "day_cse": "48",
    "day_sfa": "34.15",
    "day_days": "230",
}


def known(*left_out: str, **other: str) -> dict[str, Parameter]:
    values = {**VALUES, **other}
    return {k: Parameter(k, Decimal(v), date(2026, 1, 1), "Delibera di prova", True) for k, v in values.items() if k not in left_out}


YEAR = Plan(allowance=Decimal(400), months=12)


def amounts(plan: Plan) -> list[Decimal | None]:
    return [line.amount for line in estimate(plan, known()).lines]


def test_a_year_by_hand():
    """Rows in order: 400 × 12 = 4,800 · 53.98 × 208 days (4 × 52) × 11/1000 = 123.506… → 123.51 · 24 · 2 h × 44 weeks = 88 h × 25 = 2,200 ·
    120 · 85.50 · 30 × 12 = 360 · 60. Sum: 7,773.01."""
    found = estimate(YEAR, known())
    wanted = ["4800.00", "123.51", "24.00", "2200.00", "120.00", "85.50", "360.00", "60.00"]
    assert [str(line.amount) for line in found.lines] == wanted
    assert found.total == Decimal("7773.01") and found.is_whole


def test_seven_months_in_a_workshop():
    """350 × 7 = 2,450 · 3 days: 3 × 52 × 7 / 12 = 91 days; 53.98 × 91 × 5/1000 = 24.5609 → 24.56 · 24 × 7/12 = 14 · 1.5 h × 44 × 7/12 =
    38.5 h × 25 =
    962.50 · 120 · 85.50 · 210 · 60. Sum: 3,926.56."""
    plan = Plan(Decimal(350), 7, 3, Decimal("1.5"), inail_rate=TariffKind.INAIL_RATE_CRAFT)
    assert plan.days == 91 and plan.hours == Decimal("38.50")
    assert [str(a) for a in amounts(plan)] == ["2450.00", "24.56", "14.00", "962.50", "120.00", "85.50", "210.00", "60.00"]
    assert estimate(plan, known()).total == Decimal("3926.56")


def test_rows_say_how_they_are_reckoned():
    lines = {line.label: line.how.replace("\u00a0", " ") for line in estimate(YEAR, known()).lines}
    assert lines["Contributo motivazionale"] == "400,00 € al mese × 12 mesi"
    assert lines["INAIL"] == "53,98 € al giorno × 208 giorni × 11 per mille"
    assert lines["Accompagnamento"] == "88 ore × 25,00 € all’ora"


def test_inail_is_within_the_range_of_the_dossier():
    """domain.md §8.2: € 54–119 for 200 days: 53.98 × 200 × 5/1000 = 53.98, × 11/1000 = 118.76. Ours has 208 days at most."""
    for rate, low, high in (("inail_rate_craft", 54, 57), ("inail_rate_other", 118, 124)):
        amount = amounts(Plan(Decimal(0), 12, inail_rate=rate))[1]
        assert amount is not None and low <= amount <= high


def test_a_missing_parameter_is_said_and_never_taken_for_zero():
    found = estimate(YEAR, known("trr_transport", "inail_daily_base"))
    assert found.missing == ("inail_daily_base", "trr_transport") and not found.is_whole
    assert [line.amount for line in found.lines].count(None) == 2
    assert found.total == Decimal("7773.01") - Decimal("123.51") - 360


def test_the_day_services_of_a_year():
    """CDD 82.40 × 230 = 18,952 − 7,773.01 = 11,178.99 avoided · CSE 48 × 230 = 11,040 → 3,266.99 · SFA 34.15 × 230 = 7,854.50 → 81.49."""
    found = compare(YEAR, estimate(YEAR, known()), known())
    assert [(a.label, str(a.amount), str(a.avoided)) for a in found.alternatives] == [
        ("CDD", "18952.00", "11178.99"),
        ("CSE", "11040.00", "3266.99"),
        ("SFA", "7854.50", "81.49"),
    ]
    cheap = known(day_sfa="20")  # 4,600: the TRR costs more, and it is said
    assert compare(YEAR, estimate(YEAR, cheap), cheap).alternatives[2].is_dearer


@pytest.mark.parametrize("gone", [*DAY_TARIFFS, "trr_safety"])
def test_nothing_is_compared_until_every_tariff_is_there(gone):
    """Rule 89."""
    found = compare(YEAR, estimate(YEAR, known(gone)), known(gone))
    assert found.is_blocked and found.alternatives == () and gone in found.missing


def test_parameters_stand_beside():
    shown = used(YEAR, known(), compared=True)
    assert [p.kind for p in shown][:2] == ["inail_daily_base", "inail_rate_other"] and len(shown) == 12
    assert len(used(YEAR, known(), compared=False)) == 8


EURO = st.decimals(0, 900, places=2)
PLANS = st.builds(Plan, EURO, st.integers(1, 36), st.integers(1, 6), st.decimals(0, 20, places=1), st.integers(1, 52))


@given(PLANS)
def test_the_total_is_the_sum_of_its_rows_and_grows_with_the_months(plan):
    found = estimate(plan, known())
    assert found.total == sum(line.amount for line in found.lines) and all(line.amount == round(line.amount, 2) for line in found.lines)
    longer = Plan(plan.allowance, plan.months + 1, plan.days_a_week, plan.accompaniment_hours, plan.accompaniment_weeks)
    assert all(a <= b for a, b in zip(amounts(plan), amounts(longer), strict=True))
    compared = compare(plan, found, known())
    assert all(a.amount - found.total == a.avoided for a in compared.alternatives)
