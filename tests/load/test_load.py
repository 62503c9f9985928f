"""./impresa load: its arithmetic on made-up journals, what it refuses, and (deep) each of its runs for some seconds."""

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stderr
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from impresasolidale.runner import ROOT, Problem
from impresasolidale.runner.home import DEFAULT
from tests.load import __main__ as program
from tests.load import scenarios
from tests.load import site as load_site
from tests.load.cast import Cast, Office
from tests.load.client import KINDS, Visitors
from tests.load.journal import Compared, Journal, Post, Served, compare, percentile
from tests.load.site import Held, Site
from tests.load.verdict import Verdict

A, B, C = (uuid.UUID(int=n) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("sent", "acknowledged", "stored", "found"),
    [
        ([A, B], [A, B], [A, B], (0, 0, 0)),
        ([A, B], [A], [A, B], (0, 0, 0)),  # stored, and the answer lost on its way
        ([A, B], [A], [A], (0, 0, 0)),
        ([A, B], [A, B], [A], (1, 0, 0)),
        ([A, B], [A, B], [A, B, B, B], (0, 2, 0)),
        ([A, B], [A], [A, C], (0, 0, 1)),
    ],
)
def test_a_journal_is_compared_with_what_is_stored(sent: Any, acknowledged: Any, stored: Any, found: tuple[int, int, int]) -> None:
    assert compare(sent=sent, acknowledged=acknowledged, stored=stored) == Compared(*found)


@pytest.mark.parametrize("found", [Compared(1, 0, 0), Compared(0, 1, 0), Compared(0, 0, 1)])
def test_what_is_lost_doubled_or_nobodys_makes_a_bad_verdict(found: Compared) -> None:
    verdict = Verdict()
    assert verdict.is_good
    verdict.add(found, "tocchi")
    assert not verdict.is_good and verdict.notes
    leaked = Verdict()
    leaked.leak(1, "pagine")
    assert not leaked.is_good
    assert not Verdict(violations=[("a balance is the sum of its legs", "account 1")]).is_good


def test_an_answer_counts_as_one_however_often_it_came() -> None:
    post = Post("tap", 1, ("p", "2026-11-18"))
    assert not post.is_acknowledged
    post.answers += [(502, ""), (303, "/presenze/"), (303, "/presenze/")]
    assert post.is_acknowledged


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (0.99, 99), (0.999, 100), (1, 100)])
def test_a_percentile_is_passed_by_no_more_than_the_rest(share: float, value: int) -> None:
    assert percentile([*range(100, 0, -1)], share) == value
    assert percentile([7.0], share) == 7.0
    assert percentile([], share) == 0.0


def test_the_longest_silence() -> None:
    journal = Journal(served=[Served("tap", at, 0.1) for at in (10.0, 12.0, 19.5, 20.0)])
    assert journal.longest_silence() == 7.5
    assert Journal().longest_silence() == 0.0


def test_growth_is_from_after_the_warm_up_to_the_end() -> None:
    held = Held([(100.0 + 10 * min(n, 2), 9) for n in range(20)])
    assert held.growth()[0] == ("memoria, MB", 120.0, 120.0)
    held.samples[-4:] = [(130.0, 9)] * 4
    assert [row[1:] for row in held.growth()] == [(120.0, 130.0), (9.0, 9.0)]
    assert Held([(1.0, 3)]).growth()[1][1:] == (3.0, 3.0)


