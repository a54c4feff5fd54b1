"""The file that lists the selected documents and sets; who made them and how well they agree is counted on the way."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, BinaryIO

import orjson

from annotator.corpus.spans.models import SetKind
from annotator.datasets.exports.output.dataset import pseudonym
from annotator.datasets.releases.contents.frozen import FrozenRecord
from annotator.datasets.releases.contents.source import ReleaseSource
from annotator.datasets.releases.layouts.layout_1.agreement import AgreementCount
from projects.schema import Schema

INDEPENDENT = frozenset({SetKind.ANNOTATOR.value, SetKind.IMPORTED.value})
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


class SelectionFile:
    """Writes one line per document to `selection`, in the order in which documents are added."""

    def __init__(self, source: ReleaseSource, schemas: Mapping[int, Schema], selection: BinaryIO) -> None:
        self.agreement = AgreementCount(schemas)
        self._project = source.project
        self._hidden = bool(source.head["options"]["data"]["pseudonyms"])
        self._selection = selection
        self._sets: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self.blind: Collection[str] = ()

    def add(self, record: FrozenRecord, split: str) -> None:
        """Write the line of a document, and count its sets."""
        document = record.document
        independent = {name: content for name, content in record.sets.items() if record.kinds[name] in INDEPENDENT}
        self.agreement.add(document["text"], independent)
        self._sets.update(self.name_of(record, name) for name in record.sets)
        self._kinds.update(record.kinds[name] for name in record.sets if name not in record.evidence)
        line = {
            "document": document["id"],
            "sha256": document["sha256"],
            "split": split,
            "sets": self._revisions(record, are_evidence=False),
            "agreement_only": self._revisions(record, are_evidence=True),
            **({"blind": True} if document["id"] in self.blind else {}),
        }
        self._selection.write(orjson.dumps(line, option=_OPTIONS))

    def annotators(self) -> dict[str, Any]:
        """Return the number of documents by name, and the number of released sets by kind."""
        return {"sets": dict(sorted(self._sets.items())), "kinds": dict(sorted(self._kinds.items()))}

    def _revisions(self, record: FrozenRecord, *, are_evidence: bool) -> dict[str, int]:
        return {
            self.name_of(record, name): content["revision"]
            for name, content in record.sets.items()
            if (name in record.evidence) is are_evidence
        }

    def name_of(self, record: FrozenRecord, name: str) -> str:
        """Return the name or pseudonym under which a set is released."""
        if not self._hidden or record.kinds[name] == SetKind.ADJUDICATED:
            return name
        return pseudonym(self._project, name)
