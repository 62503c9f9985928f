"""Any order of movements on real PostgreSQL against a model of three numbers a pot."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule, run_state_machine_as_test

from impresasolidale.treasury import services
from impresasolidale.treasury.rules import SIDES, Move
from tests.factories.fund import make_pot

DAY = date(2026, 11, 18)
SIGN = {"bank": 1, "free": -1, "committed": -1}  # a debit adds to the bank and takes from a pot
amounts = st.integers(1, 30_000).map(lambda cents: Decimal(cents) / 100)


class Ledger(RuleBasedStateMachine):
    """Donate, commit, pay, release, reverse, repeat a key. What the model cannot afford must be refused."""

    access = None  # set by the test
    posted = Bundle("posted")

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.pots = [make_pot(self.access, name=name) for name in ("Trasporti", "Pasti")]
        self.money = {(kind, n): Decimal(0) for n in range(2) for kind in ("free", "committed")} | {("bank", None): Decimal(0)}
        self.keys = 0

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def places(self, move, n):
        return [(kind, None if kind == "bank" else n) for kind in SIDES[move]]

    def affordable(self, changes):
        return all(self.money[place] + change >= 0 for place, change in changes.items())

    def changes(self, move, n, amount):
        debit, credit = self.places(move, n)
        return {debit: SIGN[debit[0]] * amount, credit: -SIGN[credit[0]] * amount}

    def attempt(self, changes, work):
        """Do `work` when the model can pay for it, else see it refused; returns the entry or None."""
        if not self.affordable(changes):
            with pytest.raises(services.NotEnoughMoney):
                work()
            return None
        entry = work()
        for place, change in changes.items():
            self.money[place] += change
        return entry

    @rule(target=posted, move=st.sampled_from(Move), n=st.integers(0, 1), amount=amounts)
    def move(self, move, n, amount):
        self.keys += 1
        values = {
            "pot": self.pots[n],
            "amount": amount,
            "key": f"k{self.keys}",
            "posted_on": DAY,
            "words": "x",
            "source": self.pots[n],
            "by": self.access,
        }
        changes = self.changes(move, n, amount)
        entry = self.attempt(changes, lambda: getattr(services, move)(**values))
        return multiple() if entry is None else (entry, move, values, changes)

    @rule(done=posted)
    def repeat(self, done):
        entry, move, values, _changes = done
        assert getattr(services, move)(**values) == entry
        with pytest.raises(services.KeyUsed):
            getattr(services, move)(**{**values, "amount": values["amount"] + 1})

    @rule(done=consumes(posted))
    def reverse(self, done):
        entry, _move, _values, changes = done
        back = {place: -change for place, change in changes.items()}
        self.attempt(back, lambda: services.reverse_entry(entry=entry, reason="Errore", posted_on=DAY, by=self.access))

    @invariant()
    def everything_adds_up(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM (SELECT 1 FROM treasury_leg GROUP BY entry_id HAVING sum(amount) <> 0 OR count(*) <> 2) wrong"
            )
            assert cursor.fetchone() == (0,)
            cursor.execute(
                "SELECT a.kind, p.name, a.balance, coalesce(sum(l.amount), 0) FROM treasury_account a"
                " LEFT JOIN treasury_pot p ON p.id = a.pot_id"
                " LEFT JOIN treasury_leg l ON l.account_id = a.id GROUP BY a.id, p.name"
            )
            rows = cursor.fetchall()
        names = {None: None, "Trasporti": 0, "Pasti": 1}
        assert all(balance == counted for _kind, _name, balance, counted in rows)
        assert {(kind, names[name]): SIGN[kind] * balance for kind, name, balance, _counted in rows} == self.money
        assert all(amount >= 0 for amount in self.money.values())
        assert self.money["bank", None] == sum(amount for (kind, _n), amount in self.money.items() if kind != "bank")


@pytest.mark.django_db
@pytest.mark.parametrize(("runs", "steps"), [(100, 40), pytest.param(2000, 50, marks=pytest.mark.deep)])
def test_any_order_of_movements_keeps_the_books(coordinator, within, runs, steps):
    Ledger.access = within(coordinator)
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Ledger, settings=settings(max_examples=runs, stateful_step_count=steps, deadline=None, suppress_health_check=checks)
    )
