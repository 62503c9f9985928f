"""A scheme as a value: what keeps one from being published, and what holds of every score."""

import itertools
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.enums import STEPS, CheckedBy, CriterionKind, DecidedBy, Level, SizeBand
from certification.measures import MEASURES, SEATS, measures
from certification.rules import Facts, window_start, year_starts
from certification.scheme import (
    Area,
    Criterion,
    Floor,
    LevelRule,
    Scheme,
    Step,
    area_of,
    computed_points,
    criterion_problems,
    moved,
    problems,
    score,
    size_band,
    with_area,
    with_criterion,
    without,
)
from certification.shipped import shipped_scheme
from tests.factories.fixtures import TODAY

FLOOR = Floor(area=1, total=8, validators=1)  # as the rule book ships (rules 80 and 82)
LARGE_REACH = 75  # hosted: 25 seats, three years


def computed(*steps: tuple[int, tuple[int, int, int, int]], **more: Any) -> Criterion:
    """A criterion on placements hosted: (points, thresholds from micro to large)."""
    made = tuple(Step(points, "Così.", dict(zip(SizeBand.values, asked, strict=True))) for points, asked in steps)
    base = {"code": "tirocini", "name": "Tirocini", "question": "?", "kind": CriterionKind.CORE, "checked_by": CheckedBy.COMPUTED}
    return Criterion(**{**base, "steps": made, "measure": "hosted", **more})


def told(code: str, *points: int, kind: str = CriterionKind.ELECTIVE, **more: Any) -> Criterion:
    base = {"name": code, "question": "?", "checked_by": CheckedBy.DECLARED, "steps": tuple(Step(p, "Così.") for p in points)}
    return Criterion(code=code, kind=kind, **{**base, **more})


def small_scheme(**changes: Any) -> Scheme:
    """Two areas of five and four points: 9 in all, and 2 in more."""
    areas = (
        Area("a", "Accoglienza", "", (computed((1, (1, 1, 1, 1)), (3, (2, 4, 8, 16))), told("riserva", 2))),
        Area("b", "Regole", "", (told("compiti", 1, 4), told("dono", 5, kind=CriterionKind.BONUS, proofs=("ricevuta",)))),
    )
    levels = (
        LevelRule(Level.ADERENTE, "", 0, 1, DecidedBy.OFFICE),
        LevelRule(Level.IMPRESA_SOLIDALE, "", 1, 8),
        LevelRule(Level.AMBASCIATRICE, "", 2, 9, validators=1),
    )
    return replace(Scheme(areas, levels, bonus_cap=2), **changes)


def words_of(scheme: Scheme, floor: Floor = FLOOR) -> str:
    return " ".join(problem.words for problem in problems(scheme, floor))


# --- Whole


def test_the_shipped_scheme_is_whole_and_reads_back():
    scheme = shipped_scheme()
    assert problems(scheme, FLOOR) == []
    assert Scheme.from_json(json.loads(json.dumps(scheme.to_json()))) == scheme
    assert [len(area.criteria) for area in scheme.areas] == [5, 5, 4, 4, 3]
    assert not {c.kind for c in scheme.criteria.values()} ^ set(CriterionKind.values)
    assert not {c.checked_by for c in scheme.criteria.values()} ^ set(CheckedBy.values)


def test_a_small_one_is_whole():
    assert problems(small_scheme(), FLOOR) == []


def with_steps(*steps: tuple[int, tuple[int, int, int, int]], **more: Any) -> Scheme:
    return with_criterion(small_scheme(), "a", computed(*steps, **more), instead_of="tirocini")


def with_levels(*changes: dict[str, Any]) -> Scheme:
    whole = small_scheme()
    return replace(whole, levels=tuple(replace(rule, **change) for rule, change in zip(whole.levels, changes, strict=True)))


