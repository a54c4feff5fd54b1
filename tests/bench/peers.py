"""Other annotation tools, to measure beside ours: each in an environment of its own, which is no requirement of ours.

A client saves one span after the other with the requests that the tool's own page sends for it.
"""

import http.client
import json
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson

from tests.bench.corpus import ATTRIBUTES
from tools.services.processes import free_port, last_line, stop_group

LONGEST_START = 900.0
LABEL = "Claim"
SPAN_LENGTH = 40
_TOKEN = "0123456789abcdef0123456789abcdef01234567"  # of a server that lives as long as the measurement
LABEL_STUDIO_HEADERS = {"Authorization": f"Token {_TOKEN}"}
_PASSWORD = "a password only for measuring"
_POTATO = """\
port: {port}
server_name: bench
annotation_task_name: bench
task_dir: .
output_annotation_dir: annotation_output
output_annotation_format: jsonl
data_files: [data.jsonl]
item_properties: {{id_key: id, text_key: text}}
require_password: false
user_config: {{allow_all_users: true, users: []}}
max_annotations_per_user: 10
max_annotations_per_item: 100
annotation_schemes:
  - {{annotation_type: span, name: claims, description: Mark the claims., labels: [{label}]}}
site_dir: default
"""
_LABELS = f"""\
<View><Labels name="label" toName="text"><Label value="{LABEL}"/></Labels><Text name="text" value="$text"/></View>
"""
_CORPUS_LABELS = f"""\
<View><Labels name="label" toName="text">{"".join(f'<Label value="{label}"/>' for label in ATTRIBUTES)}</Labels>
<Text name="text" value="$text"/></View>
"""


@dataclass
class Peer:
    """A person who uses another tool over one connection."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Prepare the connection."""
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def send(self, method: str, path: str, body: Any = None, *, form: Mapping[str, str] | None = None) -> Any:
        """Send a request and return the JSON of the response, or its text; raise `RuntimeError` for errors."""
        kind: str = ""
        data: str | bytes | None = None
        if form is not None:
            kind, data = "application/x-www-form-urlencoded", urlencode(form)
        elif body is not None:
            kind, data = "application/json", body if isinstance(body, bytes) else json.dumps(body)
        self.connection.request(method, path, data, self.headers | ({"Content-Type": kind} if kind else {}))
        response = self.connection.getresponse()
        content = response.read()
        if cookie := response.headers["Set-Cookie"]:
            self.headers["Cookie"] = cookie.partition(";")[0]
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:300].decode(errors='replace')}")
        is_json = response.headers.get_content_type() == "application/json"
        return orjson.loads(content) if is_json else content.decode(errors="replace")


@dataclass
class PeerClient(Peer, ABC):
    """An annotator of another tool, with the milliseconds of each save and the errors."""

    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    saved: int = 0

    def save(self, count: int) -> None:
        """Save one span after the other, each in its own request."""
        for _ in range(count):
            began = time.monotonic()
            try:
                self.save_next(self.saved, self.saved + SPAN_LENGTH)
            except (RuntimeError, OSError, http.client.HTTPException) as error:
                self.errors.append(str(error))
                self.connection.close()
            self.milliseconds.append(1000 * (time.monotonic() - began))
            self.saved += 1

    @abstractmethod
    def save_next(self, start: int, end: int) -> None:
        """Save one span."""


class PotatoClient(PeerClient):
    """An annotator of Potato, who is signed in with a name only."""

    def open(self, name: str) -> None:
        """Sign in and open the document."""
        self.send("POST", "/auth", form={"email": name, "pass": ""})
        self.send("GET", "/annotate")

    def save_next(self, start: int, end: int) -> None:
        """Save one span, as the page does when words are labelled: it then loads all spans again (`saveSpan`)."""
        span = {"name": LABEL, "start": start, "end": end, "title": LABEL, "value": 1, "target_field": ""}
        span["span_id"] = f"claims_{LABEL}_{start}_{end}"
        answer = self.send(
            "POST",
            "/updateinstance",
            {"type": "span", "schema": "claims", "state": [span], "instance_id": "1"},
        )
        if answer["status"] != "success":
            raise RuntimeError(str(answer))
        self.send("GET", "/api/spans/1")


