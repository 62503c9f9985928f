"""The data folder of an embedded installation: its secrets, servers, environment, and what was done to it."""

import base64
import errno
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from . import PYTHON, ROOT, Problem, say
from .processes import Process, begun, run
from .servers import APPLICATION, OWNER, Postgres, valkey, valkey_url

DEFAULT = ROOT / ".data"
MARKER = ".impresasolidale"
BACKUPS = "backups"
SPACE = 300  # MB
WINGS = ("impresasolidale", "placements", "companies", "solidarity_fund", "certification")
# Of the caller's environment: they belong to a real installation, and the demo must not write to its mail or files.
FOREIGN = (
    "STORAGE_URL",
    "EMAIL_URL",
    "SEAL_DIR",
    "DATABASE_AS_OWNER",
    "ALLOWED_HOSTS",
    "BASE_URL",
    "BASE_PATH",
    "STATIC_ROOT",
    "BACKUP_URL",
)
STATIC = ROOT / "build" / "static"  # a folder for each state of the sources
STATIC_KEPT = 3


class Home:
    def __init__(self, folder: Path, *, fast: bool = False, settings: str = "impresasolidale.settings.embedded") -> None:
        self.folder = folder.expanduser().resolve()
        self.settings = settings
        self.postgres = Postgres(self.folder / "pg", fast=fast)
        self._lock: IO[str] | None = None

    def open(self) -> None:
        """Create the folder, or recognise it as ours: Problem when it belongs to someone else, or the disk is full."""
        if self.folder.exists() and not self.folder.is_dir():
            raise Problem(f"{self.folder} non è una cartella.")
        if not self._is_ours():
            raise Problem(f"{self.folder} contiene altro: non la tocco. Indica con --data-dir una cartella nuova o vuota.")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self.folder).free // 1024**2
            if free < SPACE:
                raise Problem(f"Il disco è quasi pieno: servono {SPACE} MB in {self.folder}, ce ne sono {free}.")
            (self.folder / MARKER).touch()
            (self.folder / BACKUPS).mkdir(mode=0o700, exist_ok=True)
            self._write_secrets()
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise Problem(f"Il disco è pieno: libera un po' di spazio per {self.folder}.") from error
            raise Problem(f"Non posso scrivere in {self.folder}: {error.strerror}.") from error

    def claim(self) -> bool:
        """Take the folder for us alone until we end; False when another process has it."""
        file = (self.folder / "lock").open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._lock = file
        return True

    def release(self) -> None:
        if self._lock:
            self._lock.close()
            self._lock = None

    def reset(self) -> None:
        """Empty the folder that we claimed."""
        if self.postgres.alive():  # left by a demo that was killed
            self.postgres.start()
            self.postgres.gone(10)
            if self.postgres.alive():
                raise Problem(f"Un altro comando sta usando il database in {self.folder}: chiudilo e riprova.")
        for path in self.folder.iterdir():
            if path.name == BACKUPS:
                continue  # it is for them that one makes copies
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name not in (MARKER, "lock"):
                path.unlink()
        self._write_secrets()

    def environment(self, **more: str) -> dict[str, str]:
        """What settings/base.py reads, for the servers of this folder."""
        kept = {k: v for k, v in os.environ.items() if k not in FOREIGN and not k.startswith("PG")}
        return {
            **kept,
            **dict(line.split("=", 1) for line in self._secrets.read_text().splitlines()),
            "DJANGO_SETTINGS_MODULE": self.settings,
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.postgres.url(APPLICATION),
            "OWNER_DATABASE_URL": self.postgres.url(OWNER),
            "APPLICATION_ROLE": APPLICATION,
            "BROKER_URL": valkey_url(self.folder / "valkey"),
            "BACKUP_URL": str(self.folder / BACKUPS),
            **more,
        }

    def broker(self) -> Process:
        return valkey(self.folder / "valkey", log=self.log("valkey"))

    def log(self, name: str) -> Path:
        return self.folder / "log" / f"{name}.log"

    @contextmanager
    def database(self) -> Iterator[None]:
        """The database up for the time of a command; whoever uses it last stops it."""
        try:
            self.postgres.start()
            yield
        finally:
            self.postgres.gone(10)

    def migrate(self, env: dict[str, str]) -> None:
        """Bring the schema up to date; skipped when nothing that makes it has changed."""
        fingerprint, done = _schema_fingerprint(), self.folder / "pg" / "schema"
        if done.exists() and done.read_text() == fingerprint:
            return
        say("Preparo il database.")
        try:
            manage(env, "migrate", "--noinput", "--verbosity=0", what="Preparazione del database")
        except Problem as problem:
            if "InconsistentMigrationHistory" not in str(problem):
                raise
            raise Problem(
                f"I dati in {self.folder} sono di una versione di prova che non si può aggiornare (docs/adr/0014)."
                " Riparti da capo con --reset, o indica un'altra cartella con --data-dir."
            ) from problem
        manage(env, "grant_application_role", what="Permessi sul database")
        done.write_text(fingerprint)

    def seed(self, env: dict[str, str], *args: str) -> None:
        """Fill in the demo's data, once."""
        done = self.folder / "pg" / "seeded"
        if done.exists():
            return
        say("Preparo i dati di prova: persone e imprese inventate.")
        manage(env, "seed", *args, what="Dati di prova")
        done.touch()

    def keep(self) -> None:
        """What is in the database is somebody's: the next demo adds nothing to it."""
        (self.folder / "pg" / "seeded").touch()

    @contextmanager
    def static(self, env: dict[str, str]) -> Iterator[Callable[[], Path]]:
        """Make hashed and compressed copies of the static files beside whatever else goes on inside the block; what is given waits for
        their folder. Made once for a state of the sources, by whichever demo comes first; it may be thrown away."""
        folder = STATIC / _static_fingerprint()
        if folder.exists():
            yield lambda: folder
            return
        new = STATIC / f"{folder.name}.{os.getpid()}"

        def wait() -> Path:
            end(what="Preparazione dei file del sito")
            with suppress(OSError):  # another demo was quicker
                new.rename(folder)
            old = sorted((path for path in STATIC.iterdir() if path != folder), key=lambda path: path.stat().st_mtime)
            for path in old[: 1 - STATIC_KEPT]:
                shutil.rmtree(path, ignore_errors=True)
            return folder

        command = [PYTHON, str(ROOT / "manage.py"), "collectstatic", "--noinput", "--verbosity=0"]
        try:
            with begun(command, env={**env, "STATIC_ROOT": str(new)}, cwd=ROOT) as end:
                yield wait
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _is_ours(self) -> bool:
        return self.folder == DEFAULT or not self.folder.exists() or (self.folder / MARKER).exists() or not any(self.folder.iterdir())

    @property
    def _secrets(self) -> Path:
        return self.folder / "env"

    def _write_secrets(self) -> None:
        if self._secrets.exists():
            return
        key = lambda: base64.b64encode(secrets.token_bytes(32)).decode()  # noqa: E731
        new = self.folder / "env.new"
        with suppress(FileNotFoundError):
            new.unlink()
        with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(f"SECRET_KEY={secrets.token_urlsafe(50)}\nFIELD_KEYS={key()}\nLOOKUP_KEY={key()}\n")
        new.replace(self._secrets)


def manage(env: dict[str, str], *args: str, what: str) -> None:
    run([PYTHON, str(ROOT / "manage.py"), *args], env=env, what=what, cwd=ROOT)


def _static_fingerprint() -> str:
    """Of whatever may be served or name a class, and of the pinned versions (other people's files)."""
    digest = hashlib.sha256((ROOT / "requirements" / "demo.txt").read_bytes())
    files = [
        path for wing in (*WINGS, "templates") for path in (ROOT / wing).rglob("*") if "__pycache__" not in path.parts and path.is_file()
    ]
    for path in sorted(files):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _schema_fingerprint() -> str:
    """Of every migration, of the grants, and of the pinned versions (other people's migrations)."""
    digest = hashlib.sha256()
    files = [path for wing in WINGS for path in (ROOT / wing).rglob("migrations/*.py")]
    files += (ROOT / "impresasolidale").rglob("commands/grant_application_role.py")
    for path in [*sorted(files), ROOT / "requirements" / "demo.txt"]:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
