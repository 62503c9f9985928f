"""Two who answer the same evaluation at once: one is taken, the other is told."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from impresasolidale.core.errors import Conflict
from impresasolidale.core.models import Fact
from impresasolidale.core.scope import scope
from placements.monitoring.evaluation_enums import EvaluationState, Given, Voice
from placements.monitoring.models import Evaluation, EvaluationAnswer
from placements.monitoring.services import evaluations as services
from tests.factories.evaluations import all_of, give

pytestmark = pytest.mark.django_db
S = EvaluationState


def test_two_posts_at_once_are_one_answer(access, asked):
    """The second waits for the row and finds it given."""
    row = asked(Voice.OFFICE)
    give(access, row)
    stale = Evaluation(pk=row.pk, state=S.ASKED)
    with scope(access.scope), pytest.raises(Conflict, match="già stata data"):
        services.give(evaluation=stale, answers=all_of(1), how=Given.OFFICE, by=access, today=timezone.localdate())
    again = asked(Voice.OFFICE)
    assert again.pk == row.pk
    with scope(access.scope), pytest.raises(IntegrityError, match="monitoring_evaluation_once"), transaction.atomic():
        Evaluation.objects.create(
            ambito_id=row.ambito_id, placement=row.placement, moment=row.moment, voice=row.voice, questions=row.questions,
            asked_on=row.asked_on, due_on=row.due_on,
        )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_two_who_give_the_same_evaluation_together_are_one_given_and_one_told(access, asked):
    """Two real transactions: both have seen it open, the second waits for the first and is told."""
    row = asked(Voice.OFFICE)
    go, ends = threading.Barrier(2), []

    def press(value: int) -> None:
        try:
            with scope(access.scope):
                seen = Evaluation.objects.get(pk=row.pk)
                assert seen.state == S.ASKED
                go.wait(10)
                services.give(evaluation=seen, answers=all_of(value), how=Given.OFFICE, by=access, today=timezone.localdate())
            ends.append(("given", value))
        except Conflict as error:
            ends.append((str(error.words), value))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(value,)) for value in (2, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    said = dict(ends)
    assert said.keys() == {"given", "Questa valutazione è già stata data."}
    with scope(access.scope):
        kept = Evaluation.objects.get(placement=row.placement, voice=Voice.OFFICE)
        assert kept.state == S.GIVEN
        assert set(EvaluationAnswer.objects.filter(evaluation=kept).values_list("value", flat=True)) == {said["given"]}
        assert Fact.objects.filter(code="monitoring.evaluation.given", subject_id=kept.pk).count() == 1
