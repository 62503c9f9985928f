"""Many hands on the same money at once (reliability.md F8): the last euro of a budget, one commitment ended twice, two parts of one."""

from decimal import Decimal

import pytest
from django.db import connection

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError, TransitionNotAllowed
from impresasolidale.core.scope import scope
from impresasolidale.treasury import selectors, services
from impresasolidale.treasury.models import Commitment
from tests.factories.fixtures import TODAY, make_user
from tests.factories.treasury import ACT, figures, line, make_budget, make_commitment

from .test_ledger import in_threads


@pytest.fixture
def access(sondrio):
    return access_for(make_user(Role.COORDINATOR, sondrio))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hands", [16, 32])
def test_many_hands_on_the_last_euro_of_a_budget(access, hands):
    with scope(access.scope):
        budget = make_budget(access, "1")

    def spend(n):
        try:
            with scope(access.scope):
                make_commitment(access, budget.pot, "1", number=str(n))
        except DomainError:
            return "refused"
        return "won"

    assert in_threads(hands, spend) == ["refused"] * (hands - 1) + ["won"]
    with scope(access.scope):
        assert Commitment.objects.count() == 1 and line(access, budget) == (1, 1, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_sixteen_payments_of_one_commitment(access):
    """What is left of it goes out once, though its pot has more."""
    with scope(access.scope):
        budget = make_budget(access, "1000")
        row = make_commitment(access, budget.pot, "10")
        make_commitment(access, budget.pot, "500", number="102")

    def pay(n):
        try:
            with scope(access.scope):
                services.pay_commitment(commitment=row, amount=Decimal(3), key=f"p{n}", posted_on=TODAY, words="x", by=access)
        except services.NotEnoughMoney:
            return "refused"
        return "won"

    assert in_threads(16, pay) == ["refused"] * 13 + ["won"] * 3
    with scope(access.scope):
        assert figures(row) == (10, 9, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_two_people_end_the_same_commitment_at_once(access):
    with scope(access.scope):
        budget = make_budget(access)
        row = make_commitment(access, budget.pot, "400")

    def end(n):
        try:
            with scope(access.scope):
                services.end_commitment(commitment=row, act=ACT, reason=f"r{n}", seen=row.row_version, by=access, today=TODAY)
        except TransitionNotAllowed:
            return "refused"
        return "won"

    assert in_threads(2, end) == ["refused", "won"]
    with scope(access.scope):
        assert figures(row) == (400, 0, 0, 400) and line(access, budget) == (1000, 0, 0, 1000)
        assert not [a for a in selectors.recount(access) if a.balance != a.counted]
        assert connection.in_atomic_block
