"""The start light's judgements at their borders. Every line is arithmetic one can do by hand."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.territory.rules import CATALOGUE, Rules, Severity
from placements.agreements import rules
from placements.agreements.enums import ITEM_RULE, ItemKind, Sender, SignerRole
from placements.agreements.rules import Benefits, Evidence, Facts, Period
from placements.agreements.services import Day

START, END = date(2027, 1, 1), date(2027, 6, 30)
BEFORE, AFTER = START - timedelta(days=1), START + timedelta(days=1)
ALWAYS = (Period(start=date(2020, 1, 1)),)
FOUR = (SignerRole.PROMOTER, SignerRole.HOST, SignerRole.PERSON)
R = Rules()
DAY = timedelta(days=1)


def general(hours: int) -> Evidence:
    return Evidence(kind="general", done_on=BEFORE, hours=hours)


def specific(hours: int, risk_class: str, to: date | None = None) -> Evidence:
    return Evidence(kind="specific", done_on=BEFORE, hours=hours, risk_class=risk_class, to=to)


def fit(on: date, to: date | None = None) -> Evidence:
    return Evidence(kind="fitness", done_on=on, to=to)


GREEN = Facts(
    starts_on=START,
    ends_on=END,
    agreement=Period(start=START, to=END),
    agreement_signed=True,
    signers_required=FOUR,
    signers_done=frozenset(FOUR),
    birth_date=date(1990, 5, 5),
    privacy_notice_on=BEFORE,
    assessed_on=START,
    charges=ALWAYS,
    has_company_tutor=True,
    has_promoter_tutor=True,
    tutor_is_trained=True,
    safety_declared_on=date(2025, 1, 1),
    inail=ALWAYS,
    liability=ALWAYS,
    communication_sender=Sender.HOST,
    communication_on=BEFORE,
    communication_number="123",
    company_staff=12,
    risk_class="low",
    evidence=(Evidence(kind="general", done_on=BEFORE, hours=4), Evidence(kind="specific", done_on=BEFORE, hours=4, risk_class="low")),
)


def light(kind: str, book: Rules = R, **changes: Any) -> rules.Light:
    return rules.judge(replace(GREEN, **changes), book)[kind][0]


def test_all_items_can_be_green() -> None:
    judged = rules.judge(GREEN, R)
    assert list(judged) == list(ItemKind.values)
    assert all(found.satisfied and found.why for found, _severity in judged.values())


def test_severities_of_the_shipped_rule_book() -> None:
    blocks = {ITEM_RULE[kind] for kind, (_light, severity) in rules.judge(GREEN, R).items() if severity == Severity.BLOCK}
    assert blocks == {1, 2, 4, 6, 19, 20, 56}  # house.md §3


SATISFIED, OPEN = True, False
CASES: list[tuple[str, dict[str, Any], bool]] = [
    # Rule 1
    (ItemKind.AGREEMENT, {"agreement": None}, OPEN),
    (ItemKind.AGREEMENT, {"agreement_signed": False}, OPEN),
    (ItemKind.AGREEMENT, {"agreement": Period(start=START, to=START)}, SATISFIED),
    (ItemKind.AGREEMENT, {"agreement": Period(start=AFTER, to=END)}, OPEN),
    (ItemKind.AGREEMENT, {"agreement": Period(start=date(2020, 1, 1), to=BEFORE)}, OPEN),
    # Rule 2
    (ItemKind.PROJECT, {"signers_required": ()}, OPEN),
    (ItemKind.PROJECT, {"signers_done": frozenset(FOUR[:2])}, OPEN),
    (ItemKind.PROJECT, {"signers_required": (*FOUR, SignerRole.SERVICE)}, OPEN),
    (ItemKind.PROJECT, {"signers_done": frozenset({*FOUR, SignerRole.SERVICE})}, SATISFIED),
    # Rule 3
    (ItemKind.ASSESSMENT, {"assessed_on": None}, OPEN),
    (ItemKind.ASSESSMENT, {"assessed_on": START}, SATISFIED),
    (ItemKind.ASSESSMENT, {"assessed_to": START}, SATISFIED),
    (ItemKind.ASSESSMENT, {"assessed_to": START, "judged_on": AFTER}, OPEN),
    # Rule 4
    (ItemKind.IN_CHARGE, {"charges": ()}, OPEN),
    (ItemKind.IN_CHARGE, {"charges": (Period(start=START, to=END),)}, SATISFIED),
    (ItemKind.IN_CHARGE, {"charges": (Period(start=AFTER),)}, OPEN),
    (ItemKind.IN_CHARGE, {"charges": (Period(start=START, to=END - timedelta(days=1)),)}, OPEN),
    (ItemKind.IN_CHARGE, {"charges": (Period(start=START, to=date(2027, 3, 1)), Period(start=date(2027, 3, 2)))}, SATISFIED),
    (ItemKind.IN_CHARGE, {"charges": (Period(start=START, to=date(2027, 3, 1)), Period(start=date(2027, 3, 3)))}, OPEN),
    # Rule 5: sixteen on the first day
    (ItemKind.AGE, {"birth_date": date(2011, 1, 1)}, SATISFIED),
    (ItemKind.AGE, {"birth_date": date(2011, 1, 2)}, OPEN),
    (ItemKind.AGE, {"schooling_completed": False}, OPEN),
    # Rule 6
    (ItemKind.REPRESENTATIVE, {"is_minor": True}, OPEN),
    (ItemKind.REPRESENTATIVE, {"representative": "Ada Prova"}, OPEN),
    (ItemKind.REPRESENTATIVE, {"representative": "Ada Prova", "signers_done": frozenset({SignerRole.REPRESENTATIVE})}, SATISFIED),
    # Rule 7: this one lasts 6 months; 22 warns, more than 24 asks for rule 8
    (ItemKind.LENGTH, {"earlier_months": 15}, SATISFIED),
    (ItemKind.LENGTH, {"earlier_months": 16}, OPEN),
    (ItemKind.LENGTH, {"earlier_months": 18}, OPEN),
    (ItemKind.LENGTH, {"earlier_months": 19}, OPEN),
    # Rule 18
    (ItemKind.TUTORS, {"has_company_tutor": False}, OPEN),
    (ItemKind.TUTORS, {"has_promoter_tutor": False}, OPEN),
    (ItemKind.TUTORS, {"same_tutor": True}, OPEN),
    # Rule 19: every day, by positions that follow each other without a gap
    (ItemKind.INAIL, {"inail": ()}, OPEN),
    (ItemKind.INAIL, {"inail": (Period(start=START, to=START),)}, OPEN),
    (ItemKind.INAIL, {"inail": (Period(start=AFTER),)}, OPEN),
    (ItemKind.INAIL, {"inail": (Period(start=START, to=AFTER), Period(start=AFTER + DAY, to=END))}, SATISFIED),
    (ItemKind.INAIL, {"inail": (Period(start=START, to=AFTER), Period(start=AFTER + DAY + DAY, to=END))}, OPEN),
    # Rule 20: every day
    (ItemKind.LIABILITY, {"liability": ()}, OPEN),
    (ItemKind.LIABILITY, {"liability": (Period(start=START, to=END),)}, SATISFIED),
    (ItemKind.LIABILITY, {"liability": (Period(start=START, to=END - timedelta(days=1)),)}, OPEN),
    # Rule 22: the day before, at the latest
    (ItemKind.REPRESENTATIVE, {"expired_decree": ("Ada Prova", BEFORE)}, SATISFIED),
    (ItemKind.COMMUNICATION, {"communication_on": BEFORE}, SATISFIED),
    (ItemKind.COMMUNICATION, {"communication_on": START}, OPEN),
    (ItemKind.COMMUNICATION, {"communication_on": None}, OPEN),
    (ItemKind.COMMUNICATION, {"communication_number": ""}, OPEN),
    (ItemKind.COMMUNICATION, {"communication_on": None, "communication_sender": Sender.EXEMPT}, SATISFIED),
    # Rule 24
    (ItemKind.SAFETY, {"safety_declared_on": None}, OPEN),
    # Rule 25: 4 general hours for ever, 4 / 8 / 12 specific ones that expire
    (ItemKind.SAFETY_TRAINING, {"evidence": ()}, OPEN),
    (ItemKind.SAFETY_TRAINING, {"evidence": (general(4),)}, OPEN),
    (ItemKind.SAFETY_TRAINING, {"evidence": (general(3), specific(4, "low"))}, OPEN),
    (ItemKind.SAFETY_TRAINING, {"evidence": (general(4), specific(3, "low"))}, OPEN),
    (ItemKind.SAFETY_TRAINING, {"evidence": (general(4), specific(8, "low")), "risk_class": "medium"}, OPEN),
    (ItemKind.SAFETY_TRAINING, {"evidence": (general(4), specific(8, "medium")), "risk_class": "medium"}, SATISFIED),
    (ItemKind.SAFETY_TRAINING, {"evidence": (general(4), specific(11, "high")), "risk_class": "high"}, OPEN),
    (ItemKind.SAFETY_TRAINING, {"evidence": (general(4), specific(12, "high")), "risk_class": "high"}, SATISFIED),
    (ItemKind.SAFETY_TRAINING, {"evidence": (general(4), specific(12, "high")), "risk_class": ""}, SATISFIED),
    (ItemKind.SAFETY_TRAINING, {"evidence": (general(4), specific(8, "medium")), "risk_class": ""}, OPEN),
    (ItemKind.SAFETY_TRAINING, {"evidence": (general(4), specific(4, "low", to=START))}, SATISFIED),
    (ItemKind.SAFETY_TRAINING, {"evidence": (general(4), specific(4, "low", to=BEFORE))}, OPEN),
    (ItemKind.SAFETY_TRAINING, {"evidence": (general(4), specific(4, "low", to=START)), "judged_on": AFTER}, OPEN),
    # Rule 26
    (ItemKind.FITNESS, {"needs_fitness": True}, OPEN),
    (ItemKind.FITNESS, {"needs_fitness": True, "evidence": (fit(START),)}, SATISFIED),
    (ItemKind.FITNESS, {"needs_fitness": True, "evidence": (fit(AFTER),)}, OPEN),
    (ItemKind.FITNESS, {"needs_fitness": True, "evidence": (fit(BEFORE, to=BEFORE),)}, OPEN),
    (ItemKind.FITNESS, {"needs_fitness": True, "evidence": (fit(BEFORE, to=START),)}, SATISFIED),
    (ItemKind.FITNESS, {"needs_fitness": True, "evidence": (fit(BEFORE, to=START),), "judged_on": AFTER}, OPEN),
    # Rule 21
    (ItemKind.OUTSIDE, {"works_outside": True}, OPEN),
    (ItemKind.OUTSIDE, {"works_outside": True, "outside_places": 1}, SATISFIED),
    (ItemKind.OUTSIDE, {"works_outside": True, "outside_places": 2, "outside_untold": 1}, OPEN),
    # Rule 27
    (ItemKind.REPLACEMENT, {"replacement_flag": "Sola al banco"}, OPEN),
    # Rules 43 and 44
    (ItemKind.BENEFITS, {"benefits": Benefits(inclusion_income=True)}, OPEN),
    (ItemKind.BENEFITS, {"benefits": Benefits(inclusion_income=True), "told_on": BEFORE}, OPEN),
    (ItemKind.BENEFITS, {"benefits": Benefits(inclusion_income=True), "told_on": BEFORE, "noted_on": BEFORE}, SATISFIED),
    (ItemKind.BENEFITS, {"benefits": Benefits(at_risk=True)}, OPEN),
    (ItemKind.BENEFITS, {"benefits": Benefits(at_risk=True), "told_on": BEFORE}, SATISFIED),
    # Rule 56
    (ItemKind.PRIVACY, {"privacy_notice_on": None}, OPEN),
    # Rule 91
    (ItemKind.TRAINED_TUTOR, {"tutor_is_trained": False}, OPEN),
    (ItemKind.TRAINED_TUTOR, {"has_company_tutor": False}, OPEN),
    # Rule 92: three at once, this one included
    (ItemKind.TUTOR_LOAD, {"tutor_others": 2}, SATISFIED),
    (ItemKind.TUTOR_LOAD, {"tutor_others": 3}, OPEN),
    (ItemKind.TUTOR_LOAD, {"has_company_tutor": False}, OPEN),
    # Rule 10: twelve months, begun ones included
    (ItemKind.LENGTH_OF_PROJECT, {"ends_on": date(2027, 12, 31)}, SATISFIED),
    (ItemKind.LENGTH_OF_PROJECT, {"ends_on": date(2028, 1, 1)}, OPEN),
    # Rule 15: two with up to 20 people, this one included
    (ItemKind.HOST_LOAD, {"company_others": 1}, SATISFIED),
    (ItemKind.HOST_LOAD, {"company_others": 2}, OPEN),
    (ItemKind.HOST_LOAD, {"company_staff": None}, OPEN),
    # Rule 17: twenty at once, this one included
    (ItemKind.PROMOTER_LOAD, {"promoter_others": 19}, SATISFIED),
    (ItemKind.PROMOTER_LOAD, {"promoter_others": 20}, OPEN),
    (ItemKind.PROMOTER_LOAD, {"has_promoter_tutor": False}, OPEN),
    # Rule 34: money behind the allowance
    (ItemKind.FUNDING, {}, SATISFIED),
    (ItemKind.FUNDING, {"is_paid": True}, OPEN),
    (ItemKind.FUNDING, {"is_paid": True, "has_source": True}, SATISFIED),
    # Rule 44: from 74 %, and only when the sum is taxed
]


@pytest.mark.parametrize(("kind", "changes", "satisfied"), CASES)
def test_borders(kind: str, changes: dict[str, Any], satisfied: bool) -> None:
    found = light(kind, **changes)
    assert found.satisfied is satisfied
    assert found.why.endswith(".") and len(found.why) <= 240


def test_every_item_has_its_borders() -> None:
    assert {kind for kind, _changes, satisfied in CASES if not satisfied} == set(ItemKind.values)


def test_dates_until_which_an_item_holds() -> None:
    assert light(ItemKind.AGREEMENT).expires_on == END
    assert light(ItemKind.LIABILITY, liability=(Period(start=START, to=date(2028, 1, 1)),)).expires_on == date(2028, 1, 1)
    assert light(ItemKind.LIABILITY).expires_on is None
    assert light(ItemKind.INAIL, inail=(Period(start=START, to=START),)).expires_on == START


def test_beyond_the_longest_time_rule_8_takes_over_and_blocks() -> None:
    judged = {months: rules.judge(replace(GREEN, earlier_months=months), R)[ItemKind.LENGTH] for months in (16, 18, 19)}
    assert [(found.rule, severity) for found, severity in judged.values()] == [(None, "warn"), (None, "warn"), (8, "block")]


def test_who_is_missing_is_named() -> None:
    assert "tirocinante" in light(ItemKind.PROJECT, signers_done=frozenset(FOUR[:2])).why
    assert light(ItemKind.TUTORS, has_company_tutor=False, has_promoter_tutor=False).why == (
        "Manca il tutor aziendale e il tutor dell'ente promotore."
    )


def test_a_rule_that_is_off_gives_no_item_and_severity_comes_from_the_book() -> None:
    book = Rules.from_values({"severity": {"91": "off", "22": "block"}, "trainees_per_tutor": 1})
    judged = rules.judge(replace(GREEN, tutor_others=1), book)
    assert ItemKind.TRAINED_TUTOR not in judged
    assert judged[ItemKind.COMMUNICATION][1] == Severity.BLOCK
    assert not judged[ItemKind.TUTOR_LOAD][0].satisfied


@pytest.mark.parametrize("kind", ItemKind.values)
def test_hard_legal_rules_are_never_waived(kind: str) -> None:
    assert rules.may_waive(kind) is (CATALOGUE[ITEM_RULE[kind]].kind != "H")


def test_what_may_be_waived() -> None:
    assert {kind for kind in ItemKind.values if rules.may_waive(kind)} == {
        ItemKind.AGE,
        ItemKind.LENGTH,
        ItemKind.TUTORS,
        ItemKind.SAFETY_TRAINING,
        ItemKind.OUTSIDE,
        ItemKind.TRAINED_TUTOR,
        ItemKind.TUTOR_LOAD,
        ItemKind.LENGTH_OF_PROJECT,
        ItemKind.HOST_LOAD,
        ItemKind.PROMOTER_LOAD,
    }


@pytest.mark.parametrize(("staff", "people"), [(0, 1), (5, 1), (6, 2), (20, 2), (21, 2), (29, 2), (30, 3), (99, 9), (100, 10)])
def test_how_many_people_a_company_may_have(staff: int, people: int) -> None:
    assert rules.host_limit(staff, R) == people


@pytest.mark.parametrize(
    ("representative", "alone", "service", "wanted"),
    [
        (False, False, False, ["promoter", "host", "person"]),
        (False, False, True, ["promoter", "host", "person", "service"]),
        (True, False, False, ["promoter", "host", "person", "representative"]),
        (True, True, False, ["promoter", "host", "representative"]),
        (True, True, True, ["promoter", "host", "representative", "service"]),
    ],
)
def test_who_signs_the_project(representative: bool, alone: bool, service: bool, wanted: list[str]) -> None:
    found = rules.required_signers(signers=R.project_signers, representative=representative, signs_alone=alone, service_is_a_party=service)
    assert list(found) == wanted


def test_weekly_hours() -> None:
    week = [Day(weekday=n, starts_at=time(9), minutes=360) for n in range(5)]
    minutes = rules.weekly_minutes((d.weekday, d.minutes) for d in week)
    assert minutes == 1800  # thirty hours: exactly the cap
    assert not rules.is_over_weekly_cap(minutes, R)
    assert rules.is_over_weekly_cap(minutes + 1, R)
    assert not rules.is_over_weekly_cap(minutes + 1, Rules.from_values({"severity": {"13": "off"}}))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=8), st.integers(0, 30))
def test_covered_until_is_the_first_bare_day_less_one(spans: list[tuple[int, int]], offset: int) -> None:
    day0 = date(2027, 1, 1)
    periods = [Period(start=day0 + timedelta(days=a), to=day0 + timedelta(days=a + n)) for a, n in spans]
    day = day0 + timedelta(days=offset)
    covered = {day0 + timedelta(days=a + k) for a, n in spans for k in range(n + 1)}
    expected = None
    while day in covered:
        expected, day = day, day + timedelta(days=1)
    assert rules.covered_until(periods, day0 + timedelta(days=offset)) == expected


def test_a_period_may_end_with_the_calendar() -> None:
    """The 31 December 9999 is how some offices write "without an end"."""
    start = date(2026, 1, 1)
    assert rules.covered_until([Period(start=start, to=date.max), Period(start=date.max)], start) == date.max


def test_an_expired_decree_is_told() -> None:
    """Nobody represents the person any more: the person signs, and the light says whose decree is over."""
    light, _severity = rules.judge(replace(GREEN, expired_decree=("Ada Prova", date(2026, 10, 31))), R)[ItemKind.REPRESENTATIVE]
    assert light.satisfied and "Ada Prova è scaduto il 31/10/2026" in light.why
