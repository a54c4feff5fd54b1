"""An annotator who saves over HTTP: one connection, one document, one change after the other."""

import http.client
import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.bench.corpus import ATTRIBUTES
from tests.bench.people import PROJECT, Person
from tests.bench.site import Site


@dataclass
class Client:
    """One annotator, with the milliseconds of each save and the errors."""

    site: Site
    person: Person
    project: str = PROJECT
    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self) -> None:
        """Request the next document and keep the revision of its annotation set."""
        self.connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        assignment = self._call("POST", f"/api/v1/projects/{self.project}/next-document/", {})
        self.set_path = f"/api/v1/annotation-sets/{assignment['annotation_set']}"
        self.reload()

    def reload(self) -> None:
        """Read the document and the revision of the set again."""
        payload = self._call("GET", f"{self.set_path}/editor/")
        self.text: str = payload["document"]["text"]
        self.sha256, self.revision = payload["document"]["sha256"], payload["set"]["revision"]

    def save(self, count: int) -> None:
        """Add one span after the other, each in its own request."""
        for _ in range(count):
            began = time.monotonic()
            try:
                self._post([self._span()])
            except (RuntimeError, OSError, http.client.HTTPException) as error:
                self.errors.append(str(error))
            self.milliseconds.append(1000 * (time.monotonic() - began))

    def save_spans(self, spans: Sequence[dict[str, Any]]) -> None:
        """Add many spans in one request, each under a new id."""
        self._post([span | {"id": str(uuid.uuid4())} for span in spans])

    def submit(self) -> None:
        """Submit the document."""
        self._call("POST", f"{self.set_path}/submit/", {})

    def count_spans(self) -> int:
        """Return the number of spans in the stored set."""
        return len(self.spans())

    def spans(self) -> list[dict[str, Any]]:
        """Return the spans of the stored set."""
        return self._stored("spans")

    def relations(self) -> list[dict[str, Any]]:
        """Return the relations of the stored set."""
        return self._stored("relations")

    def _stored(self, what: str) -> list[dict[str, Any]]:
        self.connection.close()  # the server closes an idle connection; the next call opens a new one
        rows: list[dict[str, Any]] = self._call("GET", f"{self.set_path}/editor/")["set"][what]
        return rows

    def _span(self) -> dict[str, Any]:
        fragment = [self.revision, self.revision + 40]
        return {"id": str(uuid.uuid4()), "label": "Claim", "fragments": [fragment], "attributes": ATTRIBUTES["Claim"]}

    def _post(self, spans: Sequence[dict[str, Any]]) -> None:
        changes = [
            {"id": str(uuid.uuid4()), "kind": "add_span", "span": span | {"note": "", "origin": "manual"}}
            for span in spans
        ]
        body = {"base_revision": self.revision, "sha256": self.sha256, "changes": changes}
        self.revision = self._call("POST", f"{self.set_path}/changes/", body)["revision"]

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.person.token}", "Content-Type": "application/json"}
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = self.connection.getresponse()
        content = response.read()
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:300].decode(errors='replace')}")
        parsed: dict[str, Any] = json.loads(content)
        return parsed
