"""Processes are killed a hundred times while people save and jobs run: nothing that was acknowledged is lost.

Web process, worker, Redis, a process of PostgreSQL and the program of an annotator are killed in turns with `kill -9`,
on real PostgreSQL and Redis. `KILLS` sets another number, `SLOWEST_SAVE` the longest a save may take, in seconds,
retries included: the default is for a machine without other work.
"""

import http.client
import itertools
import json
import os
import subprocess
import tempfile
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.soak.lead import Lead
from tests.stores.installation import Installation, command_of, descendants, kill
from tests.stores.test_saving import span
from tests.waiting import LONG, wait_for
from tools.services.postgresql import running_postgresql
from tools.services.processes import start_server, stop_group
from tools.services.redis_server import running_redis

pytestmark = pytest.mark.soak

KILLS = int(os.environ.get("KILLS", "100"))
SLOWEST_SAVE = float(os.environ.get("SLOWEST_SAVE", "10"))
ANNOTATORS = 6
SAVES_BETWEEN = 12
DOCUMENTS = 150
MOST_UNFINISHED = 6
UNFINISHED = "SELECT id FROM jobs_job WHERE state NOT IN ('done', 'failed', 'cancelled')"
WORK = {
    name: {"spans": [{"id": "s1", "label": "Claim", "fragments": [[start, 18]], "attributes": {}}]}
    for name, start in (("ada", 4), ("ben", 8))
}


class Annotator(threading.Thread):
    """A browser that saves one span after the other and sends again what was not acknowledged, under the same id."""

    def __init__(self, port: int, person) -> None:
        super().__init__(daemon=True)
        self._port, self.person = port, person
        self.acknowledged: list[str] = []
        self.wrong: list[object] = []
        self.slowest = 0.0
        self.ended: list[tuple[float, float]] = []
        self.stopped = threading.Event()
        self.killed = threading.Event()
        self.kills = 0

    def run(self) -> None:
        """Save until stopped."""
        for number in itertools.count():
            if self.stopped.is_set():
                return
            change = {"id": str(uuid.uuid4()), "kind": "add_span", "span": span(number)}
            began = time.monotonic()
            status, answer = self._save(change)
            took = time.monotonic() - began
            self.ended.append((time.monotonic(), took))
            self.slowest = max(self.slowest, took)
            if status != 200:
                self.wrong.append((status, answer))
                return
            self.acknowledged.append(change["id"])

    def _save(self, change):
        until = time.monotonic() + LONG
        while time.monotonic() < until:
            try:
                status, answer = self._send(change)
            except (OSError, http.client.HTTPException):
                status, answer = 0, "no answer"
            if status not in (0, 503):
                return status, answer
            time.sleep(0.1)
        return status, answer

    def _send(self, change):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=LONG)
        body = {"base_revision": len(self.acknowledged), "sha256": self.person["sha256"], "changes": [change]}
        headers = {"Authorization": f"Bearer {self.person['token']}", "Content-Type": "application/json"}
        try:
            path = f"/api/v1/annotation-sets/{self.person['set']}/changes/"
            connection.request("POST", path, json.dumps(body), headers)
            if self.killed.is_set():
                # The browser ends before the answer comes; opened again, it sends what it has kept.
                self.killed.clear()
                self.kills += 1
                raise ConnectionAbortedError
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


class Site:
    """A running site on servers of its own, and what can be killed of it."""

    def __init__(self, installation: Installation, database: str, broker: str, folder: Path) -> None:
        self.installation, self._database, self._broker, self._folder = installation, database, broker, folder
        self._web = installation.start("serve")
        self._replaced: list[subprocess.Popen[bytes]] = []

    def kill_web(self) -> None:
        """Kill one of the web processes."""
        kill(next(pid for pid in descendants(self._web.pid) if "web_process" in command_of(pid)))

    def kill_worker(self) -> None:
        """Kill the worker with all its processes; the lease of its jobs ends at once, as it would after a minute."""
        # A job is given up when its process was killed three times; the next attempt of each may end.
        wait_for(lambda: not self.query("SELECT 1 FROM jobs_job WHERE state = 'running' AND attempt > 1"))
        for pid in descendants(self._web.pid):
            if "run_worker" in command_of(pid):
                kill(pid)
        self.query("UPDATE jobs_job SET lease_until = now() WHERE state = 'running' RETURNING id")

    def kill_redis(self) -> None:
        """Kill Redis, and start it again, empty, as a service manager does."""
        port = urlsplit(self._broker).port
        processes = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
        kill(next(pid for pid in processes if f"redis-server 127.0.0.1:{port}" in command_of(pid)))
        time.sleep(0.3)
        home = self._folder / "redis"
        command = f"redis-server --port {port} --bind 127.0.0.1 --appendonly no --dir {home} --save".split()
        self._replaced.append(start_server([*command, ""], home=home, log=self._folder / "redis.log"))

    def kill_postgresql(self) -> None:
        """Kill a process of PostgreSQL that serves the site; PostgreSQL then ends all others and recovers."""
        others = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        kill(wait_for(lambda: self.query(others))[0][0])

    def query(self, statement):
        """Return the rows of a statement; none while PostgreSQL recovers."""
        try:
            with psycopg.connect(self._database) as connection:
                return connection.execute(statement).fetchall()
        except psycopg.OperationalError:
            return []

    def close(self) -> None:
        """Stop the servers that were started again."""
        for process in self._replaced:
            stop_group(process)


