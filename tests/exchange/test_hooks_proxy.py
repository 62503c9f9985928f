"""Other programs are told through the body's outgoing proxy, which opens no way to where nobody looked."""

import base64
import socket

import pytest

from impresasolidale.core import outside
from impresasolidale.exchange.models import HookNotice
from tests.support.listener import NAME, Proxy

from .test_hooks import add, happen, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def proxy(program, monkeypatch):
    """An outgoing proxy that opens a way to our program whatever it is asked for, and remembers what that was, and by whom."""
    with Proxy(lambda _target: ("127.0.0.1", program.port)) as it:
        for name in ("http_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("https_proxy", f"http://ufficio:parola%21@127.0.0.1:{it.port}")
        yield it


def found_at(monkeypatch, *addresses):
    """What the name of the program means here; none: nobody knows it."""
    whole = socket.getaddrinfo

    def look_up(host, *args, **kwargs):
        if host != NAME:
            return whole(host, *args, **kwargs)
        if not addresses:
            raise socket.gaierror("nobody")
        return [(socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.parametrize(("address", "asked"), [("93.184.216.34", "93.184.216.34:443"), ("2606:2800:21f::1", "[2606:2800:21f::1]:443")])
def test_the_proxy_is_asked_for_the_address_that_was_looked_up(access, program, proxy, running, monkeypatch, address, asked):
    """Not for the name, which may mean an inner one to it; the certificate is that of the name."""
    found_at(monkeypatch, address)
    add(access, program, url=f"https://{NAME}/x")
    happen(running, access)
    work()
    assert HookNotice.objects.get().outcome == "sent" and program.heard[0][1]["host"] == NAME
    assert proxy.asked == [asked] and proxy.keys == ["Basic " + base64.b64encode(b"ufficio:parola!").decode()]


@pytest.mark.parametrize(("addresses", "fault"), [(["93.184.216.34", "10.0.0.7"], "inside"), (["127.0.0.1"], "inside"), ([], "name")])
def test_the_proxy_opens_no_way_inside_nor_to_a_name_that_was_not_looked_up(access, program, proxy, running, monkeypatch, addresses, fault):
    found_at(monkeypatch, *addresses)
    add(access, program, url=f"https://{NAME}/")
    happen(running, access)
    work()
    assert HookNotice.objects.get().fault == fault and proxy.asked == [] and not program.heard


def test_a_host_that_the_installation_allows_is_asked_for_by_name(access, program, proxy, running, monkeypatch, settings):
    """For an office that looks up no name of the open network."""
    settings.HOOK_HOSTS = [NAME]
    found_at(monkeypatch)
    add(access, program, url=f"https://{NAME}/")
    happen(running, access)
    work()
    assert HookNotice.objects.get().outcome == "sent" and proxy.asked == [f"{NAME}:443"]


def test_who_stands_in_no_proxy_is_called_without_it(access, program, proxy, running, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    add(access, program)
    happen(running, access)
    work()
    assert HookNotice.objects.get().outcome == "sent" and proxy.asked == []


@pytest.mark.parametrize(("how", "fault"), [("no", "closed"), ("silent", "silent")])
def test_a_proxy_that_says_no_or_nothing_is_a_call_that_did_not_arrive(access, program, proxy, running, monkeypatch, how, fault):
    monkeypatch.setattr(outside.post_to, "__kwdefaults__", {**outside.post_to.__kwdefaults__, "timeout": 1.0})
    proxy.way = how
    found_at(monkeypatch, "93.184.216.34")
    add(access, program, url=f"https://{NAME}/")
    happen(running, access)
    work()
    assert HookNotice.objects.get().fault == fault and not program.heard
