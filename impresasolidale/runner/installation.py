"""What the machine must have before anything runs: system libraries, `.venv`, the pinned requirements.

Runs on the system's Python. Whatever is there is not touched; what was cut short heals at the next start.
"""

import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from . import PYTHON, ROOT, VENV, Problem, say, telling_full_disk

STATE = VENV / "impresa.json"  # {"set", "digest"} of what is installed; no digest while installing
SPACE = {"demo": 900, "development": 1500}  # MB, measured and rounded up


def _library(name: str) -> Callable[[], bool]:
    def present() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return present


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


PAPERS = {  # WeasyPrint draws text with these
    "libpango-1.0-0": _library("libpango-1.0.so.0"),
    "libpangoft2-1.0-0": _library("libpangoft2-1.0.so.0"),
    "libharfbuzz-subset0": _library("libharfbuzz-subset.so.0"),
    "fonts-dejavu-core": lambda: any(Path("/usr/share/fonts").rglob("DejaVuSans.ttf")),
}
TRANSLATIONS = {"gettext": _program("msgfmt")}
TESTS = {
    **PAPERS,
    **TRANSLATIONS,
    "poppler-utils": _program("pdftoppm"),
    "libatomic1": _library("libatomic.so.1"),  # what drives the browser wants it
}
BROWSER = Path("/usr/bin/chromium")

# command: (set of requirements, parts of the system)
NEEDS: dict[str, tuple[str, dict[str, Callable[[], bool]]]] = {
    "test": ("development", TESTS),
    "gallery": ("development", TESTS),
    "bench": ("development", TESTS),
    "load": ("development", TESTS),
    "docs": ("development", {}),
    "check": ("development", TRANSLATIONS),
    "lock": ("development", {}),
}


