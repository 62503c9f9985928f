"""Thirty-two decisions at once on one pot, on real connections: never below zero, never more than there is, each once (rule 63)."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import Conflict, DomainError, TransitionNotAllowed
from impresasolidale.core.scope import scope
from impresasolidale.territory.models import Ambito
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Account, Entry, Pot
from solidarity_fund.models import BenefitRequest
from tests.factories.fixtures import TODAY, make_user
from tests.factories.fund import ask, give, grant, make_helped, make_pot
from tests.support.together import in_threads

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 32
D = Decimal


@pytest.fixture
def office(sondrio: Ambito) -> tuple[Access, Access]:
    """Who asks, and who decides."""
    return access_for(make_user(Role.SOCIAL_WORKER, sondrio)), access_for(make_user(Role.COORDINATOR, sondrio))


def figures(chief: Access, pot: Pot) -> tuple[Decimal, ...]:
    with scope(chief.scope):
        found = next(b for b in treasury.balances(chief, use=Pot.Use.FUND) if b.pot == pot)
        bank = Account.objects.get(kind=Account.Kind.BANK).balance
        assert all(account.agrees for account in treasury.recount(chief))  # type: ignore[attr-defined]
        assert bank == found.free + found.committed
        return found.received, found.committed, found.paid, found.free


def tried(work: Any) -> str:
    try:
        work()
    except (TransitionNotAllowed, Conflict):
        return "decided already"
    except ledger.NotEnoughMoney:
        return "refused"
    except DomainError as error:
        assert error.field == "pot" and "non bastano" in str(error.words)
        return "refused"
    return "granted"


def test_thirty_two_grants_on_one_pot(office):
    """100.00 in the pot, thirty-two requests of 9.99: ten fit (99.90), the others are told what is left."""
    worker, chief = office
    with scope(chief.scope):
        pot = make_pot(chief)
        give(chief, pot, "100")
        rows = [ask(worker, make_helped(worker, number=n), "9.99") for n in range(HANDS)]

    def decide(n: int) -> str:
        with scope(chief.scope):
            return tried(lambda: grant(chief, rows[n], pot))

    assert Counter(in_threads(HANDS, decide)) == {"granted": 10, "refused": 22}
    assert figures(chief, pot) == (D(100), D("99.90"), D(0), D("0.10"))
    with scope(chief.scope):
        states = Counter(BenefitRequest.objects.values_list("state", flat=True))
        assert states == {"granted": 10, "submitted": 22}  # a refusal leaves nothing half done
        assert Entry.objects.filter(key__startswith="solidarity_fund.grant:").count() == 10


def test_thirty_two_decisions_on_one_request(office):
    worker, chief = office
    with scope(chief.scope):
        pot = make_pot(chief)
        give(chief, pot, "1000")
        row = ask(worker, make_helped(worker), "10")

    def decide(_n: int) -> str:
        with scope(chief.scope):
            return tried(lambda: grant(chief, row, pot))

    assert Counter(in_threads(HANDS, decide)) == {"granted": 1, "decided already": HANDS - 1}
    assert figures(chief, pot) == (D(1000), D(10), D(0), D(990))


def test_thirty_two_commitments_at_the_ledger_and_each_said_twice(office):
    """The same at the treasury's door: thirty-two keys, each posted by two threads' worth of repeats; ten fit."""
    _worker, chief = office
    with scope(chief.scope):
        pot = make_pot(chief)
        give(chief, pot, "100")

    def commit(n: int) -> str:
        def once() -> Entry:
            return ledger.commit(pot=pot, amount=D("9.99"), key=f"k{n}", posted_on=TODAY, words="Prova", source=pot, by=chief)

        with scope(chief.scope):
            first = tried(once)
            again = tried(once) if first == "granted" else first
            assert first == again
            return first

    assert Counter(in_threads(HANDS, commit)) == {"granted": 10, "refused": 22}
    assert figures(chief, pot) == (D(100), D("99.90"), D(0), D("0.10"))
    with scope(chief.scope):
        assert Entry.objects.filter(key__startswith="k").count() == 10
