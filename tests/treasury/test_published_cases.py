"""What published ledgers test of themselves, asked of ours, in our own words and through our own doors.

The ideas are theirs, nothing else is: django-hordak (tests of legs, transfers, worked examples, concurrency), openedx-ledger (balance,
reversal and idempotency), beancount (validation of entries, open and closed accounts, balance assertions, tolerances), ledger-cli (balance
assertions, opening balances carried on). What they have and we do not (currencies, lots, prices, trees of accounts) is left out.
"""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.scope import scope
from impresasolidale.treasury import selectors, services
from impresasolidale.treasury.models import Account, ClosedPeriod, Entry, Leg, Pot
from impresasolidale.treasury.rules import Legs
from solidarity_fund.selectors.account import year_account
from tests.factories.fixtures import TODAY, make_user
from tests.factories.fund import make_pot
from tests.support.together import in_threads

D = Decimal
JANUARY, DECEMBER = date(2027, 1, 1), date(2026, 12, 31)


@pytest.fixture
def access(coordinator: Any, within: Any) -> Access:
    return within(coordinator)


@pytest.fixture
def pot(access: Access) -> Pot:
    return make_pot(access)


def account(kind: str, pot: Pot | None = None) -> Account:
    return Account.objects.get(kind=kind, pot=pot)


def post(by: Access, legs: Legs[Account], *, key: str = "k", on: date = TODAY, **more: Any) -> Entry:
    source = legs[0][0] if legs else account("bank")
    return services.post_entry(network_id=by.network_id, key=key, posted_on=on, words="Prova", source=source, legs=legs, by=by, **more)


def moved(move: str, by: Access, pot: Pot, amount: str, key: str, *, on: date = TODAY) -> Entry:
    return getattr(services, move)(pot=pot, amount=D(amount), key=key, posted_on=on, words="Prova", source=pot, by=by)


def balances(pot: Pot) -> tuple[Decimal, ...]:
    """What the bank, the free and the promised money are; a pot's accounts stand on the other side."""
    return account("bank").balance, -account("free", pot).balance, -account("committed", pot).balance


# --- Entries (django-hordak: legs and their triggers; beancount: validation of entries)


@pytest.mark.django_db
def test_one_debit_against_two_credits(access, pot):
    """100.12 against 80.06 and 20.06: an entry has as many legs as it needs, and its legs sum to nothing."""
    post(access, [(account("bank"), D("100.12")), (account("free", pot), D("-80.06")), (account("committed", pot), D("-20.06"))])
    assert balances(pot) == (D("100.12"), D("80.06"), D("20.06"))
    assert sum(Leg.objects.values_list("amount", flat=True)) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "amounts",
    [("1", "1"), ("1", "-0.99"), ("0.01", "-0.02"), ("100", "-99.999"), ("100",), ()],
    ids=["same side", "a cent short", "a cent over", "no tolerance", "one leg", "none"],
)
def test_an_entry_that_does_not_balance_is_no_entry(access, pot, amounts):
    """Other ledgers let half a cent pass, for prices; ours has no price and lets nothing pass."""
    accounts = [account("bank"), account("free", pot)]
    with pytest.raises(IntegrityError), transaction.atomic():
        post(access, [(accounts[n], D(amount)) for n, amount in enumerate(amounts)])
    assert not Entry.objects.exists() and balances(pot) == (0, 0, 0)


@pytest.mark.django_db
def test_a_leg_of_nothing_is_no_leg(access, pot):
    with pytest.raises(IntegrityError, match="treasury_leg_not_zero"), transaction.atomic():
        post(access, [(account("bank"), D(0)), (account("free", pot), D(0))])


@pytest.mark.django_db
def test_an_account_of_somebody_else_is_refused(access, pot):
    """Theirs: a currency the account does not have. Ours: an account the network does not have."""
    stranger = Account(pk=account("free", pot).pk + 1000)
    with pytest.raises(IntegrityError), transaction.atomic():
        post(access, [(account("bank"), D(5)), (stranger, D(-5))])
    assert balances(pot) == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["0.001", "0.005", "7.9599", "0", "-5"])
def test_sums_are_whole_cents_over_zero(access, pot, amount):
    with pytest.raises(DomainError):
        moved("receive", access, pot, amount, "k")
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_thirds_of_a_euro_add_up(access, pot):
    """A hundred times 0.01 is 1.00, and 33.33 + 33.33 + 33.34 is 100: nothing is ever a float."""
    for n in range(100):
        moved("receive", access, pot, "0.01", f"cent {n}")
    for n, amount in enumerate(("33.33", "33.33", "33.34")):
        moved("receive", access, pot, amount, f"third {n}")
    assert balances(pot) == (D("101.00"), D("101.00"), D("0.00"))


# --- Balances (django-hordak: balance after each leg, worked examples; openedx-ledger: balance exceeded)


@pytest.mark.django_db
def test_the_balance_after_each_movement(access, pot):
    """In 100, in 100, in 50, out 70: 100, 200, 250, 180."""
    seen = []
    for n, (move, amount) in enumerate((("receive", "100"), ("receive", "100"), ("receive", "50"), ("reduce", "70"))):
        moved(move, access, pot, amount, f"k{n}")
        seen.append(selectors.free_balance(pot))
    assert seen == [100, 200, 250, 180]


@pytest.mark.django_db
def test_what_is_set_aside_is_used_up_month_by_month(access, pot):
    """Three months' rent set aside and paid in three parts, and the equation of the accounts after every step."""
    moved("receive", access, pot, "3000", "gift")
    moved("commit", access, pot, "3000", "aside")
    for month, left in enumerate(("2000", "1000", "0"), 1):
        moved("pay", access, pot, "1000", f"month {month}")
        assert balances(pot) == (D(left), D(0), D(left))
        assert sum(Account.objects.values_list("balance", flat=True)) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("given", "taken"), [("0", "0.01"), ("9.99", "10"), ("9.99", "10000000")])
