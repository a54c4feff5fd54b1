"""Reading tables, CSV and TSV: a row for each fragment, or a row for each document. Offsets count code points.

The first row of a document holds its text; later rows name the document by its id, with its text or without.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping

import orjson

from annotator.formats.incoming import (
    LONGEST_LINE,
    LONGEST_TITLE,
    Head,
    IncomingDocument,
    IncomingFiles,
    IncomingSet,
    ReadResult,
    UnreadableFile,
    document_id,
)
from annotator.formats.json_files import whole_number
from annotator.formats.set_builder import CODE_POINTS, SetBuilder
from annotator.text.digest import text_digest
from annotator.text.offsets import Utf16Offsets
from annotator.text.spreadsheet import unescape_formula

NOWHERE = frozenset({"", "0", "0.0"})
COLUMNS = ("id", "title", "annotator", "span", "start", "end", "label", "covered", "attributes", "note", "origin",
           "meta", "text")  # fmt: skip


DEFAULT_ANNOTATOR = "imported"


FORMULAS, ESCAPED = "formulas", "escaped"
"""The column that says of a row that its cells were escaped, and its value."""


_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


Row = Mapping[str, str]


def read_table(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield a document for the rows that belong to it: those with its id anywhere, or those that follow its text."""
    used = {use: incoming.fields.get(use, use) for use in COLUMNS}
    groups: dict[str, list[tuple[int, Row]]] = {}
    current = ""
    for number, row in _rows(incoming):
        named = {use: row.get(column) or "" for use, column in used.items()}
        rest = {name: value for name, value in row.items() if name not in used.values() and value}
        named["rest"] = orjson.dumps(rest).decode()
        if named["id"]:
            key = named["id"]
            first = groups[key][0][1] if key in groups else named
            # An id with another text is another document; the import refuses it.
            current = key if not named["text"] or _same(first, named) else f"{key}\0{number}"
            if current == key:
                named["text"] = first["text"]  # one string for all rows
        elif named["text"] or not current:
            current = f"\0{number}"
        groups.setdefault(current, []).append((number, named))
    for own in groups.values():
        yield _document(incoming, own)


def _same(first: Row, row: Row) -> bool:
    return (first["id"], first["text"]) == (row["id"], row["text"])


def _rows(incoming: IncomingFiles) -> Iterator[tuple[int, Row]]:
    """Yield the rows by the names of their columns, with their numbers."""
    text = incoming.only_text()
    text, delimiter, skipped = _dialect(text)
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = next(reader, [])
        wanted = incoming.fields.get("text", "text")
        if wanted not in names:
            raise UnreadableFile(f"The table has no column “{wanted}”. Map “text” to one of: {', '.join(names)[:200]}.")
        for number, cells in enumerate(reader, 2 + skipped):
            if len(cells) > len(names):
                raise UnreadableFile(f"Row {number} has more cells than the table has columns.")
            if any(cells):
                yield number, _as_written(dict(zip(names, cells, strict=False)))
    except csv.Error as error:
        raise UnreadableFile(f"The table cannot be read near row {reader.line_num}: {error}.") from error


def _as_written(row: dict[str, str]) -> Row:
    """Return a row without the apostrophes that our writer put before formulas, if it did."""
    if row.get(FORMULAS) != ESCAPED:
        return row
    return {name: unescape_formula(cell) for name, cell in row.items() if name != FORMULAS}


def _dialect(text: str) -> tuple[str, str, int]:
    """Return a table without the line `sep=…` that Excel writes, its delimiter, and how many lines were skipped."""
    if match := _SEPARATOR_LINE.match(text):
        return text[match.end() :], match[1], 1
    return text, max("\t,;", key=text.split("\n", 1)[0].count), 0


