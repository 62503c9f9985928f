"""The catalogue and the typed rule book: completeness, severities, merging and refusals."""

import json
import re
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from impresasolidale.territory.enums import Confidence, RuleKind, Severity
from impresasolidale.territory.rules import CATALOGUE, Rules, add_months, months_between

DOCS = Path(__file__).parents[2] / "docs" / "rules.md"


def test_all_92_rules_are_in_the_catalogue():
    assert list(CATALOGUE) == list(range(1, 93))
    assert all(rule.number == number and str(rule.title) for number, rule in CATALOGUE.items())
    assert set(Rules().severities) == set(CATALOGUE)


def test_start_light_ships_as_decided():
    rules = Rules()
    assert {n for n in (1, 2, 4, 6, 19, 20, 56) if rules.severity(n) is not Severity.BLOCK} == set()
    assert {n for n in (3, 5, 7, 18, 22, 24, 25, 26, 91, 92) if rules.severity(n) is not Severity.WARN} == set()


def test_unconfirmed_rules_warn_and_are_never_law():
    for rule in CATALOGUE.values():
        if rule.confidence is Confidence.UNCONFIRMED:
            assert rule.fixed or rule.severity is Severity.WARN, rule.number
        assert not rule.is_law or (rule.kind is RuleKind.HARD and rule.confidence is Confidence.READ)
    assert CATALOGUE[19].is_law
    assert not CATALOGUE[22].is_law and not CATALOGUE[36].is_law


def test_every_value_belongs_to_a_rule():
    attributes = {f.name for f in fields(Rules)} - {"severities"}
    assert {value for rule in CATALOGUE.values() for value in rule.values} == attributes


def test_shipped_values():
    rules = Rules()
    assert (rules.max_months, rules.warn_months, rules.weekly_hours_cap, rules.trainees_per_tutor) == (24, 22, 30, 3)
    assert (rules.attendance_threshold_percent, rules.certificate_validity_months) == (80, 36)
    assert (rules.sheet_day_of_next_month, rules.small_number_threshold, rules.cofinancing_percent) == (5, 5, Decimal("60.63"))


def test_values_are_laid_over_the_defaults():
    rules = Rules.from_values({"weekly_hours_cap": 20, "fund_isee_ceiling": "15000", "severity": {"12": "block"}})
    assert (rules.weekly_hours_cap, rules.fund_isee_ceiling, rules.severity(12)) == (20, Decimal(15000), Severity.BLOCK)
    assert (rules.max_months, rules.severity(1)) == (24, Severity.BLOCK)
    later = rules.changed({"max_months": 36, "severity": {"13": "off"}})
    assert (later.weekly_hours_cap, later.severity(12), later.severity(13)) == (20, Severity.BLOCK, Severity.OFF)


