"""Several machines, as local servers on several ports: two webs, two workers, two clocks, two dispatchers, a streaming replica.

F10 is in it: each of the two clocks was stopped for three days, and every period is worked once.
"""

import http.cookiejar
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from impresasolidale.runner import ROOT
from impresasolidale.runner.home import Home, manage
from impresasolidale.runner.processes import Process
from impresasolidale.runner.servers import DATABASE, OWNER, _binaries, _not_as_root, _server_environment
from tests.support.servers import wait

pytestmark = [pytest.mark.fault, pytest.mark.deep]

REPORT = "/rapporti/nuovo/monitoraggio-mensile/"
PERSON = """
import django
django.setup()
from impresasolidale.accounts.permissions import Role
from impresasolidale.core.scope import unscoped
from impresasolidale.territory.models import Ambito
from tests.factories.fixtures import make_user
with unscoped("a trial"):
    make_user(Role.COORDINATOR, Ambito.objects.get(name="Sondrio"))
"""
OLD_CLOCK = """
import sys
from datetime import timedelta
from celery.beat import PersistentScheduler
from impresasolidale.celery import app
it = PersistentScheduler(app, schedule_filename=sys.argv[1])
it.setup_schedule()
for entry in it.schedule.values():
    entry.last_run_at = app.now() - timedelta(days=3)
it.close()
"""


