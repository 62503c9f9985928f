"""The fund's cost: a whole grant in twelve statements with the hot pot last, and a year of one fund read from one range of one index."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg import ClientCursor

from impresasolidale.accounts.access import Access, access_for
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import scope
from impresasolidale.demo import ledger_crowd
from impresasolidale.territory.models import Ambito, Network
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury.models import Entry, Leg, Pot
from solidarity_fund.selectors import account
from tests.factories.fixtures import TODAY, make_user
from tests.factories.fund import ask, give, grant, make_helped, make_pot
from tests.support import database
from tests.support.queries import TRANSACTION

from .test_plans import nodes, outline, rows_read

STATEMENTS = 12
ENTRIES = 24_000  # 1,200 a fund


@pytest.mark.django_db
def test_a_whole_grant_is_twelve_statements_and_takes_the_pot_last(worker: Any, coordinator: Any, within: Any) -> None:
    chief = within(coordinator)
    pot = make_pot(chief)
    give(chief, pot, "1000")
    rows = [ask(within(worker), make_helped(within(worker), number=n), "10") for n in range(2)]
    chief = within(coordinator)
    grant(chief, rows[0], pot)  # whatever is read once for a process
    with CaptureQueriesContext(connection) as queries:
        grant(chief, rows[1], pot)
    said = [" ".join(query["sql"].split()) for query in queries.captured_queries]
    own = [statement for statement in said if not TRANSACTION.match(statement)]
    assert len(own) <= STATEMENTS, "\n".join(f"{n}. {statement[:160]}" for n, statement in enumerate(own, 1))
    posting = next(n for n, statement in enumerate(own) if "treasury_post_entry" in statement)
    locks = [n for n, statement in enumerate(own) if "FOR NO KEY UPDATE" in statement or "FOR UPDATE" in statement]
    assert max(locks) < posting  # nobody waits for the pot while this one still waits for a row
    assert posting == len(own) - 1, own[posting + 1 :]


@pytest.fixture(scope="module")
def big(django_db_setup: None, django_db_blocker: Any) -> Iterator[Access]:
    """A database of its own with twenty funds of 1,200 entries each over four years, and its statistics."""
    usual, name = connection.settings_dict["NAME"], f"impresa_fund_{connection.settings_dict['NAME'].rpartition('_')[2]}"
    with django_db_blocker.unblock():
        database.copy(name)
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            network = Network.objects.get()
            asked = ledger_crowd.values(network_id=network.pk, entries=ENTRIES, today=TODAY)
            with database.owner(name) as owner:
                cursor = ClientCursor(owner)
                for statement in ledger_crowd.FILL:
                    cursor.execute(statement, asked)

                owner.execute("VACUUM (ANALYZE) treasury_leg, treasury_entry, treasury_account, treasury_pot")
            yield access_for(make_user(Role.COORDINATOR, Ambito.objects.get(name="Sondrio"), number=77))
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual
            database.drop(name)


def plan_of(statement: str, asked: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", asked)
        found = cursor.fetchone()[0]
        return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


def read_of(plan: dict[str, Any], table: str) -> float:
    return sum(rows_read(node) for node in nodes(plan) if node.get("Relation Name") == table)


@pytest.fixture
def a_fund(big: Access, django_db_blocker: Any) -> Iterator[Pot]:
    with django_db_blocker.unblock(), scope(big.scope):
        yield Pot.objects.get(name=f"{ledger_crowd.NAME} 1")


def test_the_crowds_ledger_adds_up(big: Access, a_fund: Pot) -> None:
    """1,200 entries a fund: 400 in of 10.00, 400 promised and 400 paid of 5.00."""
    row = next(b for b in treasury.balances(big, use=Pot.Use.FUND) if b.pot == a_fund)
    assert (row.received, row.committed, row.paid, row.free) == (4000, 0, 2000, 2000)
    assert not any(each.balance != each.counted for each in treasury.recount(big))  # type: ignore[attr-defined]
    assert Entry.objects.filter(key__startswith="crowd:").count() == ENTRIES and Leg.objects.count() == 2 * ENTRIES
    years = {year: account.pot_turnovers(big, year, pot=a_fund)[0] for year in range(TODAY.year - 4, TODAY.year + 1)}
    assert sum(row[4] for row in years.values()) == 4000 and sum(row[5] for row in years.values()) == 2000
    assert years[TODAY.year][7] == 2000 and years[TODAY.year - 4][3] == 0


def test_a_year_of_one_fund_is_one_range_of_one_index(big: Access, a_fund: Pot) -> None:
    year = TODAY.year - 1
    asked = {**account._asked(big, year), "pot": a_fund.pk}
    plan = plan_of(account._POTS.format(one="AND p.id = %(pot)s"), asked)
    since = Leg.objects.filter(account__pot=a_fund, posted_on__gte=date(year, 1, 1)).count()
    used = {node["Index Name"] for node in nodes(plan) if "leg" in node.get("Index Name", "")}
    assert used == {"treasury_leg_turnover"}, outline(plan)
    assert read_of(plan, "treasury_leg") <= since, outline(plan)
    assert not any(node.get("Relation Name") == "treasury_entry" for node in nodes(plan)), outline(plan)


def test_a_balance_of_one_fund_reads_that_funds_legs(big: Access, a_fund: Pot) -> None:
    plan = plan_of(treasury.FIGURES + "WHERE p.id = %s", [a_fund.pk])
    legs = Leg.objects.filter(account__pot=a_fund).count()
    assert read_of(plan, "treasury_leg") <= legs, outline(plan)
    assert {node["Node Type"] for node in nodes(plan) if node.get("Relation Name") == "treasury_leg"} <= {
        "Index Only Scan", "Index Scan", "Bitmap Heap Scan",
    }  # fmt: skip


def test_many_more_years_cost_the_year_nothing(big: Access, a_fund: Pot) -> None:
    """The last year of four reads the last year's legs: what came before stands in the balance."""
    asked = {**account._asked(big, TODAY.year), "pot": a_fund.pk}
    plan = plan_of(account._POTS.format(one="AND p.id = %(pot)s"), asked)
    since = Leg.objects.filter(account__pot=a_fund, posted_on__gte=date(TODAY.year, 1, 1)).count()
    assert read_of(plan, "treasury_leg") <= since < Leg.objects.filter(account__pot=a_fund).count() / 3 + 50
    assert TODAY - timedelta(days=ledger_crowd.DAYS) < date(TODAY.year - 3, 1, 1)
