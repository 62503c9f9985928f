"""Child processes: each in a group of its own, watched, ended in order. None outlives this process, even after kill -9."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Protocol

from . import Problem, say

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
RESTARTS = 5  # of one service, within RESTART_WINDOW seconds; the next death stops everything
RESTART_WINDOW = 60
LOG_LIMIT = 5 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Stopped(BaseException):
    """Raised in the main thread by the first SIGINT, SIGTERM or SIGHUP; the ones after it are ignored: stopping is bounded in time."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Inside, the first signal raises Stopped; cleaning up in `finally` is not disturbed by a second one."""

    def stop(signum: int, frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    # A signal that is ignored on arrival stays so (nohup), but for SIGINT, which shells ignore for every background job.
    watched = [s for s in SIGNALS if s == signal.SIGINT or signal.getsignal(s) != signal.SIG_IGN]
    before = {each: signal.signal(each, stop) for each in watched}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold the signals back for a short piece of work that must not be cut in two."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def unblock() -> None:
    """In a child before exec: it inherits neither held nor ignored signals from us."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _spawn(command: Sequence[str], *, own_group: bool, **kwargs: object) -> subprocess.Popen[bytes]:
    """Start a child that gets SIGTERM when this process dies, however it dies."""
    parent = os.getpid()

    def in_child() -> None:
        unblock()
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return subprocess.Popen(command, preexec_fn=in_child, start_new_session=own_group, **kwargs)  # type: ignore[call-overload]


def run(command: Sequence[str], *, env: Mapping[str, str], what: str, cwd: Path | None = None) -> None:
    """Run to the end in silence; a failure shows its last lines and is a Problem."""
    with begun(command, env=env, cwd=cwd) as end:
        end(what=what)


class Ending(Protocol):
    def __call__(self, *, what: str) -> None: ...


@contextmanager
def begun(command: Sequence[str], *, env: Mapping[str, str], cwd: Path | None = None) -> Iterator[Ending]:
    """It runs beside us inside the block; what is given waits for its end as `run` does. Whoever leaves the block without waiting ends it.
    It says little: nobody reads until then."""
    child = _spawn(command, own_group=True, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def end(*, what: str) -> None:
        output, _ = child.communicate()
        if child.returncode:
            raise Problem(f"{what}: non riuscito (codice {child.returncode}).\n{_tail(output.decode(errors='replace'))}")

    with child:  # closes what it says
        try:
            yield end
        finally:
            if child.returncode is None:
                _end_group(child)


def foreground(command: Sequence[str], *, env: Mapping[str, str], cwd: Path | None = None) -> int:
    """Run with our terminal; signals that reach us are passed on; returns its exit code (128 + n for signal n)."""
    received: list[int] = []

    def pass_on(signum: int, frame: FrameType | None) -> None:
        received.append(signum)
        if child and signum != signal.SIGINT:  # the terminal sent Ctrl-C to the child as well
            child.send_signal(signum)

    child: subprocess.Popen[bytes] | None = None
    before = {each: signal.signal(each, pass_on) for each in SIGNALS}
    try:
        if not received:
            child = _spawn(command, own_group=False, env=env, cwd=cwd)
            code = child.wait()
            return code if code >= 0 else 128 - code
        return 128 + received[0]
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class Service(Protocol):
    """What the supervisor watches."""

    name: str

    def start(self) -> None: ...
    def alive(self) -> bool: ...
    def end(self) -> None:
        """Ask it to end; does not wait."""

    def gone(self, grace: float) -> None:
        """Wait at most `grace` seconds, then force it."""


class Process:
    """A child that runs as long as we do; output goes to a log file. `ready` says when it serves."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        log: Path,
        ready: Callable[[], bool] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.name, self.command, self.env, self.log, self.ready, self.cwd = name, command, env, log, ready, cwd
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.gone(0)  # started again: nothing of the one before stays
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        with undisturbed(), self.log.open("ab") as log:  # a child started must be a child we know of
            self.child = _spawn(
                self.command, own_group=True, env=self.env, cwd=self.cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )

    def alive(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def wait_ready(self, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not (self.alive() and self.ready is not None and self.ready()):
            if not self.alive() or time.monotonic() > end:
                raise Problem(f"{self.name} non parte. Le ultime righe di {self.log}:\n{_tail(self.log.read_text(errors='replace'))}")
            time.sleep(0.02)

    def end(self) -> None:
        if self.child and self.alive():
            self.child.terminate()

    def gone(self, grace: float) -> None:
        if self.child:
            with suppress(subprocess.TimeoutExpired):
                self.child.wait(max(grace, 0))
            _end_group(self.child)
            self.child = None


class Supervisor:
    """Services in their order of start; the first two, on which the others stand, are the last to stop.

    What dies is started again, a bounded number of times.
    """

    def __init__(self) -> None:
        self.services: list[Service] = []
        self.deaths: dict[str, list[float]] = {}

    def start(self, *services: Service) -> None:
        for service in services:
            self.services.append(service)  # first: a start cut short is cleaned up too
            service.start()

    def watch(self) -> None:
        """Until a signal raises Stopped, or a service dies too often: Problem."""
        while True:
            for service in self.services:
                if not service.alive():
                    self._revive(service)
            time.sleep(0.3)

    def _revive(self, service: Service) -> None:
        now = time.monotonic()
        recent = [t for t in self.deaths.get(service.name, []) if now - t < RESTART_WINDOW]
        if len(recent) >= RESTARTS:
            raise Problem(f"{service.name} continua a fermarsi: mi fermo anch'io. I registri dicono perché.")
        self.deaths[service.name] = [*recent, now]
        say(f"{service.name} si è fermato: lo riavvio ({len(recent) + 1} di {RESTARTS}).")
        time.sleep(0.2 * len(recent))
        service.start()

    def stop(self, grace: float = 12) -> None:
        """End everything, in `grace` seconds for those above and as much for each of the two below."""
        with undisturbed():
            below, above = self.services[:2], self.services[2:]
            for group in (above, *([service] for service in below)):
                for service in group:
                    service.end()
                end = time.monotonic() + grace
                for service in group:
                    service.gone(end - time.monotonic())
            self.services.clear()


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a child's group, and reap the child."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _tail(text: str, lines: int = 15) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])