@pytest.fixture
def resting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A web and a worker that do nothing: this process, and one beside it that ends with the test."""
    beside = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    site = Site(home=None)  # type: ignore[arg-type]
    monkeypatch.setattr(site, "_pid", {"web": os.getpid(), "worker": beside.pid}.__getitem__)
    monkeypatch.setattr(load_site, "STILL", 0.5)
    yield site
    beside.communicate(b"\n")


def verdict_on(site: Site, before: Counter[str]) -> list[str]:
    run = SimpleNamespace(site=site, wrong=[])
    run.must = lambda holds, words: None if holds else run.wrong.append(words)
    scenarios.left_open(run, before)  # type: ignore[arg-type]
    return run.wrong


def test_what_is_left_open_is_told_from_what_is_under_way(resting: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(scenarios, "jobs_are_over", lambda seconds: True)
    before = resting.files_at_rest()
    assert before["web file"] and before["worker pipe"]
    under_way = [socket.socket() for _ in range(9)]
    threading.Timer(0.4, lambda: [each.close() for each in under_way]).start()
    assert verdict_on(resting, before) == [], "requests that end are none"
    with ExitStack() as left:
        for number in range(3):
            left.enter_context((tmp_path / str(number)).open("w"))
        (words,) = verdict_on(resting, before)
        assert words.endswith("(web file +3)"), words
    assert verdict_on(resting, before) == []


def people(offices: int) -> Cast:
    some = [Office(n, 1, n, "s", "c", ["p"]) for n in range(offices)]
    return Cast(today=None, tutors=[], offices=some)  # type: ignore[arg-type]


@pytest.mark.parametrize(("offices", "large"), [(600, 3), (4, 3), (3, 3), (1, 1)])
def test_the_large_offices_get_their_share_and_no_more(offices: int, large: int) -> None:
    weights = people(offices).weights
    assert len(weights) == offices and abs(weights[-1] - (large if offices == large else 1)) < 1e-9
    if offices > large:
        assert abs(weights[large - 1] - 0.1) < 1e-9


def test_the_mix_is_the_one_that_was_asked_for() -> None:
    assert sum(KINDS.values()) == 100
    assert (KINDS["tap"], KINDS["today"] + KINDS["list"] + KINDS["detail"]) == (60, 25)
    assert (KINDS["dashboard"], KINDS["export"], KINDS["paper"]) == (10, 3, 2)
    assert KINDS.keys() == Visitors(people(1), Journal(), 0, 1).doing.keys()


def test_by_the_clock_a_request_that_waits_for_a_hand_pays_for_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one hand, ten that are due at once take longer and longer: an answer that is late is not asked for later."""
    monkeypatch.setattr(scenarios, "HANDS", 1)
    busy, most, lock = 0, 0, threading.Lock()

    def work(_item: int) -> None:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.02)
        with lock:
            busy -= 1

    took = scenarios.by_the_clock(range(40), work, rate=100_000, seed=1)
    assert len(took) == 40 and most == 4  # never fewer hands than four
    assert max(took) > 5 * min(took)


def test_by_the_clock_ends_with_its_time_and_when_it_is_told() -> None:
    began = time.monotonic()
    took = scenarios.by_the_clock(iter(int, 1), lambda _: None, rate=200, seconds=0.3, seed=1)
    assert 20 < len(took) < 200 and time.monotonic() - began < 3
    over = threading.Event()
    over.set()
    assert scenarios.by_the_clock(iter(int, 1), lambda _: None, rate=10, seed=1, over=over) == []


def test_what_a_client_raises_is_raised() -> None:
    def work(_item: int) -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        scenarios.by_the_clock(range(3), work, rate=1000, seed=1)


def test_the_demos_own_folder_is_not_loaded() -> None:
    with pytest.raises(Problem, match="una copia"):
        program.main(["mixed", f"--data-dir={DEFAULT}"])
    with redirect_stderr(io.StringIO()) as said, pytest.raises(SystemExit):
        program.main(["boh", "--data-dir=x"])
    assert "boh" in said.getvalue()


# --- Each of them, for some seconds

SLOW = "su 100 entro|volte quello da solo|della pagina minima|cresce da"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A small crowd; what a run leaves behind the next one finds, as on a copy that is used twice."""
    place = Path(tempfile.gettempdir()) / f"load-{os.getpid()}"  # a short path: sockets live in it
    words = ["--ambiti=6", "--placements=600", "--events=20000"]
    subprocess.run([sys.executable, "impresa", "seed", f"--data-dir={place}", *words], cwd=ROOT, check=True, env=_environment())
    yield place
    shutil.rmtree(place)


def _environment() -> dict[str, str]:
    """Without the tests' own servers and clock."""
    gone = {"DATABASE_URL", "OWNER_DATABASE_URL", "BROKER_URL", "DATA_DIR", "DJANGO_SETTINGS_MODULE", "CLOCK_SHIFT", "PYTHONPATH"}
    return {**{name: value for name, value in os.environ.items() if name not in gone}, "IMPRESA_SET_UP": "1"}


@pytest.mark.deep
@pytest.mark.parametrize(
    "words",
    [
        ["mixed", "--minutes=0.3", "--step=2"],
        ["spike", "--minutes=0.3", "--tutors=5"],
        ["neighbour", "--minutes=0.2", "--papers=60"],
        ["soak", "--minutes=1.8", "--every=0.4"],
        ["beside", "--minutes=0.3"],
    ],
    ids=lambda words: words[0],
)
def test_a_run_loses_nothing(folder: Path, words: list[str]) -> None:
    command = [sys.executable, "impresa", "load", *words, f"--data-dir={folder}"]
    done = subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, text=True)
    print(done.stdout, done.stderr)
    assert "persi 0, doppi 0, usciti dal loro ambito 0; invarianti violate 0" in done.stdout
    wrong = re.findall("^Non va: (.*)$", done.stdout, re.M)
    # How quick the tests' machine is says nothing: only that may fail here.
    assert [line for line in wrong if not re.search(SLOW, line)] == []
    assert done.returncode == (1 if wrong else 0), done.stderr
