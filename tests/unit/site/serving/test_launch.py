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


def test_early_connections_wait():
    with (
        launch.listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname(), timeout=LONG) as visitor,
    ):
        visitor.sendall(b"early")
        served, _ = listener.accept()
        with served:
            assert served.recv(5) == b"early"


def test_address_of_another_machine_names_the_setting():
    with pytest.raises(launch.PortUnusable, match="Correct BIND"):
        launch.listen("203.0.113.7", 0)


def test_site_listens_on_this_machine_unless_configured_otherwise(settings):
    assert settings.BIND == "127.0.0.1"
    settings.PORT, settings.ALLOWED_HOSTS = 0, ["annotate.example.org"]
    with launch.take_port() as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
    settings.BIND = "0.0.0.0"
    with launch.take_port() as listener:
        assert listener.getsockname()[0] == "0.0.0.0"
