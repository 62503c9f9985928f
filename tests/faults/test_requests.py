"""F1 and F6: web workers killed under posting clients; one form sent fifty times at once. The client keeps the journal."""

import http.client
import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.hosts.enums import HostKind
from companies.hosts.models import Company
from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.models import User
from impresasolidale.core.models import Message, Submission
from impresasolidale.core.scope import scope
from impresasolidale.treasury.models import Entry, Pot
from impresasolidale.treasury.selectors import balances
from solidarity_fund.models import Contribution, Donor
from tests.factories.fund import make_donor, make_pot
from tests.factories.hosts import make_partita_iva
from tests.support.servers import House

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
CLIENTS, EURO = 8, Decimal("10.00")


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def contribution_fields(coordinator: User) -> dict[str, str]:
    access = access_for(coordinator)
    with scope(access.scope):
        pot, donor = make_pot(access), make_donor(access)
    fields = {"donor": str(donor.public_id), "pot": str(pot.public_id), "amount": "10,00", "reference": "1"}
    return {**fields, "received_on": timezone.localdate().isoformat()}


@pytest.fixture
def fund(coordinator: User) -> tuple[User, dict[str, str]]:
    """Who records contributions, and the fields of one."""
    return coordinator, contribution_fields(coordinator)


class Journal:
    """What one client sent and which answers it got: the yardstick, outside the system."""

    def __init__(self, house: House, session: str, fields: dict[str, str], name: str) -> None:
        self.house, self.session, self.fields, self.name = house, session, fields, name
        self.sent: dict[str, str] = {}  # reference → submission uuid
        self.acknowledged: dict[str, str] = {}  # reference → where it led
        self.broken = 0

    def run(self, over: threading.Event, at_least: int) -> None:
        random_ = random.Random(self.name)
        while not over.is_set() or len(self.sent) < at_least:
            reference = f"{self.name}-{len(self.sent)}"
            self.sent[reference] = str(uuid.uuid4())
            for _attempt in range(1 if random_.random() < 0.2 else 100):  # some never ask again
                if self.post(reference):
                    break
                time.sleep(0.05)

    def post(self, reference: str) -> bool:
        try:
            status, place, _page = self.house.post(
                "/fondo/contributi/nuovo/", {**self.fields, "reference": reference}, submission=self.sent[reference], session=self.session
            )
        except (OSError, http.client.HTTPException):
            self.broken += 1
            return False
        assert status == 303, status
        assert self.acknowledged.setdefault(reference, place) == place, "a retry got another answer"
        return True


@pytest.mark.parametrize(("kills", "requests"), [(6, 40), pytest.param(20, 5000, marks=pytest.mark.deep)])
def test_web_workers_killed_under_posting_clients(house: House, fund, kills, requests):
    user, fields = fund
    house.start("web")
    journals = [Journal(house, session_of(user), fields, f"c{n}") for n in range(CLIENTS)]
    over = threading.Event()
    threads = [threading.Thread(target=j.run, args=(over, requests // CLIENTS)) for j in journals]
    for thread in threads:
        thread.start()
    for _ in range(kills):
        time.sleep(random.uniform(0.2, 0.5))
        with suppress(ProcessLookupError, IndexError):
            os.kill(random.choice(house.web_workers()), signal.SIGKILL)
    over.set()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()

    sent = {reference for j in journals for reference in j.sent}
    acknowledged = {reference for j in journals for reference in j.acknowledged}
    assert len(sent) >= requests and sum(j.broken for j in journals) > 0, "no request met a kill: nothing was proven"
    access = access_for(user)
    with scope(access.scope):
        stored = Counter(Contribution.objects.values_list("reference", flat=True))
        posted = Entry.objects.filter(key__startswith="solidarity_fund.contribution:").count()
        (balance,) = balances(access, use=Pot.Use.FUND)
    assert acknowledged <= stored.keys() <= sent
    assert set(stored.values()) == {1}
    assert posted == len(stored) == Submission.objects.count()
    assert balance.free == EURO * len(stored)

    for journal in journals:  # the same key gives the same answer, for ever, and no second effect
        for reference in list(journal.acknowledged)[:2]:
            assert journal.post(reference)
    with scope(access.scope):
        assert Contribution.objects.count() == len(stored)


def at_once(number: int, work: Callable[[], Any]) -> list[Any]:
    """The results of `number` threads that start together."""
    barrier, results = threading.Barrier(number), []

    def run() -> None:
        try:
            barrier.wait()
            results.append(work())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


COMPANY = {
    "name": "Segheria Valbosco", "kind": HostKind.values[0], "partita_iva": make_partita_iva(7), "address": "Via dei Larici 4",
    "comune": "Chiavenna", "site_name": "Piazzale",
}  # fmt: skip
DONOR = {"kind": "company", "name": "Falegnameria Prova snc"}


@pytest.mark.parametrize(
    ("page", "fields", "model"),
    [
        ("hosts:new", COMPANY, Company),
        ("solidarity_fund:new_donor", DONOR, Donor),
        ("solidarity_fund:new_contribution", None, Contribution),
        ("accounts:forgot_password", None, Message),
    ],
)
def test_fifty_identical_posts_have_one_effect_and_one_answer(fund, page, fields, model):
    user, contribution = fund
    fields = {**(fields or {**contribution, "email": user.email}), "_submission": str(uuid.uuid4())}
    session, access = session_of(user), access_for(user)
    with scope(access.scope):
        before = model.objects.count()

    def post() -> tuple[int, str]:
        client = Client()
        client.cookies["sessionid"] = session
        answer = client.post(reverse(page), fields)
        return answer.status_code, answer.get("Location", "")

    answers = at_once(50, post)
    assert len(answers) == 50 and len(set(answers)) == 1 and answers[0][0] == 303, Counter(answers)
    with scope(access.scope):
        assert model.objects.count() == before + 1


def test_another_body_under_the_same_uuid_is_a_conflict(fund):
    user, contribution = fund
    client, key = Client(), str(uuid.uuid4())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("solidarity_fund:new_contribution")
    assert client.post(page, {**contribution, "_submission": key}).status_code == 303
    assert client.post(page, {**contribution, "_submission": key, "amount": "11,00"}).status_code == 409
    access = access_for(user)
    with scope(access.scope):
        assert Contribution.objects.get().amount == EURO
