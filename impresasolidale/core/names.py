"""Search of names, small mistakes forgiven."""

from typing import Any, TypeVar

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection
from django.db.models import F, Model, QuerySet
from django.db.models.expressions import RawSQL

from .lookups import AnyOf

Rows = TypeVar("Rows", bound=QuerySet[Any])
SHORTEST = 3  # letters: fewer are in nearly every name


def named(rows: Rows, key: str, *, column: str = "pk", of: type[Model] | None = None) -> Rows:
    """The rows whose name contains `key` or, when fewer than a page do, nearly does; all of them when it is too short to tell anything.

    `key` is lower case and without accents (`territory.selectors.name_key`); the model's table has a `sql.name_search`.
    With `column` and `of`, the rows whose `column` is the id of such a row of another model.
    """
    if len(key) < SHORTEST:
        return rows
    table = (of or rows.model)._meta.db_table
    return rows.filter(AnyOf(F(column), RawSQL(f"ARRAY(SELECT {table}_named(%s))", [key])))  # noqa: S611 the table is the model's


def ids_named(model: type[Model], key: str) -> list[int] | None:
    """The ids of the rows of `model` in reach that `named` would keep; None where it keeps them all.

    For a list that goes on from them: the planner then knows how many they are, and reads them or the list, whichever is shorter.
    """
    if len(key) < SHORTEST:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {model._meta.db_table}_named(%s)", [key])
        return [pk for (pk,) in cursor.fetchall()]


def best_named(rows: QuerySet[Any], key: str, *, column: str = "search_key", most: int) -> list[Any]:
    """At most `most` rows, the nearest names first; none when the key is too short."""
    if len(key) < SHORTEST:
        return []
    return list(named(rows, key).annotate(likeness=TrigramWordSimilarity(key, column)).order_by("-likeness", column, "id")[:most])
