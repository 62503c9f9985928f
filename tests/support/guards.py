"""What the ORM lets pass and the suite does not. Each guard wraps one method of Django; tests/core/test_guards.py sees each one bite."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.db.models import DateField, Model, QuerySet
from django.db.models.query import MAX_GET_RESULTS


def strict_rows(fetch: Callable[[Any], None]) -> Callable[[Any], None]:
    """Rows nobody ordered come backwards, and are never cut; a lock names its table when the query joins others.

    Backwards rather than shuffled: whoever leans on the order rows happen to have fails each time, not every other time.
    """

    def fetch_all(rows: Any) -> None:
        fresh = rows._result_cache is None
        fetch(rows)
        if not fresh:
            return
        query = rows.query
        if query.select_for_update and not query.select_for_update_of:
            assert len(query.alias_map) == 1, f"select_for_update() locks the joined rows of {[*query.alias_map]} too: say of=('self',)"
        if rows._result_cache and not rows.ordered:
            # get() cuts too: it looks whether there is a second row
            assert not query.is_sliced or query.high_mark == MAX_GET_RESULTS, f"a part of {rows.model.__name__} rows that have no order"
            rows._result_cache.reverse()

    return fetch_all


def strict_save(save: Callable[..., None]) -> Callable[..., None]:
    """`update_fields` names the columns that keep the time of the last change."""

    def save_row(row: Any, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        if update_fields is not None:
            forgotten = {f.name for f in row._meta.concrete_fields if getattr(f, "auto_now", False)} - {*update_fields}
            assert not forgotten, f"update_fields of {type(row).__name__} forgets {forgotten}"
        save(row, *args, update_fields=update_fields, **kwargs)

    return save_row


def strict_day(to_python: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A date column is given a date: which day a moment belongs to is said with localdate()."""

    def to_day(column: Any, value: Any) -> Any:
        assert not isinstance(value, datetime), f"{column} is a day and was given the moment {value}"
        return to_python(column, value)

    return to_day


GUARDS: list[tuple[type[Any], str, Callable[[Any], Any]]] = [
    (QuerySet, "_fetch_all", strict_rows),
    (Model, "save", strict_save),
    (DateField, "to_python", strict_day),
]


@contextmanager
def strict_orm() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for owner, name, guard in GUARDS:
            patch.setattr(owner, name, guard(getattr(owner, name)))
        yield
