"""Test databases: migrated once into a template by the owner, copied per process, used as the application role.

Row-level security holds in every test. After a transactional test its database is what the template is again: the tables it wrote hold
the template's rows (`Copy.restore`), or it is copied anew when more than rows changed.
"""

import hashlib
import os
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg import sql

from tests.support import clock
from tests.support.sources import ROOT, WINGS

# In one process, for reading the application takes as long as two of the three.
MAKE = """
import django
from django.core.management import call_command

django.setup()
call_command("migrate", verbosity=0)
call_command("grant_application_role")
call_command("load_reference_data")
"""


def owner(database: str = "postgres") -> psycopg.Connection:
    """A connection of the tables' owner."""
    return psycopg.connect(_url(settings.OWNER_DATABASE_URL, database), autocommit=True)


def _url(url: str, database: str) -> str:
    return psycopg.conninfo.make_conninfo(url, dbname=database)


@cache
def fingerprint() -> str:
    """Changes when anything that ends up in an empty database changes. Reads our own wings only: beside them a cluster is at work."""
    files = sorted(p for wing in WINGS for p in (ROOT / wing).rglob("*") if p.is_file() and _counts(p.relative_to(ROOT)))
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _counts(path: Path) -> bool:
    if "__pycache__" in path.parts:
        return False
    return (
        "migrations" in path.parts
        or path.name in {"sql.py", "transitions.py", "enums.py", "discard.py", "discard.toml"}
        or "territory" in path.parts
    )


def template() -> str:
    """The name of the migrated template, made when missing. One process makes it, others wait."""
    name = f"impresa_template_{fingerprint()}"
    with owner() as db:
        db.execute("SELECT pg_advisory_lock(4217)")
        if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            making = f"{name}_making"
            db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(making)))
            db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
            environment = {**os.environ, "DATABASE_AS_OWNER": "1", "OWNER_DATABASE_URL": url_of(making)}
            environment |= clock.environment(hours_ago=6)  # its rows are old to every run that copies it
            done = subprocess.run([sys.executable, "-c", MAKE], cwd=ROOT, env=environment, capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f"{making}: {done.stdout}\n{done.stderr}")
            db.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name)))
    return name


def url_of(database: str) -> str:
    """The owner's DATABASE_URL with another database's name."""
    head, _slash, rest = settings.OWNER_DATABASE_URL.rpartition("/" + _name(settings.OWNER_DATABASE_URL))
    return f"{head}/{database}{rest}"


def _name(url: str) -> str:
    return psycopg.conninfo.conninfo_to_dict(url)["dbname"]


def copy(name: str) -> None:
    """A fresh copy of the template under `name`."""
    source = template()
    with owner() as db:
        drop(name)
        db.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(name), sql.Identifier(source)))


class Copy:
    """A fresh copy of the template under `name`, and the way back to it: three thousand files are not copied again for a few rows.

    PostgreSQL counts the rows written in each table, and a session has told its own when it is gone. What the counts of the catalog say
    has changed (a trigger, a policy, a table), no rows bring back: then, and where the owner may not put triggers off, it is copied anew.
    Only the numbers that rows have been given go on.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._begin()

    def _begin(self) -> None:
        copy(self.name)
        with owner(self.name) as db:
            self._counts = _written(db)
            tables = [table for (table,) in db.execute("SELECT relid::regclass::text FROM pg_stat_user_tables").fetchall()]
            self._rows = {table: rows for table in tables if (rows := _rows(db, table))}

    def restore(self) -> None:
        """The copy holds what it held at first; whoever is still connected to it is sent away."""
        with owner(self.name) as db:
            _alone(db)
            counts = _written(db)
            touched = [table for table, count in counts.items() if count != self._counts.get(table)]
            try:
                if CATALOG in touched:
                    raise _NotByRows
                db.execute("SET session_replication_role = replica")  # no trigger, no foreign key: the rows come as they were
                with db.transaction():
                    for table in touched:
                        db.execute(f"DELETE FROM {table}")
                    for table in self._rows.keys() & set(touched):
                        with db.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as into:
                            into.write(self._rows[table])
            except (_NotByRows, psycopg.errors.InsufficientPrivilege):
                whole = True
            else:
                whole = False
                self._counts = _written(db)
        if whole:
            self._begin()


class _NotByRows(Exception):
    pass


CATALOG = "catalog"  # all that is not rows, as one count
WRITTEN = f"""
SELECT CASE WHEN schemaname = 'pg_catalog' THEN '{CATALOG}' ELSE relid::regclass::text END, sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint
FROM pg_stat_all_tables s JOIN pg_class c ON c.oid = s.relid
WHERE NOT c.relisshared AND s.schemaname NOT IN ('pg_toast', 'information_schema') AND s.relname <> 'pg_statistic' GROUP BY 1
"""


def _written(db: psycopg.Connection) -> dict[str, int]:
    """Table → rows written in it since the database is there, our own session's too."""
    db.execute("SELECT pg_stat_force_next_flush()")
    return dict(db.execute(WRITTEN).fetchall())


def _rows(db: psycopg.Connection, table: str) -> bytes:
    if not db.execute(f"SELECT EXISTS (SELECT FROM {table})").fetchone()[0]:  # type: ignore[index]
        return b""
    with db.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as out:
        return b"".join(bytes(part) for part in out)


def _alone(db: psycopg.Connection) -> None:
    """End the other sessions on this database, and wait until they have told what they wrote and are gone."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    deadline = time.monotonic() + 60
    while db.execute(f"SELECT pg_terminate_backend(pid) {others}").fetchall():
        if time.monotonic() > deadline:
            raise RuntimeError("sessions that do not end")
        time.sleep(0.01)


def drop(name: str) -> None:
    with owner() as db:
        db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def violations(name: str) -> list[tuple[str, str]]:
    """(invariant, detail) of what does not hold in that database: none, whatever was done to it."""
    with owner(name) as db:
        return db.execute((ROOT / "impresasolidale" / "operations" / "invariants.sql").read_text()).fetchall()
