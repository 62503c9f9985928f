"""Background work without a worker: what waits is done here and now."""

from django.utils import timezone

from impresasolidale.core import jobs
from impresasolidale.core.models import Job


def work_off(*names: str) -> list[Job]:
    """Every job that is due (or those of these names alone), and those that these ask for, one after the other; each ends well."""
    worked = []
    due = Job.objects.filter(state=Job.State.QUEUED).order_by("pk")
    due = due.filter(name__in=names) if names else due
    while row := due.filter(run_after__lte=timezone.now() + jobs.SKEW).first():
        jobs.run(row.pk)
        row.refresh_from_db()
        assert row.state == Job.State.DONE, (row.name, row.error)
        worked.append(row)
    return worked
