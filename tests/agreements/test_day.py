"""The change of day, through its job: by pieces, each its own transaction; what fails in one does not stop the others."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.core import jobs, tasks
from impresasolidale.core.models import Fact, Job
from impresasolidale.core.scope import scope
from placements.agreements import readiness
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.agreements.services import day as day_services
from tests.factories.agreements import make_placement
from tests.factories.changes import turned
from tests.factories.fixtures import TODAY
from tests.factories.hosts import make_company, make_tutor
from tests.factories.jobs import work_off

pytestmark = pytest.mark.django_db
S = PlacementState
TURN = ("agreements.turn_day", "agreements.turn_some")
NIGHT = TODAY + timedelta(days=14)  # of the start


@pytest.fixture(autouse=True)
def _of_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("placements.agreements.tasks.timezone.localdate", lambda *args, **kwargs: NIGHT)


def waiting(access: Access, *numbers: int) -> None:
    """Validated placements of one company, of the persons with these numbers, that start on the night."""
    with scope(access.scope):
        company = make_company(access, representative="Olga Prova")
        tutor = make_tutor(access, company)
        for number in numbers:
            make_placement(access, S.VALIDATED, number=number, company=company, tutor=tutor)
    Job.objects.all().delete()


def states(access: Access) -> list[str]:
    with scope(access.scope):
        return list(Placement.objects.filter(ambito_id=access.ambito_id).order_by("pk").values_list("state", flat=True))


def test_a_piece_that_fails_does_not_stop_the_others_and_is_tried_again(
    worker: Any, stranger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = access_for(worker), access_for(stranger)
    monkeypatch.setattr(readiness, "PIECE", 2)
    waiting(here, 1, 2, 3)
    waiting(there, 4)
    real = day_services.turn_soon

    def broken(*, ids: list[int], by: Access, today: date) -> int:
        """The last step of all, where everything else was done already."""
        if by.ambito_id == here.ambito_id and len(ids) == 2:
            raise DatabaseError
        return real(ids=ids, by=by, today=today)

    with monkeypatch.context() as patch:
        patch.setattr(day_services, "turn_soon", broken)
        tasks.tick(TURN[0], "day")
        work_off(TURN[0])
        pieces = list(Job.objects.filter(name=TURN[1]).order_by("pk"))
        assert sorted((job.ambito_id, len(job.arguments["placement_ids"])) for job in pieces) == sorted(
            [(here.ambito_id, 2), (here.ambito_id, 1), (there.ambito_id, 1)]
        )
        for job in pieces:
            jobs.run(job.pk)
    assert states(here) == [S.VALIDATED, S.VALIDATED, S.ACTIVE] and states(there) == [S.ACTIVE]
    failed = Job.objects.get(name=TURN[1], state=Job.State.QUEUED)
    assert failed.error == "DatabaseError"
    Job.objects.filter(pk=failed.pk).update(run_after=failed.created_at)
    work_off(*TURN)
    assert states(here) == [S.ACTIVE] * 3


def test_the_same_day_twice_does_nothing_twice(worker: Any) -> None:
    access = access_for(worker)
    waiting(access, 1)
    for _beat in range(2):
        tasks.tick(TURN[0], "day")
        work_off(*TURN)
    assert Job.objects.filter(name=TURN[0], period__isnull=False).count() == 1
    Job.objects.filter(name=TURN[0]).delete()
    tasks.tick(TURN[0], "day")
    work_off(*TURN)
    with scope(access.scope):
        assert Fact.objects.filter(code="agreements.placement.activated").count() == 1


def test_a_piece_of_many_asks_as_many_questions_as_of_one(worker: Any) -> None:
    """On a night on which nothing is due, as most are; what is due costs its own steps."""
    access = access_for(worker)
    today = TODAY + timedelta(days=4)

    def questions() -> int:
        turned(today)
        with CaptureQueriesContext(connection) as caught:
            assert turned(today) == {}
        return len(caught)

    waiting(access, 1)
    one = questions()
    waiting(access, 2, 3, 4, 5)
    assert questions() == one
