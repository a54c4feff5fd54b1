"""Writing tables as layout 1 does: a row for each fragment, the text in the first row of a document only."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from annotator.formats.outgoing import (
    ATTRIBUTES,
    ID,
    NOTE,
    ORIGIN,
    PARTS,
    ExportContext,
    ExportDocument,
    LossTracker,
    Piece,
)
from annotator.formats.tables.read import COLUMNS

_CARRIED = {PARTS, ATTRIBUTES, NOTE, ORIGIN, ID}


def write_csv(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield the table with commas."""
    return _write(documents, context, ",")


def write_tsv(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield the table with tabs."""
    return _write(documents, context, "\t")


def _write(documents: Iterable[ExportDocument], context: ExportContext, delimiter: str) -> Iterator[Piece]:
    yield "", _encoded([dict.fromkeys(COLUMNS)], delimiter, names=True)
    for export in documents:
        yield "", _encoded(list(_of(export, context)), delimiter)


def _of(export: ExportDocument, context: ExportContext) -> Iterator[dict[str, Any]]:
    document = export.document
    head: dict[str, Any] = {"title": document["title"], "text": document["text"]}
    head["meta"] = orjson.dumps(document["meta"], option=orjson.OPT_SORT_KEYS).decode() if document["meta"] else ""
    tracker = LossTracker(export, context.losses, carried=_CARRIED)
    for annotator, record in export.sets.items():
        tracker.relations(annotator, record)
        rows = [
            {"span": span["id"], "start": start, "end": end, "label": span["label"], "note": span["note"],
             "covered": document["text"][start:end], "origin": span["origin"], "attributes": _json(span["attributes"])}
            for span in tracker.spans(annotator, record) for start, end in span["fragments"]
        ]  # fmt: skip
        for row in rows or [{}]:
            yield {"id": document["id"], "annotator": annotator, **head, **row}
            head = {}


def _json(attributes: Mapping[str, str]) -> str:
    return orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode() if attributes else ""


def _encoded(rows: list[dict[str, Any]], delimiter: str, *, names: bool = False) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, delimiter=delimiter, lineterminator="\r\n", restval="")
    if names:
        writer.writeheader()
    else:
        writer.writerows(rows)
    return buffer.getvalue().encode()
