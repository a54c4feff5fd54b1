"""Tables, CSV and TSV: a row a fragment, or a row a document. Offsets count code points.

The text stands in the first row of a document only; later rows name the document by its id.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from annotator.formats.gathering import CODE_POINTS, Gathering
from annotator.formats.loss_tracker import ATTRIBUTES, ID, NOTE, ORIGIN, PARTS, LossTracker
from annotator.formats.reading import LONGEST_LINE, LONGEST_TITLE, IncomingDocument, IncomingSet
from annotator.formats.recipes import (
    Arrival,
    ExportContext,
    ExportDocument,
    Head,
    Incoming,
    Piece,
    Recipe,
    UnreadableFile,
)
from annotator.formats.records import identifier_of
from annotator.text.digest import text_digest
from annotator.text.offsets import Utf16Offsets

COLUMNS = ("id", "title", "annotator", "span", "start", "end", "label", "covered", "attributes", "note", "origin",
           "meta", "text")  # fmt: skip
DEFAULT_ANNOTATOR = "imported"
_CARRIED = {PARTS, ATTRIBUTES, NOTE, ORIGIN, ID}
Row = Mapping[str, str]


def read_table(incoming: Incoming) -> Iterator[Arrival]:
    """Yield a document for the rows that name it, which stand together."""
    used = {use: incoming.fields.get(use, use) for use in COLUMNS}
    own: list[tuple[int, Row]] = []
    for number, row in _rows(incoming):
        named = {use: row.get(column) or "" for use, column in used.items()}
        rest = {name: value for name, value in row.items() if name not in used.values() and value}
        named["rest"] = orjson.dumps(rest).decode()
        begins = bool(named["text"]) and not (own and named["id"] and _same(own[0][1], named))
        if begins and own:
            yield _document(incoming, own)
            own = []
        own.append((number, named))
    if own:
        yield _document(incoming, own)


def _same(first: Row, row: Row) -> bool:
    return (first["id"], first["text"]) == (row["id"], row["text"])


def _rows(incoming: Incoming) -> Iterator[tuple[int, Row]]:
    """Yield the rows by the names of their columns, with their numbers."""
    text = incoming.only_text()
    first = text.split("\n", 1)[0]
    delimiter = max("\t,;", key=first.count)
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = next(reader, [])
        wanted = incoming.fields.get("text", "text")
        if wanted not in names:
            raise UnreadableFile(f"The table has no column “{wanted}”; it has {', '.join(names)[:200]}. Map “text”.")
        for number, cells in enumerate(reader, 2):
            if len(cells) > len(names):
                raise UnreadableFile(f"Row {number} has more cells than the table has columns.")
            if any(cells):
                yield number, dict(zip(names, cells, strict=False))
    except csv.Error as error:
        raise UnreadableFile(f"The table cannot be read near row {reader.line_num}: {error}.") from error


def columns_of(text: str) -> list[str]:
    r"""Return the names of the columns of a table by its beginning.

    >>> columns_of('id;"the text"\n1;One')
    ['id', 'the text']
    """
    first = text.split("\n", 1)[0].strip()
    try:
        return next(csv.reader([first], delimiter=max("\t,;", key=first.count), strict=True), [])
    except csv.Error:
        return []


def _document(incoming: Incoming, rows: list[tuple[int, Row]]) -> Arrival:
    number, first = rows[0]
    place, text = f"row {number}", first["text"]
    if not text.strip():
        return Arrival(place, problems=("The first row of a document must hold its text.",))
    sets: dict[str, IncomingSet] = {}
    problems, notes = [], []
    for annotator, own in _by_annotator(incoming, rows).items():
        gathering = Gathering(text)
        _gather(gathering, own, text, incoming.choices.get("offsets", CODE_POINTS))
        sets[annotator] = gathering.as_set()
        problems += [f"{annotator}: {problem}" for problem in gathering.problems]
        notes += [f"{annotator}: {note}" for note in gathering.notes]
    try:
        meta = {**(orjson.loads(first["meta"]) if first["meta"] else {}), **orjson.loads(first["rest"])}
    except (orjson.JSONDecodeError, TypeError):
        return Arrival(place, problems=("The cell “meta” must hold a JSON object.",))
    identifier = identifier_of(first["id"], incoming.stem, number - 1)
    document = IncomingDocument(identifier, first["title"][:LONGEST_TITLE], text, text_digest(text), meta, sets)
    return Arrival(place, document, tuple(problems), tuple(notes))


def _by_annotator(incoming: Incoming, rows: list[tuple[int, Row]]) -> dict[str, list[tuple[int, Row]]]:
    """Return the rows of each annotator; rows without annotator and without span are texts alone."""
    found: dict[str, list[tuple[int, Row]]] = {}
    for number, row in rows:
        if row["annotator"] or row["start"] or row["label"]:
            name = row["annotator"] or incoming.choices.get("annotator") or DEFAULT_ANNOTATOR
            found.setdefault(name, []).append((number, row))
    return found


def _gather(gathering: Gathering, rows: list[tuple[int, Row]], text: str, unit: str) -> None:
    """Put the rows of one annotator together: rows with the same id of a span are its fragments."""
    spans: dict[str, list[tuple[int, Row]]] = {}
    for number, row in rows:
        if row["start"] or row["label"]:
            spans.setdefault(row["span"] or f"row {number}", []).append((number, row))
    for key, own in spans.items():
        number, first = own[0]
        try:
            pairs = [(int(row["start"]), int(row["end"])) for _, row in own]
            attributes = orjson.loads(first["attributes"]) if first["attributes"] else {}
        except (ValueError, TypeError):
            gathering.problems.append(f"Row {number}: start and end must be numbers, attributes a JSON object.")
            continue
        if unit != CODE_POINTS:
            pairs = _in_code_points(text, pairs)
        covered = " ".join(row["covered"] for _, row in own) if any(row["covered"] for _, row in own) else None
        identifier = None if key.startswith("row ") and not first["span"] else first["span"]
        made = gathering.add_span(
            identifier,
            first["label"],
            pairs,
            covered=covered,
            attributes=attributes if isinstance(attributes, dict) else None,
            note=first["note"],
        )
        if made is not None:
            gathering.set_origin(made, first["origin"])


def _in_code_points(text: str, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    units = Utf16Offsets(text)
    inside = all(0 <= start <= end <= units.units for start, end in pairs)
    # Offsets outside stay as they are, to be refused where all others are.
    return [(units.to_code_point(start), units.to_code_point(end)) for start, end in pairs] if inside else [(-1, -1)]


def write_csv(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield the table with commas."""
    return _write(documents, context, ",")


