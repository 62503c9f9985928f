"""The strictest reviewer: real PostgreSQL as the application role, a client that reads every page it gets, no forgiveness for warnings."""

import gc
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck, settings

from tests.support import clock, database, guards

clock.start()  # before any test module asks for the day
# Only fault tests may assert seconds.
settings.register_profile("house", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

pytest_plugins = ["tests.factories.fixtures", "tests.support.proofs"]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Who hands the tests out to others makes the template while they read them: else all but one would wait for it."""
    if getattr(session.config.option, "numprocesses", None):
        threading.Thread(target=database.template, daemon=True).start()


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector leaves it aside, and looks through the rest more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def _stay_home() -> Iterator[None]:
    """No test leaves this machine: a socket connects to a file or to loopback."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _at_home(getattr(socket.socket, name)))
        yield


@pytest.fixture(scope="session", autouse=True)
def _strict_orm() -> Iterator[None]:
    with guards.strict_orm():
        yield


def _at_home(connect: Callable[..., Any]) -> Callable[..., Any]:
    def knock(door: socket.socket, address: Any) -> Any:
        if door.family != socket.AF_UNIX:
            host = address[0]
            assert host == "localhost" or host.startswith("127.") or host == "::1", f"a test called another machine: {host}"
        return connect(door, address)

    return knock


COPIES: dict[str, database.Copy] = {}  # the one of this process, by its name


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    from django.db import connections

    name = f"impresa_test_{os.getpid()}"
    with django_db_blocker.unblock():
        COPIES[name] = database.Copy(name)
        connection = connections["default"]
        connection.close()
        connection.settings_dict["NAME"] = name
        os.environ["TEST_DATABASE"] = name
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        database.drop(name)


def _as_it_was(self: TransactionTestCase) -> None:
    from django.db import connections

    name = connections["default"].settings_dict["NAME"]
    connections.close_all()
    COPIES[name].restore()


TransactionTestCase._fixture_teardown = _as_it_was  # type: ignore[method-assign]


class ReadingClient(Client):
    """A browser that complains: inline script or style, unrendered tags, forms without their tokens."""

    def request(self, **request: Any) -> Any:
        response = super().request(**request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            complain(response.content.decode(), path=request.get("PATH_INFO", ""))
        return response


def complain(html: str, *, path: str) -> None:
    """Fail on what no page may contain."""
    assert "{{" not in html and "{%" not in html, f"{path}: unrendered template tags"
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", html), f"{path}: inline script"
    assert not re.search(r"<[^>]+\s(?:on[a-z]+|style)=[\"']", html), f"{path}: inline handler or style"
    for form in re.findall(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", html, re.S | re.I):
        assert "csrfmiddlewaretoken" in form, f"{path}: a POST form without CSRF token"
        assert "_submission" in form, f"{path}: a POST form without submission uuid"


@pytest.fixture
def client() -> ReadingClient:
    return ReadingClient()


@pytest.fixture
def signed_in() -> Callable[[Any], ReadingClient]:
    """signed_in(user) → a client with that user's session."""

    def sign_in(user: Any) -> ReadingClient:
        client = ReadingClient()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
