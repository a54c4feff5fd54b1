"""Exported documents in one line each, for tests of training formats."""

import json
from typing import Any, cast

from annotator.datasets.training.registry import TRAINING_FORMATS
from annotator.formats.loss_reasons import LossReason
from annotator.formats.outgoing import ExportContext, ExportDocument
from annotator.formats.records import DocumentRecord, RelationRecord, SetRecord, SpanRecord
from annotator.text.digest import text_digest
from tests.notation import make_spans


class KeptLosses:
    """A loss report kept in memory: (annotator, item, what) of each loss, and the reasons."""

    def __init__(self) -> None:
        self.lost: list[tuple[str, str, str]] = []
        self.reasons: list[LossReason] = []

    def add(self, document: str, annotator: str, item: str, what: str, why: LossReason) -> None:
        """Keep a loss."""
        self.lost.append((annotator, item, what))
        self.reasons.append(why)


def entry(
    *marked: str, relations: dict[str, list[tuple[str, str, str]]] | None = None, **fields: Any
) -> ExportDocument:
    """Return a document with the sets of annotators A, B, C, …; relations as (label, from, to) by name."""
    made = [make_spans(notation) for notation in marked]
    text = made[0][0]
    assert all(other == text for other, _ in made)
    sets: dict[str, SetRecord] = {}
    for name, (_, spans) in zip("ABCDEFG", made, strict=False):
        arrows: list[RelationRecord] = [
            {"id": f"r{number}", "label": label, "from": source, "to": target}
            for number, (label, source, target) in enumerate((relations or {}).get(name, []), 1)
        ]
        sets[name] = {
            "spans": cast("list[SpanRecord]", spans),
            "relations": arrows,
            "revision": 3,
            "schema_version": 1,
            "guideline_version": 1,
        }
    document: DocumentRecord = {"id": "d1", "title": "T", "text": text, "sha256": text_digest(text), "meta": {}}
    document.update(fields)  # type: ignore[typeddict-item]
    return ExportDocument(document, sets)


def shown(document: ExportDocument) -> dict[str, list[tuple[str, str]]]:
    """Return the covered text and label of every span by set, with fragments joined by an ellipsis."""
    text = document.document["text"]
    return {
        name: [
            ("…".join(text[start:end] for start, end in span["fragments"]), span["label"]) for span in record["spans"]
        ]
        for name, record in document.sets.items()
    }


SCHEMA: dict[str, Any] = {
    "labels": [
        {
            "id": "Claim",
            "description": "A statement that can be disputed.",
            "attributes": [{"id": "kind", "choices": [{"id": "fact"}, {"id": "prediction"}]}],
        },
        {"id": "Speaker", "description": "Who says it.", "attributes": [{"id": "canonical"}]},
        {"id": "Hedge", "description": "Words that avoid or weaken commitment."},
    ],
    "relations": [
        {"id": "attributed-to", "description": "Who is responsible.", "from": ["Claim", "Hedge"], "to": ["Speaker"]},
        {"id": "hedges", "from": ["Hedge"], "to": ["Claim"]},
    ],
    "boundaries": {"trim_trailing": [".", ","]},
}
EXAMPLE = "Ada[Speaker] said [it [may](Hedge) rain](Claim kind=prediction)."
SECOND = "Ada[Speaker] said [it may rain](Claim kind=fact)."


def rows(
    key: str, *documents: ExportDocument, guideline: str = "", pair_sentences: int = 1
) -> tuple[list[Any], KeptLosses]:
    """Return the rows of documents in a training format, and the losses."""
    losses = KeptLosses()
    write = TRAINING_FORMATS[key].write
    assert write is not None
    pieces = write(documents, ExportContext(SCHEMA, losses, guideline, pair_sentences))
    return [json.loads(data) for _, data in pieces], losses
