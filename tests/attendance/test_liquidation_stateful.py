"""Any order of what offices do with liquidations, on real PostgreSQL, against a model of months and money."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError
from impresasolidale.core.scope import scope
from impresasolidale.territory.selectors import lead_body
from impresasolidale.treasury.enums import ItemState, RunState
from impresasolidale.treasury.models import LiquidationItem, LiquidationRun
from impresasolidale.treasury.selectors import free_balance
from impresasolidale.treasury.services import answers
from impresasolidale.treasury.services import liquidations as treasury
from placements.attendance.services import liquidations
from tests.factories import liquidations as made
from tests.factories.attendance import system
from tests.factories.fixtures import TODAY, make_user

MONEY = Decimal(900)  # of three months of 400, two fit


class Office(RuleBasedStateMachine):
    """Prepare, refresh, hold, resume, approve, answer, repeat, cancel. The model keeps which months are paid, and what the pot has."""

    ambito = body = users = None  # set by the test
    pot = placements = None

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.pot = made.make_source(self.ambito, amount=MONEY)
        self.months = [made.make_month(placement, self.pot) for placement in self.placements]
        self.free = MONEY
        self.paid: set[int] = set()  # months sent or paid

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def run_in(self, state):
        with scope(system(self.ambito).scope):
            return LiquidationRun.objects.filter(state=state).order_by("-pk").first()

    def items(self, run, *states):
        with scope(system(self.ambito).scope):
            return list(LiquidationItem.objects.filter(run=run, state__in=states).order_by("position"))

    @rule()
    def prepare(self):
        expected = self.run_in(RunState.PREPARED) is None and len(self.paid) < 3
        try:
            with transaction.atomic():
                made.prepare(self.users[0], self.body)
        except DomainError:
            assert not expected
        else:
            assert expected

    @precondition(lambda self: self.run_in(RunState.PREPARED))
    @rule(n=st.integers(0, 2), back=st.booleans())
    def hold_or_resume(self, n, back):
        by = access_for(self.users[0])
        rows = self.items(self.run_in(RunState.PREPARED), ItemState.HELD if back else ItemState.READY)
        if rows:
            with scope(by.scope):
                work = treasury.resume_item if back else treasury.hold_item
                work(item=rows[n % len(rows)], reason="prova", by=by)

    @precondition(lambda self: self.run_in(RunState.PREPARED))
    @rule()
    def refresh(self):
        by = access_for(self.users[0])
        with scope(by.scope):
            liquidations.refresh_run(run=self.run_in(RunState.PREPARED), by=by, today=TODAY, now=timezone.now())

    @precondition(lambda self: self.run_in(RunState.PREPARED))
    @rule()
    def cancel(self):
        by = access_for(self.users[0])
        with scope(by.scope):
            treasury.cancel_run(run=self.run_in(RunState.PREPARED), reason="prova", by=by)

    @precondition(lambda self: self.run_in(RunState.PREPARED))
    @rule(alone=st.booleans())
    def approve(self, alone):
        self.refresh()
        run = self.run_in(RunState.PREPARED)
        ready = self.items(run, ItemState.READY)
        fits = ready[: int(self.free // 400)]
        try:
            with transaction.atomic():
                made.approve(self.users[0 if alone else 1], run)
        except DomainError:
            assert alone or not fits
            return
        assert fits and not alone
        self.paid |= {item.source_id for item in fits}
        self.free -= 400 * len(fits)

    @precondition(lambda self: self.run_in(RunState.APPROVED))
    @rule(is_refused=st.booleans(), twice=st.booleans())
    def answer(self, is_refused, twice):
        by = access_for(self.users[1])
        run = self.run_in(RunState.APPROVED)
        item = self.items(run, ItemState.SENT)[0]
        line = f"{item.position};respinto;;;chiuso" if is_refused else f"{item.position};pagato;9;{TODAY - timedelta(days=1):%d/%m/%Y}"
        with scope(by.scope):
            for n in range(2 if twice else 1):
                taken = answers.record_answers(run=run, text=line, by=by, today=TODAY)
                assert (taken.paid + taken.refused, taken.known) == ((1, 0) if n == 0 else (0, 1))
        if is_refused:
            self.paid.discard(item.source_id)
            self.free += 400

    @precondition(lambda self: self.run_in(RunState.APPROVED))
    @rule()
    def post_again(self):
        by = access_for(self.users[1])
        with scope(by.scope):
            treasury.post_items(run=self.run_in(RunState.APPROVED), by=by, today=TODAY)

    @invariant()
    def it_adds_up(self):
        with scope(system(self.ambito).scope):
            assert free_balance(self.pot) == self.free >= 0
            sent = list(LiquidationItem.objects.filter(state__in=[ItemState.SENT, ItemState.PAID]).values_list("source_id", flat=True))
            live = list(LiquidationItem.objects.filter(state__in=["ready", "held", "sent", "paid"]).values_list("source_id", flat=True))
        assert sorted(sent) == sorted(self.paid)
        assert len(live) == len(set(live))  # no month in two live liquidations
        with scope(system(self.ambito).scope), connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(-l.amount), 0) FROM treasury_leg l JOIN treasury_account a ON a.id = l.account_id"
                " JOIN treasury_entry e ON e.id = l.entry_id LEFT JOIN treasury_entry r ON r.id = e.reverses_id"
                " WHERE a.kind = 'bank' AND coalesce(r.key, e.key) LIKE 'liquidation-item:%%'"
            )
            assert cursor.fetchone() == (400 * len(self.paid),)
            cursor.execute(
                "SELECT count(*) FROM treasury_liquidationitem i JOIN attendance_monthallowance m ON m.id = i.source_id"
                " JOIN attendance_timesheet t ON t.id = m.timesheet_id WHERE i.state IN ('sent', 'paid') AND t.state <> 'frozen'"
            )
            assert cursor.fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize(("runs", "steps"), [(15, 20), pytest.param(300, 30, marks=pytest.mark.deep)])
def test_any_order_of_steps_keeps_months_and_money(sondrio, runs, steps):
    Office.ambito, Office.body = sondrio, lead_body(sondrio)
    Office.users = [make_user(Role.COORDINATOR, sondrio), make_user(Role.ACCOUNTING, sondrio)]
    Office.placements = made.make_placements(sondrio, 3)
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Office, settings=settings(max_examples=runs, stateful_step_count=steps, deadline=None, suppress_health_check=checks)
    )
