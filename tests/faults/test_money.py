"""F2 for money: the worker killed between the posting of an approved liquidation and its files. Each file once, each euro once."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection
from psycopg import sql

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.errors import TransitionNotAllowed
from impresasolidale.core.models import Document, Job
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from impresasolidale.territory.selectors import lead_body
from impresasolidale.treasury.models import Entry, LiquidationRun, Payer, Pot, RunFile
from impresasolidale.treasury.selectors import free_balance
from impresasolidale.treasury.services import liquidations
from tests.factories import liquidations as made
from tests.factories.attendance import system
from tests.factories.fixtures import TODAY, make_user
from tests.support import database
from tests.support.ledger import posted_total
from tests.support.servers import House, wait

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
RICH, EACH = Decimal(100_000), Decimal("50.05")  # a year of it stays under the threshold of publication
PAPERS = 3  # of each liquidation: the act, the act to publish, the distinta; beside them the bank's file


@pytest.fixture(autouse=True)
def invariants(transactional_db: None) -> Iterator[None]:
    """Of months that are plain rows: what is asked of them is the money, the papers and the work."""
    yield
    assert [row for row in database.violations(connection.settings_dict["NAME"]) if row[0] in made.HELD] == []


@dataclass
class Office:
    """An Ambito whose body pays by its own account, with people in work and who may prepare and approve."""

    ambito: Ambito
    pot: Pot
    clerk: User
    coordinator: User

    def approved(self, *months: date) -> list[LiquidationRun]:
        """Liquidations of these months, posted; their files wait for the worker."""
        placements = made.make_placements(self.ambito, 3)
        body, runs = lead_body(self.ambito), []
        for month in months:
            for placement in placements:
                made.make_month(placement, self.pot, month=month, amount=EACH)
        for job in Job.objects.filter(state="queued"):
            jobs.run(job.pk)  # agreements and projects: signed and filed long ago
        for month in months:
            runs.append(made.approve(self.coordinator, made.prepare(self.clerk, body, month)))
        return runs

    def books(self) -> tuple[Decimal, Counter[str]]:
        """What is free in the pot, and how often each movement is in the ledger."""
        with scope(system(self.ambito).scope):
            return free_balance(self.pot), Counter(Entry.objects.filter(key__startswith="liquidation-item:").values_list("key", flat=True))


@pytest.fixture
def office(sondrio: Ambito, house: House, settings: Any) -> Office:
    settings.MEDIA_ROOT = house.folder / "media"
    with scope(system(sondrio).scope):
        Payer.objects.create(ambito=sondrio, body=lead_body(sondrio), columns=[], iban=made.IBANS[0])
    pot = made.make_source(sondrio, amount=RICH)
    return Office(sondrio, pot, make_user(Role.CLERK, sondrio), make_user(Role.COORDINATOR, sondrio))


def each_file_once(house: House, office: Office, runs: list[LiquidationRun]) -> None:
    """Three papers and one bank file a liquidation, each stored once with the hash of its row; nothing else is on the disk."""
    with scope(system(office.ambito).scope):
        papers = list(Document.objects.filter(kind__startswith="treasury.").order_by("pk"))
        files = list(RunFile.objects.order_by("pk"))
        totals = {run.pk: posted_total(run) for run in runs}
    assert len(papers) == PAPERS * len(runs) and {paper.state for paper in papers} == {"ready"}
    assert [(file.run_id, file.total) for file in files] == [(run.pk, totals[run.pk]) for run in runs]
    stored = {str(p.relative_to(house.folder / "media")): p.read_bytes() for p in house.files("treasury/**/*")}
    assert sorted(stored) == sorted([row.file_name for row in (*papers, *files)])
    assert all(hashlib.sha256(stored[row.file_name]).hexdigest() == row.file_hash for row in (*papers, *files))
    orders = [stored[file.file_name] for file in files]
    assert all(run.public_id.hex.encode() in order for run, order in zip(runs, orders, strict=True))
    assert [order.count(b"<CdtTrfTxInf>") for order in orders] == [3] * len(runs)


def posted_once(office: Office, runs: list[LiquidationRun]) -> None:
    """What three people got a month left the pot once, whoever asks again."""
    expected = RICH - 3 * EACH * len(runs)
    before = office.books()
    assert before[0] == expected and set(before[1].values()) == {1} and len(before[1]) == 2 * 3 * len(runs)
    by = access_for(office.coordinator)
    for run in runs:
        with pytest.raises(TransitionNotAllowed):
            made.approve(office.coordinator, run)
        with scope(by.scope):
            liquidations.post_items(run=run, by=by, today=TODAY)
    assert office.books() == before


@contextmanager
def stopped_before(table: str) -> Iterator[Callable[[], None]]:
    """Nobody writes a row of `table` until the given function is called: whoever tries stands there, its files made."""
    with database.owner(connection.settings_dict["NAME"]) as db:
        db.autocommit = False
        db.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.Identifier(table)))
        yield db.rollback


def test_the_worker_dies_between_files_and_their_rows(house: House, office: Office):
    """The worst moments: the money is posted, a file is on the disk, and no row knows it. Once for an act, once for the bank's file."""
    runs = office.approved(made.OCTOBER)
    books = office.books()
    house.start("broker", "dispatcher")
    cut: list[Job] = []
    for table, pattern, files in (
        ("core_document", "**/liquidation_act/**/*.pdf", 1),
        ("treasury_runfile", "**/sepa/**/*.xml", PAPERS + 1),
    ):
        with stopped_before(table) as go_on:
            house.start("worker")
            wait(partial(house.files, pattern), 90, "a file without its row")
            house.kill("worker")
            cut += Job.objects.filter(state="running")
            go_on()
        with scope(system(office.ambito).scope):
            assert not RunFile.objects.exists()
        assert len(house.files("treasury/**/*")) == files and office.books() == books
    house.start("worker")
    wait(house.all_over, 90, "every file")
    assert [(job.name, job.state, job.attempt) for job in Job.objects.filter(pk__in=[job.pk for job in cut]).order_by("pk")] == [
        ("core.render_document", "done", 2), ("treasury.write_sepa", "done", 2),
    ]  # fmt: skip
    each_file_once(house, office, runs)
    posted_once(office, runs)
    # The broker may tell the worker of a job once more, days later: the bank never gets another order.
    made_once = {path: path.read_bytes() for path in house.files("treasury/**/*")}
    jobs.enqueue("treasury.write_sepa", by=system(office.ambito), run_id=runs[0].pk)
    wait(house.all_over, 90, "the job that was asked again")
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    assert {path: path.read_bytes() for path in house.files("treasury/**/*")} == made_once


@pytest.mark.deep
def test_ten_kills_while_a_year_of_liquidations_becomes_files(house: House, office: Office):
    """At whatever moment: twelve months posted, ten times the worker is killed over their forty-eight files."""
    runs = office.approved(*(date(2026, month, 1) for month in range(1, 13)))
    house.start("broker", "dispatcher", "worker")
    cut: list[Job] = []
    for _ in range(10):
        wait(lambda: Job.objects.filter(state="running").exists(), 60, "a file being made")
        house.kill("worker")
        cut += Job.objects.filter(state="running")
        house.start("worker")
    wait(house.all_over, 240, "every file")
    assert len(cut) >= 5, "the worker was killed too late to prove anything"
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    each_file_once(house, office, runs)
    posted_once(office, runs)
