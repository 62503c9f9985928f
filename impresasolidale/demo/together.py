"""The ledger with several clients at once, for ./impresa bench: threads with connections of their own, ours and the floor in turn.

One posting is one trip: begin, post, a flush of the log as a durable commit makes, roll back; the locks are held as long as a commit
holds them, and no row stays. The floor is the one statement of `floor.TRANSFER` on tables that its owner makes and drops.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any, NamedTuple

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone

from impresasolidale.accounts.access import Access
from impresasolidale.treasury.models import Account, Pot

from . import floor
from .bench_verdict import spread

SCHEMA = "bench_floor"
SLICE = 0.4  # seconds of one measure
FLUSH_FROM = 170000  # PostgreSQL 17 can flush a message; before it the flush is left out, on both sides
Trip = Callable[[psycopg.ClientCursor, int, int], None]


class Rates(NamedTuple):
    """Postings a second, medians of the rounds. `ratio`: floor ÷ ours; `to_first`: ours of the first number of clients ÷ ours; both
    medians of what they were round by round, with the spread of the rounds."""

    ours: float
    floor: float
    ratio: float
    to_first: float
    spread: float | None
    to_first_spread: float | None


@contextmanager
def shared_floor(schema: str = SCHEMA, tables: str = floor.SHARED_TABLES) -> Iterator[bool]:
    """The floor's tables, for every connection; False where nobody may make them."""
    try:
        owner = psycopg.connect(_url(settings.OWNER_DATABASE_URL), autocommit=True)
    except psycopg.Error:
        yield False
        return
    with owner:
        owner.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        owner.execute(f"CREATE SCHEMA {schema}")
        owner.execute(f"SET search_path = {schema}")
        owner.execute(tables)
        owner.execute(f"GRANT USAGE ON SCHEMA {schema} TO PUBLIC")
        owner.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO PUBLIC")
        try:
            yield True
        finally:
            owner.execute(f"DROP SCHEMA {schema} CASCADE")


def _url(url: str) -> str:
    return psycopg.conninfo.make_conninfo(url, dbname=connection.settings_dict["NAME"])


def measure(access: Access, *, clients: Sequence[int], hot: bool, rounds: int) -> dict[int, Rates]:
    """Postings of so many clients: of one hot pot and the bank, or each on pots of its own. All in turn, round by round."""
    ours, bare = _ours(access, hot=hot), _floor(hot=hot)
    found: list[dict[int, tuple[float, float]]] = []
    for number in range(max(1, rounds)):
        sides = (ours, bare) if number % 2 else (bare, ours)
        found.append({})
        for many in clients if number % 2 else reversed(clients):
            rates = {side: _rate(side, many) for side in sides}
            found[-1][many] = rates[ours], rates[bare]
    return {many: _rates([each[many] for each in found], [each[clients[0]][0] for each in found]) for many in clients}


def _rates(pairs: list[tuple[float, float]], first: list[float]) -> Rates:
    """Of one number of clients: (ours, floor) of each round, and ours of the first number of clients."""
    ratios = [bare / ours for ours, bare in pairs]
    to_first = [alone / ours for alone, (ours, _bare) in zip(first, pairs, strict=True)]
    return Rates(
        ours=median(ours for ours, _bare in pairs),
        floor=median(bare for _ours, bare in pairs),
        ratio=round(median(ratios), 2),
        to_first=round(median(to_first), 2),
        spread=spread(ratios),
        to_first_spread=spread(to_first),
    )


def _rate(trip: Trip, clients: int) -> float:
    """Trips a second of all clients together over one slice."""
    counts, errors = [0] * clients, []
    ready, until = threading.Barrier(clients + 1), [float("inf")]

    def work(client: int) -> None:
        try:
            params = {**connection.get_connection_params(), "autocommit": True}
            for name in ("cursor_factory", "context"):
                params.pop(name, None)
            with psycopg.connect(**params) as mine:
                cursor = psycopg.ClientCursor(mine)
                trip(cursor, client, -1)
                ready.wait()
                while time.perf_counter() < until[0]:
                    trip(cursor, client, counts[client])
                    counts[client] += 1
        except Exception as error:  # told by the main thread
            errors.append(error)
            ready.abort()

    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    try:
        ready.wait(timeout=30)
    except threading.BrokenBarrierError:
        pass
    start = time.perf_counter()
    until[0] = start + SLICE
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return max(1, sum(counts)) / (time.perf_counter() - start)


def _flush() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return "SELECT pg_logical_emit_message(true, 'bench', '', true);" if int(cursor.fetchone()[0]) >= FLUSH_FROM else ""


def _ours(access: Access, *, hot: bool) -> Trip:
    accounts = Account.objects.filter(network_id=access.network_id)
    bank = accounts.get(kind=Account.Kind.BANK).pk
    pots = sorted(accounts.filter(kind=Account.Kind.FREE, balance__lte=-1).values_list("pot_id", "pk"))
    aside = dict(accounts.filter(kind=Account.Kind.COMMITTED).values_list("pot_id", "pk"))
    today, flush = timezone.localdate(), _flush()
    source, by = Pot._meta.label_lower, access.actor_id
    statement = (
        "BEGIN; SELECT set_config('app.networks', %(reach)s, true);"
        " SELECT treasury_post_entry(%(network)s, %(key)s, %(on)s, 'Prova', %(source)s, 1, %(by)s,"
        f" ARRAY[%(debit)s, %(credit)s]::bigint[], ARRAY[1, -1]::numeric[], NULL); SET CONSTRAINTS ALL IMMEDIATE; {flush} ROLLBACK"
    )

    def trip(cursor: psycopg.ClientCursor, client: int, number: int) -> None:
        pot, free = pots[0] if hot else pots[(client + 5 * number) % len(pots)]
        debit, credit = (bank, free) if hot else (free, aside[pot])
        values: dict[str, Any] = {"reach": f"{{{access.network_id}}}", "network": access.network_id, "key": f"bench:{uuid.uuid4()}"}
        cursor.execute(statement, {**values, "on": today, "source": source, "by": by, "debit": debit, "credit": credit})

    return trip


def _floor(*, hot: bool) -> Trip:
    statement = f"BEGIN; SET LOCAL search_path = {SCHEMA}; {floor.SHARED_TRANSFER}; {_flush()} ROLLBACK"

    def trip(cursor: psycopg.ClientCursor, client: int, number: int) -> None:
        first = 1 if hot else 1 + 2 * ((client + 5 * number) % floor.SHARED_PAIRS)
        cursor.execute(statement, {"key": f"bench:{uuid.uuid4()}", "amount": 1, "from": first, "to": first + 1})

    return trip
