"""The Celery application: one task, `run_job`, and the beat table of `schedule.py`.

Losing the broker costs delay, not work: the truth is the `Job` row (house.md, Jobs).
"""

import os

from celery import Celery
from celery.signals import beat_init, worker_init, worker_process_init
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "impresasolidale.settings.production")

app = Celery("impresasolidale", include=["impresasolidale.core.tasks"])


@app.on_configure.connect
def _configure(sender, **_):
    from django.conf import settings

    from .schedule import BEAT, HEART

    sender.conf.update(
        broker_url=settings.BROKER_URL,
        # A worker takes from both in turn: it answers that it is there also when three hundred papers wait.
        task_queues=[Queue("celery"), Queue("heart")],
        task_routes={f"impresasolidale.core.tasks.{name}": {"queue": "heart"} for name in ("answer", "beat")},
        task_default_queue="celery",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_proc_alive_timeout=30,  # seconds a new process has to warm up
        task_time_limit=600,  # below visibility_timeout, or a running task starts a second time
        broker_connection_retry_on_startup=True,
        broker_transport_options={"visibility_timeout": 900, "unacked_restore_interval": 15, "unacked_restore_throttle": 1},
        timezone=settings.TIME_ZONE,
        beat_schedule=BEAT | HEART,
        worker_hijack_root_logger=False,
    )


@worker_init.connect
@beat_init.connect
def _look_at_the_database(**_):
    from django.core.exceptions import ImproperlyConfigured

    from .core.checks import refuse_unsafe_database

    try:
        refuse_unsafe_database()
    except ImproperlyConfigured as error:  # Celery goes on after what a receiver raises, but for this
        raise SystemExit(str(error)) from error


@worker_process_init.connect
def _warm_up(**_):
    from .core.rendering import warm_up

    warm_up()
