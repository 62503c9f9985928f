"""F5: the disk of the database, of the files and of the temporary files fill up amid an import of 20,000 rows, an upload and papers.

Clear words, nothing half written, no file without its row nor row without its file; with room again the same processes go on.
"""

import os
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection, connections
from django.test import Client
from django.utils import timezone

from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.fields import lookup_hash
from impresasolidale.core.management.commands.sweep_files import names_in_rows, stored_files
from impresasolidale.core.models import Document, Job
from impresasolidale.core.scope import scope
from impresasolidale.exchange.models import ImportBatch, ImportRow
from impresasolidale.territory.models import Ambito
from placements.attendance.models import AttendanceEvent
from tests.core.test_outage import hidden
from tests.exchange.files import csv, upload
from tests.factories.beneficiaries import identity
from tests.factories.fixtures import make_user
from tests.runner.test_full_disk import mount
from tests.support import database
from tests.support.durable import durable_server, superuser

from .report import tell
from .test_month_end import FIRST, HELD, make_tutors
from .test_requests import contribution_fields, session_of
from .test_workers import issue, system

pytestmark = [pytest.mark.fault, pytest.mark.deep, pytest.mark.django_db(transaction=True)]
ROWS, DAYS = 20_000, 22  # of October, from Monday to Friday
MB = 1024 * 1024


@pytest.fixture(autouse=True)
def invariants(transactional_db: None) -> Iterator[None]:
    """The placements here have no papers and no past: what is asked of them is their month."""
    yield
    assert [row for row in database.violations(connection.settings_dict["NAME"]) if row[0] in HELD] == []


