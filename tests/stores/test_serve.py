"""`serve` as operators use it: it starts, restarts web server and worker, and leaves no process behind."""

import http.client
import os
import signal
import socket

import pytest

from tests.stores.installation import command_of, descendants, kill
from tests.waiting import LONG, wait_for

pytestmark = [pytest.mark.stores, pytest.mark.servers]


def answer_status(installation, path="/healthz/ready/"):
    """Return the status of the response, None without one."""
    connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=LONG)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def wait_until_ready(installation):
    """Wait until all checks pass: a worker reports itself a moment after it has started."""
    wait_for(lambda: answer_status(installation) == 200, why=lambda: installation.log)


def pids_of(site, words):
    return [pid for pid in descendants(site.pid) if words in command_of(pid)]


def wait_until_up(installation):
    wait_for(lambda: "Ctrl-C stops it" in installation.log, why=lambda: installation.log)
    wait_for(lambda: "The worker is ready" in installation.log, why=lambda: installation.log)


@pytest.fixture
def site(installation):
    """A running site with its worker ready."""
    process = installation.start("serve")
    wait_until_up(installation)
    return process


def test_site_restarts_killed_processes_and_stops_completely(installation, site):
    wait_until_ready(installation)
    for words in ("web_process", "run_worker"):
        before = pids_of(site, words)
        assert before
        for pid in before:
            kill(pid)
        wait_for(
            lambda words=words, before=before: set(pids_of(site, words)) - set(before), why=lambda: installation.log
        )
    # The port was held all the time, so that connections wait instead of being refused.
    wait_until_ready(installation)
    job = installation.scene("start_slow_job", 1)
    wait_for(lambda: installation.rows(f"SELECT state FROM jobs_job WHERE id = {job}") == [("done",)])
    children = descendants(site.pid)

    os.kill(site.pid, signal.SIGINT)

    assert site.wait(LONG) == 0
    assert [command_of(pid) for pid in children if command_of(pid)] == []
    assert answer_status(installation) is None
    assert "The web server ended (killed by SIGKILL) and is restarted." in installation.log
    assert "The worker ended (killed by SIGKILL) and is restarted." in installation.log
    assert installation.log.endswith("Stopped.\n")


def test_new_site_says_how_to_create_an_account_and_no_child_outlives_the_supervisor(installation, site):
    assert "create_user" in installation.log
    children = descendants(site.pid)

    kill(site.pid)
    site.wait()

    wait_for(lambda: not any(command_of(pid) for pid in children), why=lambda: str(children))
    assert answer_status(installation) is None


def test_port_in_use_is_reported_in_one_line(installation):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        site = installation.start("serve")

        assert site.wait(LONG) == 1
    assert (
        installation.log
        == f"CommandError: Port {installation.port} is in use. Stop the program that uses it, or set PORT.\n"
    )
