"""What is near: who begins with something missing, counted in working days; who ends within sixty and thirty days. Caught up, once each."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from impresasolidale.accounts.access import Access
from impresasolidale.core.models import Fact, Todo
from impresasolidale.core.todos import done
from placements.agreements import readiness, services
from placements.agreements.change_enums import EndPlan
from placements.agreements.enums import PlacementState
from placements.agreements.models import Placement
from placements.agreements.services.soon import turn_soon
from tests.factories.agreements import make_placement
from tests.factories.fixtures import TODAY

pytestmark = pytest.mark.django_db
S = PlacementState


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


def turned(by: Access, *, today: date) -> int:
    """How many to-dos the change of day asks in the active Ambito."""
    system = Access.system(network_id=by.network_id, ambito_id=by.ambito_id, reason="change of day")
    return sum(turn_soon(ids=ids, by=system, today=today) for ids in readiness.watched(by=system))


def waiting(kind: str) -> list[date | None]:
    return list(Todo.objects.filter(kind=kind, done_at=None).order_by("id").values_list("due_on", flat=True))


@pytest.fixture
def ending(within: Callable[..., Access], worker: Any) -> Callable[[int], tuple[Access, Placement]]:
    """ending(days) → a running placement that ends in so many days."""

    def make(days: int) -> tuple[Access, Placement]:
        by = within(worker)
        row = make_placement(by, S.ACTIVE, starts_on=TODAY - timedelta(days=90))
        Placement.objects.filter(pk=row.pk).update(ends_on=TODAY + timedelta(days=days))
        row.refresh_from_db()
        return by, row

    return make


@pytest.mark.parametrize(("days", "sixty", "thirty"), [(61, 0, 0), (60, 1, 0), (31, 1, 0), (30, 0, 1), (0, 0, 1)])
def test_who_ends_soon_is_asked_about_in_the_right_window(ending, days, sixty, thirty):
    by, row = ending(days)
    turned(by, today=TODAY)
    assert (len(waiting("agreements.ends_60")), len(waiting("agreements.ends_30"))) == (sixty, thirty)


def test_it_is_asked_once_and_a_night_that_was_missed_is_caught_up(ending):
    by, row = ending(60)
    assert turned(by, today=TODAY) == 1
    assert turned(by, today=TODAY) == 0  # beat fired twice
    done(kind="agreements.ends_60", subject=row, by=by)
    assert turned(by, today=TODAY + timedelta(days=5)) == 0  # what was done stays done for this end
    assert turned(by, today=TODAY + timedelta(days=45)) == 1  # the thirtieth night and those after were missed
    assert waiting("agreements.ends_30") == [row.ends_on]


def test_an_end_that_moves_takes_its_to_do_with_it(ending):
    by, row = ending(20)
    turned(by, today=TODAY)
    Placement.objects.filter(pk=row.pk).update(ends_on=TODAY + timedelta(days=200))
    assert turned(by, today=TODAY) == 0
    assert waiting("agreements.ends_30") == []
    Placement.objects.filter(pk=row.pk).update(ends_on=TODAY + timedelta(days=25))
    assert turned(by, today=TODAY) == 1  # another end is another question


@pytest.mark.parametrize(
    ("plan", "leads_to"), [("close", "agreements:detail"), ("extend", "agreements:ask_extension"), ("move", "matching:person")]
)
def test_the_three_buttons_write_the_decision_and_open_the_next_step(ending, signed_in, worker, plan, leads_to):
    by, row = ending(50)
    turned(by, today=TODAY)
    todo = Todo.objects.get(kind="agreements.ends_60")
    assert todo.url == reverse("agreements:end_plan", args=[row.public_id])
    client = signed_in(worker)
    assert client.get(todo.url).status_code == 200 and client.post(todo.url, {"plan": "x"}).status_code == 422
    answer = client.post(todo.url, {"plan": plan})
    where = row.beneficiary.public_id if plan == "move" else row.public_id
    assert (answer.status_code, answer["Location"]) == (303, reverse(leads_to, args=[where]))
    fact = Fact.objects.get(code="agreements.end.planned")
    assert fact.data == {"plan": plan, "on": row.ends_on.isoformat()} and fact.reason == str(EndPlan(plan).label)
    assert turned(by, today=TODAY) == 0
    assert turned(by, today=row.ends_on - timedelta(days=10)) == 0  # decided: the thirty days do not ask again
    assert waiting("agreements.ends_60") == waiting("agreements.ends_30") == []


def test_an_end_takes_its_to_do_with_it(ending):
    """At once, and not at the change of day after: who is over is in no piece of it."""
    by, row = ending(0)
    turned(by, today=TODAY)
    assert waiting("agreements.ends_30") == [row.ends_on]
    services.end_placement(placement=row, by=by, today=row.ends_on + timedelta(days=1))
    assert waiting("agreements.ends_30") == []


def test_who_may_not_prepare_decides_nothing(ending, signed_in, coordinator, stranger):
    _by, row = ending(50)
    url = reverse("agreements:end_plan", args=[row.public_id])
    assert signed_in(coordinator).post(url, {"plan": "close"}).status_code == 403
    assert signed_in(stranger).get(url).status_code == 404


def test_a_start_is_near_in_working_days(within, worker):
    """Wednesday 18 November: five working days later is Wednesday 25; with the weekend between, Thursday 26 is not near yet."""
    by = within(worker)
    assert TODAY.isoformat() == "2026-11-18"
    first = make_placement(by, S.TO_SIGN, number=1, starts_on=date(2026, 11, 25))
    make_placement(by, S.TO_SIGN, number=2, starts_on=date(2026, 11, 26))
    make_placement(by, S.VALIDATED, number=3, starts_on=date(2026, 11, 25))
    assert turned(by, today=TODAY) == 1
    assert waiting("agreements.start_near") == [first.starts_on]
    assert turned(by, today=TODAY) == 0
    assert turned(by, today=date(2026, 11, 19)) == 1