class Replica:
    """A streaming standby of an embedded primary, on sockets of its own."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.folder, self.sockets, self.log = folder, folder / "run", folder / "log"
        self.sockets.mkdir(parents=True)
        home.postgres._give_to_server(self.folder, self.sockets)
        self.run(
            "pg_basebackup",
            "-D",
            str(folder / "data"),
            "-h",
            str(home.postgres.sockets),
            "-U",
            "postgres",
            "-R",
            "-X",
            "stream",
            "--checkpoint=fast",
        )
        options = f"-c listen_addresses='' -c unix_socket_directories={self.sockets} -c log_statement=all -c hot_standby_feedback=on"
        self.run("pg_ctl", "-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "-o", options, "start")

    def run(self, program: str, *words: str) -> None:
        command = [*_not_as_root(), str(_binaries() / program), *words]
        done = subprocess.run(command, cwd="/", env=_server_environment(), capture_output=False, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)  # fmt: skip
        assert done.returncode == 0, done.stderr

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")


class Browser:
    """One person, who keeps their cookies whichever web answers."""

    def __init__(self) -> None:
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, port: int, path: str) -> str:
        return self.opener.open(f"http://127.0.0.1:{port}{path}", timeout=60).read().decode()

    def post(self, port: int, path: str, **fields: str) -> str:
        page = self.get(port, path)
        form = {name: value for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)} | fields
        return self.opener.open(f"http://127.0.0.1:{port}{path}", urllib.parse.urlencode(form).encode(), timeout=60).read().decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    it = Home(Path("/tmp") / f"several-{os.getpid()}")  # a short path: sockets live in it
    it.open()
    broker = it.broker()
    broker.start()
    it.postgres.start()
    try:
        broker.wait_ready(10)
        env = it.environment()
        it.migrate(env)
        manage(env, "load_reference_data", what="Riferimenti")
        subprocess.run([sys.executable, "-c", PERSON], env={**env, "DATABASE_AS_OWNER": "1"}, cwd=ROOT, check=True)
        yield it
    finally:
        it.postgres.gone(10)
        broker.gone(1)
        shutil.rmtree(it.folder, ignore_errors=True)


def test_two_of_each_work_as_one(home: Home) -> None:
    replica = Replica(home, home.folder / "replica")
    url = f"postgresql://impresa@/{DATABASE}?host={replica.sockets}"
    more = {"REPORTS_DATABASE_URL": url, "ALLOWED_HOSTS": "127.0.0.1", "MONITOR_TOKEN": "parola", "JOB_STALE_SECONDS": "20"}
    if broker := os.environ.get("SEVERAL_BROKER_URL"):  # amqp://…: the same with RabbitMQ
        more["BROKER_URL"] = broker
    env = home.environment(**more)
    ports = [free_port(), free_port()]
    celery = [sys.executable, "-m", "celery", "-A", "impresasolidale.celery"]
    parts: list[Process] = []

    def start(name: str, *command: str, ready=None) -> Process:
        part = Process(name, list(command), env=env, log=home.log(name), ready=ready, cwd=ROOT)
        part.start()
        parts.append(part)
        return part

    def owner(sql: str, *values: object) -> list[tuple]:
        with psycopg.connect(home.postgres.url(OWNER), autocommit=True) as db:
            return db.execute(sql, values).fetchall()

    def made() -> int:
        return len(owner("SELECT 1 FROM core_job WHERE name = 'reports.make' AND state = 'done' AND id <> ALL (%s)", list(before)))

    def idle() -> bool:
        return not owner("SELECT 1 FROM core_job WHERE state IN ('queued', 'running') AND run_after <= now() LIMIT 1")

    before: set[int] = set()
    try:
        for n, port in enumerate(ports):
            start(f"web{n}", sys.executable, "-m", "gunicorn", "impresasolidale.wsgi:application", "--bind", f"127.0.0.1:{port}",
                  "--preload", "--worker-class", "gthread", "--workers", "1", "--threads", "4", "--no-control-socket")  # fmt: skip
        for n in (0, 1):
            start(f"worker{n}", *celery, "worker", "-n", f"w{n}@here", "--concurrency=1", "--without-gossip", "--without-mingle")
            start(f"dispatcher{n}", sys.executable, str(ROOT / "manage.py"), "dispatch")
        wait(lambda: all(_ready(port) for port in ports), 90, "two webs")
        wait(lambda: owner("SELECT 1 FROM core_heartbeat WHERE name = 'worker' AND at > now() - interval '30 s'"), 90, "a worker")
        wait(
            lambda: not owner("SELECT 1 FROM core_job WHERE state IN ('queued', 'running') AND run_after <= now() LIMIT 1"),
            400,
            "whatever waits",
        )

        # Two clocks that stood still for three days, and now start together.
        before = {row[0] for row in owner("SELECT id FROM core_job")}
        for n in (0, 1):
            subprocess.run([sys.executable, "-c", OLD_CLOCK, str(home.folder / f"clock{n}")], env=env, cwd=ROOT, check=True)
        for n in (0, 1):
            start(f"beat{n}", *celery, "beat", "--loglevel=INFO", "--pidfile=", f"--schedule={home.folder / f'clock{n}'}")
        wait(lambda: all(home.log(f"beat{n}").read_text().count("Sending due task") >= 20 for n in (0, 1)), 90, "both clocks")
        wait(lambda: len(owner("SELECT 1 FROM core_job WHERE period IS NOT NULL AND period <> ''")) >= 20, 60, "the periods")
        wait(
            lambda: not owner("SELECT 1 FROM core_job WHERE state IN ('queued', 'running') AND run_after <= now() LIMIT 1"),
            400,
            "the night's work",
        )
        periods = Counter(
            (name, period) for name, period, pk in owner("SELECT name, period, id FROM core_job") if period and pk not in before
        )
        assert len(periods) >= 20
        assert set(periods.values()) == {1}
        failed = owner("SELECT name, error FROM core_job WHERE state = 'failed'")
        assert failed == []

        # One session, two webs; a report read on the replica.
        person = Browser()
        person.post(ports[0], "/accesso/", email="coordinator.sondrio.1@example.org", password="cavallo batteria graffetta")
        assert "Esci" in person.get(ports[1], "/rapporti/")
        asked = replica.log.read_text(errors="replace").count("statement: ") if replica.log.exists() else 0
        person.post(ports[1], REPORT, **_report(person.get(ports[1], REPORT), 1))
        wait(
            lambda: owner("SELECT 1 FROM core_job WHERE name = 'reports.make' AND state = 'done' AND id <> ALL (%s)", list(before)),
            120,
            "a report",
        )
        there = replica.log.read_text(errors="replace").count("statement: ") - asked
        assert there > 5, "the report was not read on the replica"
        told = json.loads(_get(ports[0], "/health.json", {"Authorization": "Bearer parola"}))
        assert told["checks"]["replica"]["state"] == "good"

        # A machine goes: its web, its worker, the replica. The other one works on.
        for part in [p for p in parts if p.name in {"web0", "worker0", "dispatcher0", "beat0"}]:
            part.gone(0)
            parts.remove(part)
        replica.stop()
        assert "Esci" in person.get(ports[1], "/rapporti/")
        person.post(ports[1], REPORT, **_report(person.get(ports[1], REPORT), 2))
        wait(lambda: made() >= 2, 120, "a report without the replica")
        print(f"several: {len(periods)} periods, each once; {there} statements on the replica; one machine of two lost, nothing else")
    finally:
        for part in reversed(parts):
            part.gone(0)
        if (replica.folder / "data" / "postmaster.pid").exists():
            replica.stop()


def _report(form: str, number: int) -> dict[str, str]:
    """That choice of each field of the form."""
    fields = {}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        values = [v for v in re.findall(r'<option value="([^"]*)"', options) if v]
        if values:
            fields[name] = values[min(number, len(values) - 1)]
    return fields


def _get(port: int, path: str, headers: dict[str, str] | None = None) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers or {})
    try:
        return urllib.request.urlopen(request, timeout=20).read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()


def _ready(port: int) -> bool:
    try:
        return all(json.loads(_get(port, "/readyz")).values())
    except (OSError, ValueError):
        return False
