"""The port is taken first; a failure is one line."""

import socket

import pytest

from annotator.site.serving import launch
from tests.waiting import LONG


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_in_use_is_refused(taken):
    with pytest.raises(launch.PortUnusable) as refused:
        launch.listen("127.0.0.1", taken)

    assert refused.value.detail == f"Port {taken} is in use. Stop the program that uses it, or set PORT."


def test_a_foreign_address_is_refused():
    with pytest.raises(launch.PortUnusable, match="Set PORT to another"):
        launch.listen("203.0.113.7", 8000)


def test_early_connections_wait():
    with (
        launch.listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname(), timeout=LONG) as visitor,
    ):
        visitor.sendall(b"early")
        served, _ = listener.accept()
        with served:
            assert served.recv(5) == b"early"


@pytest.mark.parametrize(
    ("hosts", "host"),
    [
        (["localhost", "127.0.0.1", "[::1]"], "127.0.0.1"),
        (["annotate.example.org", "localhost"], "0.0.0.0"),
        (["*"], "0.0.0.0"),
    ],
)
def test_other_machines_need_an_allowed_host(hosts, host):
    assert launch.host_for(hosts) == host
