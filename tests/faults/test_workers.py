"""F2 and F4: the worker killed in the middle of papers; the broker frozen, killed, wiped. Delay, never loss, nothing twice."""

import hashlib
import shutil
import time

import pytest

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import documents, rendering
from impresasolidale.core.models import Document, Job, Message
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from tests.factories.fixtures import TODAY, make_user
from tests.support.servers import House, wait

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
SLOW = 2.0  # seconds: no request may take longer because of the broker (reliability figure F4)


def system(ambito: Ambito) -> Access:
    return Access.system(network_id=ambito.network_id, ambito_id=ambito.pk, reason="test")


def issue(ambito: Ambito, count: int) -> None:
    by = system(ambito)
    with scope(by.scope):
        for number in range(count):
            documents.issue(
                kind="test.paper", kind_label="Prova", template="pdf/base.html", subject=ambito, today=TODAY, by=by, ambito_id=ambito.pk,
                context={"body_name": "Comune di Sondrio", "text": f"Prova {number}"},
            )  # fmt: skip


def each_paper_once(house: House, ambito: Ambito, count: int) -> None:
    """Every number once and without gaps, every file stored once with the hash of its row."""
    with scope(system(ambito).scope):
        papers = list(Document.objects.filter(kind="test.paper").order_by("number"))
    assert [p.number for p in papers] == [f"2026/{n:06d}" for n in range(1, count + 1)]
    assert {p.state for p in papers} == {"ready"}
    stored = house.files("*.pdf")
    assert sorted(str(p.relative_to(house.folder / "media")) for p in stored) == sorted(p.file_name for p in papers)
    for paper in papers:
        assert hashlib.sha256((house.folder / "media" / paper.file_name).read_bytes()).hexdigest() == paper.file_hash


@pytest.mark.parametrize(("kills", "papers"), [(1, 4), pytest.param(10, 300, marks=pytest.mark.deep)])
def test_a_worker_killed_amid_papers_makes_each_once(house: House, sondrio, kills, papers):
    house.start("broker", "dispatcher", "worker")
    issue(sondrio, papers)
    for _ in range(kills):
        wait(lambda: Job.objects.filter(state="running").exists(), 20, "a paper being rendered")
        house.kill("worker")
        cut = list(Job.objects.filter(state="running"))
        house.start("worker")
    assert cut, "the worker was killed too late to prove anything"
    wait(house.all_over, 30 + papers, "every paper")
    each_paper_once(house, sondrio, papers)
    done = {job.pk: job for job in Job.objects.filter(name="core.render_document")}
    assert {job.state for job in done.values()} == {"done"}
    assert all(done[job.pk].attempt == job.attempt + 1 for job in cut)
    assert sum(job.attempt for job in done.values()) <= papers + kills


def test_a_file_left_by_an_attempt_that_died_is_not_a_second_one(sondrio, settings, tmp_path, transactional_db):
    """The worker dies after the file, before the row: the next attempt takes its place."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    issue(sondrio, 1)
    with scope(system(sondrio).scope):
        paper = Document.objects.get(kind="test.paper")
        left = default_storage.save(f"test/paper/2026/{paper.public_id}.pdf", ContentFile(b"cut short"))
        rendering.render_document(paper.pk)
        paper.refresh_from_db()
    assert paper.file_name == left
    with default_storage.open(left) as file:
        assert hashlib.sha256(file.read()).hexdigest() == paper.file_hash
    names = default_storage.listdir("test/paper/2026")[1]
    assert [n for n in names if n.startswith(str(paper.public_id))] == [f"{paper.public_id}.pdf"]


def test_a_broker_frozen_killed_and_wiped_costs_delay_and_no_work(house: House, sondrio):
    people = [make_user(Role.SOCIAL_WORKER, sondrio, number=n).email for n in range(9)]
    house.start("broker", "web", "dispatcher", "worker")
    slowest: dict[str, float] = {}

    def ask(condition: str, emails: list[str]) -> None:
        """Each asks for a new password: a request that enqueues a message."""
        for email in emails:
            began = time.monotonic()
            assert house.post("/accesso/dimenticata/", {"email": email})[0] == 303
            slowest[condition] = max(slowest.get(condition, 0), time.monotonic() - began)

    ask("healthy", people[:2])
    wait(lambda: len(house.mails()) == 2, 20, "the first mails")
    slowest.clear()  # the first requests of a new process are slow by themselves

    house.freeze("broker")
    ask("frozen", people[2:5])
    time.sleep(2.5)  # the dispatcher meets the frozen broker and its own time limit
    assert Job.objects.filter(state="queued").count() == 3
    house.thaw("broker")
    wait(house.all_over, 20, "the messages that waited")

    house.kill("worker")
    ask("without a worker", people[5:7])
    wait(lambda: Job.objects.filter(state="queued").exclude(sent_at=None).count() == 2, 10, "the broker to have them")
    house.kill("broker")
    shutil.rmtree(house.folder / "valkey")  # and with it the two messages
    ask("gone", people[7:8])
    house.start("broker", "worker")
    ask("wiped", people[8:])

    wait(house.all_over, 45, "every message")
    assert max(slowest.values()) < SLOW, slowest
    assert house.mails() == sorted(people)
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    with scope(system(sondrio).scope):
        assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