def test_values_survive_json():
    rules = Rules.from_values({"allowance_bands": [[0, "0"], [50, "200.50"]], "part_month": "calendar_days", "severity": {"92": "off"}})
    assert Rules.from_values(json.loads(json.dumps(rules.to_values()))) == rules


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"weekly_hours": 20}, "Questa regola non esiste."),
        ({"severities": {}}, "Questa regola non esiste."),
        ({"weekly_hours_cap": "20"}, "Serve un numero intero."),
        ({"weekly_hours_cap": True}, "Serve un numero intero."),
        ({"weekly_hours_cap": None}, "Serve un numero intero."),
        ({"weekly_hours_cap": -1}, "Il numero non può essere negativo."),
        ({"suspension_moves_end": 1}, "Serve sì o no (true o false)."),
        ({"allowance_ceiling": 500.5}, "Serve un numero scritto fra virgolette, con il punto per i decimali."),
        ({"allowance_ceiling": "NaN"}, "Serve un numero scritto fra virgolette, con il punto per i decimali."),
        ({"attendance_threshold_percent": 101}, "Una percentuale va da 0 a 100."),
        ({"sheet_day_of_next_month": 31}, "Scegli un giorno da 1 a 28."),
        ({"daily_hours_cap": 13}, "Scegli un numero da 1 a 12."),
        ({"link_valid_days": 0}, "Scegli un numero da 1 a 90."),
        ({"paper_levels": [["pact", "simple"]]}, "Serve una firma per ciascuna delle carte dell'elenco, una volta sola."),
        (
            {"paper_levels": [[paper, "spoken"] for paper, _level in Rules().paper_levels]},
            "Scegli fra: simple, drawn, handwritten, qualified.",
        ),
        ({"below_threshold": "half"}, "Scegli fra: proportional, nil."),
        ({"below_threshold": []}, "Scegli fra: proportional, nil."),
        ({"project_signers": [1]}, "Serve un testo."),
        ({"host_size_limits": [[5, 1, 2]]}, "Serve un elenco con la stessa forma di quello proposto."),
        ({"host_size_limits": []}, "Serve un elenco con la stessa forma di quello proposto."),
        ({"certification_windows": [["05-31", "05-01"]]}, "Scrivi ogni periodo con due date mese-giorno, come 05-01 e 05-31."),
        ({"certification_windows": [["maggio", "giugno"]]}, "Scrivi ogni periodo con due date mese-giorno, come 05-01 e 05-31."),
        ({"warn_months": 25}, "L’avviso deve venire prima della durata massima."),
        ({"severity": []}, "Serve un elenco di numeri di regola, ciascuno con block, warn oppure off."),
        ({"severity": {"93": "warn"}}, "La regola 93 non esiste: vanno da 1 a 92."),
        ({"severity": {"x": "warn"}}, "La regola x non esiste: vanno da 1 a 92."),
        ({"severity": {"1": "red"}}, "Per la regola 1 scegli block, warn oppure off."),
        ({"severity": {"1": []}}, "Per la regola 1 scegli block, warn oppure off."),
        ({"severity": {"59": "off"}}, "La regola 59 vale sempre: non si può cambiare."),
    ],
)
def test_wrong_values_are_refused_in_words(values, words):
    with pytest.raises(ValidationError) as refused:
        Rules.from_values(values)
    assert refused.value.message_dict == {next(iter(values)): [words]}


def test_all_refusals_come_together():
    with pytest.raises(ValidationError) as refused:
        Rules.from_values({"nothing": 1, "max_months": "x"})
    assert set(refused.value.message_dict) == {"nothing", "max_months"}


@given(st.dictionaries(st.sampled_from([f.name for f in fields(Rules)] + ["severity"]), st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2), max_leaves=6,
)))  # fmt: skip
def test_any_json_is_either_rules_or_a_clear_refusal(values):
    try:
        rules = Rules.from_values(values)
    except ValidationError as error:
        assert set(error.message_dict) <= set(values) | {"warn_months"}
    else:
        assert Rules.from_values(rules.to_values()) == rules


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2025, 1, 1), date(2026, 12, 31), 24),
        (date(2025, 1, 1), date(2027, 1, 1), 25),
        (date(2025, 1, 31), date(2025, 2, 27), 1),
        (date(2025, 1, 31), date(2025, 2, 28), 2),
        (date(2025, 3, 10), date(2025, 3, 10), 1),
        (date(2025, 3, 10), date(2025, 3, 9), 0),
    ],
)
def test_months_between(start, end, months):
    assert months_between(start, end) == months


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 48))
def test_a_period_of_n_months_has_n_months(start, months):
    end = add_months(start, months) - timedelta(days=1)
    assert months_between(start, end) == months
    assert months_between(start, end + timedelta(days=1)) == months + 1


def test_docs_and_catalogue_are_in_step():
    table = {}
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0].isdigit():
            table[int(cells[0])] = cells
    assert list(table) == list(CATALOGUE)
    for number, (_number, title, severity, values, where, test) in table.items():
        rule = CATALOGUE[number]
        assert severity == str(rule.severity) + (", always" if rule.fixed else ""), number
        assert re.findall(r"`(\w+)`", values) == list(rule.values), number
        assert title.endswith("†") == (rule.confidence is Confidence.UNCONFIRMED), number
        assert where, number
        for path, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", test):
            assert f"def {name}(" in (DOCS.parents[1] / path).read_text(encoding="utf-8"), number
