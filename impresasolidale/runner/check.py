"""./impresa check: everything that can be known without running the tests, one line each."""

import base64
import os
import re
import secrets
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import PYTHON, ROOT, VENV, docs, say

LINES = 600  # of a Python file that is neither test nor migration (house.md §1)
BIN = VENV / "bin"
SERVERS = {  # of an installation that is not there
    "DATABASE_URL": "postgres://impresa:x@127.0.0.1/impresasolidale",
    "OWNER_DATABASE_URL": "postgres://impresa_owner:x@127.0.0.1/impresasolidale",
    "BROKER_URL": "redis://127.0.0.1/0",
    "BASE_URL": "https://example.org",
    "ALLOWED_HOSTS": "example.org",
}


def run() -> int:
    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as side_by_side:  # types take as long as all the rest
        steps = {name: side_by_side.submit(_timed, step) for name, step in _steps().items()}
        for name, step in steps.items():
            output, seconds = step.result()
            took = f"{seconds:.1f}".replace(".", ",")
            say(f"{'✗' if output else '✓'} {name} ({took} s)")
            if output:
                failed += 1
                say("\n".join("    " + line for line in output.strip().splitlines()))
    if failed:
        say(f"{failed} controlli non passano." if failed > 1 else "Un controllo non passa.")
    return 1 if failed else 0


def _timed(step: Callable[[], str]) -> tuple[str, float]:
    begun = time.monotonic()
    return step(), time.monotonic() - begun


def _steps() -> dict[str, Callable[[], str]]:
    """Each step returns what is wrong; nothing when all is well."""
    demo = _environment("impresasolidale.settings.embedded")  # no database: nothing here may ask it
    production = _environment("impresasolidale.settings.production", **SERVERS)
    manage = [PYTHON, "-W", "default", str(ROOT / "manage.py")]
    return {
        "formato (ruff format)": _tool([BIN / "ruff", "format", "--check", "."]),
        "stile ed errori (ruff)": _tool([BIN / "ruff", "check", "."]),
        "tipi (mypy)": _tool([BIN / "mypy"], demo),
        "strati (import-linter)": _tool([BIN / "lint-imports", "--no-cache", "--no-logo"]),
        "migrazioni": _tool([*manage, "makemigrations", "--check", "--dry-run"], demo),
        "modelli di pagina (djlint)": _tool([BIN / "djlint", "templates", "--lint", "--quiet"]),
        "traduzioni": _tool([*manage, "check_translations"], demo),
        "documenti (mkdocs)": _tool([*docs.COMMAND], {**os.environ, **docs.ENVIRONMENT}),
        "sicurezza (check --deploy)": _tool([*manage, "check", "--deploy", "--fail-level", "WARNING"], production),
        "casa in ordine": _tidy,
    }


def _tool(command: list[str | Path], env: dict[str, str] | None = None) -> Callable[[], str]:
    def step() -> str:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return (done.stdout.strip() or f"codice d'uscita {done.returncode}") if done.returncode else ""

    return step


def _environment(settings: str, **servers: str) -> dict[str, str]:
    """Made-up secrets, and nothing of what a real installation may have set: the answer must not depend on it."""
    kept = {k: v for k, v in os.environ.items() if not k.endswith(("_URL", "_KEY", "_KEYS")) and k != "ALLOWED_HOSTS"}
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    made_up = {"SECRET_KEY": secrets.token_urlsafe(64), "FIELD_KEYS": key, "LOOKUP_KEY": key}
    return {**kept, **made_up, "DJANGO_SETTINGS_MODULE": settings, **servers}


def _tidy() -> str:
    """No package index in a file, no long module."""
    # git refuses a checkout of another user's unless told that it is meant: root checks what a user cloned.
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    hosts = re.compile("|".join(map(re.escape, _index_hosts())).encode())
    wrong = []
    for name in sorted(filter(None, listed.split("\0"))):
        path = ROOT / name
        if not path.is_file() or path.is_symlink():
            continue
        text = path.read_bytes()
        if b"\0" not in text[:4096] and (found := hosts.search(text)):
            wrong.append(f"{name}: nomina un indice di pacchetti ({found[0].decode()})")
        if name.endswith(".py") and not re.search(r"(^|/)(migrations|tests)/", name) and (lines := text.count(b"\n")) > LINES:
            wrong.append(f"{name}: {lines} righe, il limite è {LINES}")
    return "\n".join(wrong)


def _index_hosts() -> list[str]:
    """pip's own two, and those that this machine was told to use: no name stands here."""
    from pip._internal.models.index import PyPI

    told = subprocess.run([PYTHON, "-m", "pip", "config", "list"], cwd=ROOT, capture_output=True, text=True).stdout
    told += "\n".join(value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_")))
    return sorted({PyPI.netloc, PyPI.file_storage_domain, *re.findall(r"https?://(?:[^@/\s'\"]*@)?([^/\s'\"]+)", told)})
