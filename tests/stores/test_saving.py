"""Saving by several annotators at once, and while the web server is killed."""

import http.client
import itertools
import json
import threading
import time
import uuid

import pytest

from tests.stores.installation import command_of, descendants, kill
from tests.waiting import LONG, wait_for

pytestmark = pytest.mark.stores

CLIENTS = 8
SAVES = 15


class Client(threading.Thread):
    """One annotator's browser: saves spans one after the other, and resends those that were not acknowledged."""

    def __init__(self, installation, annotator):
        super().__init__()
        self.installation, self.annotator = installation, annotator
        self.acknowledged = []
        self.errors = []
        self.wanted = SAVES
        self.failures = 0

    def run(self):
        for number in itertools.count():
            if len(self.acknowledged) >= self.wanted:
                return
            change = {"id": str(uuid.uuid4()), "kind": "add_span", "span": span(number)}
            status, answer = self.save_until_answered(change)
            if status != 200 or answer["revision"] != number + 1:
                self.errors.append((status, answer))
                return
            self.acknowledged.append(change["id"])

    def save_until_answered(self, change):
        until = time.monotonic() + LONG
        while time.monotonic() < until:
            try:
                return self.save(change)
            except (OSError, http.client.HTTPException):
                self.failures += 1
                time.sleep(0.1)
        return 0, "no answer"

    def save(self, change):
        connection = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=LONG)
        body = {"base_revision": len(self.acknowledged), "sha256": self.annotator["sha256"], "changes": [change]}
        headers = {"Authorization": f"Bearer {self.annotator['token']}", "Content-Type": "application/json"}
        try:
            path = f"/api/v1/annotation-sets/{self.annotator['set']}/changes/"
            connection.request("POST", path, json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


def span(number):
    return {
        "id": str(uuid.uuid4()),
        "label": "Claim",
        "fragments": [[number % 900, number % 900 + 3]],
        "attributes": {},
        "note": "",
        "origin": "manual",
    }


@pytest.fixture(scope="module")
def site(shared_installation):
    """A running site and its annotators, eight for each test."""
    annotators = shared_installation.scene("make_annotators", 2 * CLIENTS)
    shared_installation.start("serve", "--without-worker")
    wait_for(lambda: "Ctrl-C stops it" in shared_installation.log, why=lambda: shared_installation.log)
    return shared_installation, annotators


@pytest.fixture
def installation(site):
    """The installation of the running site."""
    return site[0]


@pytest.fixture
def clients(site):
    """Eight annotators who have not saved yet."""
    installation, annotators = site
    return [Client(installation, annotators.pop()) for _ in range(CLIENTS)]


def check_nothing_is_lost(installation, clients):
    stored = installation.scene("compare_rows_and_log")
    assert [client.errors for client in clients] == [[]] * CLIENTS, installation.log
    for client in clients:
        state = stored[str(client.annotator["set"])]
        assert state["same"]
        assert state["changes"] == client.acknowledged
        assert state["revision"] == len(client.acknowledged)


def test_eight_annotators_save_at_once_without_errors(installation, clients):
    for client in clients:
        client.start()
    for client in clients:
        client.join(LONG)

    assert [client.failures for client in clients] == [0] * CLIENTS
    assert [len(client.acknowledged) for client in clients] == [SAVES] * CLIENTS
    check_nothing_is_lost(installation, clients)


def test_killed_web_server_loses_no_acknowledged_change(installation, clients):
    for client in clients:
        client.wanted = 10_000
        client.start()
    for _ in range(2):
        saved = sum(len(client.acknowledged) for client in clients)
        wait_for(lambda saved=saved: sum(len(client.acknowledged) for client in clients) > saved + 20)
        for pid in descendants(installation.processes[0].pid):
            if "web_process" in command_of(pid):
                kill(pid)
    saved = sum(len(client.acknowledged) for client in clients)
    wait_for(lambda: sum(len(client.acknowledged) for client in clients) > saved + 20, why=lambda: installation.log)
    for client in clients:
        client.wanted = 0
    for client in clients:
        client.join(LONG)

    assert sum(client.failures for client in clients) > 0
    check_nothing_is_lost(installation, clients)
