"""A pytest plugin that takes one guard away: `-p tests.support.without` with the guard's name in the environment variable WITHOUT.

The process and its databases are thrown away afterwards, so nothing is put back. tests/contracts/test_guards_bite.py runs the tests
that stand behind each guard like this, and wants them red.
"""

import os
import sys
from collections.abc import Callable
from typing import Any

import pytest

NAME = "WITHOUT"
OWN = ("impresa_test_", "impresa_demo_")  # databases of one process; the templates they are copied from stay whole


def _everywhere(catalogue: str, statement: str) -> str:
    """`statement` for each (%I name, %s table) that `catalogue` finds."""
    loop = f"FOR r IN {catalogue} LOOP EXECUTE format('{statement}', r.name, r.place); END LOOP"
    return f"DO $do$ DECLARE r record; BEGIN {loop}; END $do$"


def _no_triggers(ending: str) -> str:
    found = rf"SELECT tgname AS name, tgrelid::regclass AS place FROM pg_trigger WHERE tgname LIKE '%\_{ending}'"
    return _everywhere(found, "DROP TRIGGER %1$I ON %2$s")


def _changed_on_the_way_in(table: str, change: str) -> str:
    function = f"CREATE FUNCTION {table}_without() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {change}; RETURN NEW; END $$"
    return f"{function}; CREATE TRIGGER a_{table}_without BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_without()"


POLICIES = _everywhere(
    "SELECT relname AS name, oid::regclass AS place FROM pg_class WHERE relrowsecurity", "ALTER TABLE %2$s DISABLE ROW LEVEL SECURITY"
)
FOUR_EYES = _everywhere(
    r"SELECT conname AS name, conrelid::regclass AS place FROM pg_constraint WHERE contype = 'c' AND conname ~ 'four_eyes|two_keys'",
    "ALTER TABLE %2$s DROP CONSTRAINT %1$I",
)


def take_filters_away(patch: pytest.MonkeyPatch) -> None:
    """Managers still want a scope, and then look no further."""
    from django.db.models import Manager

    from impresasolidale.core import scope

    def every_row(manager: Any) -> Any:
        scope.current()
        return Manager.get_queryset(manager)

    for kind in (scope.AmbitoManager, scope.NetworkManager):
        patch.setattr(kind, "get_queryset", every_row)


def _locks(*modules: str) -> None:
    """`select_for_update` locks nothing when code of these modules asks it."""
    from django.db.models import QuerySet

    lock = QuerySet.select_for_update

    def asked(rows: Any, *args: Any, **words: Any) -> Any:
        caller = sys._getframe(1)
        if caller.f_code.co_name == "manager_method":  # asked of a manager
            caller = caller.f_back  # type: ignore[assignment]
        return rows.all() if caller.f_globals["__name__"].startswith(modules) else lock(rows, *args, **words)

    QuerySet.select_for_update = asked  # type: ignore[method-assign]


def _submissions() -> None:
    from impresasolidale.core import submissions

    submissions.begin = lambda request: None


def _four_eyes() -> None:
    """In its own body: the rooms imported the function by name."""
    from impresasolidale.core import four_eyes

    four_eyes.require_second_key.__code__ = (lambda *, first_id, by, act, words: None).__code__


def _permissions() -> None:
    from impresasolidale.accounts.access import Access

    Access.require = lambda access, code: None  # type: ignore[method-assign]


# Guard → how it is taken away: SQL for the owner of a fresh database, or a change of the code.
GUARDS: dict[str, str | Callable[[], None]] = {
    "scope filter": lambda: take_filters_away(pytest.MonkeyPatch()),
    "row-level security": POLICIES,
    "lock of a step": lambda: _locks("impresasolidale.core.transitions"),
    "locks of money": lambda: _locks("impresasolidale.treasury", "placements.attendance.services.liquidations"),
    "form submission": _submissions,
    "tap submission": _changed_on_the_way_in("attendance_attendanceevent", "NEW.submission := NULL"),
    "ledger key": _changed_on_the_way_in("treasury_entry", "NEW.key := NEW.key || gen_random_uuid()"),
    "frozen report": "DROP TRIGGER reports_reportrun_frozen ON reports_reportrun",
    "transition trigger": _no_triggers(r"guard\_state"),
    "append-only trigger": _no_triggers(r"append\_only"),
    "frozen rows": _no_triggers("frozen"),
    "rows of a funded project": _no_triggers("kept"),
    "start light": "DROP TRIGGER agreements_placement_not_red ON agreements_placement",
    "writer of the ledger": _no_triggers(r"one\_writer"),
    "papers of a closing": "DROP TRIGGER monitoring_closed_with_papers ON agreements_placement",
    "four eyes in the services": _four_eyes,
    "four eyes in the tables": FOUR_EYES,
    "permission": _permissions,
}


def pytest_collection_finish() -> None:
    """Everything is imported, no database is there yet."""
    if not (name := os.environ.get(NAME, "")):
        return
    guard = GUARDS[name]
    if isinstance(guard, str):
        _after_each_copy(guard)
    else:
        guard()


def _after_each_copy(statement: str) -> None:
    from tests.support import database, seeded

    def then(copy: Callable[..., None]) -> Callable[..., None]:
        def harmed(name: str, *more: Any) -> None:
            copy(name, *more)
            if name.startswith(OWN):
                with database.owner(name) as owner:
                    owner.execute(statement)

        return harmed

    database.copy, seeded.copy = then(database.copy), then(seeded.copy)
