"""Any order of allocations, commitments, payments, reversals, ends, closings and repeats on real PostgreSQL, against a model."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule, run_state_machine_as_test

from impresasolidale.core.errors import DomainError, TransitionNotAllowed
from impresasolidale.core.four_eyes import OutsideAct
from impresasolidale.treasury import selectors, services
from impresasolidale.treasury.models import ClosedPeriod
from impresasolidale.treasury.services import Act
from tests.factories.fixtures import TODAY
from tests.factories.treasury import lead

ACT = Act("9", date(2026, 2, 1))
ZERO = Decimal(0)
amounts = st.integers(1, 60_000).map(lambda cents: Decimal(cents) / 100)
days = st.integers(0, 300).map(lambda n: TODAY - timedelta(days=n))


class Budgets(RuleBasedStateMachine):
    """Two lines and one grant. A source is [given, free]; a commitment is [amount, paid, released, open]. What the model cannot pay
    for, or has closed, must be refused and change nothing."""

    access = None  # set by the test
    commitments = Bundle("commitments")
    payments = Bundle("payments")

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        body = lead(self.access)
        common = {"amount": Decimal(300), "act": ACT, "by": self.access, "today": TODAY}
        self.lines = [services.open_budget(body=body, year=2026, chapter=chapter, cup="", **common) for chapter in ("1", "2")]
        self.grant = services.open_grant(name="Fondazione", purpose="", **common)
        self.pots = [*(row.pot for row in self.lines), self.grant]
        self.given = [Decimal(300)] * 3
        self.free = [Decimal(300)] * 3
        self.rows = {}  # id: [source, amount, paid, released, is_open]
        self.closed_to = date.min
        self.keys = 0

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def attempt(self, allowed, work):
        """Do it when the model can, else see it refused."""
        if allowed:
            return work()
        with pytest.raises((DomainError, TransitionNotAllowed)):
            work()
        return None

    @rule(n=st.integers(0, 2), amount=amounts, raises=st.booleans())
    def vary(self, n, amount, raises):
        self.keys += 1
        common = {"amount": amount, "raises": raises, "act": ACT, "reason": "x", "by": self.access, "today": TODAY}

        def work():
            if n == 2:
                return services.vary_grant(pot=self.grant, key=f"v{self.keys}", **common)
            self.lines[n].refresh_from_db()
            return services.vary_budget(budget=self.lines[n], seen=self.lines[n].row_version, **common)

        if self.attempt(raises or amount <= self.free[n], work):
            change = amount if raises else -amount
            self.given[n] += change
            self.free[n] += change

    @rule(target=commitments, n=st.integers(0, 2), amount=amounts)
    def commit(self, n, amount):
        self.keys += 1
        row = self.attempt(
            amount <= self.free[n],
            lambda: services.open_commitment(
                pot=self.pots[n], body=lead(self.access), year=2026, number=str(self.keys), amount=amount, act=ACT, by=self.access,
                today=TODAY,
            ),
        )  # fmt: skip
        if row is None:
            return multiple()
        self.free[n] -= amount
        self.rows[row.pk] = [n, amount, ZERO, ZERO, True]
        return row

    @rule(row=commitments, amount=amounts, raises=st.booleans())
    def change(self, row, amount, raises):
        n, held, paid, released, is_open = self.rows[row.pk]
        row.refresh_from_db()
        verb = services.raise_commitment if raises else services.lower_commitment
        allowed = is_open and amount <= (self.free[n] if raises else held - paid - released)
        done = self.attempt(
            allowed,
            lambda: verb(commitment=row, amount=amount, act=ACT, reason="x", seen=row.row_version, by=self.access, today=TODAY),
        )
        if done:
            self.rows[row.pk][1] += amount if raises else -amount
            self.free[n] -= amount if raises else -amount

    @rule(target=payments, row=commitments, amount=amounts, on=days)
    def pay(self, row, amount, on):
        self.keys += 1
        _n, held, paid, released, is_open = self.rows[row.pk]
        values = {"commitment": row, "amount": amount, "key": f"p{self.keys}", "posted_on": on, "words": "x", "by": self.access}
        allowed = is_open and amount <= held - paid - released and on > self.closed_to
        entry = self.attempt(allowed, lambda: services.pay_commitment(**values))
        if entry is None:
            return multiple()
        self.rows[row.pk][2] += amount
        return entry, values

    @rule(payment=payments)
    def pay_again(self, payment):
        entry, values = payment
        assert services.pay_commitment(**values) == entry
        with pytest.raises(services.KeyUsed):
            services.pay_commitment(**{**values, "amount": values["amount"] + 1})

    @rule(payment=consumes(payments))
    def reverse(self, payment):
        entry, values = payment
        services.reverse_entry(entry=entry, reason="Rifiutato", posted_on=TODAY, by=self.access)
        self.rows[values["commitment"].pk][2] -= values["amount"]

    @rule(row=commitments)
    def end(self, row):
        n, held, paid, released, is_open = self.rows[row.pk]
        row.refresh_from_db()
        common = {"commitment": row, "reason": "x", "seen": row.row_version, "by": self.access, "today": TODAY}
        left = held - paid - released
        if is_open:
            services.end_commitment(act=ACT, **common)
        elif not self.attempt(left > 0, lambda: services.release_left(**common)):
            return
        self.rows[row.pk][3:] = [released + left, False]
        self.free[n] += left

    @rule(day=days)
    def close(self, day):
        allowed = self.closed_to < day < TODAY
        asked = self.attempt(allowed, lambda: services.ask_closing(closed_to=day, by=self.access, today=TODAY))
        if asked:
            services.confirm_closing(closing=asked, by=self.access, act=OutsideAct("1", TODAY))
            self.closed_to = day

    @rule()
    def reopen(self):
        held = ClosedPeriod.objects.filter(state="closed").order_by("-closed_to")
        if latest := held.first():
            services.reopen_period(closing=latest, reason="x", by=self.access)
            left = held.first()
            self.closed_to = left.closed_to if left else date.min

    @invariant()
    def everything_adds_up(self):
        lines = {line.pot.pk: line for line in [*selectors.budget_lines(self.access), *selectors.grants(self.access)]}
        held = [sum((a - p - r for n, a, p, r, _open in self.rows.values() if n == source), ZERO) for source in range(3)]
        paid = [sum((p for n, _a, p, _r, _open in self.rows.values() if n == source), ZERO) for source in range(3)]
        for n, pot in enumerate(self.pots):
            line = lines[pot.pk]
            assert (line.allocated, line.committed, line.paid, line.free) == (self.given[n], held[n], paid[n], self.free[n])
            assert line.allocated == line.committed + line.paid + line.free
            assert min(line.committed, line.paid, line.free) >= 0
        found = selectors.commitment_figures(self.rows)
        assert {pk: (f.amount, f.paid, f.released) for pk, f in found.items()} == {
            pk: (a, p, r) for pk, (_n, a, p, r, _open) in self.rows.items()
        }
        assert all(account.agrees for account in selectors.recount(self.access))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM (SELECT 1 FROM treasury_leg GROUP BY entry_id HAVING sum(amount) <> 0) wrong")
            assert cursor.fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize(("runs", "steps"), [(40, 30), pytest.param(500, 40, marks=pytest.mark.deep)])
def test_any_order_of_acts_keeps_the_budgets(coordinator, within, runs, steps):
    Budgets.access = within(coordinator)
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Budgets, settings=settings(max_examples=runs, stateful_step_count=steps, deadline=None, suppress_health_check=checks)
    )