EVERY = (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("scheme", "words"),
    [
        (small_scheme(areas=()), "Serve almeno un'area."),
        (small_scheme(bonus_cap=-1), "non può essere negativo"),
        (small_scheme(areas=(small_scheme().areas[0],) * 2), "Due aree hanno lo stesso codice: a."),
        (with_criterion(small_scheme(), "b", told("riserva", 1)), "Due criteri hanno lo stesso codice: riserva."),
        (with_area(small_scheme(), Area("c", "Vuota", "", ())), "«Vuota» non ha criteri"),
        (with_steps(), "almeno un gradino"),
        (with_steps((0, EVERY)), "I punti partono da 1"),
        (with_steps((3, EVERY), (1, EVERY)), "I punti partono da 1"),
        (with_steps((1, EVERY), steps=(Step(1, " ", dict.fromkeys(SizeBand.values, 1)),)), "dice in parole"),
        (with_steps((1, EVERY), measure="utile_netto"), "Scegli che cosa si misura."),
        (with_steps((1, EVERY), steps=(Step(1, "Così.", {"micro": 1}),)), "Serve una soglia, da 1 in su"),
        (with_steps((1, (0, 1, 1, 1))), "Serve una soglia, da 1 in su"),
        (with_steps((1, (3, 2, 3, 3))), "più piccola si chiede più"),
        (with_steps((1, (2, 2, 2, 2)), (2, (1, 2, 2, 2))), "Dà più punti del gradino prima, e chiede meno"),
        (with_steps((1, (4, 4, 4, 4))), "La soglia 4 non si raggiunge: micro, fino a 9 persone, al massimo 3"),
        (with_steps((1, (1, 1, 1, LARGE_REACH + 1))), "La soglia 76 non si raggiunge: grande"),
        (with_steps((1, EVERY), required_from="attestato_2015"), "Questo livello non esiste."),
        (with_criterion(small_scheme(), "a", told("x", 1, measure="hosted")), "Una misura serve solo"),
        (with_criterion(small_scheme(), "a", told("x", 1, kind=CriterionKind.BONUS)), "da una prova: scrivi quale"),
        (with_criterion(small_scheme(), "a", told("x", 1, checked_by=CheckedBy.DOCUMENT)), "quale documento"),
        (small_scheme(levels=()), "almeno un livello"),
        (small_scheme(levels=small_scheme().levels[::-1]), "I livelli stanno in ordine"),
        (small_scheme(levels=small_scheme().levels[:1] * 2), "I livelli stanno in ordine"),
        (small_scheme(levels=small_scheme().levels[1:]), "Non si salta un livello"),
        (with_levels({}, {"total_minimum": 9}, {"total_minimum": 8}), "non può chiedere meno di quello sotto"),
        (with_levels({}, {}, {"area_minimum": 5}), "Nell'area «Regole» si arriva a 4 punti"),
        (with_levels({}, {}, {"total_minimum": 12}), "In tutto si arriva a 11 punti"),  # 5 + 4 and 2 of the 5 in more
        (with_levels({"total_minimum": 0}, {}, {}), "almeno un punto in tutto"),
        (with_levels({}, {"area_minimum": 0}, {}), "almeno 1 punti in ogni area (regola 80)"),
        (with_levels({}, {"total_minimum": 7}, {}), "almeno 8 punti in tutto (regola 80)"),
        (with_levels({}, {}, {"validators": 0}), "almeno 1 persone esterne"),
    ],
)
def test_each_thing_wrong_is_said(scheme, words):
    assert words in words_of(scheme)


def test_eleven_points_can_be_asked_for():
    assert words_of(with_levels({}, {}, {"total_minimum": 11})) == ""


def test_what_the_office_decides_may_ask_for_less_than_the_commission():
    """Aderente has hosted, no more: rule 80 is of the levels with a score."""
    assert words_of(small_scheme(levels=small_scheme().levels[:1])) == ""


def test_a_problem_says_where():
    [found] = problems(with_steps((1, (3, 2, 3, 3))), FLOOR)
    assert (found.area, found.criterion, found.step, found.field) == ("a", "tirocini", 1, "thresholds")
    assert [p.words for p in criterion_problems(computed((1, (3, 2, 3, 3))))] == [found.words]


