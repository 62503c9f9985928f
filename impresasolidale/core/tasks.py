"""The Celery tasks of the whole house: run one job, start a periodic one, answer that a worker is there."""

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import jobs
from .models import Heartbeat


@shared_task
def run_job(job_id: int) -> None:
    jobs.run(job_id)


@shared_task
def tick(name: str, every: str) -> None:
    """Beat's only message: the periodic job `name` of this minute, hour or day (local time)."""
    now = timezone.localtime()
    period = {"minute": now.strftime("%Y-%m-%dT%H:%M"), "hour": now.strftime("%Y-%m-%dT%H"), "day": now.strftime("%Y-%m-%d")}[every]
    jobs.enqueue_periodic(name, period)


@shared_task
def answer() -> None:
    heard("worker")


@shared_task
def beat() -> None:
    """The clock's own sign of life, every minute, by broker and worker."""
    heard("beat")


def heard(part: str) -> None:
    Heartbeat.objects.update_or_create(name=part, defaults={"at": timezone.now()})


@jobs.job("core.render_document", label=_("Preparazione di un documento"))
def render_document(run: jobs.Run, *, document_id: int) -> None:
    from .rendering import render_document as render

    render(document_id)


@jobs.job("core.send_message", label=_("Spedizione di un messaggio"))
def send_message(run: jobs.Run, *, message_id: int) -> None:
    from .messages import deliver

    deliver(message_id, is_last=run.job.attempt >= jobs.ATTEMPTS)


@jobs.job("core.send_to_register", label=_("Invio al protocollo"))
def send_to_register(run: jobs.Run, *, document_id: int) -> None:
    from .protocol import deliver

    deliver(document_id, by=run.access, is_last=run.job.attempt >= jobs.ATTEMPTS)


@jobs.job("core.forget_calls", label=_("Risposte ai programmi da dimenticare"))
def forget_calls(run: jobs.Run) -> int:
    from .submissions import forget_calls as forget

    return forget(now=timezone.now())


@jobs.job("core.forget_jobs", label=_("Lavori finiti da dimenticare"))
def forget_jobs(run: jobs.Run) -> int:
    return jobs.forget_jobs(now=timezone.now())


@jobs.job("core.remind_deadlines", label=_("Promemoria delle scadenze"))
def remind_deadlines(run: jobs.Run) -> int:
    from .todos import remind

    return remind(today=timezone.localdate())
