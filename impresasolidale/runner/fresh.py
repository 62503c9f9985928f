"""./impresa check --fresh: the README's commands as a newcomer gives them, in a Debian 12 that has nothing but python3 and git.

The empty system is a folder that one enters with chroot. Of this machine it gets the way to the network and nothing else.
"""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from . import ROOT, Problem, say
from .processes import Stopped, run, stoppable

RELEASE = "bookworm"
PARTS = "python3,git,ca-certificates"
GUEST = "ospite"
SMALL = "tests/runner/test_script.py"  # of the tests; the whole of them takes long and is the CI's
PATIENCE = 1200  # seconds for a step on a slow line
NETWORK = re.compile(r"(?i)((http|https|ftp|no|all)_proxy|ssl_cert_(file|dir)|pip_(cert|index_url|extra_index_url)|uv_(default_)?index)$")
WAY_OUT = ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")


def require() -> None:
    """Problem when an empty system cannot be made here."""
    if os.geteuid() != 0:
        raise Problem("Per preparare una Debian vuota ed entrarci serve root. Lancia: sudo ./impresa check --fresh")
    if not shutil.which("debootstrap"):
        raise Problem("Manca debootstrap, che prepara la Debian vuota. Lancia: apt-get install -y --no-install-recommends debootstrap")


def run_check() -> int:
    require()
    if _said(["git", "-C", str(ROOT), "status", "--porcelain"]):
        say("Provo l'ultima versione registrata in git: le modifiche di adesso non ci sono.")
    place = Path(tempfile.mkdtemp(prefix="impresa-fresh-"))
    place.chmod(0o755)
    try:
        with stoppable():
            base = place / "base"
            _step("una Debian vuota", lambda: _make(base))
            for user in (GUEST, "root"):
                with _entered(Room(base, place / user, user)) as room:
                    _journey(room)
    except Stopped:
        say("Mi fermo.")
        return 130
    finally:
        _clear(place)
    return 0


def _journey(room: "Room") -> None:
    """What a newcomer does: read what is missing, install it, try, stop, test."""
    if room.user != "root":
        _step(f"{room.user}: demo dice che cosa manca, in una riga", lambda: room.is_told("demo"))
    _step(f"{room.user}: demo risponde, si ferma e non lascia niente", room.demo)
    if room.user != "root":
        _step(f"{room.user}: test dice che cosa manca, in una riga", lambda: room.is_told("test", SMALL))
    _step(f"{room.user}: test, una piccola parte", lambda: room.impresa("test", SMALL))


def _step(name: str, step: Callable[[], None]) -> None:
    begun = time.monotonic()
    try:
        step()
    except Problem:
        say(f"✗ {name}")
        raise
    say(f"✓ {name} ({time.monotonic() - begun:.0f} s)")


