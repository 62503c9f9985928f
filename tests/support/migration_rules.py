"""What a migration may not do to an installation that is at work: lock a table for long, or break the code of the version before.

Rules of the operations themselves, asked with the state of the models before each. A table that the same migration makes is nobody's yet.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, RemoveIndexConcurrently
from django.db import models
from django.db.migrations import operations as ops
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

SQL = {
    r"CREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)": "an index without CONCURRENTLY",
    r"\bREINDEX\s+(?!.*CONCURRENTLY)": "REINDEX without CONCURRENTLY",
    r"\bALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE\b": "a change of type rewrites the table",
    r"\bSET\s+NOT\s+NULL\b": "SET NOT NULL reads the whole table under a lock: a NOT VALID check, then VALIDATE",
    r"\bADD\s+CONSTRAINT\b(?![^;]*(NOT\s+VALID|USING\s+INDEX))": "a constraint without NOT VALID",
    r"\b(VACUUM\s+FULL|CLUSTER|LOCK\s+TABLE|TRUNCATE)\b": "holds the table",
    r"^\s*UPDATE\b": "an UPDATE of all rows at once: core.sql.fill",
    r"\b(DROP|RENAME)\s+(COLUMN|TABLE)\b|\bRENAME\s+TO\b": "what the version before still reads",
}  # fmt: skip


def complaints(migration: Migration, state: ProjectState) -> list[str]:
    """What is wrong with it, in words; `state` is that before it. A migration with `unused_since = "0.2.0"` may remove what that version
    no longer named."""
    return [f"{migration.app_label}.{migration.name}: {what}" for what in _complaints(migration, state.clone())]


def _complaints(migration: Migration, state: ProjectState) -> Iterator[str]:
    new: set[str] = set()
    for operation in migration.operations:
        target = getattr(operation, "model_name_lower", "")
        if isinstance(operation, ops.CreateModel):
            new.add(operation.name_lower)
        elif target not in new:
            yield from _of(operation, migration, state)
        if isinstance(operation, AddIndexConcurrently | RemoveIndexConcurrently) and migration.atomic:
            yield "a concurrent index wants atomic = False"
        operation.state_forwards(migration.app_label, state)


def _of(operation: Any, migration: Migration, state: ProjectState) -> Iterator[str]:
    match operation:
        case ops.AddField(field=field, name=name):
            yield from _added(field, name)
        case ops.AlterField(field=field, name=name, model_name_lower=model):
            before = state.models[migration.app_label, model].fields[name]
            yield from _altered(before, field, name)
        case ops.RemoveField() | ops.DeleteModel() if not getattr(migration, "unused_since", ""):
            yield f"{operation.describe()}: the version before still reads it; say since which none does (unused_since)"
        case ops.RenameField() | ops.RenameModel() | ops.AlterModelTable():
            yield f"{operation.describe()}: the version before knows the old name"
        case AddIndexConcurrently() | AddConstraintNotValid():
            pass
        case ops.AddIndex() | ops.RemoveIndex():
            yield f"{operation.describe()}: concurrently, or the table waits"
        case ops.AddConstraint():
            yield f"{operation.describe()}: NOT VALID first, or an index made concurrently"
        case ops.SeparateDatabaseAndState():
            for inner in operation.database_operations:
                yield from _of(inner, migration, state)
        case ops.RunSQL(sql=sql):
            text = sql if isinstance(sql, str) else ";\n".join(s if isinstance(s, str) else s[0] for s in sql or [])
            yield from (what for pattern, what in SQL.items() if re.search(pattern, _bare(text), re.I | re.M))


def _bare(sql: str) -> str:
    """Without the bodies of functions: they run later, row by row."""
    return re.sub(r"\$(\w*)\$.*?\$\1\$", "''", re.sub(r"--[^\n]*", "", sql), flags=re.S)


def _added(field: models.Field, name: str) -> Iterator[str]:
    if not field.null and field.db_default is NOT_PROVIDED and not field.many_to_many:
        yield f"{name}: not null without db_default: the version before cannot write a row"
    if field.remote_field and not field.many_to_many and field.db_constraint:
        yield f"{name}: a foreign key is checked under a lock: db_constraint=False, then NOT VALID and VALIDATE"
    if field.unique or field.db_index:
        yield f"{name}: its index holds the table: db_index=False, then AddIndexConcurrently"


def _altered(before: models.Field, after: models.Field, name: str) -> Iterator[str]:
    def kind(field: models.Field) -> tuple[Any, ...]:
        return (field.get_internal_type(), getattr(field, "max_digits", None), getattr(field, "decimal_places", None))

    if kind(before) != kind(after) or (before.max_length or 10**9) > (after.max_length or 10**9):
        yield f"{name}: a change of type rewrites the table"
    if before.null and not after.null:
        yield f"{name}: SET NOT NULL reads the whole table under a lock: a NOT VALID check, then VALIDATE"
    if (after.unique and not before.unique) or (after.db_index and not before.db_index):
        yield f"{name}: its index holds the table"
