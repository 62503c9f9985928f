"""A pseudonymised dump: all rows as `pseudonyms.toml` says, encrypted as a copy is, loaded into an empty database of another machine.

It is written from one snapshot, row by row, so the real data are never in a second place, and it holds no file and no key. What is
encrypted in the database is in it as plain pseudonyms: whoever loads it encrypts them, and hashes codes, with their own keys.
"""

import hashlib
import io
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

import psycopg
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import models
from psycopg import sql

from impresasolidale.core.fields import EncryptedTextField, decrypt, encrypt, lookup_hash
from impresasolidale.territory.selectors import name_key

from . import age, backup, postgres, pseudonyms, restore
from .archive import BLOCK, DATABASE, Reader, Writer
from .errors import Refused

FORMAT = "pseudonymised 1"
APART = {"django_migrations"}  # the target's own
# Hash → the column it is the look-up of.
LOOKUPS = {"codice_fiscale_hash": "codice_fiscale", "tax_code_hash": "tax_code", "iban_hash": "iban"}
COLUMNS = (
    "SELECT c.relname, a.attname, a.attgenerated <> '' FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
    " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1, a.attnum"
)

# What was still making a paper stayed behind: like the others, it has an empty file.
PAPERS = (
    "UPDATE core_document SET state = 'ready', file_name = 'core.document/' || public_id || '.pdf', file_hash = %s, size = %s"
    " WHERE state = 'pending'"
)


@dataclass
class Done:
    rows: int
    tables: int
    seconds: float
    made_at: str = ""


def columns(db: psycopg.Connection[Any]) -> dict[str, dict[str, bool]]:
    """Table → column → whether the database works it out itself."""
    found: dict[str, dict[str, bool]] = {}
    for table, column, generated in db.execute(COLUMNS).fetchall():
        if table not in APART:
            found.setdefault(table, {})[column] = generated
    return found


def _fields() -> dict[tuple[str, str], "models.Field[Any, Any]"]:
    return {
        (m._meta.db_table, f.column): f
        for m in apps.get_models(include_auto_created=True)
        for f in m._meta.local_concrete_fields
        if f.column
    }


def make(path: Path, *, at: datetime, recipients: list[str]) -> Done:
    """Raises Refused: then there is no file. `recipients`: public keys of whoever will load it; without, those of the copies."""
    begun = time.monotonic()
    for one in recipients:
        try:
            age.decode(age.PUBLIC, one)
        except ValueError:
            raise Refused(f"--recipient: «{one}» non è una chiave pubblica (age1…).") from None
    keys = {"recipients": recipients} if recipients else backup.keys()
    with postgres.owner() as db, db.transaction():
        db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        db.execute("SET LOCAL statement_timeout = 0")
        db.execute(postgres.PLAIN)
        there = columns(db)
        how, _dropped = pseudonyms.check({table: set(names) for table, names in there.items()})
        migrations = [list(row) for row in db.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()]
        manifest = {"format": FORMAT, "made_at": at.isoformat(), "version": backup.version(), "migrations": migrations}
        counts: dict[str, int] = {}
        try:
            with (
                os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file,
                closing(Writer(file, manifest, **keys)) as writer,
            ):
                writer.add_database(cast(IO[bytes], _Lines(_rows(db, there, how, counts))))
                writer.finish([])
        except FileExistsError:
            raise Refused(f"{path} c'è già: scegli un altro nome.") from None
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return Done(sum(counts.values()), len(counts), time.monotonic() - begun)


class _Lines(io.BufferedIOBase):
    """JSON lines as a file that is read."""

    def __init__(self, lines: Iterator[Any]) -> None:
        self._lines, self._ready = lines, bytearray()

    def read(self, size: int | None = -1, /) -> bytes:
        assert size and size > 0
        while len(self._ready) < size and (line := next(self._lines, None)) is not None:
            self._ready += json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        data = bytes(self._ready[:size])
        del self._ready[:size]
        return data


def _rows(
    db: psycopg.Connection[Any], there: dict[str, dict[str, bool]], how: dict[str, dict[str, str]], counts: dict[str, int]
) -> Iterator[Any]:
    """{"table", "columns"} and then the rows of that table as lists of texts, table by table."""
    fields, names = _fields(), _names(db, how)
    for table, decided in sorted(how.items()):
        wanted = [column for column, generated in there[table].items() if not generated]
        yield {"table": table, "columns": wanted}
        limits = {column: fields[table, column].max_length for column in wanted if (table, column) in fields}
        hidden = {column for column in wanted if isinstance(fields.get((table, column)), EncryptedTextField)}
        counts[table] = 0
        for values in _copied(db, table, wanted):
            row = dict(zip(wanted, values, strict=True))
            for column in hidden:
                row[column] = decrypt(row[column] or "", place=f"{table}.{column}") if row[column] else row[column]
            counts[table] += 1
            yield [_fitting(names.of(decided[c], v, row, c), limits.get(c)) if v and decided[c] != "keep" else v for c, v in row.items()]


def _fitting(value: str | None, limit: int | None) -> str | None:
    return value[:limit].rstrip() if value else value


def _copied(db: psycopg.Connection[Any], table: str, wanted: list[str]) -> Iterator[tuple[str | None, ...]]:
    query = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, wanted)))
    with db.cursor() as cursor, cursor.copy(query) as copy:
        yield from copy.rows()


