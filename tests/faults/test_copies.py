"""F15: a copy taken while eight clients post and papers are made is the state of one instant, and put back it is that state."""

import hashlib
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection
from psycopg import sql

from impresasolidale.runner import ROOT
from tests.faults.test_requests import CLIENTS, EURO, Journal, fund, session_of  # noqa: F401
from tests.faults.test_workers import issue
from tests.operations.conftest import PUBLIC, SECRET
from tests.support import database
from tests.support.servers import House

pytestmark = [pytest.mark.fault, pytest.mark.deep, pytest.mark.django_db(transaction=True)]


def manage(house: House, *words: str, **more: str) -> str:
    owner = database.url_of(more.pop("name", connection.settings_dict["NAME"]))
    keys = {"BACKUP_URL": str(house.folder / "copies"), "BACKUP_RECIPIENTS": PUBLIC, "BACKUP_IDENTITIES": SECRET}
    environment = {**house.environment, **keys, "OWNER_DATABASE_URL": owner, **more}
    done = subprocess.run([sys.executable, str(ROOT / "manage.py"), *words], env=environment, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Dated(Journal):
    """A journal that knows when each request went out and when its answer came."""

    def post(self, reference: str) -> bool:
        self.begun = getattr(self, "begun", {})
        self.answered = getattr(self, "answered", {})
        self.begun.setdefault(reference, time.monotonic())
        answered = super().post(reference)
        if answered:
            self.answered.setdefault(reference, time.monotonic())
        return answered


@pytest.mark.parametrize(("requests", "copies", "paper"), [(40, 1, 0), pytest.param(4000, 4, 200, marks=pytest.mark.deep)])
def test_a_copy_under_load_is_one_instant(house: House, fund, sondrio, requests, copies, paper):  # noqa: F811
    user, fields = fund
    (house.folder / "copies").mkdir()
    house.start("web", *(["broker", "dispatcher", "worker"] if paper else []))
    issue(sondrio, paper)
    journals = [Dated(house, session_of(user), fields, f"c{n}") for n in range(CLIENTS)]
    over = threading.Event()
    threads = [threading.Thread(target=j.run, args=(over, requests // CLIENTS)) for j in journals]
    for thread in threads:
        thread.start()
    taken = []
    try:
        for _ in range(copies):
            time.sleep(1.5)
            before = time.monotonic()
            taken.append((before, json.loads(manage(house, "backup", "--json"))["name"], time.monotonic()))
    finally:
        over.set()
        for thread in threads:
            thread.join(300)
    assert not any(thread.is_alive() for thread in threads)
    house.stop()

    for before, copy, after in taken:
        surely = {r for j in journals for r, at in j.answered.items() if at < before}
        perhaps = {r for j in journals for r, at in j.begun.items() if at < after}
        later = {r for j in journals for r in j.sent} - perhaps
        assert surely, "nothing was written before the copy: nothing was proven"
        name = f"impresa_copy_{int(before)}"
        with database.owner() as db:
            db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            there = house.folder / "back" / copy
            url = house.environment["DATABASE_URL"]
            own = f"{url.partition('@/')[0]}@/{name}?{url.partition('?')[2]}"
            said = manage(house, "restore", copy, name=name, DATABASE_URL=own, DATA_DIR=str(there))
            assert "uguali a com'erano" in said
            with database.owner(name) as db:
                stored = {row[0] for row in db.execute("SELECT reference FROM solidarity_fund_contribution").fetchall()}
                assert db.execute("SELECT coalesce(sum(amount), 0) FROM solidarity_fund_contribution").fetchone() == (EURO * len(stored),)
                papers = db.execute("SELECT file_name, file_hash FROM core_document WHERE state = 'ready'").fetchall()
            assert database.violations(name) == []
            assert surely <= stored <= perhaps
            assert {file: hashlib.sha256(Path(there / "media" / file).read_bytes()).hexdigest() for file, _hash in papers} == dict(papers)
            print(
                f"F15: {CLIENTS} clients, {len(stored)} contributions and {len(papers)} papers in the copy, {len(later)} after it;"
                f" lost {len(surely - stored)}, too many {len(stored - perhaps)}; made in {after - before:.1f} s"
            )
        finally:
            database.drop(name)
