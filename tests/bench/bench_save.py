"""Saving one change over HTTP: server CPU a save, and eight annotators at once on SQLite without an error."""

import http.client
import json
import statistics
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tests.bench.corpus import ATTRIBUTES, write_corpus
from tests.bench.figures import Figure, at_most, noted, report
from tests.bench.people import PROJECT, Person, add_annotators, set_up
from tests.bench.processes import tree_cpu_seconds
from tests.bench.site import Site, new_site

CLIENTS = 8
SAVES_ALONE, SAVES_TOGETHER = 300, 100
WORDS = 600


@dataclass
class Client:
    """One annotator's browser: one connection, one document, one change after the other."""

    site: Site
    person: Person
    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self) -> None:
        """Get a document to work on and remember the revision of its set."""
        self.connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        given = self._call("POST", f"/api/v1/projects/{PROJECT}/next-document/", {})
        self.set_path = f"/api/v1/annotation-sets/{given['annotation_set']}"
        opened = self._call("GET", f"{self.set_path}/editor/")
        self.sha256, self.revision = opened["document"]["sha256"], opened["set"]["revision"]

    def save(self, count: int) -> None:
        """Add one span after the other, each in a request of its own."""
        for _ in range(count):
            began = time.monotonic()
            body = {"base_revision": self.revision, "sha256": self.sha256, "changes": [self._change()]}
            try:
                self.revision = self._call("POST", f"{self.set_path}/changes/", body)["revision"]
            except (RuntimeError, OSError, http.client.HTTPException) as error:
                self.errors.append(str(error))
            self.milliseconds.append(1000 * (time.monotonic() - began))

    def _change(self) -> dict[str, Any]:
        fragment = [self.revision, self.revision + 40]
        span = {"id": str(uuid.uuid4()), "label": "Claim", "fragments": [fragment], "attributes": ATTRIBUTES["Claim"]}
        return {"id": str(uuid.uuid4()), "kind": "add_span", "span": span | {"note": "", "origin": "manual"}}

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.person.token}", "Content-Type": "application/json"}
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300].decode(errors='replace')}")
        loaded: dict[str, Any] = json.loads(content)
        return loaded


def measure() -> Sequence[Figure]:
    """One client alone for the CPU a save, then eight together, one document for all of them."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        site.command("create_project", PROJECT, "--template", "claims-attribution")
        source = site.folder / "corpus.jsonl"
        write_corpus(source, documents=1, words=WORDS, spans=1)
        site.command("import_documents", PROJECT, str(source))
        set_up(site)
        clients = [Client(site, person) for person in add_annotators(CLIENTS)]
        with site.running("serve") as (process_id, _):
            for client in clients:
                client.open()
            clients[0].save(20)  # what is loaded on first use is not the cost of a save
            alone = _cpu_milliseconds_a_save(process_id, clients[:1], SAVES_ALONE)
            latency = statistics.median(clients[0].milliseconds[20:])
            for client in clients:
                client.milliseconds.clear()
            together = _cpu_milliseconds_a_save(process_id, clients, SAVES_TOGETHER)
    waited = sorted(each for client in clients for each in client.milliseconds)
    errors = [error for client in clients for error in client.errors]
    return [
        at_most("server CPU a save, one client", alone, "ms", 10),
        noted("answer to a save, one client", latency, "ms"),
        at_most(f"server CPU a save, {CLIENTS} clients without pause", together, "ms", 10),
        noted(f"answer to a save, {CLIENTS} clients", waited, "ms"),
        noted("the same, 95 of 100 are quicker than", waited[int(0.95 * len(waited))], "ms"),
        at_most(f"errors in {len(waited)} saves by {CLIENTS} clients", len(errors), "", 0),
    ]


def _cpu_milliseconds_a_save(process_id: int, clients: Sequence[Client], saves: int) -> float:
    before = tree_cpu_seconds(process_id)
    with ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(lambda client: client.save(saves), clients))
    return 1000 * (tree_cpu_seconds(process_id) - before) / (saves * len(clients))


if __name__ == "__main__":
    report("Saving, on SQLite", measure)
