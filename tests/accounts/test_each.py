"""The work of the clock, through its jobs: one for each Ambito, or network; what fails in one leaves the others done, and is seen."""

import importlib
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.core import health, jobs, tasks
from impresasolidale.core.jobs import enqueue
from impresasolidale.core.models import Job, Message, Todo
from impresasolidale.core.scope import current, scope
from impresasolidale.schedule import BEAT
from impresasolidale.territory.models import Ambito, Network
from placements.attendance.services import MISSING_TODO
from tests.factories import attendance as made
from tests.factories.fixtures import TODAY
from tests.factories.jobs import work_off

pytestmark = pytest.mark.django_db
BY_AMBITO = {
    "attendance.recount",
    "attendance.remind_sheets",
    "attendance.send_portal_links",
    "attendance.unpaid",
    "attendance.watch_presence",
    "agreements.chase_signatures",
    "hosts.forget_leads",
    "monitoring.ask_evaluations",
    "monitoring.chase_talks",
    "monitoring.plan_visits",
    "reports.order_due",
    "solidarity_fund.remind_proofs",
}
# Of those that have something to do alone, which on most days are none.
BY_SOME = {"agreements.refresh_all", "agreements.turn_day", "privacy.ask_review", "privacy.chase_breaches", "privacy.tell_due"}
BY_NETWORK = {"agreements.ask_ready_again", "certification.turn_day", "reports.order_network_due", "reports.publish_open_data"}
# A job for so many users, or for each company.
IN_PIECES = {"desk.digest", "hosts.check_companies"}
# A few statements however many Ambiti there are, or of nobody's in particular.
WHOLE = {
    "accounts.close_unused",
    "core.forget_calls",
    "core.forget_jobs",
    "core.remind_deadlines",
    "exchange.forget_old",
    "solidarity_fund.reconcile",
    "treasury.recount",
    "website.plan_statements",
}


@pytest.fixture(autouse=True)
def _wednesday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


@pytest.fixture
def both(sondrio: Ambito, tirano: Ambito) -> list[Any]:
    """Somebody at work in each of two Ambiti, in one company with one tutor."""
    company = made.make_host(sondrio)
    tutor, _user = made.make_tutor(sondrio, company)
    return [made.make_running_placement(place, tutor, company, number=n) for n, place in enumerate((sondrio, tirano), 1)]


def asked(name: str) -> list[Job]:
    """What a tick of the clock asks for, by Ambito or network."""
    tasks.tick(name, "day")
    jobs.run(Job.objects.get(name=name, state=Job.State.QUEUED).pk)
    return list(Job.objects.filter(name=name, period=None).order_by("pk"))


def missing(place: Ambito) -> int:
    with scope(made.system(place).scope):
        return Todo.objects.filter(kind=MISSING_TODO, ambito_id=place.pk).count()


def test_of_each_entry_of_the_clock_it_is_known_how_far_a_fault_reaches() -> None:
    sets = [BY_AMBITO, BY_SOME, BY_NETWORK, IN_PIECES, WHOLE]
    names = [entry["args"][0] for entry in BEAT.values()]
    assert sorted(names) == sorted(name for each in sets for name in each)


@pytest.mark.parametrize("name", sorted(BY_AMBITO | BY_SOME))
def test_the_work_of_the_clock_is_a_job_for_each_ambito(db: None, name: str) -> None:
    found = asked(name)
    if name in BY_AMBITO:
        assert [(row.network_id, row.ambito_id) for row in found] == list(Ambito.objects.order_by("pk").values_list("network_id", "pk"))
    work_off(name)
    assert {row.error for row in Job.objects.filter(name=name)} == {""}


@pytest.mark.parametrize("name", sorted(BY_NETWORK))
def test_what_belongs_to_a_network_is_a_job_for_each_network(db: None, name: str) -> None:
    Network.objects.create(code="altra", name="Un’altra rete")
    networks = Network.objects.order_by("pk").values_list("pk", flat=True)
    assert [(row.network_id, row.ambito_id) for row in asked(name)] == [(pk, None) for pk in networks]
    work_off(name)


