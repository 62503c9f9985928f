"""The installation under load: its parts as the demo starts them, what they hold while they work, and the faults that they survive."""

import os
import shutil
import signal
import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg

from impresasolidale.runner import ROOT
from impresasolidale.runner.demo import services
from impresasolidale.runner.home import Home
from impresasolidale.runner.processes import Process
from impresasolidale.runner.servers import APPLICATION, OWNER, _ended, _wait
from tests.support.servers import children, memory_of

PARTS = ("web", "worker", "dispatcher")  # no beat: a night's work that happens to fall into a measure belongs to none
SAMPLE = 5.0  # seconds
STILL, LONGEST_REST = 4.0, 60.0  # seconds; a connection that is kept for another request is closed after two
GROWTH = 0.05


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Held:
    """What the web and the workers hold while they work, sampled: (MB, connections to the database)."""

    samples: list[tuple[float, int]] = field(default_factory=list)

    def growth(self) -> list[tuple[str, float, float]]:
        """(what, after warm-up, at the end): medians of the second and of the last fifth."""
        fifth = max(1, len(self.samples) // 5)
        first, last = self.samples[fifth : 2 * fifth] or self.samples, self.samples[-fifth:]
        names = ("memoria, MB", "collegamenti al database")
        return [(name, *(float(statistics.median(row[n] for row in part)) for part in (first, last))) for n, name in enumerate(names)]


@dataclass
class Site:
    home: Home
    port: int = 0
    parts: dict[str, Process] = field(default_factory=dict)
    died: list[str] = field(default_factory=list)  # what ended by itself and was started again
    held_back: set[str] = field(default_factory=set)  # what a fault keeps down
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def prepared(self) -> Iterator[None]:
        """Broker and database up, schema and demo in it."""
        broker = self.parts["broker"] = self.home.broker()
        try:
            broker.start()
            self.home.postgres.start()
            broker.wait_ready(10)
            env = self.home.environment()
            self.home.migrate(env)
            self.home.seed(env)
            yield
        finally:
            self._stop()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Web, worker and dispatcher too, each started again when it ends by itself."""
        self.port = self.port or free_port()
        env = self.home.environment(BASE_URL=f"http://127.0.0.1:{self.port}", ALLOWED_HOSTS="127.0.0.1,localhost")
        with self.home.static(env) as static:
            env["STATIC_ROOT"] = str(static())
        found = {part.name: part for part in services(self.home, env, f"127.0.0.1:{self.port}")}
        for name in PARTS:
            self.parts[name] = found[name]
            found[name].start()
        self.parts["web"].wait_ready()
        watch = threading.Thread(target=self._watch, daemon=True)
        watch.start()
        try:
            yield
        finally:
            self._over.set()
            watch.join()

    def start_floor(self, *, network_id: int, ambito_id: int) -> int:
        """The floor page beside, on a server like the web's; its port."""
        port = free_port()
        more = {"ALLOWED_HOSTS": "127.0.0.1", "FLOOR_NETWORK": str(network_id), "FLOOR_AMBITO": str(ambito_id)}
        web = self.parts["web"].command
        command = ["tests.load.floor:application" if word.endswith(":application") else word for word in web]
        command[command.index("--bind") + 1] = f"127.0.0.1:{port}"
        env = self.home.environment(**more)
        floor = self.parts["floor"] = Process("floor", command, env=env, log=self.home.log("floor"), ready=lambda: listens(port), cwd=ROOT)
        floor.start()
        floor.wait_ready()
        return port

    def _watch(self) -> None:
        # A child is told to end when the thread that started it does: this one lives until they are stopped.
        while not self._over.wait(0.3):
            for name, part in list(self.parts.items()):
                if name not in self.held_back and not part.alive():
                    self.died.append(name)
                    part.start()

    def _stop(self) -> None:
        self._over.set()
        for part in reversed(self.parts.values()):
            part.end()
        for part in reversed(self.parts.values()):
            part.gone(12)
        self.home.postgres.gone(20)

    # --- What it holds

    @contextmanager
    def watched(self) -> Iterator[Held]:
        held, over = Held(), threading.Event()

        def look() -> None:
            while not over.wait(SAMPLE):
                with suppress(OSError, psycopg.Error, IndexError):  # one of them was just killed
                    held.samples.append(self.sample())

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield held
        finally:
            over.set()
            thread.join()

    def sample(self) -> tuple[float, int]:
        pids = [self._pid(name) for name in ("web", "worker")]
        with psycopg.connect(self.home.postgres.url(OWNER), connect_timeout=5) as db:
            ((connections,),) = db.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [APPLICATION]).fetchall()
        return sum(map(memory_of, pids)), int(connections)

    def files_at_rest(self) -> Counter[str]:
        """What the web and the workers hold open when nobody asks anything: by part and kind, once it is the same for `STILL` seconds.

        Under load each request that is under way is an open file too, and one that waits for its turn: those say how much there was to
        do, not what was left open.
        """
        found, since, end = self._files(), time.monotonic(), time.monotonic() + LONGEST_REST
        while (now := time.monotonic()) - since < STILL and now < end:
            time.sleep(0.2)
            again = self._files()
            if again != found:
                found, since = again, time.monotonic()
        return found

    def _files(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for part in ("web", "worker"):
            top = self._pid(part)
            for pid in (top, *children(top)):
                for number in os.listdir(f"/proc/{pid}/fd"):
                    with suppress(OSError):  # it was closed meanwhile
                        target = os.readlink(f"/proc/{pid}/fd/{number}")
                        found[f"{part} {'file' if target.startswith('/') else target.partition(':')[0]}"] += 1
        return found

    def _pid(self, name: str) -> int:
        child = self.parts[name].child
        if child is None:
            raise OSError(name)
        return child.pid

    # --- Faults

    def kill_web_worker(self, number: int) -> str:
        """F1: one of the two, at once; the master starts another."""
        workers = children(self._pid("web"))
        os.kill(workers[number % len(workers)], signal.SIGKILL)
        return "F1: un processo del web ucciso"

    def restart_database(self, number: int) -> str:
        """F3: stopped in three ways, by turns, and started again."""
        how, words = ((signal.SIGINT, "fermato"), (signal.SIGQUIT, "fermato di colpo"), (signal.SIGKILL, "ucciso"))[number % 3]
        postgres = self.home.postgres
        pid = postgres._pid()
        assert pid
        os.kill(pid, how)
        _wait(partial(_ended, pid), 60)
        postgres.start()
        return f"F3: il database {words} e riacceso"

    def break_broker(self, number: int, seconds: float) -> str:
        """F4: frozen, gone, gone with what it had, by turns, for some seconds."""
        broker = self.parts["broker"]
        if number % 3 == 0:
            group = self._pid("broker")
            os.killpg(group, signal.SIGSTOP)
            time.sleep(seconds)
            os.killpg(group, signal.SIGCONT)
            return "F4: la coda congelata"
        self.held_back.add("broker")
        broker.gone(0)
        if number % 3 == 2:
            shutil.rmtree(self.home.folder / "valkey")
        time.sleep(seconds)
        fresh: Any = self.home.broker()  # makes its folder again
        self.parts["broker"] = fresh
        fresh.start()
        fresh.wait_ready(10)
        self.held_back.discard("broker")
        return f"F4: la coda {'spenta e svuotata' if number % 3 == 2 else 'spenta'}"
