"""Where words stand in a database: every column of every table, what is encrypted in the clear."""

import re
from collections.abc import Collection, Iterator

from django.apps import apps

from impresasolidale.core.fields import EncryptedTextField, decrypt

from . import database


def texts(name: str, *, but: Collection[str] = ()) -> Iterator[tuple[str, int, str]]:
    """(table.column, a row's number in the order of the table, what it says) of all that holds words, as the database writes it."""
    encrypted = {
        (m._meta.db_table, f.column): f.place
        for m in apps.get_models(include_auto_created=True)
        for f in m._meta.local_concrete_fields
        if isinstance(f, EncryptedTextField)
    }
    words = (
        "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        " AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'ARRAY', 'character', 'bytea') ORDER BY 1, 2"
    )
    with database.owner(name) as db:
        for table, column in db.execute(words).fetchall():
            place = f"{table}.{column}"
            if place in but:
                continue
            for number, (value,) in enumerate(db.execute(f'SELECT "{column}"::text FROM {table} WHERE "{column}" IS NOT NULL').fetchall()):
                if value:
                    hidden = encrypted.get((table, column))
                    yield place, number, decrypt(value, place=hidden) if hidden else value


def places(name: str, pattern: str, *, but: Collection[str] = ()) -> set[str]:
    """`table.column` of all where the pattern stands, whatever the case."""
    wanted = re.compile(pattern, re.IGNORECASE)
    return {place for place, _number, value in texts(name, but=but) if wanted.search(value)}
