"""A durable PostgreSQL of a test's own, to restart, kill and fill; the suite's is quick, forgets, and is everybody's."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, connections

from impresasolidale.runner.servers import DATABASE, OWNER, Postgres, _binaries, _server_environment

from . import database
from .servers import children, wait

# As pg_ctl names them; the last is a machine that loses its power, but for the disk's cache.
WAYS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT, "kill -9": signal.SIGKILL}


@contextmanager
def durable_server(folder: Path, settings: Any) -> Iterator[Postgres]:
    """Django's connection, and the owner's, on a migrated database of a server in `folder`; they come back to the suite's afterwards.
    `settings` is the test's."""
    server, before = Postgres(folder), dict(connection.settings_dict)
    try:
        server.start()
        _pour(database.url_of(database.template()), server.url(OWNER))
        connections.close_all()
        settings.OWNER_DATABASE_URL = server.url(OWNER)
        connection.settings_dict |= {"NAME": DATABASE, "HOST": str(server.sockets)}
        yield server
    finally:
        connections.close_all()
        connection.settings_dict.clear()
        connection.settings_dict |= before
        server.gone(10)


def _pour(source: str, target: str) -> None:
    """What is in a database, into an empty one of another server."""
    environment = dict(_server_environment())
    taken = subprocess.Popen(
        [str(_binaries() / "pg_dump"), "--no-owner", "--no-comments", "-d", source], env=environment, stdout=subprocess.PIPE
    )
    put = [str(_binaries() / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, "-d", target]
    with taken:
        done = subprocess.run(put, env=environment, stdin=taken.stdout, stderr=subprocess.PIPE, text=True)
    assert (taken.returncode, done.returncode) == (0, 0), done.stderr


def superuser(server: Postgres) -> psycopg.Connection:
    return psycopg.connect(host=str(server.sockets), user="postgres", dbname=DATABASE, autocommit=True)


def stop(server: Postgres, how: str) -> None:
    """It is gone when this returns."""
    os.kill(int(server.pidfile.read_text().split()[0]), WAYS[how])
    wait(lambda: not server.alive(), 30, f"the end of PostgreSQL ({how})")


@contextmanager
def frozen(server: Postgres) -> Iterator[None]:
    """A machine or a disk that hangs: every process stands still, all connections stay open, nobody answers."""
    first = int(server.pidfile.read_text().split()[0])
    stopped = [first]
    os.kill(first, signal.SIGSTOP)  # it starts no more; then those it has
    try:
        for child in children(first):
            os.kill(child, signal.SIGSTOP)
            stopped.append(child)
        yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
