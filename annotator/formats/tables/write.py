"""Writing tables, CSV and TSV: a row for each fragment, with the text on every row."""

import csv
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
NO_SPAN = ("", 0, 0, "", "", "", "", "")
SHARED = 2
"""The last columns, which have the same cells in all rows of a document: meta and text."""
_CARRIED = {PARTS, ATTRIBUTES, NOTE, ORIGIN, ID}


def write_csv(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield the table with commas."""
    return _write(documents, context, ",")


def write_tsv(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield the table with tabs."""
    return _write(documents, context, "\t")


def _write(documents: Iterable[ExportDocument], context: ExportContext, delimiter: str) -> Iterator[Piece]:
    rows = _Rows(delimiter, escape=context.escape_formulas)
    yield "", rows.encoded(COLUMNS[:-SHARED], COLUMNS[-SHARED:], formulas=FORMULAS, escape=False)
    for export in documents:
        document = export.document
        meta = orjson.dumps(document["meta"], option=orjson.OPT_SORT_KEYS).decode() if document["meta"] else ""
        shared = (meta, document["text"])
        yield "", b"".join([rows.encoded(cells, shared) for cells in _of(export, context)])


class _Rows:
    """Encodes rows; the last cells of a document, its text above all, are quoted and encoded once for all its rows."""

    def __init__(self, delimiter: str, *, escape: bool) -> None:
        self._delimiter = delimiter
        self._escape = escape
        self._parts: list[str] = []
        self._writer = csv.writer(self, delimiter=delimiter, lineterminator="\r\n")
        self._shared: tuple[Sequence[str], bytes] = ((), b"")

    def write(self, row: str) -> None:
        """Take a row from the writer of Python's `csv`."""
        self._parts.append(row)

    def encoded(
        self, cells: Sequence[Any], shared: Sequence[str], *, formulas: str = ESCAPED, escape: bool = True
    ) -> bytes:
        """Return a row with its end; `formulas` is the last cell of a table in which formulas are escaped."""
        if self._shared[0] is not shared:
            last = (formulas,) if self._escape else ()
            self._shared = (shared, self._row((*self._cells(shared, escape=escape), *last)))
        own = self._row(self._cells(cells, escape=escape))
        return own.removesuffix(b"\r\n") + self._delimiter.encode() + self._shared[1]

    def _cells(self, cells: Sequence[Any], *, escape: bool) -> Sequence[Any]:
        if not (self._escape and escape):
            return cells
        return [escape_formula(cell) if isinstance(cell, str) else cell for cell in cells]

    def _row(self, cells: Sequence[Any]) -> bytes:
        self._writer.writerow(cells)
        return self._parts.pop().encode()


def _of(export: ExportDocument, context: ExportContext) -> Iterator[Sequence[Any]]:
    """Yield the cells of each row but those that all rows of a document share."""
    document = export.document
    title, text = document["title"], document["text"]
    tracker = LossTracker(export, context.losses, carried=_CARRIED)
    for annotator, record in export.sets.items():
        tracker.relations(annotator, record)
        head = (document["id"], title, annotator)
        rows = [
            (*head, span["id"], start, end, span["label"], text[start:end], _json(span["attributes"]), span["note"],
             span["origin"])
            for span in tracker.spans(annotator, record) for start, end in span["fragments"]
        ]  # fmt: skip
        yield from rows or [(*head, *NO_SPAN)]


def _json(attributes: Mapping[str, str]) -> str:
    return orjson.dumps(attributes, option=orjson.OPT_SORT_KEYS).decode() if attributes else ""