def test_what_the_smallest_company_of_a_size_reaches():
    assert SEATS == {"micro": 1, "small": 2, "medium": 5, "large": 25}  # rule 15: ≤5 one, ≤20 two, then a tenth of 50 and of 250
    assert [MEASURES["months"].reach(band) for band in SizeBand.values] == [36, 72, 180, 900]
    assert [MEASURES["years"].reach(band) for band in SizeBand.values] == [3, 3, 3, 3]
    assert MEASURES["given"].reach(SizeBand.MICRO) is None


# --- Editing


def test_areas_and_criteria_are_put_moved_and_taken_away():
    scheme = with_area(small_scheme(), Area("c", "Comunità", "", (told("insieme", 1),)))
    assert [a.code for a in scheme.areas] == ["a", "b", "c"]
    assert [a.code for a in moved(scheme, "c", up=True).areas] == ["a", "c", "b"]
    assert moved(scheme, "a", up=True) == scheme == moved(scheme, "c", up=False)
    assert [c.code for c in area_of(moved(scheme, "a", "riserva", up=True), "a").criteria] == ["riserva", "tirocini"]
    assert [a.code for a in without(scheme, "b").areas] == ["a", "c"]
    assert [c.code for c in area_of(without(scheme, "a", "tirocini"), "a").criteria] == ["riserva"]
    assert without(scheme, "a", "none") == scheme
    for wrong in (
        lambda: moved(scheme, "z", up=True),
        lambda: without(scheme, "z"),
        lambda: with_area(scheme, scheme.areas[0], instead_of="z"),
    ):
        with pytest.raises(KeyError):
            wrong()


# --- Scores


def test_points_come_in_whole_steps():
    for wrong in ({"compiti": 2}, {"compiti": 5}, {"compiti": -1}, {"nessuno": 1}):
        with pytest.raises(ValueError, match=":"):
            score(small_scheme(), wrong)


def test_a_level_above_one_that_is_missed_is_missed():
    whole = small_scheme(levels=(LevelRule(Level.ADERENTE, "", 0, 1), LevelRule(Level.IMPRESA_SOLIDALE, "", 0, 1)))
    needs = with_criterion(whole, "b", told("compiti", 1, 4, kind=CriterionKind.CORE), instead_of="compiti")
    assert score(needs, {"tirocini": 3, "riserva": 2}).level is None  # the core one stands at the first level too
    assert score(needs, {"tirocini": 1, "compiti": 1}).level == Level.IMPRESA_SOLIDALE


def test_sizes():
    assert [size_band(n) for n in (0, 9, 10, 49, 50, 249, 250)] == ["micro", "micro", "small", "small", "medium", "medium", "large"]


def test_the_window_is_three_years_of_days():
    # TODAY is 18 November 2026: the window begins on 19 November 2023
    assert f"{window_start(TODAY):%d/%m/%Y}" == "19/11/2023"
    assert [f"{day:%d/%m/%Y}" for day in year_starts(TODAY)] == ["19/11/2023", "19/11/2024", "19/11/2025"]


THRESHOLDS = st.lists(st.integers(1, 60), min_size=4, max_size=4).map(sorted)
CODES = ("uno", "due", "tre", "quattro", "cinque", "sei")


@st.composite
def criteria(draw: Any, code: str) -> Criterion:
    kind = draw(st.sampled_from(CriterionKind.values))
    points = sorted(draw(st.sets(st.integers(1, 5), min_size=1, max_size=3)))
    if not draw(st.booleans()):
        return told(code, *points, kind=kind, required_from=draw(st.sampled_from(STEPS)))
    rising = zip(*(sorted(column) for column in zip(*[draw(THRESHOLDS) for _ in points], strict=True)), strict=True)
    made = computed(*zip(points, rising, strict=True), code=code, kind=kind, required_from=draw(st.sampled_from(STEPS)))
    return replace(made, measure=draw(st.sampled_from(list(MEASURES))))


