"""The rows of ./impresa bench about the fund: the posting inside a grant, many hands on one pot, and a ledger of a million entries."""

import time
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.core.management import CommandError
from django.db import connection
from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.core.scope import scope
from impresasolidale.treasury import selectors as treasury
from impresasolidale.treasury import services as ledger
from impresasolidale.treasury.models import Pot
from solidarity_fund.selectors.account import pot_turnovers

from . import floor, ledger_crowd, together

ALL_FUNDS = 1.5  # times the floor: 300 ms, where the floor took 203
HANDS = 32
# The floors l1 and l2 of performance.md: a bare table of one amount a row, with the index that the question wants.
BARE = """
CREATE TEMP TABLE floor_turnover ON COMMIT DROP AS
SELECT a.pot_id AS pot, l.posted_on, l.amount FROM treasury_leg l JOIN treasury_account a ON a.id = l.account_id WHERE a.pot_id IS NOT NULL;
CREATE INDEX floor_turnover_by_day ON floor_turnover (pot, posted_on) INCLUDE (amount);
ANALYZE floor_turnover;
"""
BALANCE = "SELECT sum(amount) FROM floor_turnover WHERE pot = %s"
BALANCES = "SELECT pot, sum(amount) FROM floor_turnover GROUP BY pot"
YEARS = """
SELECT pot, date_trunc('month', posted_on), sum(amount) FROM floor_turnover
WHERE posted_on BETWEEN %s AND %s GROUP BY 1, 2 ORDER BY 1, 2
"""
YEAR = """
SELECT date_trunc('month', posted_on), sum(amount) FROM floor_turnover
WHERE pot = %s AND posted_on BETWEEN %s AND %s GROUP BY 1 ORDER BY 1
"""


def fund_rows(access: Access, rounds: int) -> Iterator[Any]:
    """The posting of a grant and the hands on one pot."""
    from .bench import Row, _committing, compare, timed

    pot = next((row.pot for row in treasury.balances(access, use=Pot.Use.FUND) if row.free > 10), None)
    if pot is None:
        raise CommandError("Nel database manca un salvadanaio del fondo con dei soldi: prima servono i dati di prova, con ./impresa seed.")
    today = timezone.localdate()
    floor.make_ledger()

    def ours() -> None:
        key = f"bench:{uuid.uuid4()}"
        ledger.commit(pot=pot, amount=Decimal(1), key=key, posted_on=today, words="Prova", source=pot, by=access)

    with _committing() as committed:
        bare = timed(committed(lambda: floor.transfer(key=f"bench:{uuid.uuid4()}", amount=Decimal(1))))
        yield compare("posting of a grant", timed(committed(ours)), bare, target=3.0, rounds=rounds)
    with together.shared_floor() as is_there:
        if is_there:
            rates = together.measure(access, clients=[1, HANDS], hot=True, rounds=max(1, rounds // 6))
            held, alone = rates[HANDS], rates[1]
            yield Row(
                f"one pot, {HANDS} hands to one", round(1000 / held.ours, 3), round(1000 / alone.ours, 3), held.to_first, 1.0,
                held.to_first_spread,
            )  # fmt: skip


def big_ledger_rows(access: Access, rounds: int) -> Iterator[Any]:
    """With the crowd's entries: the balance and the year of one fund beside their floors, and those of all funds."""
    from .bench import compare

    with scope(access.scope), connection.cursor() as cursor:
        cursor.execute(BARE)
        pot = Pot.objects.filter(name=f"{ledger_crowd.NAME} 1").get()
        year = timezone.localdate().year - 1

        def asking(statement: str, *asked: Any) -> Callable[[], float]:
            def call() -> float:
                start = time.perf_counter()
                cursor.execute(statement, list(asked))
                cursor.fetchall()
                return time.perf_counter() - start

            return call

        def seconds(work: Callable[[], object]) -> Callable[[], float]:
            def call() -> float:
                start = time.perf_counter()
                work()
                return time.perf_counter() - start

            return call

        figures = asking(treasury.FIGURES + "WHERE p.id = %s", pot.pk)
        yield compare("a fund's balance", figures, asking(BALANCE, pot.pk), target=3.0, rounds=rounds)
        bare = asking(YEAR, pot.pk, f"{year}-01-01", f"{year}-12-31")
        yield compare("a fund's year", seconds(lambda: pot_turnovers(access, year, pot=pot)), bare, target=3.0, rounds=rounds)
        # The floors of all funds took 203 ms where 300 were allowed (performance.md, l2): half as much again.
        everybody = seconds(lambda: treasury.balances(access, use=Pot.Use.FUND))
        yield compare("all funds' balances", everybody, asking(BALANCES), target=ALL_FUNDS, rounds=max(3, rounds // 4))
        bare = asking(YEARS, f"{year}-01-01", f"{year}-12-31")
        yield compare("all funds' year", seconds(lambda: pot_turnovers(access, year)), bare, target=ALL_FUNDS, rounds=max(3, rounds // 4))