def write_tsv(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield the table with tabs."""
    return _write(documents, context, "\t")


def _write(documents: Iterable[ExportDocument], context: ExportContext, delimiter: str) -> Iterator[Piece]:
    yield "", _encoded([dict.fromkeys(COLUMNS)], delimiter, names=True)
    for entry in documents:
        yield "", _encoded(list(_of(entry, context)), delimiter)


def _of(entry: ExportDocument, context: ExportContext) -> Iterator[dict[str, Any]]:
    document = entry.document
    head: dict[str, Any] = {"title": document["title"], "text": document["text"]}
    head["meta"] = orjson.dumps(document["meta"], option=orjson.OPT_SORT_KEYS).decode() if document["meta"] else ""
    tracker = LossTracker(entry, context.losses, carried=_CARRIED)
    for annotator, record in entry.sets.items():
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


def _sniff_as(ending: str, delimiter: str, head: Head) -> float:
    first = head.text.split("\n", 1)[0].lower()
    names = [name.strip().strip('"') for name in first.split(delimiter)]
    if not head.name.lower().endswith(ending):
        return 0.0
    return 0.8 if "text" in names else 0.5


def _sniff_csv(head: Head) -> float:
    return max(_sniff_as(".csv", delimiter, head) for delimiter in ",;")


def _sniff_tsv(head: Head) -> float:
    return _sniff_as(".tsv", "\t", head)


LOST = ("Revision, state, schema and guideline version of sets.",)
CSV = Recipe("CSV", (".csv",), _sniff_csv, read=read_table, write=write_csv, media_type="text/csv", lost=LOST)
TSV = Recipe(
    "TSV", (".tsv",), _sniff_tsv, read=read_table, write=write_tsv, media_type="text/tab-separated-values", lost=LOST
)
