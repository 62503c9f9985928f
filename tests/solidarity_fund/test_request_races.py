"""Two hands at once on one request, with real threads: one decision, one vote, one use of a voucher, one proof of the last euro."""

from decimal import Decimal

import pytest

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.scope import scope
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Pot
from solidarity_fund.models import AgendaItem, SpendingProof, Vote, Voucher
from solidarity_fund.services import commission, payees, proofs, requests
from tests.factories.agreements import scan
from tests.factories.fixtures import TODAY, make_user
from tests.factories.fund import ask, give, grant, make_helped, make_pot, make_ready, sit
from tests.factories.statements import IBAN
from tests.treasury.test_ledger import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(sondrio):
    roles = (Role.SOCIAL_WORKER, Role.COORDINATOR, Role.ACCOUNTING, Role.COMMISSION_MEMBER)
    return {role: access_for(make_user(role, sondrio)) for role in roles}


def asked(people, amount="80", **more):
    worker, chief = people[Role.SOCIAL_WORKER], people[Role.COORDINATOR]
    with scope(worker.scope):
        row = ask(worker, make_helped(worker), amount, **more)
    with scope(chief.scope):
        pot = make_pot(chief)
        give(chief, pot, "1000")
    return row, pot


def attempt(access, act):
    try:
        with scope(access.scope):
            act()
    except DomainError:
        return "refused"
    return "won"


def test_two_decisions_at_once(people):
    row, pot = asked(people)
    chief, member = people[Role.COORDINATOR], people[Role.COMMISSION_MEMBER]
    hands = [chief, member] * 4

    def decide(n):
        return attempt(hands[n], lambda: grant(hands[n], row, pot))

    assert in_threads(8, decide) == ["refused"] * 7 + ["won"]
    with scope(chief.scope):
        assert next((b.committed, b.free) for b in treasury.balances(chief, use=Pot.Use.FUND)) == (80, 920)


def test_a_decision_and_a_withdrawal_at_once(people):
    row, pot = asked(people)
    chief, worker = people[Role.COORDINATOR], people[Role.SOCIAL_WORKER]

    def act(n):
        if n:
            return attempt(worker, lambda: requests.withdraw_benefit(request=row, reason="Non serve", by=worker, today=TODAY))
        return attempt(chief, lambda: grant(chief, row, pot))

    assert in_threads(2, act) == ["refused", "won"]
    with scope(chief.scope):
        row.refresh_from_db()
        committed = next(b.committed for b in treasury.balances(chief, use=Pot.Use.FUND))
        assert (row.state, committed) in (("granted", 80), ("withdrawn", 0))


def test_two_hands_write_the_same_vote(people):
    row, _pot = asked(people)
    chief, member = people[Role.COORDINATOR], people[Role.COMMISSION_MEMBER]
    with scope(chief.scope):
        sit(chief, [member.actor], [make_ready(chief, row)])
        item = AgendaItem.objects.select_related("sitting").get()

    def vote(n):
        by = (chief, member)[n % 2]
        return attempt(by, lambda: commission.cast_vote(item=item, member=member.actor, in_favour=bool(n % 2), by=by, today=TODAY))

    assert in_threads(4, vote) == ["refused"] * 3 + ["won"]
    with scope(chief.scope):
        assert Vote.objects.count() == 1


def test_a_vote_and_standing_aside_at_once(people):
    """One of the two, never both."""
    row, _pot = asked(people)
    chief, member = people[Role.COORDINATOR], people[Role.COMMISSION_MEMBER]
    with scope(chief.scope):
        sit(chief, [member.actor], [make_ready(chief, row)])
        item = AgendaItem.objects.select_related("sitting").get()

    def act(n):
        if n:
            return attempt(member, lambda: commission.stand_aside(request=row, reason="relation", by=member))
        return attempt(member, lambda: commission.cast_vote(item=item, member=member.actor, in_favour=True, by=member, today=TODAY))

    assert in_threads(2, act) == ["refused", "won"]


def paid(people, payee=None):
    row, pot = asked(people)
    if payee:
        worker = people[Role.SOCIAL_WORKER]
        with scope(worker.scope):
            payees.set_payee(request=row, payee=payee, by=worker, today=TODAY)
    with scope(people[Role.COORDINATOR].scope):
        granted = grant(people[Role.COORDINATOR], row, pot)
    with scope(people[Role.ACCOUNTING].scope):
        return requests.pay_benefit(request=granted, paid_on=TODAY, by=people[Role.ACCOUNTING], today=TODAY)


def test_a_payment_and_another_payee_at_once(people):
    """The money goes where the page said, or not at all."""
    row, pot = asked(people)
    worker, money = people[Role.SOCIAL_WORKER], people[Role.ACCOUNTING]
    with scope(people[Role.COORDINATOR].scope):
        row = grant(people[Role.COORDINATOR], row, pot)

    def act(n):
        if n % 2:
            payee = payees.Payee("refund", "Un altro", "", IBAN)
            return attempt(worker, lambda: payees.set_payee(request=row, payee=payee, by=worker, today=TODAY))
        return attempt(money, lambda: requests.pay_benefit(request=row, paid_on=TODAY, seen=1, by=money, today=TODAY))

    won = in_threads(4, act)
    with scope(money.scope):
        row.refresh_from_db()
        assert (row.state, row.payee.name, won.count("won")) in (("paid", "", 1), ("granted", "Un altro", 2))


def test_a_voucher_in_two_shops_at_once(people):
    row = paid(people, payees.Payee("voucher"))
    money = people[Role.ACCOUNTING]
    with scope(money.scope):
        code = Voucher.objects.first().code

    def use(n):
        return attempt(money, lambda: proofs.use_voucher(request=row, code=code, used_on=TODAY, by=money, today=TODAY))

    assert in_threads(4, use) == ["refused"] * 3 + ["won"]


def test_two_proofs_of_the_same_euro(people):
    row = paid(people)
    worker = people[Role.SOCIAL_WORKER]

    def bring(n):
        values = {"amount": Decimal(50), "spent_on": TODAY, "file": scan()}
        return attempt(worker, lambda: proofs.add_proof(request=row, by=worker, today=TODAY, **values))

    assert in_threads(4, bring) == ["refused"] * 3 + ["won"]
    with scope(worker.scope):
        assert SpendingProof.objects.count() == 1
