"""Conditions that Django's own lookups do not say, or say too dearly."""

from collections.abc import Collection
from typing import Any

from django.db.models import F, Lookup, QuerySet, Subquery, Value


class AnyOf(Lookup):
    """`column = ANY(array)`: the array is made once and its ids are looked up; for IN (SELECT …) the planner may read the whole table."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", (*left_params, *right_params)


def found(rows: QuerySet[Any]) -> Subquery:
    """True where `rows` (they name an OuterRef) has one, else None: asked of one row at a time, as a page wants it. For an EXISTS the
    planner may read the whole table into a hash first."""
    return Subquery(rows.values(found=Value(True))[:1])


def any_of(column: str, ids: Collection[int]) -> AnyOf:
    """A condition for `filter`: `column` is one of `ids`. As `column__in`, for thousands of them: they go as one parameter."""
    return AnyOf(F(column), list(ids))
