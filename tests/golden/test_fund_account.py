"""One year of the fund, worked out by hand beside the movements: every figure of the account, and the ledger to the cent.

Two pots, «Trasporti» (T) and «Libero» (L). In euro:

2025  L  gift 300.00
2026  T  gift 1,000.00 of a company     L  gift 200.50 of a person, 50.00 of the same, 40.00 of a company by mistake, taken back
      T  six people granted and paid 30.00 each for transport; one granted 25.10, not paid
      L  one person granted and paid 90.00 for glasses, of which 12.34 came back; one paid 20.00 whose payment bounced and stays promised
2027  T  gift 5.00

T: 0 + 1,000.00 + 0 − 180.00 = 820.00 at the end, 25.10 promised, 794.90 free.
L: 300.00 + 250.50 + 12.34 − 90.00 = 472.84 at the end, 20.00 promised, 452.84 free.
Whole: 300.00 + 1,250.50 + 12.34 − 270.00 = 1,292.84, 45.10 promised, 1,247.74 free.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from impresasolidale.accounts.access import Access
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.reports.kinds import fund as kind
from impresasolidale.reports.wanted import Wanted
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Account, Entry, Leg
from solidarity_fund.rules import Figures
from solidarity_fund.selectors import account as selectors
from solidarity_fund.services.contributions import take_back_contribution
from tests.factories.fixtures import make_user
from tests.factories.fund import ask, give, grant, make_donor, make_helped, make_pot, pay

pytestmark = pytest.mark.django_db
D = Decimal
MAY, JUNE, JULY = date(2026, 5, 4), date(2026, 6, 5), date(2026, 7, 6)


@pytest.fixture
def told(within: Any, worker: Any, coordinator: Any, sondrio: Any, monkeypatch: pytest.MonkeyPatch) -> Access:
    """The year of the docstring, through the services."""
    monkeypatch.setattr("solidarity_fund.services.requests.timezone.localdate", lambda *args: MAY)  # decided before it is paid
    accounting = make_user(Role.ACCOUNTING, sondrio)
    chief = within(coordinator)
    trasporti, libero = make_pot(chief, name="Trasporti"), make_pot(chief, name="Libero")
    firm, person = make_donor(chief), make_donor(chief, name="Rosa Esempio", kind="person")
    give(chief, libero, "300", donor=person, on=date(2025, 12, 31))
    give(chief, trasporti, "1000", donor=firm, on=date(2026, 1, 1))
    give(chief, libero, "200.50", donor=person, on=MAY)
    give(chief, libero, "50", donor=person, on=MAY)
    wrong = give(chief, libero, "40", donor=firm, on=MAY)
    take_back_contribution(contribution=wrong, reason="Registrato due volte", by=chief, today=JUNE)

    def help_one(number: int, amount: str, pot: Any, kind: str, *, paid: bool = True) -> Any:
        row = ask(within(worker), make_helped(within(worker), number=number), amount, kind=kind, today=MAY)
        row = grant(within(coordinator), row, pot, today=MAY)
        return pay(within(accounting), row, on=JUNE) if paid else row

    for n in range(6):
        help_one(n, "30", trasporti, "transport")
    help_one(6, "25.10", trasporti, "transport", paid=False)
    glasses = help_one(7, "90", libero, "health")
    bounced = help_one(8, "20", libero, "device")
    chief = within(coordinator)
    ledger.receive(pot=libero, amount=D("12.34"), key="back", posted_on=JULY, words="Resto tornato", source=glasses, by=chief)
    entry = Entry.objects.get(key=f"solidarity_fund.payment:{bounced.pk}")
    ledger.reverse_entry(entry=entry, reason="Pagamento respinto", posted_on=JULY, by=chief)
    give(chief, trasporti, "5", donor=firm, on=date(2027, 1, 1))
    return chief


def test_every_figure_of_the_account(told: Access) -> None:
    found = selectors.year_account(told, 2026)
    assert [(pot.name, *pot.sums) for pot in found.pots] == [
        ("Libero", D("300.00"), D("250.50"), D("12.34"), D("90.00"), D("472.84"), D("20.00"), D("452.84")),
        ("Trasporti", D("0.00"), D("1000.00"), D("0.00"), D("180.00"), D("820.00"), D("25.10"), D("794.90")),
    ]
    assert [(pot.set_aside, pot.people, pot.givers) for pot in found.pots] == [(D("110.00"), 1, 1), (D("205.10"), 6, 1)]
    assert found.total.sums == (D("300.00"), D("1250.50"), D("12.34"), D("270.00"), D("1292.84"), D("45.10"), D("1247.74"))
    assert found.donors == [Figures("company", 1, D("1000.00")), Figures("person", 1, D("250.50"))]
    assert found.kinds == [Figures("transport", 6, D("180.00")), Figures("health", 1, D("90.00"))]
    assert selectors.open_commitments(told, 2026) == [
        selectors.Open("Libero", 1, MAY, D("20.00")), selectors.Open("Trasporti", 1, MAY, D("25.10")),
    ]  # fmt: skip
    assert selectors.years(told) == [2027, 2026, 2025]


def test_a_year_begins_where_the_one_before_ended(told: Access) -> None:
    before, year, after = (selectors.year_account(told, y) for y in (2025, 2026, 2027))
    for one, next_one in ((before, year), (year, after)):
        assert [pot.closing for pot in one.pots] == [pot.opening for pot in next_one.pots]
    for account in (before, year, after):
        for pot in account.pots:
            assert pot.opening + pot.received + pot.returned - pot.paid == pot.closing == pot.committed + pot.free
        assert sum(row.amount for row in account.donors) == account.total.received
        assert sum(row.amount for row in account.kinds) == account.total.paid


def test_the_totals_are_the_ledgers_to_the_cent(told: Access) -> None:
    """The end of the last year is what the bank holds; a year's paid is what left it."""
    last = selectors.year_account(told, 2027).total
    balances = dict(Account.objects.values_list("kind").annotate(sum=Sum("balance")))
    assert (last.closing, last.committed, last.free) == (balances["bank"], -balances["committed"], -balances["free"])
    bank = Leg.objects.filter(account__kind="bank", posted_on__year=2026).aggregate(sum=Sum("amount"))["sum"]
    year = selectors.year_account(told, 2026).total
    assert year.received + year.returned - year.paid == bank == D("992.84")