class Disk:
    """A disk of its own size, and what fills it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ballast = folder, folder / "ballast"

    def fill(self, *, leave: int) -> None:
        """But for so many bytes."""
        free = os.statvfs(self.folder)
        size = free.f_bavail * free.f_frsize - leave
        with self.ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(size, 1))

    def free(self) -> None:
        self.ballast.unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    folder.mkdir()
    if not mount("-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)):
        pytest.skip("only root, where it may mount, makes a small disk")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def stored_in(folder: Path, settings: Any) -> None:
    """The files of this test alone."""
    options = {"location": str(folder), "base_url": None}
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}}


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Iterator[Disk]:
    with small_disk(tmp_path / "files", 12) as disk:
        stored_in(disk.folder / "media", settings)
        yield disk


@pytest.fixture
def temporary(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    stored_in(tmp_path / "media", settings)
    with small_disk(tmp_path / "temporary", 8) as disk:
        monkeypatch.setattr(tempfile, "tempdir", str(disk.folder))
        yield disk


def browser(user: User) -> Client:
    """As a browser gets it: an error is a page."""
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = session_of(user)
    return client


def work(*, later: int = 0) -> list[Job]:
    """Every job that is due so many seconds from now, as a worker does them, until none is; all the jobs there are."""
    with time_machine.travel(timezone.now() + timedelta(seconds=later), tick=True):
        while due := list(Job.objects.filter(state="queued", run_after__lte=timezone.now()).order_by("id").values_list("pk", flat=True)):
            for pk in due:
                jobs.run(pk)
    return list(Job.objects.order_by("pk"))


def orphans(ambito: Ambito) -> int:
    """Files without a row and rows without a file."""
    with scope(system(ambito).scope):
        named = set(names_in_rows())
    return len(named ^ {name for name in stored_files("")})


def batches(ambito: Ambito) -> int:
    with scope(system(ambito).scope):
        return ImportBatch.objects.count()


def hand_in(client: Client, data: bytes, kind: str = "attendance") -> Any:
    return client.post("/scambi/importa/", {"kind": kind, "file": upload(data), "_submission": str(uuid.uuid4())})


# --- The files


def test_no_room_for_files(media: Disk, sondrio: Ambito, coordinator: User) -> None:
    client, rows = browser(coordinator), csv([["Cognome", "Nota"], *(["Prova", "x" * 100] for _ in range(8000))])
    media.folder.joinpath("media").mkdir()
    media.fill(leave=8_000)
    answer = hand_in(client, rows, "people")
    assert answer.status_code == 422 and "non riusciamo a conservare i file" in answer.content.decode()
    issue(sondrio, 3)
    for _ in range(2 * jobs.ATTEMPTS):  # longer than a job that is wrong is tried
        found = work(later=60)
        assert {(job.name, job.state, job.error) for job in found} == {("core.render_document", "queued", "OSError")}
        Job.objects.update(run_after=timezone.now())
    assert orphans(sondrio) == 0 and batches(sondrio) == 0
    media.free()
    assert {job.state for job in work(later=60)} == {"done"}
    assert hand_in(client, rows, "people").status_code == 303
    assert {job.state for job in work(later=60)} == {"done"}
    with scope(system(sondrio).scope):
        papers = list(Document.objects.filter(kind="test.paper").order_by("number").values_list("number", "state"))
        assert ImportBatch.objects.get().rows_total == 8000
    assert papers == [(f"2026/{n:06d}", "ready") for n in (1, 2, 3)]
    tell("F5", load="1 upload, 3 papers", faults="the disk of the files full", leaked=orphans(sondrio), lost=3 - len(papers))


# --- The temporary files


def test_no_room_for_temporary_files(temporary: Disk, sondrio: Ambito, coordinator: User) -> None:
    client, rows = browser(coordinator), csv([["Cognome", "Nota"], *(["Prova", "x" * 150] for _ in range(ROWS))])
    assert len(rows) > MB, "a small file is kept in memory"
    temporary.fill(leave=100_000)
    answer = hand_in(client, rows, "people")
    page = answer.content.decode()
    assert answer.status_code == 503 and "non hai sbagliato niente" in page and "torna indietro con il browser" in page
    assert [path.name for path in temporary.folder.iterdir()] == ["ballast"]
    issue(sondrio, 2)
    assert {job.state for job in work()} <= {"queued", "done"}
    assert orphans(sondrio) == 0 and batches(sondrio) == 0
    temporary.free()
    assert hand_in(client, rows, "people").status_code == 303
    assert {job.state for job in work(later=60)} == {"done"}
    with scope(system(sondrio).scope):
        assert ImportBatch.objects.get().rows_total == ROWS
        assert set(Document.objects.filter(kind="test.paper").values_list("state", flat=True)) == {"ready"}
    tell("F5", load=f"an upload of {ROWS} rows, 2 papers", faults="the disk of the temporary files full", leaked=orphans(sondrio))


# --- The database


def test_no_room_for_the_database(tmp_path: Path, settings: Any, transactional_db: None) -> None:
    stored_in(tmp_path / "media", settings)
    with small_disk(tmp_path / "database", 700) as disk, durable_server(disk.folder / "pg", settings) as server:
        sondrio = Ambito.objects.get(name="Sondrio")
        coordinator = make_user(Role.COORDINATOR, sondrio)
        people = -(-ROWS // DAYS)
        make_tutors(sondrio, people, said=False)
        codes = {FIRST + n: identity(n)["codice_fiscale"] for n in range(1, people)}
        with database.owner(connection.settings_dict["NAME"]) as db:
            db.execute(
                "UPDATE beneficiaries_beneficiary b SET codice_fiscale_hash = g.hash"
                " FROM unnest(%s::bigint[], %s::text[]) AS g(id, hash) WHERE b.id = g.id",
                [list(codes), [lookup_hash(code) for code in codes.values()]],
            )
        october = [day for day in (date(2026, 10, 1) + timedelta(days=n) for n in range(31)) if day.weekday() < 5]
        rows = csv([["CF", "Data", "Esito"], *([code, day, "P"] for code in codes.values() for day in october)])
        lines = len(codes) * len(october)
        assert len(october) == DAYS and lines >= ROWS - DAYS
        with superuser(server) as db:  # a server that has worked for a while has its log's files already
            for _ in range(6):
                db.execute("SELECT pg_switch_wal()")
                db.execute("CREATE TABLE worked AS SELECT generate_series(1, 1000) AS n")
                db.execute("DROP TABLE worked")
            db.execute("CHECKPOINT")

        def said() -> int:
            with scope(system(sondrio).scope):
                return AttendanceEvent.objects.count()

        def batch() -> ImportBatch:
            with scope(system(sondrio).scope):
                return ImportBatch.objects.get()

        client, full = browser(coordinator), 0

        def meets_no_room() -> None:
            """The work that waits finds the disk full, and waits on; it has said why."""
            nonlocal full
            disk.fill(leave=MB)
            try:
                for _ in range(2 * jobs.ATTEMPTS):
                    with_errors = [job for job in work(later=60) if job.error]
                    assert {(job.state, job.error) for job in with_errors} <= {("queued", "OperationalError")}, with_errors
                    full += len(with_errors)
                    if with_errors:
                        break
            except OperationalError:
                full += 1  # not even that could be written: the job is taken over later
            assert server.alive()

        # Its rows are read: all or none.
        assert hand_in(client, rows).status_code == 303
        meets_no_room()
        with scope(system(sondrio).scope):
            assert ImportRow.objects.count() == 0 and batch().state == "waiting"
        # A form that is sent meanwhile comes back whole.
        fields, refused = contribution_fields_when_there_is_room(disk, coordinator), ""
        for n in range(4000):
            sent = {**fields, "reference": f"r{n}", "_submission": str(uuid.uuid4()), "csrfmiddlewaretoken": "a" * 32}
            answer = client.post("/fondo/contributi/nuovo/", sent)
            assert answer.status_code in (303, 503), answer.status_code
            if answer.status_code == 503:
                refused = answer.content.decode()
                break
        assert f'value="r{n}"' in refused, "4000 contributions found room"
        assert Client().get("/registro/").status_code == 200, "what wants no line in the log of looks is read"
        disk.free()
        again = {name: texts[0] for name, texts in hidden(refused).items()}
        assert client.post("/fondo/contributi/nuovo/", again).status_code == 303
        take_over()
        assert {job.state for job in work(later=120)} == {"done"}
        assert (batch().state, batch().rows_total) == ("read", lines)
        # Its rows are checked and taken: whole pieces, each once.
        form = client.get(f"/scambi/importa/{batch().public_id}/colonne/").context["form"]
        match = {name: form[name].value() or "" for name in form.fields}
        assert client.post(f"/scambi/importa/{batch().public_id}/colonne/", match).status_code == 303
        assert {job.state for job in work(later=120)} == {"done"}
        assert batch().counts == {"good": lines}, batch().counts
        assert client.post(f"/scambi/importa/{batch().public_id}/conferma/").status_code == 303
        meets_no_room()
        with scope(system(sondrio).scope):
            taken = ImportRow.objects.filter(outcome="taken").count()
        assert said() == taken < lines and batch().state == "taking"
        disk.free()
        take_over()
        assert {job.state for job in work(later=120)} == {"done"}
        assert batch().state == "taken" and batch().counts == {"taken": lines} and said() == lines
        with scope(system(sondrio).scope):
            once = AttendanceEvent.objects.values("placement_id", "day").distinct().count()
        assert full, "no job met the full disk: nothing was proven"
        assert [row for row in database.violations(connection.settings_dict["NAME"]) if row[0] in HELD] == []
        leaked = orphans(sondrio)
        connections.close_all()
    tell(
        "F5", load=f"an import of {lines} rows, {n + 1} contributions", faults="the disk of the database full, twice",
        lost=lines - once, leaked=leaked,
    )  # fmt: skip


def contribution_fields_when_there_is_room(disk: Disk, user: User) -> dict[str, str]:
    disk.free()
    fields = contribution_fields(user)
    disk.fill(leave=0)
    return fields


def take_over() -> None:
    """What an attempt left running that could not even say that it failed: a minute goes by."""
    Job.objects.filter(state="running").update(heartbeat_at=timezone.now() - timedelta(minutes=5))
    for pk in Job.objects.filter(state="running").values_list("pk", flat=True):
        jobs.run(pk)