@pytest.fixture
def site(monkeypatch, tmp_path):
    """A running site; its servers belong to this test alone."""
    for name in ("TEST_DATABASE_URL", "TEST_REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # PostgreSQL does not run as root; its user has to reach the folder.
        folder.chmod(0o755)
        with running_postgresql(folder, durable=True) as database, running_redis(folder) as broker:
            installation = Installation(tmp_path / "var", empty=True, on_sqlite=True)
            installation.environment |= {"DATABASE_URL": database, "REDIS_URL": broker}
            installation.manage("migrate", "-v0")
            site = Site(installation, database, broker, folder)
            try:
                yield site
            finally:
                installation.close()
                site.close()


class Jobs:
    """Imports, reports and releases of a lead, started while processes are killed."""

    def __init__(self, site: Site, lead: Lead) -> None:
        self._site, self._lead = site, lead
        self._numbers = itertools.count()
        self.started: Counter[str] = Counter()

    def start_more(self) -> None:
        """Start one job of each kind unless many are unfinished; requests that are not answered are sent later."""
        try:
            if len(self._site.query(UNFINISHED)) > MOST_UNFINISHED:
                return
            number = next(self._numbers)
            lines = [
                json.dumps({"id": f"{number}-{n}", "text": f"Ada said it rained, {number} {n}.", "annotators": WORK})
                for n in range(DOCUMENTS)
            ]
            status, _ = self._lead.upload({"file.jsonl": "\n".join(lines).encode()})
            self.started["import"] += status == 202
            for kind, path, body in (
                ("report", "agreement-reports", {}),
                ("release", "releases", {"name": f"r{number}"}),
            ):
                status, _ = self._lead.ask("POST", f"/api/v1/projects/news/{path}/", json.dumps(body))
                self.started[kind] += status in (201, 202)
        except (OSError, http.client.HTTPException):
            return


def has_saved(annotators, most):
    """Return whether more saves were acknowledged; fail when one was refused."""
    assert [annotator.wrong for annotator in annotators] == [[]] * len(annotators)
    return sum(len(annotator.acknowledged) for annotator in annotators) > most


def slowest_after(moments, annotators):
    """Return the seconds of the slowest save by what was killed last before it ended."""
    slowest: dict[str, float] = {}
    for at, took in sorted(each for annotator in annotators for each in annotator.ended):
        names = [name for moment, name in moments if moment <= at]
        if names:
            slowest[names[-1]] = max(slowest.get(names[-1], 0.0), round(took, 1))
    return slowest


def test_nothing_is_lost_when_processes_are_killed(site):
    installation = site.installation
    token = installation.scene("token_of_a_lead", "news")
    annotators = [Annotator(installation.port, person) for person in installation.scene("make_annotators", ANNOTATORS)]
    wait_for(lambda: "The worker is ready" in installation.log, why=lambda: installation.log)
    jobs = Jobs(site, Lead(installation.port, token))
    for annotator in annotators:
        annotator.start()

    def kill_browser():
        annotators[0].killed.set()

    kills: Counter[str] = Counter()
    moments: list[tuple[float, str]] = []
    ways = {
        "web": site.kill_web, "worker": site.kill_worker, "redis": site.kill_redis,
        "postgresql": site.kill_postgresql, "browser": kill_browser,
    }  # fmt: skip
    for name in itertools.islice(itertools.cycle(ways), KILLS):
        jobs.start_more()
        saved = sum(len(annotator.acknowledged) for annotator in annotators)
        moments.append((time.monotonic(), name))
        ways[name]()
        kills[name] += 1
        wait_for(lambda saved=saved: has_saved(annotators, saved + SAVES_BETWEEN), why=lambda: installation.log[-4000:])
    for annotator in annotators:
        annotator.stopped.set()
    for annotator in annotators:
        annotator.join(LONG)
    wait_for(lambda: site.query("SELECT 1") and not site.query(UNFINISHED), why=lambda: installation.log[-4000:])
    ended = Counter(site.query("SELECT kind, state FROM jobs_job WHERE project_id IS NOT NULL"))
    slowest = max(annotator.slowest for annotator in annotators)
    saves = sum(len(annotator.acknowledged) for annotator in annotators)
    print(f"\n{dict(kills)}: {saves} saves, slowest {slowest:.1f} s; jobs {dict(ended)}, load {os.getloadavg()[0]:.0f}")
    print(f"slowest save after a kill of … : {slowest_after(moments, annotators)}")

    assert [annotator.wrong for annotator in annotators] == [[]] * ANNOTATORS
    stored = installation.scene("compare_rows_and_log")
    for annotator in annotators:
        state = stored[str(annotator.person["set"])]
        assert (state["same"], state["changes"]) == (True, annotator.acknowledged)
    assert {state for _, state in ended} == {"done"}
    imported = ended["import_documents", "done"]
    assert imported >= jobs.started["import"] > 0
    counted = "SELECT count(*) FROM documents_document JOIN projects_project p ON p.id = project_id WHERE slug = 'news'"
    assert site.query(counted) == [(imported * DOCUMENTS,)]
    for slug in ("news", "load"):
        assert " 0 damaged" in installation.manage("check_log", slug)
    assert slowest <= SLOWEST_SAVE
