"""Any life of the fund, through its services and on real PostgreSQL, against a model that is a list of movements in plain Python.

Gifts, requests, grants, refusals, payments, returns, gifts taken back, closings of the books, days that pass over New Year. What the model
cannot afford or does not allow must be refused, and leave nothing; after every step the books, the pots and the yearly accounts are
the model's to the cent.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from impresasolidale.accounts.access import access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.errors import DomainError, TransitionNotAllowed
from impresasolidale.core.scope import scope
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Account, Pot
from solidarity_fund.models import BenefitRequest
from solidarity_fund.selectors.account import year_account
from solidarity_fund.services import contributions, reconciliation, requests
from tests.factories.fixtures import TODAY, make_user
from tests.factories.fund import announce, ask, grant, make_donor, make_helped, make_pot, need_criteria, pay

D = Decimal
ZERO = D(0)
POTS, PEOPLE = 2, 3
amounts = st.integers(1, 20_000).map(lambda cents: D(cents) / 100)
pots, people, some = st.integers(0, POTS - 1), st.integers(0, PEOPLE - 1), st.integers(0, 1000)
back_days = st.integers(0, 40)


@dataclass(frozen=True)
class Moved:
    """One movement of the model: what it did to the free and the promised money of a pot, and to the bank."""

    on: date
    pot: int
    free: Decimal
    promised: Decimal
    kind: str  # gift, returned, paid, promise

    @property
    def bank(self) -> Decimal:
        return self.free + self.promised


# All that the books, the accounts and the reconciliation are made of, as one word: while it is the same, so is what they say.
WRITTEN = """
SELECT concat_ws(' ',
  (SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) FROM treasury_account t),
  (SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) FROM treasury_entry t),
  (SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) FROM treasury_leg t),
  (SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) FROM treasury_pot t),
  (SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) FROM solidarity_fund_contribution t),
  (SELECT md5(string_agg(t::text, '|' ORDER BY t.id)) FROM solidarity_fund_benefitrequest t))
