"""Import and export of 1,000 documents with 20 spans each over the API, beside Label Studio in turns in the same run.

`LABEL_STUDIO` names a virtual environment that has it (see `bench_save`):

    make bench ARGS=files LABEL_STUDIO=/tmp/label-studio
"""

import http.client
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.corpus import records
from tests.bench.figures import Figure, at_least, noted, report
from tests.bench.peers import LABEL_STUDIO_HEADERS, LabelStudioFiles, label_studio_server, tasks_of
from tests.bench.people import set_up
from tests.bench.processes import tree_cpu_seconds, wait_until_idle
from tests.bench.site import Site, new_site

DOCUMENTS, WORDS, SPANS = 1_000, 300, 20
ROUNDS = 5
LOOK_EVERY = 0.05
BOUNDARY = "a-boundary-that-no-corpus-contains"


@dataclass
class Tool:
    """A tool that imports the corpus into a new project in each round and exports it again; wall and CPU seconds."""

    process_id: int
    add_project: Callable[[], Any]
    import_corpus: Callable[[Any], int]
    export_corpus: Callable[[Any], int]
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def take_turn(self) -> None:
        """Import and export once."""
        project = self.add_project()
        wait_until_idle(self.process_id)
        self._time("import", self.import_corpus, project)
        wait_until_idle(self.process_id)
        self._time("export", self.export_corpus, project)

    def _time(self, what: str, run: Callable[[Any], int], project: Any) -> None:
        began, cpu = time.monotonic(), tree_cpu_seconds(self.process_id)
        number = run(project)
        took = time.monotonic() - began
        if number != DOCUMENTS:
            raise RuntimeError(f"{what}: {number:,} of {DOCUMENTS:,} documents.")
        self.seconds.setdefault(what, []).append(took)
        self.seconds.setdefault(f"server CPU of the {what}", []).append(tree_cpu_seconds(self.process_id) - cpu)


class OurFiles:
    """A lead who imports and exports over the API."""

    def __init__(self, site: Site, token: str, corpus: bytes) -> None:
        self._site, self._token, self._corpus = site, token, corpus
        self._slugs = iter(f"round-{number}" for number in range(ROUNDS + 1))

    def add_project(self) -> str:
        """Return the next of the projects."""
        return next(self._slugs)

    def import_corpus(self, slug: str) -> int:
        """Import the corpus, wait for the job, and return the number of documents."""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="corpus.jsonl"\r\n\r\n'
        body = head.encode() + self._corpus + f"\r\n--{BOUNDARY}--\r\n".encode()
        job = self._send("POST", f"projects/{slug}/imports/", body, f"multipart/form-data; boundary={BOUNDARY}")
        return int(self._ended(job["id"])["result"]["documents"])

    def export_corpus(self, slug: str) -> int:
        """Export the project, wait for the job, download the data, and return the number of lines."""
        export = self._send("POST", f"projects/{slug}/exports/", b"{}", "application/json")
        self._ended(export["job"])
        return int(self._request("GET", f"exports/{export['id']}/data/").count(b"\n"))

    def _ended(self, job: int) -> dict[str, Any]:
        while (found := self._send("GET", f"jobs/{job}/"))["finished_at"] is None:
            time.sleep(LOOK_EVERY)
        if found["state"] != "done":
            raise RuntimeError(str(found["problem"]))
        return found

    def _send(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._request(method, path, body, kind))
        return answer

    def _request(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> bytes:
        headers = {"Authorization": f"Bearer {self._token}"} | ({"Content-Type": kind} if kind else {})
        connection = http.client.HTTPConnection("127.0.0.1", self._site.port, timeout=120)
        try:
            connection.request(method, f"/api/v1/{path}", body, headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:300].decode(errors='replace')}")
        return content


@contextmanager
def ours(corpus: bytes) -> Iterator[Tool]:
    """Run a site of ours with a project for each round."""
    with new_site() as site:
        site.command("migrate", "--verbosity", "0")
        for number in range(ROUNDS + 1):
            site.command("create_project", f"round-{number}", "--template", "claims-attribution")
        set_up(site)
        files = OurFiles(site, _token_of_lead(), corpus)
        with site.running("serve") as (process_id, _):
            wait_until_idle(process_id)  # the worker starts after the web server
            yield Tool(process_id, files.add_project, files.import_corpus, files.export_corpus)


def _token_of_lead() -> str:
    from django.utils import timezone

    from annotator.platform.accounts.models import User
    from annotator.platform.accounts.services import create_token
    from projects.models import Membership, Project
    from projects.roles import Role

    now = timezone.now()
    lead = User.objects.create(username="lead")
    for project in Project.objects.all():
        Membership.objects.create(project=project, user=lead, role=Role.LEAD, joined_at=now)
    return create_token(lead, name="bench", now=now)[1]


@contextmanager
def label_studio(environment: Path, tasks: bytes) -> Iterator[Tool]:
    """Run a Label Studio server."""
    with (
        tempfile.TemporaryDirectory(prefix="annotator-peer-") as folder,
        label_studio_server(environment, Path(folder)) as (process_id, port),
    ):
        files = LabelStudioFiles(port, {**LABEL_STUDIO_HEADERS})
        yield Tool(process_id, files.add_project, lambda key: files.import_tasks(key, tasks), files.export_tasks)


def measure() -> Sequence[Figure]:
    """Let the tools take turns; the first turn of each, which loads modules, does not count."""
    corpus = list(records(documents=DOCUMENTS, words=WORDS, spans=SPANS))
    lines = b"".join(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in corpus)
    environment = os.environ.get("LABEL_STUDIO")
    with ExitStack() as stack:
        tools = {"ours": stack.enter_context(ours(lines))}
        if environment:
            tools["Label Studio"] = stack.enter_context(label_studio(Path(environment), tasks_of(corpus)))
        for number in range(ROUNDS + 1):
            for tool in tools.values():
                if number == 1:
                    tool.seconds.clear()
                tool.take_turn()
    figures = [noted(f"{name}: {what}", seconds, "s") for name, tool in tools.items()
               for what, seconds in tool.seconds.items()]  # fmt: skip
    return figures + [
        at_least(f"{what} of Label Studio, divided by ours", _ratio(tools, what), "", 8)
        for what in (tools["ours"].seconds if environment else ())
    ]


def _ratio(tools: dict[str, Tool], what: str) -> float:
    """Return the median over the rounds, in each of which both tools ran one after the other."""
    pairs = zip(tools["Label Studio"].seconds[what], tools["ours"].seconds[what], strict=True)
    return statistics.median(other / own for other, own in pairs)


if __name__ == "__main__":
    report(f"Files over the API: {DOCUMENTS:,} documents of {WORDS} words, {SPANS} spans each", measure)
