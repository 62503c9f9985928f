"""Jobs by outbox: in the caller's transaction, claimed once, tried again, finished once, cancelled."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.core import jobs
from impresasolidale.core.models import Job
from impresasolidale.core.scope import scope
from impresasolidale.reports.models import ReportRun

pytestmark = pytest.mark.django_db(transaction=True)

calls: list[int] = []


@pytest.fixture
def by(sondrio):
    return Access.system(network_id=sondrio.network_id, ambito_id=sondrio.pk, reason="test")


@pytest.fixture
def kinds(monkeypatch):
    """Three kinds of job: one that works, one that fails, one that watches for a stop."""
    calls.clear()

    def works(run, *, number):
        calls.append(number)
        run.progress(1, 2, "metà")
        return number * 2

    def fails(run):
        calls.append(0)
        raise ValueError("with a name inside")

    def stops(run):
        Job.objects.filter(pk=run.job.pk).update(cancel_asked=True)
        run._beat()
        run.progress(1, 2)

    found = {name: jobs.Kind(name, function, name) for name, function in {"works": works, "fails": fails, "stops": stops}.items()}
    monkeypatch.setattr(jobs, "REGISTRY", {**jobs.REGISTRY, **found})


def test_a_job_of_a_rolled_back_transaction_does_not_exist(by, kinds):
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.enqueue("works", by=by, number=1)
        raise RuntimeError
    assert not Job.objects.exists()


def test_an_unknown_name_is_refused(by, kinds):
    with pytest.raises(KeyError):
        jobs.enqueue("unknown", by=by)


def test_run_twice_done_once(by, kinds):
    job = jobs.enqueue("works", by=by, number=21)
    jobs.run(job.pk)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, job.progress, job.attempt, calls) == ("done", 42, 100, 1, [21])


def test_a_failing_job_waits_and_gives_up_after_five_attempts(by, kinds):
    job = jobs.enqueue("fails", by=by)
    for _ in range(7):
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
        jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, len(calls), job.error) == ("failed", 5, 5, "ValueError")


def test_a_job_whose_worker_died_is_taken_over_and_the_dead_one_cannot_finish(by, kinds):
    job = jobs.enqueue("works", by=by, number=1)
    assert jobs.claim(job.pk).attempt == 1
    assert jobs.claim(job.pk) is None
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(minutes=5))
    assert [j.pk for j in jobs.waiting()] == [job.pk]
    assert jobs.claim(job.pk).attempt == 2
    assert not Job.objects.filter(pk=job.pk, attempt=1, state="running").update(state="done")


def test_a_job_can_be_stopped_while_it_runs_and_before(by, kinds):
    running, waiting = jobs.enqueue("stops", by=by), jobs.enqueue("works", by=by, number=1)
    jobs.run(running.pk)
    jobs.ask_cancel(waiting)
    jobs.run(waiting.pk)
    assert set(Job.objects.values_list("state", flat=True)) == {"cancelled"}
    assert calls == []


def test_a_period_has_one_job_however_often_it_is_asked_for(kinds):
    for _ in range(3):
        jobs.enqueue_periodic("works", "2026-11-18")
    jobs.enqueue_periodic("works", "2026-11-19")
    assert Job.objects.count() == 2


def test_a_job_sent_a_moment_ago_is_not_sent_again(by, kinds):
    job = jobs.enqueue("works", by=by, number=1)
    assert jobs.waiting().count() == 1
    Job.objects.filter(pk=job.pk).update(sent_at=timezone.now())
    assert jobs.waiting().count() == 0
    Job.objects.filter(pk=job.pk).update(sent_at=timezone.now() - timedelta(minutes=1))
    assert jobs.waiting().count() == 1


def test_every_beat_entry_names_a_job_that_exists():
    from impresasolidale.schedule import BEAT

    for entry in BEAT.values():
        name, every = entry["args"]
        assert name in jobs.REGISTRY and every in {"minute", "hour", "day"}


def test_the_sign_of_life_does_not_wait_behind_the_work():
    """/healthz must not say that the worker is gone while it renders three hundred papers."""
    from impresasolidale.celery import app
    from impresasolidale.core.tasks import answer, run_job

    queue_of = {task.name: app.amqp.router.route({}, task.name)["queue"].name for task in (answer, run_job)}
    assert queue_of == {answer.name: "heart", run_job.name: "celery"}
    assert {queue.name for queue in app.conf.task_queues} == set(queue_of.values()), "every worker takes from both"


@pytest.mark.parametrize("error", [OperationalError("no room"), OSError(28, "No space left on device")])
def test_a_job_waits_for_a_full_disk_as_long_as_a_day(by, kinds, monkeypatch, error):
    """Tries that meet a full disk or a database that is away do not count; a day later they do."""

    def finds_no_room(run):
        calls.append(0)
        raise error

    monkeypatch.setitem(jobs.REGISTRY, "full", jobs.Kind("full", finds_no_room, "full"))
    job = jobs.enqueue("full", by=by)
    for _ in range(7):
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
        jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, len(calls), job.error) == ("queued", 0, 7, type(error).__name__)
    assert timezone.now() < job.run_after <= timezone.now() + jobs.PAUSE
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - jobs.PATIENCE)
    for _ in range(7):
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
        jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, len(calls)) == ("failed", 5, 12)


def test_a_heart_that_loses_its_connection_beats_on(by, kinds, monkeypatch):
    """The work's own connection is another one: the job is not taken for dead."""
    beats = []

    def beat(run):
        beats.append(1)
        if len(beats) == 1:
            raise OperationalError("terminating connection due to administrator command")

    monkeypatch.setattr(jobs.Run, "_beat", beat)
    row = jobs.claim(jobs.enqueue("works", by=by, number=1).pk)
    with jobs._heart(jobs.Run(row, by), seconds=0.01):
        end = time.monotonic() + 5
        while len(beats) < 3 and time.monotonic() < end:
            time.sleep(0.01)
    assert len(beats) >= 3


def test_what_the_clock_had_done_is_forgotten_after_three_months(by, kinds, monkeypatch):
    """Not what somebody asked for, what failed, what still waits, nor what another row names."""
    monkeypatch.setattr(jobs, "PIECE", 2)
    now = timezone.now()

    def job(days: int = 91, state: str = "done", **values: Any) -> int:
        row = Job.objects.create(name="test.works", state=state, run_after=now, **values)
        Job.objects.filter(pk=row.pk).update(finished_at=now - timedelta(days=days))
        return row.pk

    for _n in range(5):
        job()
    job(state="cancelled")
    stay = {job(days=89), job(state="failed"), job(state="queued"), job(actor_id=1), job()}
    named = max(stay)
    with scope(by.scope):
        ReportRun.objects.create(ambito_id=by.ambito_id, kind="x", definition=1, period_from=now.date(), period_to=now.date(), job_id=named)
        assert [jobs.forget_jobs(now=now) for _time in range(2)] == [6, 0]
    assert set(Job.objects.values_list("pk", flat=True)) == stay
