"""Background work by outbox: `enqueue` writes a row in the caller's transaction; a dispatcher wakes a worker; `run` does it once.

Claiming is a conditional UPDATE with an attempt number; result and "done" stand in one transaction, conditional on that
attempt, so a worker that was thought dead cannot finish a second time. Progress is written apart, by its own connection.
"""

import logging
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from . import kept, logs, outage
from .actor import Actor
from .merge import pointing_at
from .models import Job
from .scope import scope

log = logging.getLogger(__name__)
CHANNEL = "core_job"
ATTEMPTS = 5
PATIENCE = timedelta(days=1)  # how long a job waits for a database or a disk that takes nothing; these tries do not count
PAUSE = timedelta(seconds=15)  # between two of them
KEPT, PIECE = timedelta(days=90), 1_000  # a job of the clock that is over, before it is forgotten; so many at once
SKEW = timedelta(seconds=1)  # the clocks of web, dispatcher and worker agree no better: a job of now is due everywhere


@dataclass(frozen=True)
class Kind:
    name: str
    function: Callable[..., Any]
    label: Any


REGISTRY: dict[str, Kind] = {}


def job(name: str, *, label: Any = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register `function(run, **ids)` as a job. It returns a JSON value, or None; `run.result_url` may be set."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        assert name not in REGISTRY or REGISTRY[name].function.__qualname__ == function.__qualname__, name
        REGISTRY[name] = Kind(name, function, label)
        return function

    return register


def enqueue(name: str, *, by: Actor, label: str = "", run_after: Any = None, **ids: Any) -> Job:
    """A job in the caller's transaction. Raises KeyError for an unknown name."""
    kind = REGISTRY[name]
    row = Job.objects.create(
        name=name,
        label=label or str(kind.label),
        arguments=ids,
        network_id=by.network_id,
        ambito_id=by.ambito_id,
        actor_id=by.actor_id,
        run_after=run_after or timezone.now(),
    )
    _notify()
    return row


def enqueue_periodic(name: str, period: str) -> None:
    """The job of one period, once, however often beat fires."""
    with transaction.atomic():
        created = Job.objects.bulk_create(
            [Job(name=name, label=str(REGISTRY[name].label), period=period, run_after=timezone.now())], ignore_conflicts=True
        )
        if created:
            _notify()


def _notify() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def waiting() -> Any:
    """Jobs somebody should be woken for: queued and due, or running without a sign of life."""
    now = timezone.now()
    stale = now - timedelta(seconds=settings.JOB_STALE_SECONDS)
    unheard = now - timedelta(seconds=settings.JOB_STALE_SECONDS / 2)  # the broker lost it, or all workers are busy
    return Job.objects.filter(
        Q(state=Job.State.QUEUED, run_after__lte=now + SKEW) & (Q(sent_at=None) | Q(sent_at__lt=unheard))
        | Q(state=Job.State.RUNNING, heartbeat_at__lt=stale)
    ).order_by("run_after", "id")


def under_way(names: Collection[str], *, ambito_id: int | None) -> bool:
    """Whether a job of these names still waits or runs for the Ambito."""
    return Job.objects.filter(name__in=names, ambito_id=ambito_id, state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists()


def forget_jobs(*, now: datetime) -> int:
    """Forget what the clock had done and nobody asked for, three months later: some thousands a night where there are many Ambiti. What
    failed stays, and what another row names. Safe to repeat; returns how many."""
    over = Job.objects.filter(actor_id=None, state__in=[Job.State.DONE, Job.State.CANCELLED], finished_at__lt=now - KEPT)
    for field in pointing_at(Job):
        over = over.exclude(Exists(field.model._base_manager.filter(**{field.name: OuterRef("pk")})))
    gone = 0
    while ids := list(over.order_by("pk").values_list("pk", flat=True)[:PIECE]):
        gone += Job.objects.filter(pk__in=ids).delete()[0]
    return gone


class JobCancelled(Exception):
    pass


class ClaimLost(Exception):
    """Another worker took the job over: this attempt's work is rolled back."""


class Run:
    """What a job's function sees: who it acts for, and where it says how far it is."""

    def __init__(self, row: Job, access: Actor) -> None:
        self.job = row
        self.access = access
        self.result_url = ""
        self._percent, self._words = 0, ""
        self._cancelled = False

    def progress(self, done: int, total: int, words: str = "") -> None:
        """Say how far; raises JobCancelled when the user asked to stop."""
        self._percent, self._words = (100 * done // total if total else 100), words
        if self._cancelled:
            raise JobCancelled

    def _beat(self) -> None:
        values = Job.objects.filter(pk=self.job.pk, attempt=self.job.attempt, state=Job.State.RUNNING)
        values.update(heartbeat_at=timezone.now(), progress=self._percent, words=self._words[:200])
        self._cancelled = bool(values.filter(cancel_asked=True).exists())


@contextmanager
def _heart(run: Run, seconds: float = 1.0) -> Iterator[None]:
    """A thread with its own connection writes heartbeat and progress while the work's transaction is open."""
    stop = threading.Event()

    def loop() -> None:
        while not stop.wait(seconds):
            try:
                run._beat()
            except Exception as error:
                log.warning("heartbeat of job %s: %s", run.job.pk, type(error).__name__)
                connection.close()
        connection.close()

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)


def claim(job_id: int) -> Job | None:
    """The job for one attempt of ours, or None when it is over, in other hands, or not yet due."""
    now = timezone.now()
    stale = now - timedelta(seconds=settings.JOB_STALE_SECONDS)
    mine = Job.objects.filter(
        Q(state=Job.State.QUEUED, run_after__lte=now + SKEW) | Q(state=Job.State.RUNNING, heartbeat_at__lt=stale), pk=job_id
    ).update(state=Job.State.RUNNING, attempt=F("attempt") + 1, heartbeat_at=now)
    return Job.objects.get(pk=job_id) if mine else None


def run(job_id: int) -> None:
    """Do one job to its end, at most once."""
    row = claim(job_id)
    if row is None:
        return
    kind = REGISTRY[row.name]
    access: Actor = import_string(settings.JOB_ACCESS)(row)
    working = Run(row, access)
    mine = Job.objects.filter(pk=row.pk, attempt=row.attempt, state=Job.State.RUNNING)
    if row.attempt > ATTEMPTS:
        mine.update(state=Job.State.FAILED, finished_at=timezone.now(), error=row.error or "too many attempts")
        return
    try:
        with logs.bound(job=row.pk, kind=row.name), _heart(working), scope(access.scope), kept.tidy():
            result = kind.function(working, **row.arguments)
            done = mine.update(
                state=Job.State.DONE, progress=100, result=result, result_url=working.result_url, finished_at=timezone.now(), error=""
            )
            if not done:
                raise ClaimLost
    except JobCancelled:
        mine.update(state=Job.State.CANCELLED, finished_at=timezone.now())
    except ClaimLost:
        log.warning("job %s (%s): attempt %s lost its claim", row.pk, row.name, row.attempt)
    except Exception as error:
        log.exception("job %s (%s), attempt %s, Ambito %s", row.pk, row.name, row.attempt, row.ambito_id)
        now, waits = timezone.now(), False
        if outage.is_outage(error):
            outage.wait_for_database()
            waits = now - row.created_at < PATIENCE
        last = row.attempt >= ATTEMPTS and not waits
        mine.update(
            state=Job.State.FAILED if last else Job.State.QUEUED,
            attempt=F("attempt") - int(waits),  # it is over, so its number may be given once more
            finished_at=now if last else None,
            run_after=now + (PAUSE if waits else timedelta(seconds=2**row.attempt)),
            sent_at=None,
            error=type(error).__name__,  # no text: it could hold personal data
        )


def ask_cancel(row: Job) -> None:
    Job.objects.filter(pk=row.pk, state__in=[Job.State.QUEUED, Job.State.RUNNING]).update(cancel_asked=True)
    Job.objects.filter(pk=row.pk, state=Job.State.QUEUED).update(state=Job.State.CANCELLED, finished_at=timezone.now())
