"""Reports read from a streaming replica, where there is one (REPORTS_DATABASE_URL): the same role, the same scope, the same rows.

The replica must have replayed all that the primary had written when it is asked: a report is never older than its order. One that is
behind, away, or not a replica is left alone, and the primary answers.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import DatabaseError, connection, connections, transaction

from .scope import Scope, scope

log = logging.getLogger(__name__)
ALIAS = "reports"
PATIENCE = 5.0  # seconds in which it may catch up
T = TypeVar("T")


def lag() -> int | None:
    """Bytes of the primary's log that the replica has not replayed; None where none is set up. Raises DatabaseError when it is away."""
    if ALIAS not in connections.databases:
        return None
    with connections["default"].cursor() as here, connections[ALIAS].cursor() as there:
        here.execute("SELECT pg_current_wal_lsn()::text")
        there.execute("SELECT pg_wal_lsn_diff(%s::pg_lsn, pg_last_wal_replay_lsn())", here.fetchone())
        (behind,) = there.fetchone()
    if behind is None:
        raise DatabaseError("not a replica")
    return max(int(behind), 0)


def _caught_up() -> bool:
    with connections["default"].cursor() as here:
        here.execute("SELECT pg_current_wal_lsn()::text")
        (goal,) = here.fetchone()
    end = time.monotonic() + PATIENCE
    while True:
        with connections[ALIAS].cursor() as there:
            there.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [goal])
            (there_yet,) = there.fetchone()
        if there_yet or time.monotonic() > end:
            return bool(there_yet)
        time.sleep(0.05)


def read(work: Callable[[], T], wanted: Scope) -> T:
    """What `work`, which writes nothing, finds in this scope: on the replica if it may be asked, else here."""
    if ALIAS not in connections.databases:
        return work()
    try:
        if _caught_up():
            return _there(work, wanted)
        log.warning("the replica is behind: the primary reads")
    except DatabaseError as error:
        log.warning("the replica does not serve (%s): the primary reads", type(error).__name__)
        connections[ALIAS].close()
    return work()


def _there(work: Callable[[], T], wanted: Scope) -> T:
    """This thread's connection is the replica's meanwhile, for models and for SQL by hand alike."""
    primary: Any = connections["default"]
    connections["default"] = connections[ALIAS]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            with scope(wanted):
                return work()
    finally:
        connections["default"] = primary
