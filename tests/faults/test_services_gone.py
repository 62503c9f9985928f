"""F11: the file store, the mail server and the seal are gone. The page says so within a second, the work waits and is tried again."""

import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from impresasolidale.accounts.access import access_for
from impresasolidale.core import jobs, seals
from impresasolidale.core.errors import DomainError
from impresasolidale.core.models import Document, Job, Message, Upload
from impresasolidale.core.scope import scope
from impresasolidale.core.uploads import store_upload

from .report import tell
from .test_workers import issue, system

pytestmark = [pytest.mark.fault, pytest.mark.deep, pytest.mark.django_db(transaction=True)]
SECOND = 1.0


def work(*, later: int = 0) -> list[Job]:
    """Every job that is due so many seconds from now, done as a worker would; all the jobs there are."""
    with time_machine.travel(timezone.now() + timedelta(seconds=later), tick=True):
        for pk in Job.objects.filter(state="queued", run_after__lte=timezone.now()).values_list("pk", flat=True):
            jobs.run(pk)
    return list(Job.objects.order_by("pk"))


@pytest.fixture
def silent_server() -> Iterator[int]:
    """The port of a server that takes calls and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield door.getsockname()[1]


@pytest.mark.parametrize("how", ["closed", "silent"])
def test_without_a_mail_server_messages_wait(client: Any, worker: Any, settings: Any, silent_server: int, how: str) -> None:
    assert 0 < settings.EMAIL_TIMEOUT <= 30, "a silent server must not hold a worker"
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 0.3
    settings.EMAIL_PORT = silent_server if how == "silent" else 9
    client.get(reverse("accounts:forgot_password"))  # a new process reads its pages first
    began = time.monotonic()
    assert client.post(reverse("accounts:forgot_password"), {"email": worker.email}).status_code == 303
    assert time.monotonic() - began < SECOND
    (job,) = work()
    assert (job.state, job.attempt) == ("queued", 1) and job.run_after > timezone.now() and worker.email not in job.error
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    (job,) = work(later=60)
    assert (job.state, job.attempt) == ("done", 2) and [m.to for m in mail.outbox] == [[worker.email]]
    with scope(access_for(worker).scope):
        assert Message.objects.get().state == "sent"
    tell("F11", load="1 message", faults=f"mail server {how}", lost=1 - len(mail.outbox))


def gone(folder: Path) -> Path:
    """A file stands where the folder was: not even root writes into it. Returns where the folder is."""
    aside = folder.with_name(f"{folder.name}.aside")
    folder.mkdir(exist_ok=True)
    folder.rename(aside)
    folder.write_text("")
    return aside


def back(folder: Path, aside: Path) -> None:
    folder.unlink()
    aside.rename(folder)


def test_without_the_file_store_papers_wait_and_uploads_are_refused(sondrio: Any, coordinator: Any, signed_in: Any) -> None:
    store = Path(default_storage.location)  # type: ignore[attr-defined]
    aside = gone(store)
    try:
        issue(sondrio, 2)
        assert {(job.state, job.attempt) for job in work()} == {("queued", 1)}
        client = signed_in(coordinator)
        client.get("/")
        began = time.monotonic()
        assert client.get("/").status_code in (200, 302, 303)
        assert time.monotonic() - began < SECOND
    finally:
        back(store, aside)
    assert {(job.state, job.attempt) for job in work(later=60)} == {("done", 2)}
    with scope(system(sondrio).scope):
        papers = list(Document.objects.filter(kind="test.paper").order_by("number"))
        assert not Upload.objects.exists()
    assert [paper.state for paper in papers] == ["ready", "ready"] and all(default_storage.exists(paper.file_name) for paper in papers)
    tell("F11", load="2 papers", faults="file store gone", lost=2 - len(papers))


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), NotADirectoryError(), RuntimeError("of the store's own")])
def test_an_upload_that_finds_no_room_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, sondrio: Any, error: Exception) -> None:
    """F5 and F11 for one upload: the disk is full, or the store is gone, after half of the file was written."""
    whole = default_storage._save  # type: ignore[attr-defined]

    def half(name: str, content: Any) -> str:
        whole(name, ContentFile(content.read()[:10]))
        raise error

    monkeypatch.setattr(default_storage, "_save", half)
    file = SimpleUploadedFile("atto.pdf", b"%PDF-1.7 " + b"0" * 5000)
    by = system(sondrio)
    with scope(by.scope), pytest.raises(DomainError, match="non riusciamo a conservare i file") as refused:
        store_upload(file=file, kind="test.upload", subject=sondrio, by=by)
    assert refused.value.field == "file"
    with scope(by.scope):
        rows = Upload.objects.count()
    folder = Path(default_storage.location) / "test.upload"  # type: ignore[attr-defined]
    left = [path for path in folder.rglob("*") if path.is_file()]
    tell("F5", load="1 upload", faults=type(error).__name__, leaked=rows + len(left))


def test_without_the_seal_papers_wait(sondrio: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = seals.seal

    def broken(pdf: bytes) -> bytes:
        raise ConnectionError("the seal service does not answer")

    monkeypatch.setattr(seals, "seal", broken)
    issue(sondrio, 1)
    (job,) = work()
    assert (job.state, job.attempt, job.error) == ("queued", 1, "ConnectionError")
    with scope(system(sondrio).scope):
        assert Document.objects.get(kind="test.paper").state == "pending"
    monkeypatch.setattr(seals, "seal", sealed)
    (job,) = work(later=60)
    assert (job.state, job.attempt) == ("done", 2)
    with scope(system(sondrio).scope):
        paper = Document.objects.get(kind="test.paper")
    assert paper.state == "ready" and paper.number == "2026/000001"
    tell("F11", load="1 paper", faults="seal gone")
