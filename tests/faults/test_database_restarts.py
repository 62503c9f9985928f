"""F3: PostgreSQL restarted under clients that look and post, nine times in three ways. The client keeps the journal.

What was under way fails with a page that gives the form back; who asks while it starts again waits, as for a connection of a pool.
"""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, connections

from impresasolidale.accounts.models import User
from impresasolidale.accounts.permissions import Role
from impresasolidale.runner.servers import APPLICATION, DATABASE, Postgres
from impresasolidale.territory.models import Ambito
from tests.contracts.test_production import WEB, begin
from tests.core.test_outage import hidden
from tests.support import database
from tests.support.durable import WAYS, durable_server, frozen, stop, superuser
from tests.support.servers import House, wait

from .report import tell
from .test_requests import CLIENTS, EURO, Journal, contribution_fields, session_of

pytestmark = [pytest.mark.fault, pytest.mark.deep, pytest.mark.django_db(transaction=True)]
TIMES = 3  # each way
BETWEEN = 550  # answers between two restarts
WAIT = "18"  # seconds, less than clients wait: where much else runs, the server needs longer than the eight of a real one to come back
SOON = 3.0  # seconds after it is back
SHARE = 0.02  # of the requests may fail


@pytest.fixture
def server(transactional_db: None, tmp_path: Any, settings: Any) -> Iterator[Postgres]:
    with durable_server(tmp_path / "pg", settings) as it:
        yield it
        if it.alive():
            assert database.violations(connection.settings_dict["NAME"]) == []


@pytest.fixture
def coordinator(server: Postgres) -> User:
    from tests.factories.fixtures import make_user

    return make_user(Role.COORDINATOR, Ambito.objects.get(name="Sondrio"))