def test_nobody_spends_what_is_not_there(access, pot, given, taken):
    if D(given):
        moved("receive", access, pot, given, "gift")
    for n, move in enumerate(("commit", "pay", "release", "reduce")):
        with pytest.raises(services.NotEnoughMoney):
            moved(move, access, pot, taken, f"k{n}")
    assert balances(pot) == (D(given), D(given), D(0))
    assert Entry.objects.count() == (1 if D(given) else 0)


@pytest.mark.django_db
def test_no_overdraft_of_one_pot_with_another_s_money(access, pot):
    other = make_pot(access, name="Altro")
    moved("receive", access, other, "1000", "gift")
    with pytest.raises(services.NotEnoughMoney):
        moved("commit", access, pot, "1", "k")
    assert selectors.free_balance(other) == 1000


# --- Reversals and repeats (openedx-ledger: reversal, idempotency keys)


@pytest.mark.django_db
def test_a_reversal_is_done_once_and_stands_beside_its_entry(access, pot):
    moved("receive", access, pot, "50", "first")
    second = moved("receive", access, pot, "50", "second")
    undone = [services.reverse_entry(entry=second, reason="Doppio", posted_on=TODAY, by=access) for _n in range(3)]
    assert len({entry.pk for entry in undone}) == 1 and balances(pot) == (50, 50, 0)
    with pytest.raises(services.AlreadyReversed):
        post(access, [(account("free", pot), D(50)), (account("bank"), D(-50))], key="another way", reverses=second)
    with pytest.raises(DomainError):
        services.reverse_entry(entry=undone[0], reason="Ripensamento", posted_on=TODAY, by=access)
    assert Entry.objects.count() == 3 and Leg.objects.filter(entry=second).count() == 2


@pytest.mark.django_db
def test_a_key_is_one_movement_for_ever(access, pot):
    first = moved("receive", access, pot, "10", "key")
    assert moved("receive", access, pot, "10", "key") == first
    for move, amount in (("receive", "11"), ("reduce", "10")):
        with pytest.raises(services.KeyUsed):
            moved(move, access, pot, amount, "key")
    services.reverse_entry(entry=first, reason="Errore", posted_on=TODAY, by=access)
    assert moved("receive", access, pot, "10", "key") == first  # a key that was reversed is no key to use again
    assert balances(pot) == (0, 0, 0)


# --- Periods (beancount: postings before an account opens or after it closes; ledger-cli: opening balances)


@pytest.mark.django_db
def test_nothing_enters_a_closed_period_and_everything_the_day_after(access, pot):
    closing = ClosedPeriod.objects.create(network_id=access.network_id, closed_to=DECEMBER, state="closed")
    for on in (date(2020, 1, 1), DECEMBER):
        with pytest.raises(services.PeriodClosed):
            moved("receive", access, pot, "1", f"on {on}", on=on)
    entry = moved("receive", access, pot, "1", "after", on=JANUARY)
    with pytest.raises(services.PeriodClosed):
        services.reverse_entry(entry=entry, reason="Errore", posted_on=DECEMBER, by=access)
    services.reopen_period(closing=closing, reason="Manca una fattura", by=access)
    moved("receive", access, pot, "1", "again", on=DECEMBER)
    assert balances(pot)[0] == 2


@pytest.mark.django_db
def test_a_balance_is_asserted_at_the_first_moment_of_a_day(access, pot):
    """A balance of 1 January counts what was posted up to the eve and nothing of the day; it is the same asked twice."""
    moved("receive", access, pot, "100", "eve", on=DECEMBER)
    moved("receive", access, pot, "1", "day", on=JANUARY)
    for _n in range(2):
        (row,) = year_account(access, 2027).pots
        assert (row.opening, row.received, row.closing) == (100, 1, 101)
    (row,) = year_account(access, 2026).pots
    assert (row.opening, row.received, row.closing) == (0, 100, 100)


@pytest.mark.django_db
def test_what_closes_a_year_opens_the_next(access, pot):
    other = make_pot(access, name="Altro")
    for n in range(3):
        moved("receive", access, pot, "10.10", f"a{n}", on=date(2024 + n, 6, 1))
        moved("receive", access, other, "0.33", f"b{n}", on=date(2024 + n, 12, 31))
    years = [year_account(access, year) for year in range(2023, 2029)]
    for before, after in pairwise(years):
        assert [row.closing for row in before.pots] == [row.opening for row in after.pots]
    assert years[-1].total.closing == D("31.29") == balances(pot)[0]


# --- Together (django-hordak: concurrent running totals)


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_in_and_ten_at_once_back(sondrio):
    by = access_for(make_user(Role.COORDINATOR, sondrio))
    with scope(by.scope):
        pot = make_pot(by)

    def put_in(n: int) -> int:
        with scope(by.scope):
            return moved("receive", by, pot, "1", f"k{n}").pk

    keys = in_threads(10, put_in)
    with scope(by.scope):
        assert balances(pot) == (10, 10, 0)

    def take_back(n: int) -> int:
        with scope(by.scope):
            return services.reverse_entry(entry=Entry.objects.get(pk=keys[n]), reason="Errore", posted_on=TODAY, by=by).pk

    assert len(set(in_threads(10, take_back))) == 10
    with scope(by.scope):
        assert balances(pot) == (0, 0, 0)
        assert all(each.balance == each.counted for each in selectors.recount(by))  # type: ignore[attr-defined]
