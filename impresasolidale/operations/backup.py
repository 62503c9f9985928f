"""A copy of all of it: the database as it stood at one instant, and the files that its rows name.

A file is stored before its row, so the files of a snapshot's rows are there when the snapshot is taken, and they never change: they can be
copied afterwards, while everybody works. Keys are never in a copy, their fingerprints are (docs/adr/0037).
"""

import hashlib
import json
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from psycopg import sql

from . import age, postgres, rotation
from .archive import Writer
from .errors import Refused
from .targets import Target

LOCK = 7216  # advisory: one copy at a time


@dataclass(frozen=True)
class Made:
    """A copy that was made. `bytes` as it lies there, `missing` files that rows name and the storage has lost."""

    name: str
    bytes: int
    rows: int
    files: int
    seconds: float
    missing: list[str]
    dropped: list[str]


def make(target: Target, *, at: datetime) -> Made:
    """Raises Refused, or what the target and the storage raise: then nothing of this copy stays, and no older one was touched."""
    begun = time.monotonic()
    encrypted_to = keys()
    with postgres.owner() as db, postgres.owner() as holder:
        if not holder.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()[0]:  # type: ignore[index]
            raise Refused("Un'altra copia è in corso: aspetta che finisca.")
        db.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        with db.transaction():
            db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            (snapshot,) = db.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
            with tempfile.TemporaryFile() as said, _dump(db, snapshot, said) as dump:
                manifest = describe(db, at=at)
                name = rotation.name_of(at)
                with target.writing(name) as file:
                    writer = Writer(file, manifest, **encrypted_to)
                    try:
                        assert dump.stdout
                        writer.add_database(dump.stdout)
                        if dump.wait():
                            said.seek(0)
                            raise Refused(f"pg_dump si è fermato: {said.read().decode(errors='replace').strip()[-500:]}")
                        missing = list(_copy_files(db, writer))
                        writer.finish(missing)
                    finally:
                        writer.close()
        holder.execute(
            "INSERT INTO core_heartbeat (name, at) VALUES ('backup', %s) ON CONFLICT (name) DO UPDATE SET at = excluded.at", [at]
        )
    dropped = rotation.to_drop(target.names())
    for old in dropped:
        target.delete(old)
    rows = sum(count for count, _content in manifest["tables"].values())
    return Made(name, target.size(name), rows, writer.files, time.monotonic() - begun, missing, dropped)


def keys() -> dict[str, Any]:
    """What a copy is encrypted to. Raises Refused: there is no copy in the clear."""
    if settings.BACKUP_RECIPIENTS:
        for one in settings.BACKUP_RECIPIENTS:
            try:
                age.decode(age.PUBLIC, one)
            except ValueError:
                raise Refused(
                    f"BACKUP_RECIPIENTS: «{one}» non è una chiave pubblica. Una coppia nuova: ./impresa backup --new-key"
                ) from None
        return {"recipients": settings.BACKUP_RECIPIENTS}
    if settings.BACKUP_PASSPHRASE:
        if len(settings.BACKUP_PASSPHRASE) < 20:
            raise Refused("BACKUP_PASSPHRASE è troppo corta: almeno 20 caratteri, per esempio cinque parole a caso.")
        return {"passphrase": settings.BACKUP_PASSPHRASE}
    raise Refused("Una copia è sempre cifrata: imposta BACKUP_RECIPIENTS (./impresa backup --new-key ne fa una) o BACKUP_PASSPHRASE.")


class _Dump(subprocess.Popen[bytes]):
    """pg_dump of one snapshot; whoever leaves it before its end ends it."""

    def __exit__(self, *error: Any) -> None:
        if self.poll() is None:
            self.kill()
        super().__exit__(*error)


