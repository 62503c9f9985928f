"""The parts of an installation as real processes on a database of the test: broker, dispatcher, worker and web."""

import http.client
import os
import re
import signal
import socket
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from impresasolidale.core.models import Job
from impresasolidale.runner import ROOT
from impresasolidale.runner.processes import Process
from impresasolidale.runner.servers import valkey, valkey_url
from tests.support import clock


def wait(condition: Callable[[], Any], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def memory_of(pid: int) -> float:
    """What a process and its children hold, in MB: memory they share is counted once."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.findall(r"^Pss:\s+(\d+) kB", rollup, re.M)[0]) / 1024 + sum(map(memory_of, children(pid)))


@dataclass
class House:
    """An installation in a folder: `start` its parts, kill them, start them again. `more` goes into their environment.

    The database is the one Django's connection is on, unless it is named.
    """

    folder: Path
    more: dict[str, str] = field(default_factory=dict)
    database: str = ""
    parts: dict[str, Process] = field(default_factory=dict)
    port: int = 0

    def __post_init__(self) -> None:
        (self.folder / "mail").mkdir(exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        here = connection.settings_dict
        host = here["HOST"] or here["OPTIONS"]["host"]
        return {
            **os.environ,
            **clock.environment(),
            "DJANGO_SETTINGS_MODULE": "impresasolidale.settings.embedded",
            "DATABASE_URL": f"postgresql://{here['USER']}@/{self.database or here['NAME']}?host={host}",
            "DATA_DIR": str(self.folder),
            "SEAL_DIR": str(self.folder / "seal"),
            "BROKER_URL": valkey_url(self.folder / "valkey"),
            "EMAIL_URL": f"filemail:///{self.folder / 'mail'}",
            **self.more,
        }

    def start(self, *names: str) -> None:
        for name in names:
            self.parts[name] = part = self._part(name)
            part.start()
        for name in names:
            if self.parts[name].ready:
                self.parts[name].wait_ready(30)

    def _part(self, name: str) -> Process:
        log = self.folder / f"{name}.log"
        if name == "broker":
            return valkey(self.folder / "valkey", log=log)
        if name == "web":
            self.take_port()
        command = {
            "worker": ["-m", "celery", "-A", "impresasolidale.celery", "worker", "--concurrency=1", "--without-gossip", "--without-mingle"],
            "dispatcher": [str(ROOT / "manage.py"), "dispatch"],
            "web": [
                "-m", "gunicorn", "impresasolidale.wsgi:application", "--bind", f"127.0.0.1:{self.port}", "--preload",
                "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket",
            ],
        }[name]  # fmt: skip
        ready = {"web": self.answers}.get(name)
        return Process(name, [sys.executable, *command], env=self.environment, log=log, ready=ready, cwd=ROOT)

    def take_port(self) -> None:
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]

    def kill(self, name: str) -> None:
        """kill -9 of a part and of its children, at once."""
        self.parts.pop(name).gone(0)

    def freeze(self, name: str) -> None:
        os.killpg(self._child(name), signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        os.killpg(self._child(name), signal.SIGCONT)

    def _child(self, name: str) -> int:
        child = self.parts[name].child
        assert child
        return child.pid

    def web_workers(self) -> list[int]:
        return children(self._child("web"))

    def memory(self, name: str) -> float:
        """What a part holds, with its children, in MB."""
        return memory_of(self._child(name))

    def answers(self) -> bool:
        try:
            return self.request("GET", "/accesso/")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def request(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> tuple[int, str, str]:
        """(status, Location, page). Raises OSError or HTTPException when no answer came."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            client.request(method, path, body, headers or {})
            answer = client.getresponse()
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()
        finally:
            client.close()

    def post(self, path: str, fields: dict[str, str], *, submission: str = "", session: str = "") -> tuple[int, str, str]:
        """One form post as a browser sends it, with its submission uuid."""
        token = "a" * 32
        body = urlencode({**fields, "csrfmiddlewaretoken": token, "_submission": submission or str(uuid.uuid4())})
        cookies = f"csrftoken={token}" + (f"; sessionid={session}" if session else "")
        return self.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies})

    def files(self, pattern: str) -> list[Path]:
        return sorted(p for p in (self.folder / "media").rglob(pattern) if p.is_file())

    def mails(self) -> list[str]:
        """Who got a mail, one entry a mail."""
        text = "".join(p.read_text() for p in (self.folder / "mail").glob("*"))
        return sorted(re.findall(r"^To: (.+)$", text, re.M))

    def all_over(self) -> bool:
        return not Job.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists()

    def stop(self) -> None:
        for part in reversed(self.parts.values()):
            part.gone(0)