class Room:
    """A copy of the empty system with a clone of the project, and one user in it."""

    def __init__(self, base: Path, folder: Path, user: str) -> None:
        self.base, self.folder, self.user = base, folder, user
        self.home = "/root" if user == "root" else f"/home/{user}"
        self.project = f"{self.home}/progetto"

    def make(self) -> None:
        _run(["cp", "-a", str(self.base), str(self.folder)])
        if self.user != "root":
            self.as_root("useradd", "--create-home", self.user)
        _run(["git", "clone", "--quiet", str(ROOT), f"{self.folder}{self.project}"])
        self.as_root("chown", "-R", self.user, self.project)

    def command(self, *words: str, user: str = "") -> list[str]:
        user = user or self.user
        env = {
            **{name: value for name, value in os.environ.items() if NETWORK.match(name)},
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": "/root" if user == "root" else self.home,
        }
        inside = ["env", "-i", "-C", self.project, *(f"{name}={value}" for name, value in env.items()), *words]
        return ["chroot", f"--userspec={user}:{user}", str(self.folder), *inside]

    def as_root(self, *words: str) -> None:
        _run(["chroot", str(self.folder), *words])

    def impresa(self, *words: str) -> None:
        _run(self.command("./impresa", *words))

    def is_told(self, *words: str) -> None:
        """The refusal is one line with the command that mends it; then that command is given."""
        done = subprocess.run(self.command("./impresa", *words), capture_output=True, text=True, check=False)
        match = re.fullmatch(r"Mancano alcune parti del sistema\. Lancia questo comando e riprova: (.+)\n", done.stderr)
        if done.returncode != 1 or not match:
            raise Problem(f"Mi aspettavo una riga con il comando di apt (codice {done.returncode}):\n{done.stdout}{done.stderr}")
        _run(self.command("sh", "-c", match[1].replace("sudo ", ""), user="root"))

    def demo(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        log = self.folder / "tmp" / "demo.log"
        with log.open("w") as output:
            child = subprocess.Popen(
                self.command("./impresa", "demo", f"--port={port}"), stdout=output, stderr=output, start_new_session=True
            )
        try:
            self._answers(child, port)
            child.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                child.wait(60)
            left = [name for pid, name in self.processes() if pid != child.pid]
            if child.returncode != 0 or left:
                raise Problem(f"Non è finita bene: codice {child.returncode}, processi rimasti: {', '.join(left) or 'nessuno'}.")
        except Problem as problem:
            raise Problem(f"{problem}\n{log.read_text()}") from None

    def _answers(self, child: subprocess.Popen[bytes], port: int) -> None:
        end = time.monotonic() + PATIENCE
        while _status(port, "/healthz") != 200:
            if child.poll() is not None or time.monotonic() > end:
                raise Problem("La demo non è partita.")
            time.sleep(1)
        if (status := _status(port, "/")) != 200:
            raise Problem(f"La prima pagina risponde {status}.")

    def processes(self) -> Iterator[tuple[int, str]]:
        """(pid, name) of whoever lives in here."""
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (process / "root").readlink() == self.folder:
                    yield int(process.name), (process / "comm").read_text().strip()


def _status(port: int, path: str) -> int:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        client.request("GET", path)
        return client.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        client.close()


@contextmanager
def _entered(room: Room) -> Iterator[Room]:
    """The room with what the kernel gives a system; nobody lives there afterwards."""
    room.make()
    mounts = (("--bind", "/proc"), ("--bind", "/dev"), ("-ttmpfs", "/dev/shm"))  # noqa: S108
    try:
        for how, what in mounts:
            _run(["mount", how, "tmpfs" if how == "-ttmpfs" else what, f"{room.folder}{what}"])
        yield room
    finally:
        for pid, _name in room.processes():
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for _how, what in reversed(mounts):
            subprocess.run(["umount", "--lazy", f"{room.folder}{what}"], stderr=subprocess.DEVNULL, check=False)


def _make(base: Path) -> None:
    _run(["debootstrap", "--variant=minbase", f"--include={PARTS}", RELEASE, str(base), _mirror()])
    for file in WAY_OUT:
        if Path(file).exists():
            shutil.copyfile(file, f"{base}{file}")
    (base / "etc/apt/apt.conf.d/90way-out").write_text(_said(["apt-config", "dump", "Acquire"]))
    for folder in ("var/lib/apt/lists", "var/cache/apt/archives"):  # a new machine has no lists yet
        _run(["find", str(base / folder), "-type", "f", "-delete"])


def _mirror() -> str:
    """Where this machine's apt gets Debian from."""
    wanted = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", f"Codename: {RELEASE}", "Component: main"]
    found = _said(wanted).splitlines()
    if not found:
        raise Problem("Non so da dove prendere Debian 12: fra le fonti di apt di questa macchina non c'è. Prova dopo apt-get update.")
    return found[0]


def _run(command: list[str]) -> None:
    run(command, env=os.environ, what=" ".join(word for word in command if "=" not in word)[:200])


def _said(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _clear(place: Path) -> None:
    """Away with it, but for what is still another file system: that would be this machine's own /dev."""
    if any(line.split()[1].startswith(f"{place}/") for line in Path("/proc/mounts").read_text().splitlines()):
        say(f"Non sono riuscito a staccare {place}: toglila a mano, dopo umount.")
        return
    subprocess.run(["rm", "-rf", "--one-file-system", str(place)], check=False)
