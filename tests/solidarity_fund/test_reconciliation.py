"""The nightly counts: whatever is tampered with past the program is found, said to who keeps the books, and ends when it is put right."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core import jobs
from impresasolidale.core.models import Job, Message, Todo
from impresasolidale.core.scope import scope
from impresasolidale.schedule import BEAT
from impresasolidale.territory.models import Ambito, Network
from impresasolidale.treasury import services as treasury
from impresasolidale.treasury.services import alarms
from solidarity_fund.services import reconciliation, requests
from tests.factories.fixtures import TODAY, make_user
from tests.factories.fund import ask, give, grant, make_helped, make_pot, pay
from tests.support import database

pytestmark = pytest.mark.django_db(transaction=True)
# Every table is changed past its triggers, as only its owner can.
ACCOUNT, LEG, ENTRY = "treasury_account", "treasury_leg", "treasury_entry"
REQUEST, GIFT = "solidarity_fund_benefitrequest", "solidarity_fund_contribution"
FREE = f"(SELECT id FROM {ACCOUNT} WHERE kind = 'free')"
TAMPER = {  # what → table, statement, how many figures differ at least
    "a balance": (ACCOUNT, f"UPDATE {ACCOUNT} SET balance = balance - 1 WHERE kind = 'free'", 1),
    "a leg": (LEG, f"UPDATE {LEG} SET amount = amount - 1 WHERE account_id = {FREE}", 2),
    "a leg and its balance": (
        LEG, f"UPDATE {LEG} SET amount = 101 WHERE amount = 100; UPDATE {ACCOUNT} SET balance = balance + 1 WHERE kind = 'bank'", 1,
    ),
    "a request's sum": (REQUEST, f"UPDATE {REQUEST} SET amount = 29 WHERE amount = 30", 1),
    "a request's state": (REQUEST, f"UPDATE {REQUEST} SET state = 'paid' WHERE amount = 30", 1),
    "a grant taken back": (REQUEST, f"UPDATE {REQUEST} SET state = 'revoked' WHERE amount = 30", 1),
    "a gift's sum": (GIFT, f"UPDATE {GIFT} SET amount = 99", 1),
    "a gift's movement": (ENTRY, f"UPDATE {ENTRY} SET source_id = 0 WHERE source_type = 'solidarity_fund.contribution'", 1),
}  # fmt: skip


@pytest.fixture
def night() -> Access:
    networks, ambiti = (frozenset(model.objects.values_list("pk", flat=True)) for model in (Network, Ambito))
    return Access(actor=None, network_id=None, ambito_id=None, networks=networks, ambiti=ambiti, system_reason="test")


@pytest.fixture
def fund(sondrio: Ambito) -> dict[str, Any]:
    """100.00 given, 30.00 promised, 20.00 paid."""
    users = {role: make_user(role, sondrio) for role in (Role.SOCIAL_WORKER, Role.COORDINATOR, Role.ACCOUNTING)}
    worker, chief, accounting = (access_for(user) for user in users.values())
    with scope(chief.scope):
        pot = make_pot(chief)
        give(chief, pot, "100")
        rows = [ask(worker, make_helped(worker, number=n), amount) for n, amount in enumerate(("30", "20"))]
        rows = [grant(chief, row, pot) for row in rows]
        pay(accounting, rows[1])
    return {"users": users, "access": chief, "rows": rows}


@pytest.fixture
def tampered() -> Iterator[Callable[[str, str], None]]:
    def harm(table: str, statement: str) -> None:
        with database.owner(os.environ["TEST_DATABASE"]) as db:
            db.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            db.execute(statement)
            db.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    yield harm


def counts(night: Access) -> int:
    """Both nightly counts."""
    with scope(night.scope):
        return treasury.recount_balances(by=night, today=TODAY) + reconciliation.reconcile(by=night, today=TODAY)


@pytest.mark.parametrize("what", TAMPER)
def test_whatever_is_tampered_with_is_found(fund, night, tampered, what):
    table, statement, found = TAMPER[what]
    assert counts(night) == 0
    with scope(fund["access"].scope):
        assert not Todo.objects.filter(kind__startswith=alarms.KIND).exists() and not Message.objects.filter(kind=alarms.KIND).exists()
    tampered(table, statement)
    assert counts(night) >= found


def test_an_alarm_is_said_to_coordinator_and_accounting_and_ends(fund, night, tampered, signed_in, caplog):
    technician = signed_in(make_user(Role.TECHNICIAN, None))
    health = reverse("desk:health")
    assert technician.get(health).context["health"].differences == 0
    tampered("treasury_account", "UPDATE treasury_account SET balance = balance - 1 WHERE kind = 'free'")
    assert counts(night) == 1 == counts(night)
    with scope(fund["access"].scope):
        asked = Todo.objects.filter(kind__in=alarms.ASKED, done_at=None)
        assert sorted(asked.values_list("kind", "role").distinct()) == sorted((kind, str(role)) for kind, role in alarms.ASKED.items())
        assert asked.count() == 2 and all(todo.is_mandatory for todo in asked)
        told = Message.objects.filter(kind=alarms.KIND)
        wanted = {fund["users"][role].email for role in (Role.COORDINATOR, Role.ACCOUNTING)}
        assert {message.address for message in told} == wanted and told.count() == 2  # the same night it is said once
        assert all("Persona" not in message.body + message.subject for message in told)
    assert "the books do not agree" in caplog.text
    page = technician.get(health)
    assert page.context["health"].differences == 1 and "non torna" in page.content.decode()
    tampered("treasury_account", "UPDATE treasury_account SET balance = balance + 1 WHERE kind = 'free'")
    assert counts(night) == 0
    assert technician.get(health).context["health"].differences == 0


def test_a_request_that_differs_is_said_in_its_office_alone(fund, night, tampered, tirano, signed_in):
    other = make_user(Role.COORDINATOR, tirano)
    tampered("solidarity_fund_benefitrequest", "UPDATE solidarity_fund_benefitrequest SET amount = 29 WHERE amount = 30")
    assert counts(night) == 1
    with scope(fund["access"].scope):
        todo = Todo.objects.get(kind=alarms.KIND, done_at=None)
        assert todo.url == reverse("solidarity_fund:request", args=[fund["rows"][0].public_id])
        assert not Message.objects.filter(kind=alarms.KIND, address=other.email).exists()
    with scope(access_for(other).scope):
        assert not Todo.objects.filter(kind=alarms.KIND).exists()
    assert signed_in(make_user(Role.TECHNICIAN, None)).get(reverse("desk:health")).context["health"].differences == 1


def test_a_grant_that_was_taken_back_agrees(fund, night, sondrio):
    second = access_for(make_user(Role.COORDINATOR, sondrio, number=2))
    with scope(second.scope):
        requests.revoke_benefit(request=fund["rows"][0], reason="Non serve più", by=second, today=TODAY)
    assert counts(night) == 0


def test_the_night_asks_as_much_for_many_as_for_one(fund, night, sondrio):
    def cost() -> int:
        with scope(night.scope), CaptureQueriesContext(connection) as own:
            assert treasury.recount_balances(by=night, today=TODAY) + reconciliation.reconcile(by=night, today=TODAY) == 0
        return len(own)

    before = cost()
    with scope(fund["access"].scope):
        worker = access_for(fund["users"][Role.SOCIAL_WORKER])
        pot = make_pot(fund["access"], name="Un altro")
        for n in range(5):
            give(fund["access"], pot, "10")
            grant(fund["access"], ask(worker, make_helped(worker, number=10 + n), "5"), pot)
    assert cost() == before


def test_they_run_every_night(fund):
    names = {entry["args"][0] for entry in BEAT.values()}
    assert {"treasury.recount", "solidarity_fund.reconcile"} <= names
    for name in ("treasury.recount", "solidarity_fund.reconcile"):
        jobs.enqueue_periodic(name, "2026-11-18")
        job = Job.objects.get(name=name)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result) == ("done", 0)
