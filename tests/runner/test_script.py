"""./impresa as a newcomer meets it: its refusals are one clear line and leave nothing behind."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from impresasolidale.runner import ROOT, Problem
from impresasolidale.runner.commands import READY, parse
from impresasolidale.runner.demo import require_free_port
from impresasolidale.runner.home import Home
from impresasolidale.runner.suite import FAULTS, rounds


def impresa(*words: str) -> subprocess.CompletedProcess[str]:
    """The script on .venv's Python, the set-up taken as done."""
    env = {**os.environ, READY: "1"}
    return subprocess.run([sys.executable, str(ROOT / "impresa"), *words], env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("words", [["boh"], ["demo", "--boh"], ["demo", "--port", "99999"], ["demo", "--port", "x"], ["check", "altro"]])
def test_what_is_not_understood_is_told_with_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parse(words)
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith("Uso: ./impresa")


def test_words_for_others_are_passed_on_in_their_order() -> None:
    args, rest = parse(["test", "--deep", "-k", "pdf", "tests/core", "-x"])
    assert args.deep
    assert not args.strict
    assert rest == ["-k", "pdf", "tests/core", "-x"]
    assert parse(["manage", "migrate", "--help"])[1] == ["migrate", "--help"]


@pytest.mark.parametrize("version", [(3, 7, 17), (3, 10, 12), (3, 14, 0)])
def test_a_wrong_python_is_told_in_one_line(version: tuple[int, ...]) -> None:
    code = f"import runpy, sys; sys.version_info = {version}; runpy.run_path({str(ROOT / 'impresa')!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Serve Python da 3.11 a 3.13")
    assert done.stderr.count("\n") == 1


def test_a_taken_port_starts_nothing(taken: int, tmp_path: Path) -> None:
    done = impresa("demo", "--port", str(taken), "--data-dir", str(tmp_path / "dati"))
    assert done.returncode == 1
    assert done.stderr == f"La porta {taken} su 127.0.0.1 è già occupata. Scegline un'altra con --port.\n"
    assert not (tmp_path / "dati").exists()


def test_a_free_port_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    require_free_port("127.0.0.1", port)


def test_reset_does_not_touch_a_folder_that_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "tesi.odt").write_text("anni di lavoro")
    done = impresa("demo", "--port", "18999", "--reset", "--data-dir", str(tmp_path))
    assert done.returncode == 1
    assert "non la tocco" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["tesi.odt"]


def test_secrets_are_private_and_stay_the_same(tmp_path: Path) -> None:
    home = Home(tmp_path / "dati")
    home.open()
    file = tmp_path / "dati" / "env"
    first = file.read_text()
    home.open()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == first
    assert {line.split("=")[0] for line in first.splitlines()} == {"SECRET_KEY", "FIELD_KEYS", "LOOKUP_KEY"}


def test_one_demo_a_folder(tmp_path: Path) -> None:
    one, two = Home(tmp_path / "dati"), Home(tmp_path / "dati")
    one.open()
    two.open()
    assert one.claim()
    assert not two.claim()
    one.release()
    assert two.claim()
    two.release()


def test_data_that_cannot_be_brought_up_to_date_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "django.db.migrations.exceptions.InconsistentMigrationHistory: Migration a.0002 is applied before its dependency b.0002"

    def refuse(*args: object, **words: object) -> None:
        raise Problem(said)

    monkeypatch.setattr("impresasolidale.runner.home.manage", refuse)
    home = Home(tmp_path / "dati")
    home.open()
    with pytest.raises(Problem, match=r"versione di prova.*--reset"):
        home.migrate({})
    said = "Preparazione del database: non riuscito (codice 1)."
    with pytest.raises(Problem, match="codice 1"):
        home.migrate({})
    assert not (tmp_path / "dati" / "pg" / "schema").exists()


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("impresasolidale.runner.home.SPACE", 10**9)
    with pytest.raises(Problem, match="quasi pieno"):
        Home(tmp_path / "dati").open()


def test_the_demo_does_not_write_to_a_real_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "EMAIL_URL", "STORAGE_URL", "PGHOST"):
        monkeypatch.setenv(name, "real")
    home = Home(tmp_path / "dati")
    home.open()
    assert "real" not in home.environment().values()


def test_the_whole_tier_runs_side_by_side_and_what_asserts_seconds_alone() -> None:
    """Every test of the tier is in exactly one round; what somebody asks for runs as asked."""
    beside, browser, alone = rounds(False, [])
    assert beside == ["-m", "not deep and not fault", "--ignore=tests/browser", "-n", "2", "--dist", "worksteal"]
    assert browser == ["tests/browser", "-m", "not deep", "-n", "2", "--dist", "loadfile"]
    assert alone == [*FAULTS, "-m", "not deep and fault"]
    marked = {path for path in ROOT.glob("tests/**/*.py") if "mark." + "fault" in path.read_text()}
    assert marked and all(any(path.is_relative_to(ROOT / folder) for folder in FAULTS) for path in marked)
    assert rounds(False, ["tests/core"]) == [["-m", "not deep", "tests/core"]]
    assert rounds(True, []) == [[]]
