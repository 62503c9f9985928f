"""The suite speaks to its own servers and to nobody else."""

import socket

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443)])
def test_a_test_that_leaves_this_machine_fails(address):
    with socket.socket() as door:
        for knock in (door.connect, door.connect_ex):
            with pytest.raises(AssertionError, match="another machine"):
                knock(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_may_be_called(host):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection((host, server.getsockname()[1]), timeout=5) as line:
        assert line.getpeername() == server.getsockname()