def test_each_figure_opens_the_movements_it_is_made_of(told: Access) -> None:
    year = selectors.year_account(told, 2026)
    accounts = {"ricevuto": "free", "rientrato": "free", "versato": "committed", "impegnato": "committed"}
    signs = {"ricevuto": -1, "rientrato": -1, "versato": 1, "impegnato": -1}
    said = {
        "ricevuto": year.total.received, "rientrato": year.total.returned, "versato": year.total.paid, "impegnato": year.total.set_aside,
    }  # fmt: skip
    for figure, amount in said.items():
        rows = selectors.entries_behind(told, year=2026, figure=figure)
        legs = Leg.objects.filter(entry__in=rows, account__kind=accounts[figure], account__pot__isnull=False)
        assert signs[figure] * (legs.aggregate(sum=Sum("amount"))["sum"] or 0) == amount, figure
    assert selectors.entries_behind(told, year=2026).count() == 1 + 2 + 2 + 14 + 3 + 2


def test_the_report_folds_what_is_small_and_keeps_the_totals(told: Access) -> None:
    """Glasses are one person's: they join transport; one donor a kind and a pot of few are told together."""
    content = kind.account(told, Wanted(date(2026, 1, 1), date(2026, 12, 31), date(2027, 3, 1)))
    assert content.table("uscite").rows == (("altri aiuti", 6, D("270.00")),)
    assert content.table("entrate").rows == (("tutto insieme", None, D("1250.50")),)
    pots = content.table("salvadanai")
    assert [row[0] for row in pots.rows] == ["più salvadanai insieme"]
    assert pots.totals == ("Totale", *selectors.year_account(told, 2026).total.sums)
    assert [figure.value for figure in content.figures] == [D("1250.50"), D("270.00"), D("1292.84"), D("45.10")]
    assert not content.empty


def test_nobody_reads_the_account_of_another_network(told: Access) -> None:
    other = Access.system(network_id=told.network_id + 1, ambito_id=None, reason="test")
    with scope(other.scope):
        assert selectors.year_account(other, 2026) == selectors.YearAccount(2026, [], [], [])