# Where each is broken: at the end of its work, so that all that came before is taken back.
LAST_STEP = {
    "attendance.recount": "placements.attendance.services.watch._misjudged",
    "attendance.remind_sheets": "placements.attendance.services.watch._write_tutors",
    "attendance.watch_presence": "placements.attendance.services.watch.calls_for",
    "monitoring.ask_evaluations": "placements.monitoring.services.evaluation_asking._create",
    "monitoring.plan_visits": "placements.monitoring.services.visits._plan",
    "reports.order_due": "impresasolidale.reports.services._order_once",
}


@pytest.mark.parametrize(("name", "step"), sorted(LAST_STEP.items()))
def test_an_ambito_whose_data_raise_leaves_the_others_done(
    sondrio: Ambito, both: list[Any], monkeypatch: pytest.MonkeyPatch, name: str, step: str
) -> None:
    place, _dot, function = step.rpartition(".")
    module = importlib.import_module(place)
    real = getattr(module, function)

    def broken(*args: Any, **kwargs: Any) -> Any:
        if current().ambiti == {sondrio.pk}:
            raise DatabaseError
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(module, function, broken)
        for row in asked(name):
            jobs.run(row.pk)
        states = dict(Job.objects.filter(name=name, period=None).values_list("ambito_id", "state"))
        assert states == {**dict.fromkeys(Ambito.objects.values_list("pk", flat=True), "done"), sondrio.pk: "queued"}
        for _attempt in range(jobs.ATTEMPTS):
            Job.objects.filter(name=name, state="queued").update(run_after=timezone.now())
            jobs.run(Job.objects.get(name=name, ambito_id=sondrio.pk).pk)
    failed = Job.objects.get(name=name, state="failed")
    assert (failed.ambito_id, failed.error) == (sondrio.pk, "DatabaseError")
    assert next(check for check in health.checks(timezone.now()) if check.code == "failed").figure == 1


def test_the_sheets_of_the_others_are_asked_for_and_the_broken_one_s_at_the_next_try(
    sondrio: Ambito, tirano: Ambito, both: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> int:
        if current().ambiti == {sondrio.pk}:
            raise DatabaseError
        return 0

    with monkeypatch.context() as patch:
        patch.setattr("placements.attendance.services.watch._write_tutors", broken)
        for row in asked("attendance.remind_sheets"):
            jobs.run(row.pk)
        assert (missing(sondrio), missing(tirano)) == (0, 1)
    Job.objects.filter(state="queued").update(run_after=timezone.now())
    work_off("attendance.remind_sheets")
    assert (missing(sondrio), missing(tirano)) == (1, 1)


@pytest.mark.parametrize("name", sorted(BY_AMBITO | BY_SOME))
def test_the_same_day_twice_asks_nothing_twice(both: list[Any], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def said() -> list[Any]:
        network = Access.system(network_id=both[0].ambito.network_id, ambito_id=None, reason="test")
        with scope(network.over_network().scope):
            return [*Todo.objects.order_by("pk").values_list("pk", "kind"), *Message.objects.order_by("pk").values_list("pk", "kind")]

    asked(name)
    work_off(name)
    first = said()
    Job.objects.all().delete()
    asked(name)
    work_off(name)
    assert said() == first


def test_who_works_in_one_ambito_asks_for_that_alone(sondrio: Ambito) -> None:
    enqueue("monitoring.plan_visits", by=made.system(sondrio))
    (row,) = work_off("monitoring.plan_visits")
    assert row.ambito_id == sondrio.pk and row.result == 0


def test_on_the_days_of_the_year_on_which_nothing_is_asked_no_ambito_has_a_job(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """600 Ambiti would be as many rows each hour, and each night."""
    for name in BY_SOME:
        assert asked(name) == []
    Job.objects.all().delete()
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: date(2027, 2, 2))
    assert len(asked("privacy.ask_review")) == Ambito.objects.count()
