"""Change in autonomy and goals: the first and the last evaluation of the same placement, by hand."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from impresasolidale.core.scope import scope
from impresasolidale.reports.study import queries
from impresasolidale.reports.study.figures import changes
from placements.agreements.models import Placement
from placements.monitoring.models import Evaluation, EvaluationAnswer, GoalRating
from tests.factories import attendance as made

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 1)


def evaluate(placement: Placement, moment: str, answers: dict[str, int | None], goal: int | None = None, **changes: Any) -> None:
    """What the office said of one moment; the goal keeps its words."""
    day = FIRST + timedelta(days={"initial": 10, "mid": 60, "final": 120}[moment])
    with scope(made.system(placement.ambito).scope):
        values = {"voice": "office", "questions": "base-1", "state": "given", "given_on": day, "how": "office", **changes}
        asked = {**values, "state": "asked", "given_on": None, "how": ""}
        row = Evaluation.objects.create(ambito=placement.ambito, placement=placement, moment=moment, asked_on=day, due_on=day, **asked)
        for item, value in answers.items():
            EvaluationAnswer.objects.create(ambito=placement.ambito, evaluation=row, item=item, value=value)
        GoalRating.objects.create(ambito=placement.ambito, evaluation=row, position=1, text="Arrivare da sola", value=goal)
        Evaluation.objects.filter(pk=row.pk).update(state=values["state"], given_on=values["given_on"], how=values["how"])


def read(coordinator: Any, within: Any) -> dict[tuple[str, str], Any]:
    with queries.reach(within(coordinator), first=FIRST, last=made.TODAY, wide=False) as frame:
        return {(row.voice, row.subject): row for row in queries.paired_values(frame)}


def test_first_and_last_of_the_same_question(lives, sondrio, coordinator, within):
    """Two items of autonomy. Person 1: 1 → 3 and 2 → 2: mean 1.5 → 2.5. The mid-way 4 does not count, nor an item answered once."""
    (one,) = lives(sondrio).add(1, FIRST, date(2026, 6, 30))
    evaluate(one, "initial", {"arrive": 1, "care": 2, "time": 2}, goal=-2)
    evaluate(one, "mid", {"arrive": 4, "care": None})
    evaluate(one, "final", {"arrive": 3, "care": 2, "time": None}, goal=1)
    found = read(coordinator, within)
    assert {key: list(row.pairs) for key, row in found.items()} == {
        ("office", "autonomy"): [(1.5, 2.5)],
        ("office", "goals"): [(-2.0, 1.0)],
    }


def test_without_a_second_evaluation_there_is_no_pair(lives, sondrio, coordinator, within):
    one, two = lives(sondrio).add(2, FIRST, date(2026, 6, 30))
    evaluate(one, "initial", {"arrive": 1})
    evaluate(two, "initial", {"arrive": 1})
    evaluate(two, "final", {"arrive": 4}, questions="dpcm-2000")  # other questions
    assert read(coordinator, within) == {}


def test_the_page_says_it_with_its_interval(lives, sondrio, coordinator, auditor_of, signed_in, within):
    """Six people from 1 to 2, 2, 2, 3, 3, 3: mean of the differences 1.5, s = 0.5477, 1.5 ± 2.571 × 0.5477 / √6 = 0.925 to 2.075."""
    for n, row in enumerate(lives(sondrio).add(6, FIRST, date(2026, 6, 30))):
        evaluate(row, "initial", {"arrive": 1})
        evaluate(row, "final", {"arrive": 2 if n < 3 else 3})
    response = signed_in(coordinator).get("/rapporti/studio/cambiamento/?dal=2026-01-01&al=" + made.TODAY.isoformat())
    (told,) = response.context["changes"]
    assert (told.subject, told.voice, told.change.pairs) == ("autonomia", "l'ufficio", 6)
    assert [round(n, 3) for n in (told.change.mean, told.change.low, told.change.high)] == [1.5, 0.925, 2.075]
    page = response.content.decode()
    assert "è cresciuto" in page and "1,50" in page and re.search("fra 0,9[23] e 2,0[78]", page)
    wide = signed_in(auditor_of()).get("/rapporti/studio/cambiamento/?dal=2026-01-01&al=" + made.TODAY.isoformat())
    assert wide.context["changes"][0].change.pairs == 6


def test_few_are_said_to_be_few():
    (told,) = changes([queries.PairedValues("person", "self", [(1, 3)] * 4)], least=5)
    assert told.change.verdict == "few" and told.change.mean is None