def _dump(db: psycopg.Connection[Any], snapshot: str, said: Any) -> _Dump:
    program = postgres.program("pg_dump", db.info.server_version // 10000)
    command = [program, "--format=custom", "--no-owner", "--no-comments", f"--snapshot={snapshot}"]
    return _Dump(command, env=postgres.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said)


def describe(db: psycopg.Connection[Any], *, at: datetime) -> dict[str, Any]:
    """What a restored database is held against."""
    (server,) = db.execute("SHOW server_version").fetchone() or ("",)
    return {
        "made_at": at.isoformat(),
        "version": version(),
        "postgresql": server,
        "migrations": [list(row) for row in db.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()],
        "roles": [row[0] for row in db.execute(ROLES).fetchall()],
        "keys": key_fingerprints(),
        "tables": postgres.fingerprints(db),
        "ledger": postgres.ledger(db),
    }


# Whom something was granted to: they must exist where it is restored.
ROLES = """
SELECT DISTINCT pg_get_userbyid(a.grantee) FROM (
  SELECT relacl AS acl, relnamespace AS place, relowner AS owner FROM pg_class UNION ALL
  SELECT proacl, pronamespace, proowner FROM pg_proc UNION ALL SELECT nspacl, oid, nspowner FROM pg_namespace
) AS o JOIN pg_namespace n ON n.oid = o.place CROSS JOIN LATERAL aclexplode(o.acl) AS a
WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND a.grantee <> 0 AND a.grantee <> o.owner
  AND pg_get_userbyid(a.grantee) NOT LIKE 'pg\\_%' AND pg_get_userbyid(a.grantee) <> current_user ORDER BY 1
"""


def version() -> str:
    return str(tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"])


def key_fingerprints() -> dict[str, Any]:
    """Of 32 random bytes each: they tell which key it was, and nothing else of it."""

    def fingerprint(what: str, key: str) -> str:
        return hashlib.sha256(f"impresasolidale {what} {key}".encode()).hexdigest()[:16]

    return {
        "field": [fingerprint("field", key) for key in settings.FIELD_KEYS],
        "lookup": fingerprint("lookup", settings.LOOKUP_KEY),
        "seal": _seal_fingerprint(),
    }


def _seal_fingerprint() -> str:
    certificate = settings.SEAL_DIR / "cert.pem"
    return hashlib.sha256(certificate.read_bytes()).hexdigest()[:16] if certificate.exists() else ""


def _copy_files(db: psycopg.Connection[Any], writer: Writer) -> Iterator[str]:
    """Into the copy; gives the names of those that are not there."""
    with db.cursor("stored_files") as names:
        names.itersize = 5000
        names.execute(stored_names(db))
        for (name,) in names:
            try:
                with default_storage.open(name) as file:
                    writer.add_file(name, file.size, file)
            except FileNotFoundError:
                yield name


def stored_names(db: psycopg.Connection[Any]) -> sql.Composed:
    """SQL: every stored name that a row has, once, in order. Models say in `stored_files` which of their columns hold one; before an
    update the newest are not in the database yet."""
    there = set(db.execute("SELECT table_name, column_name FROM information_schema.columns").fetchall())
    columns = [
        (model._meta.db_table, str(model._meta.get_field(name).column))  # type: ignore[union-attr]
        for model in apps.get_models()
        for name in getattr(model, "stored_files", ())
    ]
    each = [
        sql.SQL("SELECT {c} AS name FROM {t} WHERE {c} <> ''").format(c=sql.Identifier(column), t=sql.Identifier(table))
        for table, column in columns
        if (table, column) in there
    ]
    return sql.SQL("SELECT name FROM ({}) AS named GROUP BY name ORDER BY name").format(sql.SQL(" UNION ALL ").join(each))


def report(made: Made, say: Callable[[str], None]) -> None:
    say(f"Copia fatta: {made.name}, {made.rows} righe e {made.files} file, {made.bytes / 1e6:.1f} MB, {made.seconds:.1f} s.")
    for name in made.missing:
        say(f"Attenzione: nel database c'è un file che l'archivio dei file non ha più: {name}")
    for name in made.dropped:
        say(f"Tolta una copia vecchia: {name}")


def as_json(made: Made) -> str:
    return json.dumps(made.__dict__)
