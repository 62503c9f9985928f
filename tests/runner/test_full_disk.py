"""A disk that fills up in the middle of a start: one clear line, nothing left running, and the next start goes on from there."""

import json
import os
import socket
import subprocess
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from impresasolidale.runner import Problem, demo, installation, telling_full_disk
from impresasolidale.runner.home import Home


def mount(*words: str) -> bool:
    return os.geteuid() == 0 and subprocess.run(["mount", *words], capture_output=True).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB: a database cluster alone wants twice as much."""
    folder = tmp_path / "disco"
    folder.mkdir()
    if not mount("-t", "tmpfs", "-o", "size=24m,mode=755", "tmpfs", str(folder)):
        pytest.skip("only root, where it may mount, makes a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def processes_about(words: str) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if words in line and entry.parent.name != str(os.getpid()):
            found.append(line)
    return found


@pytest.mark.fault
def test_a_disk_that_fills_up_while_the_cluster_is_made(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("impresasolidale.runner.home.SPACE", 1)
    data = small_disk / "dati"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Problem) as told:
        demo.run(Namespace(host="127.0.0.1", port=port, data_dir=data, reset=False, today=None))
    assert str(told.value) == f"Il disco è pieno: libera un po' di spazio per {data} e riprova."
    assert processes_about(str(data)) == []

    assert mount("-o", "remount,size=256m", str(small_disk))
    home = Home(data)
    home.open()
    assert home.claim()  # the lock was given back
    with home.database():
        assert home.postgres.alive()
    home.release()
    assert processes_about(str(data)) == []


@pytest.mark.parametrize(
    "error", [Problem("Dati di prova: non riuscito (codice 1).\nOSError: [Errno 28] No space left on device"), OSError(28, os.strerror(28))]
)
def test_whoever_notices_it_the_same_line_is_told(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(Problem, match=r"^Il disco è pieno: libera un po' di spazio per .* e riprova\.$"), telling_full_disk(tmp_path):
        raise error


def test_another_problem_keeps_its_words(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"^La porta è occupata\.$"), telling_full_disk(tmp_path):
        raise Problem("La porta è occupata.")


@pytest.mark.parametrize(("state", "again"), [({"set": "demo", "digest": ""}, True), ({"set": "demo", "digest": "older"}, False)])
def test_libraries_cut_short_are_all_taken_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: dict[str, str], again: bool
) -> None:
    """A package that was half written says that it is there: uv and pip would leave it so."""
    steps: list[list[str]] = []

    def keep(command: list[str], env: object) -> bool:
        steps.append(command)
        return True

    monkeypatch.setattr(installation, "STATE", tmp_path / "impresa.json")
    monkeypatch.setattr(installation, "VENV", tmp_path)
    monkeypatch.setattr(installation, "SPACE", {"demo": 0})
    monkeypatch.setattr(installation, "_venv_works", lambda: True)
    monkeypatch.setattr(installation, "_quietly", keep)
    installation.STATE.write_text(json.dumps(state))
    installation._requirements("demo")
    assert ["--force-reinstall" in steps[0], "--reinstall" in steps[1]] == [again, again]
    assert installation._state() != state