def columns_of(head: Head) -> list[str]:
    r"""Return the names of the columns of a table by its beginning.

    >>> columns_of(Head("news.csv", b'id;"the text"\n1;One'))
    ['id', 'the text']
    """
    text, delimiter, _ = _dialect(head.text)
    try:
        return next(csv.reader([text.split("\n", 1)[0].strip()], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _document(incoming: IncomingFiles, rows: list[tuple[int, Row]]) -> ReadResult:
    number, first = rows[0]
    location, text = f"row {number}", first["text"]
    if not text.strip():
        return ReadResult(location, problems=("The first row of a document must have its text.",))
    sets: dict[str, IncomingSet] = {}
    problems, notes = [], []
    for annotator, own in _by_annotator(incoming, rows).items():
        builder = SetBuilder(text, contested=incoming.span_options(CODE_POINTS)["contested"])
        _gather(builder, own, text, incoming.options.get("offsets", CODE_POINTS))
        sets[annotator] = builder.build()
        problems += [f"{annotator}: {problem}" for problem in builder.problems]
        notes += [f"{annotator}: {note}" for note in builder.notes]
    try:
        meta = {**(orjson.loads(first["meta"]) if first["meta"] else {}), **orjson.loads(first["rest"])}
    except (orjson.JSONDecodeError, TypeError):
        return ReadResult(location, problems=("The cell “meta” must be a JSON object.",))
    identifier = document_id(first["id"], incoming.stem, number - 1)
    document = IncomingDocument(identifier, first["title"][:LONGEST_TITLE], text, text_digest(text), meta, sets)
    return ReadResult(location, document, tuple(problems), tuple(notes))


def _by_annotator(incoming: IncomingFiles, rows: list[tuple[int, Row]]) -> dict[str, list[tuple[int, Row]]]:
    """Return the rows of each annotator; rows without annotator and span are documents without annotations."""
    by_annotator: dict[str, list[tuple[int, Row]]] = {}
    for number, row in rows:
        if row["annotator"] or _has_span(row):
            name = row["annotator"] or incoming.options.get("annotator") or DEFAULT_ANNOTATOR
            by_annotator.setdefault(name, []).append((number, row))
    return by_annotator


def _has_span(row: Row) -> bool:
    """Return whether a row has a span; a set without spans is a row from 0 to 0 without a label, or without offsets."""
    is_empty = row["start"] in NOWHERE and row["end"] in NOWHERE and not row["span"]
    return bool(row["label"] or row["covered"] or ((row["start"] or row["end"]) and not is_empty))


def _gather(builder: SetBuilder, rows: list[tuple[int, Row]], text: str, unit: str) -> None:
    """Add the spans of one annotator; rows with the same span id are its fragments."""
    spans: dict[str, list[tuple[int, Row]]] = {}
    for number, row in rows:
        if _has_span(row):
            spans.setdefault(row["span"] or f"row {number}", []).append((number, row))
    for key, own in spans.items():
        number, first = own[0]
        if not (first["start"] or first["end"]):
            problem = "has a label or words, but no start and end. Labels of whole texts cannot be imported."
            builder.refuse("spans", f"Row {number} {problem}")
            continue
        try:
            pairs = [(int(whole_number(row["start"])), int(whole_number(row["end"]))) for _, row in own]
            attributes = orjson.loads(first["attributes"]) if first["attributes"] else {}
            attributes = attributes if attributes is None else dict(attributes.items())
        except (ValueError, TypeError, AttributeError):
            problem = f"Row {number}: start and end must be whole numbers, attributes must be a JSON object."
            builder.refuse("spans", problem)
            continue
        if not first["label"]:
            builder.leave_out("spans", "no_label", f"Row {number} was left out: its span has no label.")
            continue
        if unit != CODE_POINTS:
            pairs = _in_code_points(text, pairs)
        covered = " ".join(row["covered"] for _, row in own) if any(row["covered"] for _, row in own) else None
        identifier = None if key.startswith("row ") and not first["span"] else first["span"]
        span_id = builder.add_span(
            identifier,
            first["label"],
            pairs,
            covered=covered,
            attributes=attributes,
            note=first["note"],
        )
        if span_id is not None:
            builder.set_origin(span_id, first["origin"])


def _in_code_points(text: str, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    units = Utf16Offsets(text)
    inside = all(0 <= start <= end <= units.units for start, end in pairs)
    # Offsets outside the text are refused with all others.
    return [(units.to_code_point(start), units.to_code_point(end)) for start, end in pairs] if inside else [(-1, -1)]
