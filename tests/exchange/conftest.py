"""A program that is told, an office that asks for it, and a placement that gives it something to hear."""

import pytest

from tests.factories.attendance import make_host, make_running_placement, make_tutor
from tests.support.listener import Listener


@pytest.fixture
def program(tmp_path, monkeypatch, settings):
    """A program that listens, whose certificate is trusted, on a host that the installation allows."""
    listener = Listener(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(listener.certificate))
    settings.HOOK_HOSTS = [f"127.0.0.1:{listener.port}"]
    yield listener
    listener.close()


@pytest.fixture
def access(within, coordinator):
    return within(coordinator)


@pytest.fixture
def office(signed_in, coordinator, access):
    return signed_in(coordinator)


@pytest.fixture
def running(sondrio):
    company = make_host(sondrio)
    return make_running_placement(sondrio, make_tutor(sondrio, company)[0], company)
