"""Putting a copy back, onto an empty database alone, and proving that what is there is what was copied.

The database is filled in one transaction whose last piece is held back until every sum of the copy was found right: of a copy that is
broken anywhere nothing becomes visible. Files are written under their own names; one that is there already with the same bytes stays.
"""

import hashlib
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from . import age, postgres
from .archive import BLOCK, DATABASE, FILES, FORMAT, MISSING, Reader
from .backup import key_fingerprints
from .errors import Refused
from .targets import Target

SPOOL = 8 * 1024**2  # bytes of a file that are held in memory on its way into the storage


@dataclass
class Restored:
    made_at: str
    rows: int = 0
    files: int = 0
    seconds: float = 0
    missing: int = 0
    updated: bool = False


def keys() -> dict[str, Any]:
    """What a copy is opened with. Raises Refused."""
    secrets = list(settings.BACKUP_IDENTITIES)
    if settings.BACKUP_IDENTITY_FILE:
        lines = Path(settings.BACKUP_IDENTITY_FILE).read_text().splitlines()
        secrets += [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    for secret in secrets:
        try:
            age.decode(age.SECRET, secret)
        except ValueError:
            raise Refused("BACKUP_IDENTITIES o BACKUP_IDENTITY_FILE: una chiave segreta è scritta male (AGE-SECRET-KEY-1…).") from None
    if not secrets and not settings.BACKUP_PASSPHRASE:
        raise Refused("Con che chiave è cifrata la copia? Imposta BACKUP_IDENTITY_FILE (o BACKUP_IDENTITIES), o BACKUP_PASSPHRASE.")
    return {"secrets": secrets, "passphrase": settings.BACKUP_PASSPHRASE}


def check(target: Target, name: str) -> Restored:
    """Read all of a copy and write nothing. Raises Refused, age.Unreadable, age.WrongKey."""
    begun = time.monotonic()
    with target.reading(name) as source:
        reader = _opened(source)
        found = Restored(reader.manifest["made_at"], _rows(reader.manifest))
        for member, content in reader.members():
            found.files += member.startswith(FILES)
            found.missing += content.read().count(b"\n") if member == MISSING else 0
    found.seconds = time.monotonic() - begun
    return found


def restore(target: Target, name: str, *, say: Callable[[str], None]) -> Restored:
    """Raises Refused, age.Unreadable, age.WrongKey: then the database is as empty as it was; files may have been written."""
    begun = time.monotonic()
    with target.reading(name) as source:
        reader = _opened(source)
        manifest = reader.manifest
        with postgres.owner() as db:
            behind = _compatible(manifest, db)
        found = Restored(manifest["made_at"], updated=behind)
        with _filling() as database:
            for member, content in reader.members():
                if member.startswith(DATABASE):
                    database.give(content.read())
                elif member.startswith(FILES):
                    _store(member.removeprefix(FILES), content)
                    found.files += 1
                elif member == MISSING:
                    found.missing = content.read().count(b"\n")
            database.finish()  # every sum was right: the last piece goes in, and is committed
    found.rows = _rows(manifest)
    say("Database e file sono al loro posto: li confronto con la copia.")
    with postgres.owner() as db, db.transaction():
        _same(manifest, db)
    if behind:
        say("La copia è di una versione precedente: aggiorno lo schema.")
        call_command("migrate", interactive=False, verbosity=0)
    call_command("grant_application_role")
    if wrong := postgres.violations():
        raise Refused(
            f"Nel database ripristinato qualcosa non torna ({len(wrong)}): {wrong[0][0]}, {wrong[0][1]}. Era già così nella copia."
        )
    found.seconds = time.monotonic() - begun
    return found


def _opened(source: IO[bytes]) -> Reader:
    reader = Reader(source, **keys())
    if reader.manifest.get("format") != FORMAT:
        raise Refused("Questa copia è di un formato che non conosco: è fatta con una versione più nuova del programma. Usa quella.")
    return reader


def _rows(manifest: dict[str, Any]) -> int:
    return sum(count for count, _content in manifest["tables"].values())


def _compatible(manifest: dict[str, Any], db: psycopg.Connection[Any]) -> bool:
    """Whether the copy is of an older version than ours. Raises Refused when it cannot be put back here."""
    if postgres.tables(db):
        raise Refused("Il database non è vuoto: una copia si ripristina solo in un database nuovo. Quello che c'è non l'ho toccato.")
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    theirs = {(app, name) for app, name in manifest["migrations"]}
    if newer := sorted(theirs - known):
        raise Refused(
            f"Questa copia è di una versione più nuova ({manifest['version']}, {' '.join(newer[0])}): ripristinala con quella versione."
        )
    ours, needed = key_fingerprints(), manifest["keys"]
    if not set(needed["field"]) <= set(ours["field"]):
        raise Refused("FIELD_KEYS non ha tutte le chiavi di questa copia: i campi cifrati non si leggerebbero. Rimetti quelle di allora.")
    if needed["lookup"] != ours["lookup"]:
        raise Refused("LOOKUP_KEY non è quella di questa copia: i codici fiscali non si troverebbero più. Rimetti quella di allora.")
    if needed["seal"] and needed["seal"] != ours["seal"]:
        raise Refused("In SEAL_DIR non c'è il sigillo di questa copia: rimetti key.pem e cert.pem di allora, sono copiati a parte.")
    there = {row[0] for row in db.execute("SELECT rolname FROM pg_roles").fetchall()}
    if lacking := [role for role in manifest["roles"] if role not in there]:
        made = " ".join(f'CREATE ROLE "{role}" LOGIN;' for role in lacking)
        raise Refused(f"In questo server mancano dei ruoli che la copia nomina. Prima, da amministratore del server: {made}")
    return bool(known - theirs)


class _Filling:
    """pg_restore at work. It gets each piece when the next is there, so that it cannot end before we say so."""

    def __init__(self, child: subprocess.Popen[bytes], said: IO[bytes]) -> None:
        self.child, self.said, self.held = child, said, b""

    def give(self, data: bytes) -> None:
        self._write(self.held)
        self.held = data

    def finish(self) -> None:
        self._write(self.held)
        self.held = b""
        assert self.child.stdin
        try:
            self.child.stdin.close()
        except BrokenPipeError:
            pass  # it tells why itself
        if self.child.wait():
            raise self.refusal()

    def _write(self, data: bytes) -> None:
        assert self.child.stdin
        try:
            self.child.stdin.write(data)
            self.child.stdin.flush()
        except BrokenPipeError:
            self.child.wait()
            raise self.refusal() from None

    def refusal(self) -> Refused:
        self.said.seek(0)
        words = self.said.read().decode(errors="replace").strip()[-500:]
        return Refused(f"pg_restore si è fermato e il database è rimasto vuoto: {words}")


@contextmanager
def _filling() -> Iterator[_Filling]:
    with postgres.owner() as db:
        program, name = postgres.program("pg_restore", db.info.server_version // 10000), db.info.dbname
    command = [program, "--no-owner", "--no-comments", "--exit-on-error", "--single-transaction", f"--dbname={name}"]
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            command, env=postgres.environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, bufsize=0
        )
        try:
            yield _Filling(child, said)
        finally:
            if child.poll() is None:  # its transaction goes with it
                child.kill()
                child.wait()
            if child.stdin and not child.stdin.closed:
                try:
                    child.stdin.close()
                except BrokenPipeError:
                    pass


def _store(name: str, content: IO[bytes]) -> None:
    with tempfile.SpooledTemporaryFile(SPOOL) as spool:
        while data := content.read(BLOCK):
            spool.write(data)
        spool.seek(0)
        if not default_storage.exists(name):
            kept = default_storage.save(name, File(spool))
            if kept != name:
                raise Refused(f"Non riesco a rimettere un file con il suo nome: {name} è diventato {kept}.")
            spool.seek(0)
        with default_storage.open(name) as there:
            if _digest(there) != _digest(spool):
                raise Refused(f"Nell'archivio dei file c'è già un altro file con il nome {name}: svuotalo, o indica un posto nuovo.")


def _digest(file: Any) -> str:
    digest = hashlib.sha256()
    while data := file.read(BLOCK):
        digest.update(data)
    return digest.hexdigest()


def _same(manifest: dict[str, Any], db: psycopg.Connection[Any]) -> None:
    found = json.loads(json.dumps(postgres.fingerprints(db)))
    wrong = [table for table in sorted({*found, *manifest["tables"]}) if found.get(table) != manifest["tables"].get(table)]
    if wrong:
        raise Refused(f"Il database ripristinato non è quello copiato: {', '.join(wrong)}. Non usarlo.")
    if postgres.ledger(db) != manifest["ledger"]:
        raise Refused("Le somme del registro di gestione non sono quelle della copia. Non usare questo database.")