class LabelStudioClient(PeerClient):
    """An annotator of Label Studio, whose page stores a draft with all regions after each change."""

    def open(self, task: int) -> None:
        """Begin a draft of the task."""
        self._regions: list[dict[str, Any]] = []
        self._draft = self.send("POST", f"/api/tasks/{task}/drafts", {"result": [], "lead_time": 1.0})["id"]

    def save_next(self, start: int, end: int) -> None:
        """Save the draft with one more region."""
        value = {"start": start, "end": end, "text": "x" * SPAN_LENGTH, "labels": [LABEL]}
        names = {"from_name": "label", "to_name": "text", "type": "labels", "origin": "manual"}
        self._regions.append({"id": f"region-{start}", "value": value, **names})
        self.send("PATCH", f"/api/drafts/{self._draft}/", {"result": self._regions, "lead_time": 1.0})


class LabelStudioFiles(Peer):
    """A person who imports tasks with their regions into Label Studio and exports them again."""

    def add_project(self) -> int:
        """Add a project, whose labels are those of the regions."""
        return int(self.send("POST", "/api/projects", {"title": "bench", "label_config": _CORPUS_LABELS})["id"])

    def import_tasks(self, project: int, tasks: bytes) -> int:
        """Import tasks and return the number of annotations that were stored."""
        return int(self.send("POST", f"/api/projects/{project}/import", tasks)["annotation_count"])

    def export_tasks(self, project: int) -> int:
        """Export the tasks and return their number."""
        return int(self.send("GET", f"/api/projects/{project}/export?exportType=JSON").count('"annotations":'))


def tasks_of(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Return documents as tasks of Label Studio, with the spans of their annotators as annotations."""
    return orjson.dumps(
        [
            {
                "data": {"text": record["text"]},
                "annotations": [
                    {"result": [_region(span, record["text"]) for span in work["spans"]]}
                    for work in record["annotators"].values()
                ],
            }
            for record in records
        ]
    )


def _region(span: Mapping[str, Any], text: str) -> Mapping[str, Any]:
    [[start, end]] = span["fragments"]
    value = {"start": start, "end": end, "text": text[start:end], "labels": [span["label"]]}
    return {"id": span["id"], "from_name": "label", "to_name": "text", "type": "labels", "value": value}


@contextmanager
def potato(environment: Path, folder: Path, text: str, *, clients: int) -> Iterator[tuple[int, Sequence[PeerClient]]]:
    """Yield the process id of a Potato server with one document, and its annotators."""
    port = free_port()
    (folder / "config.yaml").write_text(_POTATO.format(port=port, label=LABEL))
    (folder / "data.jsonl").write_text(json.dumps({"id": "1", "text": text}) + "\n")
    command = [str(environment / "bin" / "potato"), "start", "config.yaml", "-p", str(port), "--host", "127.0.0.1"]
    with _running(command, folder, port, "/health", {}) as process_id:
        people = [PotatoClient(port) for _ in range(clients)]
        for number, person in enumerate(people):
            person.open(f"annotator-{number}")
        yield process_id, people


@contextmanager
def label_studio(
    environment: Path, folder: Path, text: str, *, clients: int
) -> Iterator[tuple[int, Sequence[PeerClient]]]:
    """Yield the process id of a Label Studio server on SQLite with one task, and its annotators."""
    with label_studio_server(environment, folder) as (process_id, port):
        people = [LabelStudioClient(port, {**LABEL_STUDIO_HEADERS}) for _ in range(clients)]
        project = people[0].send("POST", "/api/projects", {"title": "bench", "label_config": _LABELS})["id"]
        people[0].send("POST", f"/api/projects/{project}/import", [{"text": text}])
        task = people[0].send("GET", f"/api/tasks?project={project}")["tasks"][0]["id"]
        for person in people:
            person.open(task)
        yield process_id, people


@contextmanager
def label_studio_server(environment: Path, folder: Path) -> Iterator[tuple[int, int]]:
    """Yield the process id and the port of a Label Studio server on SQLite."""
    port = free_port()
    user = ["--username", "bench@example.org", "--password", _PASSWORD, "--user-token", _TOKEN]
    command = [str(environment / "bin" / "label-studio"), "start", "--no-browser", "--port", str(port),
               "--internal-host", "127.0.0.1", *user]  # fmt: skip
    settings = {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder / "data"),
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
    }
    with _running(command, folder, port, "/health", settings) as process_id:
        yield process_id, port


@contextmanager
def _running(command: Sequence[str], folder: Path, port: int, path: str, settings: Mapping[str, str]) -> Iterator[int]:
    """Run a server until the block ends; yield its process id when it responds."""
    log = folder / "server.log"
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8", **settings}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        until = time.monotonic() + LONGEST_START
        while not _responds(port, path):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[0]} did not start: {last_line(log)}")
            time.sleep(0.2)
        yield process.pid
    finally:
        stop_group(process)


def _responds(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
