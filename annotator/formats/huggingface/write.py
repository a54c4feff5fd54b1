"""Writing rows for Hugging Face `datasets`: a row for each annotation set, with the same columns throughout."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from annotator.formats.outgoing import (
    ATTRIBUTES,
    ID,
    NOTE,
    ORIGIN,
    PARTS,
    RELATIONS,
    ExportContext,
    ExportDocument,
    LossTracker,
    Piece,
)
from annotator.formats.records import SetRecord

_CARRIED = {PARTS, ATTRIBUTES, NOTE, ORIGIN, RELATIONS, ID}


def rows_of(export: ExportDocument, context: ExportContext) -> Iterator[dict[str, Any]]:
    """Yield a row for each set. Every row has the same columns with the same types, so that they form one table."""
    tracker = LossTracker(export, context.losses, carried=_CARRIED)
    document = export.document
    meta = orjson.dumps(document["meta"], option=orjson.OPT_SORT_KEYS).decode()
    for annotator, record in export.sets.items():
        head = {"id": document["id"], "title": document["title"], "text": document["text"],
                "sha256": document["sha256"], "meta": meta, "annotator": annotator}  # fmt: skip
        yield {**head, **_work(document["text"], annotator, record, tracker)}


def _work(text: str, annotator: str, record: SetRecord, tracker: LossTracker) -> dict[str, Any]:
    spans = [
        {
            "id": span["id"],
            "label": span["label"],
            "fragments": [[start, end] for start, end in span["fragments"]],
            "text": [text[start:end] for start, end in span["fragments"]],
            # A list of pairs, because a table has fixed columns and attributes have many names.
            "attributes": [{"name": name, "value": value} for name, value in sorted(span["attributes"].items())],
            "note": span["note"],
            "origin": span["origin"],
        }
        for span in tracker.spans(annotator, record)
    ]
    return {"spans": spans, "relations": tracker.relations(annotator, record)}


def write_rows(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield the rows as lines of JSON."""
    for export in documents:
        for row in rows_of(export, context):
            yield "", orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
