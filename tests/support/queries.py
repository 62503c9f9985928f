"""Counting a view's own queries (house.md §4, Query budgets): without transaction control and without the fixed ones.

with OwnQueries() as own:
    client.get(url)
assert len(own) <= 8, own
"""

import re
from types import TracebackType
from typing import Any

from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

TRANSACTION = re.compile(r"(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT)\b")
# Whatever a request does as often as it likes: telling the scope, writing looks, keeping the post's uuid.
ALWAYS = re.compile(r'SELECT set_config\(|INSERT INTO "core_look"|INSERT INTO core_submission |(UPDATE|DELETE FROM) "?core_submission"?')
# Once in a request: session, user, memberships, who is entrusted. A second one is the view's own.
ONCE = (
    re.compile(r'SELECT .* FROM "accounts_session" WHERE'),
    re.compile(r'SELECT .* FROM "accounts_user" WHERE "accounts_user"\."id" = \d+ LIMIT 21$'),
    re.compile(r'SELECT .* FROM "?accounts_membership"? '),
    re.compile(r'SELECT .* FROM "?entrusted"? '),
    # Once a day in a session of who works in a company: whether instructions wait to be accepted, and that they do not.
    re.compile(r'SELECT .* FROM "privacy_notice" INNER JOIN'),
    re.compile(r'UPDATE "accounts_session" SET'),
)


def own_queries(statements: list[str]) -> list[str]:
    """What is left of the statements of one request."""
    once = list(ONCE)
    left = []
    for statement in (" ".join(s.split()) for s in statements):
        if TRANSACTION.match(statement) or ALWAYS.match(statement):
            continue
        fixed = next((pattern for pattern in once if pattern.match(statement)), None)
        if fixed:
            once.remove(fixed)
        else:
            left.append(statement)
    return left


class OwnQueries:
    """The own queries of the one request made inside; `len()` counts them, `str()` lists them, `all` has everything."""

    def __enter__(self) -> "OwnQueries":
        self._context = CaptureQueriesContext(connection)
        self._context.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._context.__exit__(kind, error, trace)

    @property
    def all(self) -> list[str]:
        return [query["sql"] for query in self._context.captured_queries]

    def __len__(self) -> int:
        return len(own_queries(self.all))

    def __str__(self) -> str:
        return "\n".join(f"{number}. {sql[:300]}" for number, sql in enumerate(own_queries(self.all), 1))

    __repr__ = __str__


def clone(execute: Any, table: str, row: str, count: int, **expressions: str) -> None:
    """Write `count` copies of one row (its JSON text), with the columns of `expressions` computed in SQL from `n` = 1 … count.

    `execute(sql, parameters)` is a cursor's. Ids and public ids are new: 1,000,000 + n.
    """
    columns = {"id": "1000000 + n", "public_id": "gen_random_uuid()", **expressions}
    pairs = ", ".join(f"'{name}', {sql}" for name, sql in columns.items()).replace("%", "%%")
    copy = f"jsonb_populate_record(NULL::{table}, %s::jsonb || jsonb_build_object({pairs}))"
    execute(f"INSERT INTO {table} ({written(table)}) SELECT {written(table)} FROM generate_series(1, {count}) AS n, {copy}", [row])


def written(table: str) -> str:
    """The columns of a table that are written, not computed by the database."""
    model = next(m for m in apps.get_models() if m._meta.db_table == table)
    return ", ".join(field.column for field in model._meta.concrete_fields if not field.generated)
