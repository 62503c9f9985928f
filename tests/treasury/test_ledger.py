"""The ledger: what posts, what is refused, and that nothing but the one function writes it."""

import os
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.http import QueryDict

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError, ReasonRequired
from impresasolidale.core.models import Todo
from impresasolidale.core.scope import scope
from impresasolidale.treasury import selectors, services
from impresasolidale.treasury.models import Account, ClosedPeriod, Entry, Leg, Pot
from impresasolidale.treasury.rules import Move, legs_of, reversed_legs
from tests.factories.fixtures import TODAY, make_user
from tests.factories.fund import make_pot
from tests.support import database
from tests.support.together import in_threads

D = Decimal
DAY = date(2026, 11, 18)


def post(move, pot, amount, key, by, *, on=DAY, words="Prova"):
    return getattr(services, move)(pot=pot, amount=D(amount), key=key, posted_on=on, words=words, source=pot, by=by)


def figures(access, pot):
    found = next(b for b in selectors.balances(access, use=pot.use) if b.pot == pot)
    return found.received, found.committed, found.paid, found.free


@pytest.fixture
def access(coordinator, within):
    return within(coordinator)


@pytest.fixture
def pot(access):
    return make_pot(access)


# --- Rules


def test_each_movement_moves_between_two_accounts():
    accounts = {"bank": "B", "free": "F", "committed": "C"}
    sides = {move: legs_of(move, accounts, D("5.10")) for move in Move}
    assert sides == {
        Move.RECEIVE: [("B", D("5.10")), ("F", D("-5.10"))],
        Move.COMMIT: [("F", D("5.10")), ("C", D("-5.10"))],
        Move.PAY: [("C", D("5.10")), ("B", D("-5.10"))],
        Move.RELEASE: [("C", D("5.10")), ("F", D("-5.10"))],
        Move.REDUCE: [("F", D("5.10")), ("B", D("-5.10"))],
    }
    assert reversed_legs(sides[Move.PAY]) == [("C", D("-5.10")), ("B", D("5.10"))]


@pytest.mark.parametrize("amount", ["0", "-1", "1.001"])
def test_an_amount_is_whole_cents_over_zero(amount):
    with pytest.raises(DomainError) as refused:
        legs_of(Move.PAY, {"bank": 1, "free": 2, "committed": 3}, D(amount))
    assert refused.value.field == "amount"


# --- Movements


@pytest.mark.django_db
def test_a_euro_from_gift_to_payment(access, pot):
    post("receive", pot, "100", "k1", access)
    assert figures(access, pot) == (100, 0, 0, 100)
    post("commit", pot, "60", "k2", access)
    assert figures(access, pot) == (100, 60, 0, 40)
    post("pay", pot, "50", "k3", access)
    post("release", pot, "10", "k4", access)
    assert figures(access, pot) == (100, 0, 50, 50)
    assert Account.objects.get(kind="bank").balance == 50
    assert [(m.received, m.committed, m.paid) for m in selectors.movements(access, QueryDict(), use=pot.use).rows] == [
        (0, -10, 0), (0, 0, 50), (0, 60, 0), (100, 0, 0),
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("move", "amount"), [("commit", "100.01"), ("pay", "0.01"), ("release", "0.01")])
def test_nothing_goes_below_zero(access, pot, move, amount):
    post("receive", pot, "100", "k1", access)
    with pytest.raises(services.NotEnoughMoney):
        post(move, pot, amount, "k2", access)
    assert figures(access, pot) == (100, 0, 0, 100)
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_a_key_posts_once(access, pot):
    first, again = (post("receive", pot, "100", "k1", access) for _n in range(2))
    assert first == again
    assert again.words == "Prova" and again.posted_at and first.posted_at
    assert figures(access, pot) == (100, 0, 0, 100)
    with pytest.raises(services.KeyUsed):
        post("receive", pot, "101", "k1", access)