@st.composite
def schemes(draw: Any) -> Scheme:
    made = [draw(criteria(code)) for code in CODES]
    cut = draw(st.integers(1, len(made) - 1))
    minimums = sorted(draw(st.tuples(*[st.tuples(st.integers(0, 6), st.integers(0, 20))] * 3)))
    totals = sorted(total for _area, total in minimums)
    levels = tuple(LevelRule(step, "", least[0], total) for step, least, total in zip(STEPS, minimums, totals, strict=True))
    areas = (Area("a", "A", "", tuple(made[:cut])), Area("b", "B", "", tuple(made[cut:])))
    return Scheme(areas, levels, bonus_cap=draw(st.integers(0, 8)))


def some_points(draw: Any, scheme: Scheme) -> dict[str, int]:
    return {code: draw(st.sampled_from(sorted(c.allowed))) for code, c in scheme.criteria.items()}


def rank(level: Level | None) -> int:
    return STEPS.index(level) if level else -1


@given(st.data())
def test_more_points_never_lower_anything(data):
    scheme = data.draw(schemes())
    less = some_points(data.draw, scheme)
    more = {code: data.draw(st.sampled_from(sorted(p for p in scheme.criteria[code].allowed if p >= had))) for code, had in less.items()}
    before, after = score(scheme, less), score(scheme, more)
    assert rank(after.level) >= rank(before.level)
    assert after.total >= before.total
    assert after.bonus <= scheme.bonus_cap
    assert after.total == sum(after.areas.values()) + after.bonus
    for level, lacks in after.missing.items():
        assert {(kind, code) for kind, code, _n in lacks} <= {(kind, code) for kind, code, _n in before.missing[level]}


@given(st.data())
def test_the_order_of_areas_and_criteria_says_nothing(data):
    scheme = data.draw(schemes())
    points = some_points(data.draw, scheme)
    shuffled = replace(
        scheme,
        areas=tuple(
            replace(area, criteria=tuple(data.draw(st.permutations(area.criteria)))) for area in data.draw(st.permutations(scheme.areas))
        ),
        levels=tuple(data.draw(st.permutations(scheme.levels))),
    )
    one, other = score(scheme, points), score(shuffled, points)
    assert (one.level, one.total, dict(one.areas)) == (other.level, other.total, dict(other.areas))
    assert {k: set(v) for k, v in one.missing.items()} == {k: set(v) for k, v in other.missing.items()}


@given(st.data())
def test_the_same_deeds_never_score_less_in_a_smaller_company(data):
    scheme = data.draw(schemes())
    figures = {name: data.draw(st.integers(0, 90)) for name in MEASURES}
    by_band = [computed_points(scheme, band, figures) for band in SizeBand.values]
    for smaller, larger in itertools.pairwise(by_band):
        assert all(smaller[code] >= larger[code] for code in smaller)
        assert rank(score(scheme, smaller).level) >= rank(score(scheme, larger).level)


@given(st.data())
def test_more_deeds_never_score_less(data):
    scheme = data.draw(schemes())
    less = {name: data.draw(st.integers(0, 90)) for name in MEASURES}
    more = {name: had + data.draw(st.integers(0, 30)) for name, had in less.items()}
    for band in SizeBand.values:
        before, after = computed_points(scheme, band, less), computed_points(scheme, band, more)
        assert all(after[code] >= before[code] for code in before)


@given(schemes())
def test_json_keeps_a_scheme_whole(scheme):
    assert Scheme.from_json(json.loads(json.dumps(scheme.to_json()))) == scheme


def test_facts_are_read_back_and_measured():
    facts = Facts(hosted=4, counted=3, recent=2, recent_minutes=7 * 60 + 59, given_cents=150_99, since=TODAY)
    assert Facts.from_json(json.loads(json.dumps(facts.to_json()))) == facts
    found = measures(facts)
    assert (found["ever"], found["hosted"], found["hours"], found["given"]) == (3, 2, 7, 150)
    assert Facts.from_json({"hosted": 1, "since": None}).counted == 0  # frozen before there were more figures
