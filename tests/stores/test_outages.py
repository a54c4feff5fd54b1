"""The site while PostgreSQL or Redis is stopped: documents for programs, one line in the log, and it recovers."""

import http.client
import json
import os
import shlex
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis

from tests.stores.installation import Installation
from tests.waiting import LONG, is_running, wait_for
from tools.services.postgresql import find_binaries, running_postgresql
from tools.services.processes import start_server, stop_group
from tools.services.redis_server import running_redis

pytestmark = [pytest.mark.stores, pytest.mark.servers]


class Servers:
    """PostgreSQL and Redis of one test, which it may stop."""

    def __init__(self, database: str, broker: str, folder: Path) -> None:
        self.database, self.broker, self._folder = database, broker, folder
        data = folder / "postgresql/data/postmaster.pid"
        self._pid = int(data.read_text().split()[0])
        command = Path(f"/proc/{self._pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
        self._command = [word.decode() for word in command]
        self.process = None

    def stop_database(self):
        os.kill(self._pid, signal.SIGINT)
        wait_for(lambda: not is_running(self._pid))

    def start_database(self):
        log = self._folder / "postgresql.log"
        self.process = start_server(self._command, home=self._folder / "postgresql", log=log)

    def stop_broker(self):
        with redis.Redis.from_url(self.broker) as client:
            client.shutdown(nosave=True)


@pytest.fixture
def servers(monkeypatch):
    """Servers that belong to this test alone."""
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.delenv("TEST_REDIS_URL", raising=False)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # PostgreSQL does not run as root; its user has to reach the folder.
        folder.chmod(0o755)
        with running_postgresql(folder) as database, running_redis(folder) as broker:
            servers = Servers(database, broker, folder)
            yield servers
            if servers.process:
                stop_group(servers.process)


@pytest.fixture
def site(servers, tmp_path):
    """A running site on these servers, with a lead; yields the installation and the token of the lead."""
    installation = Installation(tmp_path / "var")
    dump = find_binaries() / "pg_dump"
    tables, target = shlex.quote(installation.environment["DATABASE_URL"]), shlex.quote(servers.database)
    copy = f"{dump} --no-owner {tables} | {dump.with_name('psql')} -q -v ON_ERROR_STOP=1 {target}"
    subprocess.run(["bash", "-o", "pipefail", "-c", copy], check=True, stdout=subprocess.DEVNULL)
    installation.environment |= {"DATABASE_URL": servers.database, "REDIS_URL": servers.broker}
    token = installation.scene("token_of_a_lead", "news")
    installation.start("serve", "--without-worker")
    wait_for(lambda: "Ctrl-C stops it" in installation.log, why=lambda: installation.log)
    yield installation, token
    installation.close()


def test_stopped_servers_give_documents_and_one_line_each(servers, site):
    installation, token = site

    def ask(path, method="GET", body=None, **more):
        connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=LONG)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | more
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response, content

    def failing_checks():
        response, content = ask("/healthz/ready/")
        assert response.status == 503
        return {name for name, check in json.loads(content)["checks"].items() if check["status"] != "ok"}

    assert ask("/api/v1/projects/")[0].status == 200
    servers.stop_broker()
    assert ask("/healthz/live/")[0].status == 200
    assert failing_checks() == {"broker", "worker"}
    response, content = ask("/api/v1/projects/news/exports/", "POST", b"{}")
    assert response.status in (201, 202), content
    assert ask("/api/v1/projects/")[0].status == 200
    assert installation.log.count("no worker was notified") == 1

    servers.stop_database()
    before = len(installation.log.splitlines())
    assert ask("/healthz/live/")[0].status == 200
    response, content = ask("/api/v1/projects/")
    document = json.loads(content)
    assert (response.status, document["code"]) == (503, "unavailable")
    assert (response.headers["Content-Type"], response.headers["Retry-After"]) == ("application/problem+json", "5")
    response, content = ask("/", Cookie="sessionid=of-a-browser")
    assert (response.status, response.headers["Retry-After"], b"<h1" in content) == (503, "5", True)
    lines = installation.log.splitlines()[before:]
    assert [sign in line for sign, line in zip(("GET /api/v1/projects/: ", "GET /: "), lines, strict=True)] == [
        True,
        True,
    ]
    assert {"database", "broker"} <= failing_checks()

    servers.start_database()
    wait_for(lambda: _answers(servers.database))
    assert ask("/api/v1/projects/")[0].status == 200
    assert "Traceback" not in installation.log


def _answers(url):
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
