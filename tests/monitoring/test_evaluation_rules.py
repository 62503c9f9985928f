"""When evaluations are asked and what the answers come to: pure values; the shipped questions; the axis of the charts."""

import re
from datetime import date

import pytest

from impresasolidale.core.charts import lines
from placements.monitoring import evaluation_rules as rules
from placements.monitoring.evaluation_enums import Area
from placements.monitoring.evaluation_questions import BASE, DPCM, GOAL_STEPS, HOW_IT_WAS, ICF, SHIPPED


def test_moments_of_a_placement():
    """1 June to 30 November 2026 are 183 days: the middle is the 92nd, 31 August; the final is asked 14 days before the end."""
    span = rules.Span(date(2026, 6, 1), date(2026, 11, 30))
    assert rules.moments_on(span, 14) == {
        "initial": date(2026, 6, 1), "mid": date(2026, 8, 31), "final": date(2026, 11, 16), "satisfaction": date(2026, 11, 16),
    }  # fmt: skip
    every = ("initial", "mid", "final")

    def on(day: date, span: rules.Span = span, wanted: tuple[str, ...] = every) -> list[str]:
        return rules.open_now(span, wanted, before_end_days=14, today=day)

    assert on(date(2026, 5, 31)) == []
    assert on(date(2026, 6, 1)) == on(date(2026, 8, 30)) == ["initial"]
    assert on(date(2026, 8, 31)) == ["mid"]  # what was missed is not asked late
    assert on(date(2026, 11, 16)) == ["final", "satisfaction"]
    assert on(date(2026, 11, 30) + rules.LATE) == ["final", "satisfaction"]
    assert on(date(2026, 12, 1) + rules.LATE) == []
    assert on(date(2026, 9, 1), wanted=("initial", "final")) == ["initial"]
    early = rules.Span(date(2026, 6, 1), date(2026, 7, 10), is_over=True)
    assert on(date(2026, 7, 10), early) == ["final", "satisfaction"]
    assert on(date(2026, 7, 9), early) == ["mid"]
    brief = rules.Span(date(2026, 6, 1), date(2026, 6, 3))
    assert rules.moments_on(brief, 14)["final"] == rules.middle(brief) == date(2026, 6, 2)  # never before the middle


def test_first_and_last_value_in_the_order_of_the_moments():
    assert rules.change([]) is None
    assert rules.change([("final", 3), ("initial", 2)]) == rules.Change(2, 3, "initial", "final")
    once = rules.change([("mid", 1)])
    assert once == rules.Change(1, 1, "mid", "mid") and not once.is_paired


@pytest.mark.parametrize("other", ["arrivare da sola  con il pullman.", "Arrivare da sola con il pullman ;"])
def test_a_goal_is_followed_by_its_words(other):
    assert rules.same_goal(other) == rules.same_goal("Arrivare da sola con il pullman")
    assert rules.same_goal("Arrivare da sola a piedi") != rules.same_goal(other)


def test_the_shipped_set_is_short_plain_and_drawn():
    assert len(BASE.items) <= 12 and {item.area for item in BASE.items} == set(Area.values)
    for item in BASE.items:
        assert item.picture and item.person and item.tutor
        assert len(str(item.person).split()) <= 10, item.code
    assert [step.value for step in BASE.scale] == [1, 2, 3, 4] and all(step.face for step in BASE.scale)
    assert [step.value for step in GOAL_STEPS] == [-2, -1, 0, 1, 2]
    assert not re.search(r"\d", "".join(str(s.words) for s in (*BASE.scale, *GOAL_STEPS, *HOW_IT_WAS.scale)))


def test_further_sets_are_the_office_s_and_say_where_they_come_from():
    assert {code for code, each in SHIPPED.items() if each.office_only} == {DPCM.code, ICF.code}
    assert "D.P.C.M. 13/01/2000" in str(DPCM.source)
    assert "da confermare" in str(ICF.source) and "legge" not in str(ICF.source)


def test_an_axis_below_zero_has_its_zero_and_a_gap_is_no_point():
    chart = lines("Obiettivo", ["prima", "poi", "alla fine"], [("io", [-2, None, 2])], bounds=(-2, 2), height=226)
    marks = [float(y) for y in re.findall(r'<path d="M[\d.]+ ([\d.]+)H', chart.svg)]
    assert len(marks) == 5 and marks == sorted(marks, reverse=True)  # -2 … +2, from the floor up
    dark = re.findall(r'<path d="M[\d.]+ ([\d.]+)H[\d.]+" stroke="#455b71"', chart.svg)
    assert [float(y) for y in dark] == [marks[2]]  # the zero alone
    (path,) = re.findall(r'<polyline points="([^"]+)"', chart.svg)
    assert [float(pair.split(",")[1]) for pair in path.split()] == [marks[0], marks[4]]
    assert chart.rows == [["prima", "-2"], ["poi", "–"], ["alla fine", "2"]]
