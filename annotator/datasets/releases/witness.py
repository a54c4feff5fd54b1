"""Sees every frozen document pass once: who made what, how well they agree, and the list of what was chosen."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, BinaryIO

import orjson

from annotator.corpus.spans.models import SetKind
from annotator.datasets.exports.writing import pseudonym
from annotator.datasets.releases.agreement import AgreementCount
from annotator.datasets.releases.frozen import FrozenRecord
from annotator.datasets.releases.models import Release
from projects.schema import Schema

INDEPENDENT = frozenset({SetKind.ANNOTATOR.value, SetKind.IMPORTED.value})
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


class Witness:
    """Writes a line for every document to `selection` and counts."""

    def __init__(self, release: Release, schemas: Mapping[int, Schema], selection: BinaryIO) -> None:
        self.agreement = AgreementCount(schemas)
        self._project = release.project
        self._hidden = bool(release.options["data"]["pseudonyms"])
        self._selection = selection
        self._sets: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()

    def look(self, record: FrozenRecord, split: str) -> None:
        """Take a document down."""
        document = record.document
        self.agreement.add(
            document["text"], {name: one for name, one in record.sets.items() if record.kinds[name] in INDEPENDENT}
        )
        self._sets.update(self._name(record, name) for name in record.sets)
        self._kinds.update(record.kinds[name] for name in record.sets if name not in record.evidence)
        line = {
            "document": document["id"],
            "sha256": document["sha256"],
            "split": split,
            "sets": self._revisions(record, are_evidence=False),
            "agreement_only": self._revisions(record, are_evidence=True),
        }
        self._selection.write(orjson.dumps(line, option=_OPTIONS))

    def annotators(self) -> dict[str, Any]:
        """Return how many documents each name stands for, and how many sets leave of each kind."""
        return {"sets": dict(sorted(self._sets.items())), "kinds": dict(sorted(self._kinds.items()))}

    def _revisions(self, record: FrozenRecord, *, are_evidence: bool) -> dict[str, int]:
        return {
            self._name(record, name): one["revision"]
            for name, one in record.sets.items()
            if (name in record.evidence) is are_evidence
        }

    def _name(self, record: FrozenRecord, name: str) -> str:
        if not self._hidden or record.kinds[name] == SetKind.ADJUDICATED:
            return name
        return pseudonym(self._project, name)