def prepare(command: str) -> None:
    """Install what `command` needs and lacks. May set IMPRESA_BROWSER and IMPRESA_BROWSER_REASON for the tests."""
    kind, parts = NEEDS.get(command, ("demo", PAPERS))
    with _alone():
        missing = [package for package, present in parts.items() if not present()]
        if not _venv_works() and importlib.util.find_spec("ensurepip") is None:
            missing.insert(0, f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
        browses = command in {"test", "gallery"}
        browser = browses and not BROWSER.exists() and _is_debian()
        if missing:
            _install_parts([*missing, *(["chromium"] if browser and os.geteuid() != 0 else [])])
        if browser and os.geteuid() == 0:
            _install_browser()
        if browses:
            _tell_browser()
        with telling_full_disk(ROOT):
            _requirements(kind)


@contextmanager
def _alone() -> Iterator[None]:
    """One set-up at a time: the lock is on the script itself."""
    with (ROOT / "impresa").open() as script:
        try:
            fcntl.flock(script, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Un'altra installazione è in corso: aspetto che finisca.")
            fcntl.flock(script, fcntl.LOCK_EX)
        yield


# --- The system


def _is_debian() -> bool:
    """Elsewhere chromium is another thing (a snap) or has another name."""
    try:
        return "ID=debian" in Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return False


def _install_parts(packages: list[str]) -> None:
    words = " ".join(packages)
    if not shutil.which("apt-get"):
        raise Problem(f"Mancano alcune parti del sistema, qui chiamate con il nome che hanno in Debian: {words}. Installale e riprova.")
    if os.geteuid() != 0:
        lists = any(Path("/var/lib/apt/lists").glob("*_Packages*"))
        update = "" if lists else "sudo apt-get update && "
        command = f"{update}sudo apt-get install -y --no-install-recommends {words}"
        raise Problem(f"Mancano alcune parti del sistema. Lancia questo comando e riprova: {command}")
    say(f"Installo le parti del sistema che mancano: {words}")
    if not _apt(packages):
        raise Problem(
            f"L'installazione con apt non è riuscita: serve la rete. Riprova, o lancia: apt-get update && apt-get install -y {words}"
        )


def _install_browser() -> None:
    say("Installo chromium per le prove nel browser.")
    _apt(["chromium"])


def _tell_browser() -> None:
    reason = ""
    if not BROWSER.exists():
        if not _is_debian():
            reason = "servono Debian e il suo chromium"
        elif os.geteuid() == 0:
            reason = "apt non ha potuto installare chromium"
        else:
            reason = "manca chromium: sudo apt-get install -y --no-install-recommends chromium"
    os.environ["IMPRESA_BROWSER"] = "0" if reason else "1"
    os.environ["IMPRESA_BROWSER_REASON"] = reason


def _apt(packages: list[str]) -> bool:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    _quietly([*apt, "update"], env)  # a mirror out of four may fail: the install tells
    return _quietly([*apt, "install", "-y", "--no-install-recommends", *packages], env)


# --- Python


def _requirements(kind: str) -> None:
    state = _state()
    if state and state.get("set") == "development":
        kind = "development"  # holds everything that the demo needs
    wanted = {"set": kind, "digest": hashlib.sha256((ROOT / "requirements" / f"{kind}.txt").read_bytes()).hexdigest()}
    if state == wanted and _venv_works():
        return
    free = shutil.disk_usage(ROOT).free // 1024**2
    if free < SPACE[kind]:
        raise Problem(f"Il disco è quasi pieno: servono {SPACE[kind]} MB, ce ne sono {free}.")
    if VENV.exists() and not _venv_works():  # cut short while it was made, or of another Python
        shutil.rmtree(VENV)
    if not VENV.exists():
        say("Creo l'ambiente Python in .venv.")
        VENV.mkdir()
        base = getattr(sys, "_base_executable", sys.executable)
        if not _quietly([base, "-m", "venv", str(VENV)], os.environ):
            raise Problem(f"Non riesco a creare .venv: {_last_line()}")
    # Cut short here, the next start takes the same set, all of it again: a package half written says that it is there.
    cut_short = state is not None and not state.get("digest")
    STATE.write_text(json.dumps({"set": kind, "digest": ""}))
    say("Installo le librerie Python con le versioni fissate.")
    env = dict(os.environ)
    for theirs, ours in (("PIP_CERT", "SSL_CERT_FILE"), ("PIP_INDEX_URL", "UV_DEFAULT_INDEX")):  # uv does not read pip's
        if theirs in env:
            env.setdefault(ours, env[theirs])
    steps = (
        [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            *(["--force-reinstall"] if cut_short else []),
            "-r",
            str(ROOT / "requirements" / "uv.txt"),
        ],
        [
            str(VENV / "bin" / "uv"),
            "pip",
            "sync",
            "--quiet",
            "--require-hashes",
            *(["--reinstall"] if cut_short else []),
            "--python",
            PYTHON,
            str(ROOT / "requirements" / f"{kind}.txt"),
        ],
    )
    for step in steps:
        if not _quietly(step, env):
            raise Problem(f"Lo scaricamento delle librerie Python non è riuscito: serve la rete. Riprova tra poco. ({_last_line()})")
    STATE.write_text(json.dumps(wanted))


def _state() -> dict[str, str] | None:
    """None: a .venv that somebody else made, or none."""
    try:
        return dict(json.loads(STATE.read_text()))
    except FileNotFoundError:
        return None
    except ValueError:
        return {}


def _venv_works() -> bool:
    """It exists, with pip, and belongs to the Python that runs now."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return Path(PYTHON).exists() and (VENV / "lib" / version / "site-packages" / "pip").is_dir()


_output = ""


def _quietly(command: list[str], env: dict[str, str] | os._Environ[str]) -> bool:
    """Run in silence; `_last_line` tells what it said last."""
    global _output
    done = subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    _output = done.stdout
    return done.returncode == 0


def _last_line() -> str:
    return next((line.strip() for line in reversed(_output.splitlines()) if line.strip()), "nessun messaggio")
