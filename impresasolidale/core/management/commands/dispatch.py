"""Wake workers for waiting jobs: LISTEN, and a look every five seconds. The only part that writes to the broker."""

import logging
import select
import time

from celery import current_app
from django.core.management.base import BaseCommand
from django.db import connection, connections
from django.utils import timezone

from impresasolidale.core import jobs
from impresasolidale.core.checks import refuse_unsafe_database
from impresasolidale.core.models import Job
from impresasolidale.core.tasks import answer, heard, run_job

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: object, **options: object) -> None:
        refuse_unsafe_database()
        # A frozen broker must not freeze the dispatcher for long: short timeouts, no retries; the next look tries again.
        current_app.conf.broker_transport_options = {
            **current_app.conf.broker_transport_options,
            "socket_timeout": 2,
            "socket_connect_timeout": 2,
        }
        current_app.conf.task_publish_retry = False
        pinged = 0.0
        while True:
            try:
                connection.ensure_connection()
                with connection.cursor() as cursor:
                    cursor.execute(f"LISTEN {jobs.CHANNEL}")
                while True:
                    self.send_waiting()
                    if time.monotonic() - pinged > 10:
                        pinged = time.monotonic()
                        heard("dispatcher")
                        answer.apply_async(expires=30, retry=False)
                        heard("broker")
                    self.wait(5)
            except Exception as error:  # broker or database away: say so, wait, start over
                log.warning("dispatcher: %s; trying again", type(error).__name__)
                connections.close_all()
                time.sleep(1)

    def send_waiting(self) -> None:
        for row in jobs.waiting()[:200]:
            run_job.apply_async((row.pk,), retry=False)
            Job.objects.filter(pk=row.pk).update(sent_at=timezone.now())

    def wait(self, seconds: float) -> None:
        raw = connection.connection
        select.select([raw.fileno()], [], [], seconds)
        list(raw.notifies(timeout=0))
