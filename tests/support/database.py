"""Test databases: migrated once into a template by the owner, copied per process, used as the application role.

Row-level security holds in every test. A transactional test gets a fresh copy afterwards: exact, and quicker than a flush.
"""

import hashlib
import os
import subprocess
import sys
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
    return "migrations" in path.parts or path.name in {"sql.py", "transitions.py", "enums.py"} or "territory" in path.parts


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


def drop(name: str) -> None:
    with owner() as db:
        db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def violations(name: str) -> list[tuple[str, str]]:
    """(invariant, detail) of what does not hold in that database: none, whatever was done to it."""
    with owner(name) as db:
        return db.execute((ROOT / "impresasolidale" / "operations" / "invariants.sql").read_text()).fetchall()