def _names(db: psycopg.Connection[Any], how: dict[str, dict[str, str]]) -> pseudonyms.Pseudonyms:
    firsts: set[str] = set()
    for table, decided in how.items():
        if "first_name" in decided:
            for (name,) in _copied(db, table, ["first_name"]):
                firsts.update(name_key(name or "").split())
    found = pseudonyms.Pseudonyms(secrets.token_bytes(32), firsts)
    for pk, code, born in _copied(db, "beneficiaries_beneficiary", ["id", "codice_fiscale", "birth_date"]):
        if code and born:
            found.learn(decrypt(code, place="beneficiaries_beneficiary.codice_fiscale"), pk or "", born)
    return found


# --- The other side


def load(path: Path) -> Done:
    """Into an empty database. Raises Refused, age.Unreadable, age.WrongKey: then it has tables and no row of the dump."""
    begun = time.monotonic()
    with path.open("rb") as source:
        reader = Reader(source, **restore.keys())
        manifest = reader.manifest
        if manifest.get("format") != FORMAT:
            raise Refused("Questo file non è un archivio per la formazione. Una copia si rimette con: ./impresa restore")
        with postgres.owner() as db:
            if postgres.tables(db):
                raise Refused(
                    "Il database non è vuoto: questi dati si caricano solo in un database nuovo. Quello che c'è non l'ho toccato."
                )
        if manifest["version"] != backup.version():
            raise Refused(f"È stato fatto con la versione {manifest['version']}, questa è la {backup.version()}: usa la stessa.")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("grant_application_role")
        with postgres.owner() as db, db.transaction():
            known = [list(row) for row in db.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()]
            if known != manifest["migrations"]:
                raise Refused("Le tabelle non sono quelle da cui è stato fatto: usa la stessa versione del programma.")
            counts = _fill(db, _lines(reader))
            stored = [name for (name,) in db.execute(backup.stored_names(db)).fetchall()]
    for name in stored:
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(pseudonyms.placeholder(name)))
    return Done(sum(counts.values()), len(counts), time.monotonic() - begun, manifest["made_at"])


def _lines(reader: Reader) -> Iterator[Any]:
    """What was written, line by line; at its end all of it was proven to be whole."""
    rest = b""
    for member, content in reader.members():
        if member.startswith(DATABASE):
            while data := content.read(BLOCK):
                *whole, rest = (rest + data).split(b"\n")
                yield from map(json.loads, whole)


def _fill(db: psycopg.Connection[Any], lines: Iterator[Any]) -> dict[str, int]:
    """Rows per table. What a migration had put in goes first; triggers rest, keys and checks do not."""
    db.execute("SET LOCAL statement_timeout = 0")
    db.execute(postgres.PLAIN)
    there = columns(db)
    pseudonyms.check({table: set(names) for table, names in there.items()})
    tables = [sql.Identifier(table) for table in there]
    db.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(tables)))
    for table in tables:
        db.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table))
    db.execute("SET CONSTRAINTS ALL DEFERRED")
    counts: dict[str, int] = {}
    head = next(lines, None)
    while head is not None:
        table, names = head["table"], head["columns"]
        if set(names) != {name for name, generated in there.get(table, {}).items() if not generated}:
            raise Refused(f"Le colonne di {table} non sono quelle di qui: usa la stessa versione del programma.")
        counts[table], head = _fill_table(db, table, names, lines)
    empty = pseudonyms.placeholder(".pdf")
    db.execute(PAPERS, [hashlib.sha256(empty).hexdigest(), len(empty)])
    db.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        db.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(table))
    for name, names in there.items():
        if "id" in names:
            db.execute(
                sql.SQL("SELECT setval(s, (SELECT max(id) FROM {})) FROM pg_get_serial_sequence(%s, 'id') AS s WHERE s IS NOT NULL").format(
                    sql.Identifier(name)
                ),
                [name],
            )
    return counts


def _fill_table(db: psycopg.Connection[Any], table: str, names: list[str], lines: Iterator[Any]) -> tuple[int, Any]:
    """How many rows came, and the line after them: the head of the next table."""
    fields = _fields()
    hidden = [i for i, name in enumerate(names) if isinstance(fields.get((table, name)), EncryptedTextField)]
    lookups = [(i, names.index(LOOKUPS[name])) for i, name in enumerate(names) if name in LOOKUPS]
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names)))
    count, after = 0, None
    with db.cursor() as cursor, cursor.copy(query) as copy:
        for row in lines:
            if isinstance(row, dict):
                after = row
                break
            for i, of in lookups:
                row[i] = lookup_hash(row[of]) if row[i] and row[of] else row[i]
            for i in hidden:
                row[i] = encrypt(row[i], place=f"{table}.{names[i]}") if row[i] else row[i]
            copy.write_row(row)
            count += 1
    return count, after


def one_of_each_role() -> list[tuple[str, str]]:
    """(role, address of the first who has it), of those who may sign in."""
    with postgres.owner() as db:
        return db.execute(
            "SELECT DISTINCT ON (m.role) m.role, u.email FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id"
            " WHERE u.is_active AND m.valid_to IS NULL ORDER BY m.role, u.id"
        ).fetchall()