@pytest.mark.django_db
def test_a_closed_period_takes_nothing_more(access, pot):
    ClosedPeriod.objects.create(network_id=access.network_id, closed_to=date(2026, 10, 31), state="closed")
    with pytest.raises(services.PeriodClosed):
        post("receive", pot, "1", "k1", access, on=date(2026, 10, 31))
    post("receive", pot, "1", "k1", access, on=date(2026, 11, 1))


@pytest.mark.django_db
def test_a_mistake_is_undone_by_its_opposite(access, pot):
    entry = post("receive", pot, "100", "k1", access)
    with pytest.raises(ReasonRequired):
        services.reverse_entry(entry=entry, reason=" ", posted_on=DAY, by=access)
    undone, again = (services.reverse_entry(entry=entry, reason="Doppio bonifico", posted_on=DAY, by=access) for _n in range(2))
    assert undone == again and undone.reverses == entry
    assert figures(access, pot) == (0, 0, 0, 0)
    with pytest.raises(DomainError, match="già uno storno"):
        services.reverse_entry(entry=undone, reason="Ripensamento", posted_on=DAY, by=access)
    assert selectors.months(access, use=pot.use, since=date(2026, 11, 1)) == [selectors.Month(date(2026, 11, 1), D(0), D(0))]


@pytest.mark.django_db
def test_money_that_went_on_cannot_be_taken_back(access, pot):
    entry = post("receive", pot, "100", "k1", access)
    post("commit", pot, "1", "k2", access)
    with pytest.raises(services.NotEnoughMoney):
        services.reverse_entry(entry=entry, reason="Errore", posted_on=DAY, by=access)


@pytest.mark.django_db
def test_legs_must_balance_and_be_two(access, pot):
    bank, free = Account.objects.get(kind="bank"), Account.objects.get(pot=pot, kind="free")
    common = {"network_id": access.network_id, "posted_on": DAY, "words": "x", "source": pot, "by": access}
    for n, legs in enumerate([[(bank, D(1)), (free, D("-0.99"))], [(bank, D(0))], []]):
        with pytest.raises(IntegrityError), transaction.atomic():
            services.post_entry(key=f"k{n}", legs=legs, **common)
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_pots_have_one_name_each(access, pot, worker, within):
    with pytest.raises(DomainError) as refused:
        make_pot(access, name=pot.name)
    assert refused.value.field == "name"
    make_pot(access, name="Trasporti")
    assert Account.objects.filter(kind="bank").count() == 1


@pytest.mark.django_db
def test_movements_in_pages_both_ways(access, pot):
    for n in range(60):
        post("receive", pot, "1", f"k{n}", access, on=date(2026, 11, 1 + n // 5), words=f"n {n}")
    seen, cursor = [], ""
    while True:
        page = selectors.movements(access, QueryDict(f"dopo={cursor}"), use=pot.use)
        seen.append([m.entry.words for m in page.rows])
        if not (cursor := page.after):
            break
    assert [len(p) for p in seen] == [25, 25, 10]
    assert [words for rows in seen for words in rows] == [f"n {n}" for n in reversed(range(60))]
    back = selectors.movements(access, QueryDict(f"prima={page.before}"), use=pot.use)
    assert [m.entry.words for m in back.rows] == seen[1] and back.before and back.after
    first = selectors.movements(access, QueryDict(f"prima={back.before}"), use=pot.use)
    assert [m.entry.words for m in first.rows] == seen[0] and not first.before
    assert [m.entry.words for m in selectors.movements(access, QueryDict("dopo=rubbish"), use=pot.use).rows] == seen[0]
    assert selectors.movements(access, QueryDict(), use=pot.use, until=date(2026, 11, 1)).rows[0].entry.words == "n 4"
    assert not selectors.movements(access, QueryDict(), use=Pot.Use.PROJECT).rows


@pytest.mark.django_db
def test_queries_do_not_grow(access, pot, django_assert_num_queries):
    for n in range(5):
        post("receive", pot, "1", f"k{n}", access)
        make_pot(access, name=f"p{n}")
    with django_assert_num_queries(1):
        selectors.balances(access, use=pot.use)
    with django_assert_num_queries(2):
        selectors.movements(access, QueryDict(), use=pot.use)


# --- The one writer


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE treasury_account SET balance = balance - 1 WHERE kind = 'free'",
        "UPDATE treasury_account SET at_bank = at_bank - 1 WHERE kind = 'free'",
        "INSERT INTO treasury_leg (network_id, entry_id, account_id, amount)"
        " SELECT network_id, entry_id, account_id, amount FROM treasury_leg",
        "INSERT INTO treasury_entry (network_id, key, posted_on, posted_at, words, source_type, source_id)"
        " SELECT network_id, 'other', posted_on, posted_at, words, source_type, source_id FROM treasury_entry",
        "UPDATE treasury_entry SET words = 'altro'",
        "DELETE FROM treasury_entry",
        "UPDATE treasury_leg SET amount = 1",
        "DELETE FROM treasury_leg",
        "INSERT INTO treasury_account (network_id, kind, name, balance) SELECT network_id, 'bank', 'x', 5 FROM treasury_account LIMIT 1",
    ],
)
def test_the_application_cannot_write_the_ledger_by_hand(access, pot, statement):
    post("receive", pot, "100", "k1", access)
    before = list(Leg.objects.values_list("account_id", "amount"))
    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(Leg.objects.values_list("account_id", "amount")) == before
    assert figures(access, pot) == (100, 0, 0, 100)


