"""Background work without a worker: what waits is done here and now."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.core import jobs
from impresasolidale.core.models import Job
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito


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


def in_every_ambito(service: Callable[..., Any], **values: Any) -> Any:
    """A service of one Ambito in all of them, as its jobs call it: what it returns, added up."""
    said = []
    for ambito in Ambito.objects.order_by("pk"):
        by = Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason="test")
        with scope(by.scope):
            said.append(service(by=by, **values))
    if isinstance(said[0], dict):
        counts: Counter[str] = Counter()
        for each in said:
            counts.update(each)
        return dict(counts)
    return sum(said)
