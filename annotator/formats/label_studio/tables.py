"""Reading Label Studio's CSV and TSV: a row for each annotation, with the regions as JSON in a cell."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import orjson

from annotator.formats.incoming import LONGEST_LINE, Head, IncomingFiles, ReadResult, UnreadableFile
from annotator.formats.label_studio.read import read_task
from annotator.formats.tables.read import columns_of

_SIGNS = {"annotation_id", "lead_time", "annotator"}


def sniff_table(head: Head) -> float:
    """Return how likely a table is one of Label Studio: by its columns, and by a cell with regions."""
    names = set(columns_of(head))
    is_ours = "start" in names or not head.name.lower().endswith((".csv", ".tsv"))
    return 0.95 if not is_ours and "annotation_id" in names and len(names & _SIGNS) > 1 else 0.0


def read_label_studio_table(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield a document for each row; rows of one task become annotation sets of one document."""
    text = incoming.only_text()
    csv.field_size_limit(LONGEST_LINE)
    delimiter = max("\t,;", key=text.split("\n", 1)[0].count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, 1):
            task = {name: _value(cell) for name, cell in row.items() if name and cell}
            yield read_task(task, incoming, number, f"row {number + 1}")
    except csv.Error as error:
        raise UnreadableFile(f"The table cannot be read near row {reader.line_num}: {error}.") from error


def _value(cell: Any) -> Any:
    """Return the value of a cell: JSON for lists and whole numbers, else the text."""
    text = str(cell)
    if text.isascii() and text.isdecimal() and len(text) < 16:
        return int(text)
    if text.startswith(("[{", "[]", '["', '{"')):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text
    return text