"""


@dataclass(frozen=True)
class Scene:
    """What stands before every life: made once, and never written by one, for each is rolled back whole."""

    worker: Any
    chief: Any
    books: Any
    second: Any
    pots: list[Pot]
    donor: Any
    placements: list[Any]

    @classmethod
    def of(cls, users: list[Any]) -> "Scene":
        worker, chief, books, second = (access_for(user) for user in users)
        with scope(chief.scope):
            need_criteria(worker)
            pots = [make_pot(chief, name=name) for name in ("Libero", "Trasporti")]
            return cls(worker, chief, books, second, pots, make_donor(chief), [make_helped(worker, number=n) for n in range(PEOPLE)])


class Fund(RuleBasedStateMachine):
    scene: Scene  # set by the test

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.worker, self.chief, self.books, self.second = (
            self.scene.worker, self.scene.chief, self.scene.books, self.scene.second,
        )  # fmt: skip
        self.opened = scope(self.chief.scope)
        self.opened.__enter__()
        self.pots, self.donor, self.placements = self.scene.pots, self.scene.donor, self.scene.placements
        self.looked_at: tuple[Any, ...] = ()
        self.today, self.closed_to = TODAY, date.min
        self.moved: list[Moved] = []
        self.gifts: list[tuple[Any, int, Decimal]] = []  # those that stand
        self.requests: dict[str, list[tuple[Any, int]]] = {state: [] for state in ("submitted", "granted", "paid")}  # with their pot
        self.returned: dict[int, Decimal] = {}
        self.keys = 0

    def teardown(self) -> None:
        self.opened.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    # --- The model

    def free(self, pot: int) -> Decimal:
        return sum((m.free for m in self.moved if m.pot == pot), D(0))

    def promised(self, pot: int) -> Decimal:
        return sum((m.promised for m in self.moved if m.pot == pot), D(0))

    def move(self, pot: int, *, free: Decimal = ZERO, promised: Decimal = ZERO, kind: str, on: date | None = None) -> None:
        self.moved.append(Moved(on or self.today, pot, free, promised, kind))

    def refused(self, work: Any) -> None:
        with pytest.raises((DomainError, TransitionNotAllowed, PermissionDenied)), transaction.atomic():
            work()

    # --- What happens

    @rule(pot=pots, amount=amounts, ago=back_days)
    def gift(self, pot: int, amount: Decimal, ago: int) -> None:
        on = self.today - timedelta(days=ago)

        def work() -> Any:
            return contributions.record_contribution(
                donor=self.donor, pot=self.pots[pot], amount=amount, received_on=on, reference="", by=self.chief, today=self.today
            )

        if on <= self.closed_to:
            self.refused(work)
            return
        self.gifts.append((work(), pot, amount))
        self.move(pot, free=amount, kind="gift", on=on)

    @precondition(lambda self: self.gifts)
    @rule(which=some)
    def take_a_gift_back(self, which: int) -> None:
        at = which % len(self.gifts)
        row, pot, amount = self.gifts[at]

        def work() -> None:
            contributions.take_back_contribution(contribution=row, reason="Registrato due volte", by=self.chief, today=self.today)

        if amount > self.free(pot):
            self.refused(work)
            return
        work()
        work()  # asked twice it is done once
        del self.gifts[at]
        self.move(pot, free=-amount, kind="gift")

    @rule(person=people, amount=amounts)
    def request(self, person: int, amount: Decimal) -> None:
        self.requests["submitted"].append((ask(self.worker, self.placements[person], str(amount), today=self.today), -1))

    @precondition(lambda self: self.requests["submitted"])
    @rule(which=some, pot=pots)
    def grant(self, which: int, pot: int) -> None:
        at = which % len(self.requests["submitted"])
        row, _none = self.requests["submitted"][at]
        if row.amount > self.free(pot):
            self.refused(lambda: grant(self.chief, row, self.pots[pot], today=self.today))
            return
        row = grant(self.chief, row, self.pots[pot], today=self.today)
        self.refused(lambda: grant(self.chief, row, self.pots[pot], today=self.today))
        del self.requests["submitted"][at]
        self.requests["granted"].append((row, pot))
        self.move(pot, free=-row.amount, promised=row.amount, kind="promise")

    @precondition(lambda self: self.requests["submitted"])
    @rule(which=some, withdrawn=st.booleans())
    def say_no(self, which: int, withdrawn: bool) -> None:
        row, _none = self.requests["submitted"].pop(which % len(self.requests["submitted"]))
        if withdrawn:
            requests.withdraw_benefit(request=row, reason="Non serve più", by=self.worker, today=self.today)
        else:
            announce(self.chief, row, today=self.today)
            later = self.today + timedelta(days=20)  # the ten days of the pre-notice are over
            requests.refuse_benefit(request=row, reason="Fuori dai criteri", seen=row.row_version, by=self.chief, today=later)
        self.refused(lambda: grant(self.chief, row, self.pots[0], today=self.today))

    @precondition(lambda self: self.requests["granted"])
    @rule(which=some, ago=back_days)
    def pay(self, which: int, ago: int) -> None:
        at = which % len(self.requests["granted"])
        row, pot = self.requests["granted"][at]
        on = self.today - timedelta(days=ago)

        def work() -> Any:
            return requests.pay_benefit(request=row, paid_on=on, by=self.books, today=self.today)

        self.refused(lambda: pay(self.chief, row, on=self.today))  # who decided does not pay
        if on < TODAY or on <= self.closed_to:  # before the decision, or in closed books
            self.refused(work)
            return
        row = work()
        self.refused(work)
        del self.requests["granted"][at]
        self.requests["paid"].append((row, pot))
        self.move(pot, promised=-row.amount, kind="paid", on=on)

    @precondition(lambda self: self.requests["paid"])
    @rule(which=some, amount=amounts)
    def what_was_not_spent_comes_back(self, which: int, amount: Decimal) -> None:
        row, pot = self.requests["paid"][which % len(self.requests["paid"])]
        amount = min(amount, row.amount - self.returned.get(row.pk, D(0)))
        if amount <= 0:
            return
        self.keys += 1
        ledger.receive(
            pot=self.pots[pot], amount=amount, key=f"back {self.keys}", posted_on=self.today, words="Resto", source=row, by=self.books
        )
        self.returned[row.pk] = self.returned.get(row.pk, D(0)) + amount
        self.move(pot, free=amount, kind="returned")

    @rule(days=st.integers(1, 20))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(ago=st.integers(0, 60))
    def close(self, ago: int) -> None:
        to = self.today - timedelta(days=ago)
        if ago == 0 or to <= self.closed_to:
            self.refused(lambda: ledger.ask_closing(closed_to=to, by=self.chief, today=self.today))
            return
        closing = ledger.ask_closing(closed_to=to, by=self.chief, today=self.today)
        self.refused(lambda: ledger.confirm_closing(closing=closing, by=self.chief))  # two people
        ledger.confirm_closing(closing=closing, by=self.second)
        self.closed_to = to

    # --- What holds

    @invariant()
    def everything_agrees(self) -> None:
        """After every step; where neither the model nor a row that counts has changed since the last look, the answer is the same."""
        with connection.cursor() as cursor:
            cursor.execute(WRITTEN)
            now = (*cursor.fetchone(), self.today.year, len(self.moved), *map(len, self.requests.values()))
        if now != self.looked_at:
            self.the_books_are_the_models()
            self.every_year_is_the_models()
            self.rows_and_ledger_agree()
            self.looked_at = now

    def the_books_are_the_models(self) -> None:
        accounts = treasury.recount(self.chief)
        assert all(account.agrees for account in accounts)  # type: ignore[attr-defined]
        bank = next((a.balance for a in accounts if a.kind == Account.Kind.BANK), D(0))
        assert bank == sum((m.bank for m in self.moved), D(0)) >= 0
        found = {row.pot.name: row for row in treasury.balances(self.chief, use=Pot.Use.FUND)}
        for n, pot in enumerate(self.pots):
            assert (found[pot.name].free, found[pot.name].committed) == (self.free(n), self.promised(n))
            assert min(self.free(n), self.promised(n)) >= 0
        assert sum((row.amount for row, _pot in self.requests["granted"]), D(0)) == sum(self.promised(n) for n in range(POTS))

    def every_year_is_the_models(self) -> None:
        for year in {m.on.year for m in self.moved} | {self.today.year}:
            account = year_account(self.chief, year)
            for n, row in enumerate(account.pots):
                mine = [m for m in self.moved if m.pot == n]
                within = [m for m in mine if m.on.year == year]
                until = [m for m in mine if m.on.year <= year]

                def summed(rows: list[Moved], kind: str) -> Decimal:
                    return sum((m.bank for m in rows if m.kind == kind), D(0))

                expected = (
                    sum((m.bank for m in mine if m.on.year < year), D(0)),
                    summed(within, "gift"),
                    summed(within, "returned"),
                    -summed(within, "paid"),
                    sum((m.bank for m in until), D(0)),
                    sum((m.promised for m in until), D(0)),
                )
                assert row.sums[:6] == expected, (year, row.name)
            assert sum((group.amount for group in account.kinds), D(0)) == account.total.paid
            assert sum((group.amount for group in account.donors), D(0)) == account.total.received

    def rows_and_ledger_agree(self) -> None:
        assert reconciliation.reconcile(by=self.chief, today=self.today) == 0
        assert BenefitRequest.objects.filter(state="submitted").count() == len(self.requests["submitted"])


@pytest.mark.django_db
@pytest.mark.parametrize(("runs", "steps"), [(25, 40), pytest.param(2000, 50, marks=pytest.mark.deep)])
def test_any_life_of_the_fund_keeps_its_books(sondrio: Any, runs: int, steps: int) -> None:
    roles = (Role.SOCIAL_WORKER, Role.COORDINATOR, Role.ACCOUNTING)
    Fund.scene = Scene.of([*(make_user(role, sondrio) for role in roles), make_user(Role.ACCOUNTING, sondrio, number=2)])
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Fund, settings=settings(max_examples=runs, stateful_step_count=steps, deadline=None, suppress_health_check=checks)
    )


def test_the_model_counts_a_year_like_a_child() -> None:
    """100.00 given, 30.00 promised and paid, 5.00 back: 75.00 in the bank, nothing promised."""
    moves = [
        Moved(TODAY, 0, D(100), D(0), "gift"),
        Moved(TODAY, 0, D(-30), D(30), "promise"),
        Moved(TODAY, 0, D(0), D(-30), "paid"),
        Moved(TODAY, 0, D(5), D(0), "returned"),
    ]
    assert (sum(m.bank for m in moves), sum(m.promised for m in moves)) == (D(75), D(0))
