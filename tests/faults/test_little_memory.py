"""F12: a worker that may hold 512 MiB and not a byte more makes the report of a big year, beside other papers; no other job is lost.

The limit is the kernel's (a control group), for the worker and its child together: who asks more is killed, as in a container.
F12_EVENTS is how many days were said in the year; the deep size of the reliability plan is 5000000.
"""

import hashlib
import os
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from impresasolidale.core.models import Document, Job
from impresasolidale.core.scope import scope
from impresasolidale.reports import services
from impresasolidale.reports.definitions import BY_CODE
from impresasolidale.reports.models import ReportRun
from impresasolidale.territory.models import Ambito
from placements.attendance.models import AttendanceEvent
from tests.factories.fixtures import TODAY
from tests.support import database
from tests.support.servers import House, wait

from .report import tell
from .test_month_end import HELD, make_tutors
from .test_workers import issue, system

pytestmark = [pytest.mark.fault, pytest.mark.deep, pytest.mark.django_db(transaction=True)]
LIMIT = 512 * 1024 * 1024
EVENTS, PAPERS = int(os.environ.get("F12_EVENTS", "500000")), 12
DAYS = 211  # that a person is there from January to October
MONTHS = [date(2026, month, 1) for month in range(1, 11)]
GROUPS = Path("/sys/fs/cgroup")


@pytest.fixture(autouse=True)
def invariants(transactional_db: None) -> Iterator[None]:
    """The placements of this year have no papers and no past: what is asked of them is their months."""
    yield
    assert [row for row in database.violations(connection.settings_dict["NAME"]) if row[0] in HELD] == []


class Group:
    """A control group with a limit, of whichever version the machine has."""

    def __init__(self, limit: int) -> None:
        first = (GROUPS / "memory").is_dir()
        self.folder = (GROUPS / "memory" if first else GROUPS) / f"impresa-{uuid.uuid4().hex[:8]}"
        self.most = "memory.max_usage_in_bytes" if first else "memory.peak"
        try:
            self.folder.mkdir()
            for name in ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes") if first else ("memory.max", "memory.swap.max"):
                if (self.folder / name).exists():
                    (self.folder / name).write_text("0" if name == "memory.swap.max" else str(limit))
        except OSError:
            pytest.skip("only root, where it may make control groups, limits memory")

    def command(self, words: list[str]) -> list[str]:
        """The same, begun inside."""
        return ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(self.folder / "cgroup.procs"), *words]

    def peak(self) -> int:
        return int((self.folder / self.most).read_text())

    def killed(self) -> int:
        """How often the kernel had to kill one of them."""
        control = self.folder / ("memory.oom_control" if "max_usage" in self.most else "memory.events")
        return int(dict(line.split() for line in control.read_text().splitlines()).get("oom_kill", 0))


@pytest.fixture
def group() -> Iterator[Group]:
    it = Group(LIMIT)
    yield it
    wait(lambda: not (it.folder / "cgroup.procs").read_text().split(), 30, "the end of the worker")
    it.folder.rmdir()


def test_a_worker_of_512_mib_makes_a_big_year_and_the_other_papers(group: Group, house: House, sondrio: Ambito) -> None:
    make_tutors(sondrio, -(-EVENTS // DAYS), months=MONTHS, ends_on=date(2026, 12, 31))
    with scope(system(sondrio).scope):
        said = AttendanceEvent.objects.count()
        assert said >= EVENTS * 0.95
        run = services.order_report(definition=BY_CODE["yearly_activity"], first=date(2026, 1, 1), by=system(sondrio), today=TODAY)
    issue(sondrio, PAPERS)
    house.start("broker", "dispatcher")
    worker = house.parts["worker"] = house._part("worker")
    worker.command = group.command(list(worker.command))
    worker.start()
    wait(lambda: not Job.objects.exclude(state__in=["done", "failed", "cancelled"]).exists(), 570, "every job")
    with scope(system(sondrio).scope):
        papers = list(Document.objects.filter(kind="test.paper").order_by("number"))
        run = ReportRun.objects.select_related("job", "document").get(pk=run.pk)
    assert run.job
    others = set(Job.objects.exclude(pk=run.job.pk).values_list("state", flat=True))
    print(
        f"\nF12: {said} days of a year, report {run.state} after {run.job.attempt} attempts; most held {group.peak() / 1024**2:.0f} of"
        f" {LIMIT // 1024**2} MiB, {group.killed()} killed"
    )
    assert run.state == "done" or (run.state == "failed" and run.job.error), "it is made, or refused with a reason"
    assert others == {"done"}
    assert [(p.number, p.state) for p in papers] == [(f"2026/{n:06d}", "ready") for n in range(1, PAPERS + 1)]
    stored = {str(path.relative_to(house.folder / "media")): path for path in house.files("test/**/*")}
    assert {p.file_name: p.file_hash for p in papers} == {n: hashlib.sha256(path.read_bytes()).hexdigest() for n, path in stored.items()}
    tell("F12", load=f"the report of {said} days, {PAPERS} papers", faults="512 MiB for the worker and its child")
