"""A server that takes a question and never answers is not waited for for ever.

A machine that is stopped, or a disk that hangs, keeps its connections open and says nothing. No `statement_timeout` ends that, for it is
the server's own, and no TCP option, for the kernel still acknowledges, and a unix socket knows none. So who has waited for `DATABASE_WAIT`
seconds knocks on another door: where nobody opens a new connection within its `connect_timeout` the server is away, and the one that
waits fails as if it had been cut. A server that opens is only slow, and is waited for further.
"""

import time
from collections.abc import Generator
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base

STILL_THERE = "the database takes questions and does not answer"


class Connection(psycopg.Connection[Any]):
    """`wait` is where psycopg waits for the server, whatever it asked."""

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
        return super().wait(self._listening(gen), *args, **kwargs)

    def _listening(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """`gen`, which is told several times a second when nothing came (a false value), but for the silence that is too long."""
        heard = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                came = yield wanted
                now = time.monotonic()
                if came:
                    heard = now
                elif now - heard > settings.DATABASE_WAIT:
                    self._knock()
                    heard = time.monotonic()
                wanted = gen.send(came)
        except StopIteration as end:
            return end.value

    def _knock(self) -> None:
        try:
            psycopg.connect(self.info.dsn, password=self.info.password or None).close()
        except psycopg.errors.ConnectionTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError(STILL_THERE) from None
        except psycopg.OperationalError:
            pass  # it answers: it takes no more, or is about to stop, and then this one ends by itself


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.__class__ = Connection  # Django calls psycopg.connect, which makes none of a class of ours
        return connection