@pytest.mark.django_db
def test_the_writer_looks_at_the_scope(access, pot):
    """The function runs past row-level security, so it checks the network itself."""
    legs = [(account, amount) for account, amount in zip(Account.objects.exclude(kind="committed"), (D(1), D(-1)), strict=True)]
    with scope(Access.system(network_id=access.network_id + 1, ambito_id=None, reason="test").scope):
        with pytest.raises(ProgrammingError, match="out of scope"), transaction.atomic():
            services.post_entry(network_id=access.network_id, key="k", posted_on=DAY, words="x", source=pot, legs=legs, by=access)


# --- Together


@pytest.mark.django_db(transaction=True)
def test_sixteen_hands_on_the_last_euro(sondrio):
    access = access_for(make_user(Role.COORDINATOR, sondrio))
    with scope(access.scope):
        pot = make_pot(access)
        post("receive", pot, "1", "gift", access)

    def spend(n):
        try:
            with scope(access.scope):
                post("commit", pot, "1", f"spend {n}", access)
        except services.NotEnoughMoney:
            return "refused"
        return "won"

    def same(n):
        with scope(access.scope):
            return post("receive", pot, "5", "one gift", access).pk

    assert in_threads(16, spend) == ["refused"] * 15 + ["won"]
    assert len(set(in_threads(16, same))) == 1
    with scope(access.scope):
        assert figures(access, pot) == (6, 1, 0, 5)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kept", ["balance", "at_bank"])
def test_the_nightly_recount_finds_a_sum_that_is_wrong(sondrio, kept):
    access = access_for(make_user(Role.COORDINATOR, sondrio))
    night = Access(
        actor=None, network_id=None, ambito_id=None, networks=frozenset({access.network_id}), ambiti=access.ambiti, system_reason="test"
    )
    with scope(access.scope):
        pot = make_pot(access)
        post("receive", pot, "10", "gift", access)
    with scope(night.scope):
        assert services.recount_balances(by=night, today=TODAY) == 0
    with database.owner(os.environ["TEST_DATABASE"]) as db:
        db.execute(f"UPDATE treasury_account SET {kept} = {kept} - 1 WHERE kind = 'free'")
    with scope(night.scope):
        assert services.recount_balances(by=night, today=TODAY) == 1
    with scope(access.scope):
        assert Todo.objects.get(kind="treasury.difference", done_at=None).role == Role.COORDINATOR
    with database.owner(os.environ["TEST_DATABASE"]) as db:
        db.execute(f"UPDATE treasury_account SET {kept} = {kept} + 1 WHERE kind = 'free'")
    with scope(night.scope):
        assert services.recount_balances(by=night, today=TODAY) == 0
        assert not Todo.objects.filter(kind="treasury.difference", done_at=None).exists()
