"""A database with the demo in it, made once as a template and copied: for the sweep, the browser and the long tests."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections
from psycopg import sql

from . import clock, database
from .sources import ROOT, ours


def _fingerprint() -> str:
    digest = hashlib.sha256(database.fingerprint().encode() + Path(__file__).read_bytes())
    for path in ours():
        if {"demo", "models"} & set(path.parts) or path.name in {"models.py", "documents.py", "rules.py"}:
            digest.update((ROOT / path).read_bytes())
    return digest.hexdigest()[:12]


def _files(name: str) -> Path:
    return Path(settings.DATA_DIR) / "seeded" / name


def template(folder: Path) -> str:
    """The name of the seeded template, made when missing; logins.txt and the files go to `folder`.

    The template keeps the one as its comment; the others stand beside its server, as it does from run to run.
    """
    name = f"impresa_seeded_{_fingerprint()}"
    with database.owner() as db:
        db.execute("SELECT pg_advisory_lock(4218)")
        if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            making = f"{name}_making"
            database.copy(making)
            environment = {
                **os.environ,
                "DATABASE_AS_OWNER": "1",
                "OWNER_DATABASE_URL": database.url_of(making),
                "DATA_DIR": str(folder),
                "DJANGO_SETTINGS_MODULE": "impresasolidale.settings.embedded",
                **clock.environment(hours_ago=6),  # old to every run that copies it
            }
            command = [sys.executable, "manage.py", "seed", f"--today={clock.DAY}"]
            done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f"seed: {done.stdout}\n{done.stderr}")
            logins = sql.Literal((folder / "logins.txt").read_text())
            db.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(making), logins))
            shutil.rmtree(_files(name).parent, ignore_errors=True)  # those of older templates too
            shutil.copytree(folder / "media", _files(name))
            db.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name)))
        kept = db.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]).fetchone()
    assert kept
    (folder / "logins.txt").write_text(kept[0])
    shutil.copytree(_files(name), folder / "media", dirs_exist_ok=True)
    return name


def copy(name: str, folder: Path) -> None:
    """A fresh copy of the seeded template under `name`."""
    source = template(folder)
    database.drop(name)
    with database.owner() as db:
        db.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source)))


@contextmanager
def seeded_database(folder: Path) -> Iterator[str]:
    """Django's connection on a fresh copy of the seeded template; the test database comes back afterwards."""
    connection = connections["default"]
    before, name = connection.settings_dict["NAME"], f"impresa_demo_{os.getpid()}"
    copy(name, folder)
    connections.close_all()
    connection.settings_dict["NAME"] = name
    try:
        yield name
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before
        database.drop(name)
