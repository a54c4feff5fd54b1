"""Writing tables, CSV and TSV: a row for each fragment, with the text on every row."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from annotator.formats.tables.read import COLUMNS, ESCAPED, FORMULAS
from annotator.text.spreadsheet import escape_formula

# A table with an empty cell among offsets is read by others with 0.0 instead of 0.
NO_SPAN: dict[str, Any] = {"start": 0, "end": 0}
_CARRIED = {PARTS, ATTRIBUTES, NOTE, ORIGIN, ID}


def write_csv(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield the table with commas."""
    return _write(documents, context, ",")


def write_tsv(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield the table with tabs."""
    return _write(documents, context, "\t")


def _write(documents: Iterable[ExportDocument], context: ExportContext, delimiter: str) -> Iterator[Piece]:
    columns = (*COLUMNS, FORMULAS) if context.escape_formulas else COLUMNS
    yield "", _encoded([dict.fromkeys(columns)], delimiter, columns, names=True)
    for export in documents:
        rows = _of(export, context)
        written = map(_escaped, rows) if context.escape_formulas else rows
        yield "", _encoded(list(written), delimiter, columns)


def _escaped(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose cells no spreadsheet runs; the last column says so to our reader."""
    cells = {name: escape_formula(value) if isinstance(value, str) else value for name, value in row.items()}
    return {**cells, FORMULAS: ESCAPED}


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
        for row in rows or [NO_SPAN]:
            yield {"id": document["id"], "annotator": annotator, **head, **row}


def _json(attributes: Mapping[str, str]) -> str:
    return orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode() if attributes else ""


def _encoded(rows: list[dict[str, Any]], delimiter: str, columns: Sequence[str], *, names: bool = False) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, delimiter=delimiter, lineterminator="\r\n", restval="")
    if names:
        writer.writeheader()
    else:
        writer.writerows(rows)
    return buffer.getvalue().encode()