class Mixed(Journal):
    """Two looks and a post in turn. An answer is 200 or 303, or 503 with the way back: nothing else."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.answers: list[tuple[float, bool]] = []  # when it came, and whether it was served

    def post(self, reference: str) -> bool:
        for page in ("/fondo/", "/imprese/"):
            self.timed(lambda page=page: self.look(page))  # type: ignore[misc]
        return self.timed(lambda: self.send(reference))

    def timed(self, ask: Callable[[], bool]) -> bool:
        try:
            served = ask()
        except (OSError, http.client.HTTPException):
            served = False
            self.broken += 1
        self.answers.append((time.monotonic(), served))
        return served

    def look(self, page: str) -> bool:
        status, _place, text = self.house.request("GET", page, headers={"Cookie": f"sessionid={self.session}"})
        assert status == 200 or (status == 503 and f'href="{page}"' in text), (status, text)
        return status == 200

    def send(self, reference: str) -> bool:
        fields = {**self.fields, "reference": reference}
        status, place, text = self.house.post("/fondo/contributi/nuovo/", fields, submission=self.sent[reference], session=self.session)
        if status == 503:
            assert fields.items() <= {name: texts[0] for name, texts in hidden(text).items()}.items(), "what was written is gone"
            return False
        assert status == 303, (status, text)
        assert self.acknowledged.setdefault(reference, place) == place, "a retry got another answer"
        return True


def test_nine_restarts_under_eight_clients(server: Postgres, house: House, coordinator: User) -> None:
    house.more["DATABASE_WAIT"] = WAIT
    house.start("broker", "web", "dispatcher", "worker")
    session, fields = session_of(coordinator), contribution_fields(coordinator)
    journals = [Mixed(house, session, fields, f"c{n}") for n in range(CLIENTS)]
    over, wrong = threading.Event(), []

    def run(journal: Mixed) -> None:
        try:
            journal.run(over, 1)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(journal,)) for journal in journals]
    for thread in threads:
        thread.start()
    backs: list[float] = []
    downs: dict[str, list[float]] = {way: [] for way in WAYS}

    def come(number: int) -> bool:
        assert not wrong, wrong[:3]
        return sum(len(journal.answers) for journal in journals) >= number

    try:
        for number in range(TIMES * len(WAYS)):
            way = list(WAYS)[number % len(WAYS)]
            wait(lambda: come(BETWEEN * (number + 1)), 120, "answers")  # noqa: B023
            gone = time.monotonic()
            stop(server, way)
            server.start()
            backs.append(time.monotonic())
            downs[way].append(backs[-1] - gone)
        wait(lambda: come(BETWEEN * (TIMES * len(WAYS) + 1)), 120, "answers")
    finally:
        over.set()
        for thread in threads:
            thread.join(120)
    assert not wrong, wrong[:3]
    assert not any(thread.is_alive() for thread in threads)
    connections.close_all()  # the test's own was cut nine times too
    wait(house.all_over, 90, "the jobs of it all")

    answers = sorted(answer for journal in journals for answer in journal.answers)
    failed = sum(not served for _at, served in answers)
    # Of every client, its first served answer after each return.
    again = [
        min(at for at, served in journal.answers if served and at > back) - back
        for journal in journals
        for back, after in pairwise([*backs, float("inf")])
        if any(served and back < at < after for at, served in journal.answers)
    ]
    slowest = max(b - a for journal in journals for (a, _s), (b, _t) in pairwise(journal.answers))
    with database.owner(DATABASE) as db:
        stored = Counter(row[0] for row in db.execute("SELECT reference FROM solidarity_fund_contribution").fetchall())
        total = db.execute("SELECT coalesce(sum(amount), 0) FROM solidarity_fund_contribution").fetchone()
        submissions = db.execute("SELECT count(*) FROM core_submission").fetchone()
    sent = {reference for journal in journals for reference in journal.sent}
    acknowledged = {reference for journal in journals for reference in journal.acknowledged}
    assert total == (EURO * stored.total(),) and submissions == (stored.total(),)
    said = ", ".join(f"{way} {max(seconds):.1f} s" for way, seconds in downs.items())
    print(
        f"\nF3: away at most {said}; {failed} of {len(answers)} requests failed ({failed / len(answers):.2%});"
        f" first served answer of each client at most {max(again):.2f} s after the return, slowest answer {slowest:.1f} s"
    )
    tell(
        "F3",
        load=f"{CLIENTS} clients, {len(answers)} requests, {len(acknowledged)} acknowledged posts",
        faults=f"{TIMES * len(WAYS)} restarts",
        lost=len(acknowledged - stored.keys()),
        doubled=sum(n - 1 for n in stored.values()),
        leaked=len(stored.keys() - sent),
    )
    assert failed, "no request met a restart: nothing was proven"
    assert failed / len(answers) <= SHARE
    assert len(again) == CLIENTS * len(backs) and max(again) <= SOON


def test_a_form_sent_while_it_is_away_is_sent_again_from_the_page(server: Postgres, house: House, coordinator: User) -> None:
    """In each of the three ways. And whether a real installation may start on it (reliability.md §2.3): synchronous commit, or no start."""
    house.more["DATABASE_WAIT"] = "1"
    house.start("web")
    session, fields = session_of(coordinator), contribution_fields(coordinator)
    for way in WAYS:
        fields["reference"] = way
        stop(server, way)
        began = time.monotonic()
        status, _place, page = house.post("/fondo/contributi/nuovo/", fields, session=session)
        waited = time.monotonic() - began
        assert status == 503 and waited >= 1, (status, waited)
        english = house.request("GET", "/fondo/", headers={"Cookie": f"sessionid={session}; django_language=en"})
        assert english[0] == 503 and '<html lang="en">' in english[2]
        assert house.request("GET", "/static/core/style.css")[0] == 200
        server.start()
        again = {name: texts[0] for name, texts in hidden(page).items()}
        assert fields.items() <= again.items() and 'action="/fondo/contributi/nuovo/"' in page
        sent = [house.post("/fondo/contributi/nuovo/", again, submission=again["_submission"], session=session)[:2] for _ in range(2)]
        assert sent[0][0] == 303 and len(set(sent)) == 1, sent
        time.sleep(2)  # the next one is another outage to both processes of the web
    with database.owner(DATABASE) as db:
        stored = Counter(row[0] for row in db.execute("SELECT reference FROM solidarity_fund_contribution").fetchall())
    assert stored == dict.fromkeys(WAYS, 1)

    good = begin(WEB, DATABASE_URL=server.url(APPLICATION))
    assert good.returncode == 0 and "without having looked" not in good.stderr, good.stderr
    with superuser(server) as db:
        db.execute(f"ALTER ROLE {APPLICATION} SET synchronous_commit = off")
    bad = begin(WEB, DATABASE_URL=server.url(APPLICATION))
    assert bad.returncode != 0 and "core.E004" in bad.stderr


def test_a_server_that_stands_still_is_not_waited_for_for_ever(server: Postgres, house: House, coordinator: User) -> None:
    """Connected, and silent: who looks and who posts is told within seconds, on connections that were open and on new ones; a job is taken
    up again. What was sent in the silence counts once."""
    house.more["DATABASE_WAIT"] = "2"
    house.start("broker", "web", "dispatcher", "worker")
    session, fields = session_of(coordinator), contribution_fields(coordinator)
    fields["reference"] = "frozen"
    cookie = {"Cookie": f"sessionid={session}"}

    def served() -> list[int]:
        """As many at once as there are threads in the web: each has its connection."""
        found: list[int] = []
        threads = [threading.Thread(target=lambda: found.append(house.request("GET", "/fondo/", headers=cookie)[0])) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return found

    assert served() == [200] * 8
    page = ""
    with frozen(server):
        took = []
        for _time in range(2):
            began = time.monotonic()
            assert served() == [503] * 8
            took.append(time.monotonic() - began)
        status, _place, page = house.post("/fondo/contributi/nuovo/", fields, session=session)
        assert status == 503
    again = {name: texts[0] for name, texts in hidden(page).items()}
    assert fields.items() <= again.items()
    wait(lambda: served() == [200] * 8, 30, "the server that goes on")
    sent = [house.post("/fondo/contributi/nuovo/", again, submission=again["_submission"], session=session)[:2] for _ in range(2)]
    assert sent[0][0] == 303 and len(set(sent)) == 1, sent
    connections.close_all()
    wait(house.all_over, 90, "the jobs of it all")
    with database.owner(DATABASE) as db:
        stored = db.execute("SELECT count(*) FROM solidarity_fund_contribution WHERE reference = 'frozen'").fetchone()
    print(f"\nF3: a frozen server, told after at most {took[0]:.1f} s on open connections, {took[1]:.1f} s on new ones")
    tell("F3", load="8 clients", faults="a server that stands still", lost=1 - stored[0], doubled=max(stored[0] - 1, 0))
    assert max(took) < 20
