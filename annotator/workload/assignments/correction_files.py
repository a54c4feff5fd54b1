"""Files of corrections, JSONL or CSV: the id of each document, and what changes of it. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from annotator.problems import InvalidInput

LARGEST_FILE = 3 * 1024 * 1024
MOST_AT_ONCE = 1_000
MEMBERS = ("id", "title", "text", "meta")
FIELD = "meta."
"""What the names of members and columns begin with that change one field of the metadata, as in `meta.source`."""


@dataclass(frozen=True, slots=True)
class CorrectionRecord:
    """A document by its id, and its new `title`, `text` and `meta`, as far as they change; `place` is in the file.

    `fields` are those of the metadata that change while the others stay. Cells of a table are text: they take the type
    of the value before (`is_text`).
    """

    place: str
    id: str
    values: Mapping[str, Any]
    fields: Mapping[str, Any] = field(default_factory=dict)
    is_text: bool = False

    def typed_for(self, meta: Mapping[str, Any]) -> "CorrectionRecord":
        """Return the record with fields of the types that a document with this metadata has."""
        if not self.is_text:
            return self
        fields = {name: _typed(value, meta.get(name)) for name, value in self.fields.items()}
        return replace(self, fields=fields, is_text=False)

    def values_for(self, meta: Mapping[str, Any]) -> dict[str, Any]:
        """Return the new values of a document with this metadata."""
        return {**self.values, "meta": {**meta, **self.fields}} if self.fields else dict(self.values)

    def as_json(self) -> dict[str, Any]:
        """Return the record as a line of a file."""
        fields = {FIELD + name: value for name, value in self.fields.items()}
        return {"id": self.id, **self.values, **fields}


def read_corrections(data: bytes, *, is_csv: bool = False) -> list[CorrectionRecord]:
    """Return the records of a file; raise `InvalidInput` for the first line that is none, with its number."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        detail = f"The file is not in UTF-8: byte {error.start:,} cannot be read. Save it in UTF-8."
        raise _invalid(detail) from error
    return list(_csv_records(text) if is_csv else _json_records(text))


def records_of(items: Sequence[Any]) -> list[CorrectionRecord]:
    """Return the records of objects that were read already, such as those of a request."""
    return [_record(f"document {number}", item) for number, item in enumerate(items, start=1)]


def _json_records(text: str) -> Iterator[CorrectionRecord]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                item = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise _invalid(f"Line {number:,} is no JSON: {error}.") from error
            yield _record(f"line {number:,}", item)


def _csv_records(text: str) -> Iterator[CorrectionRecord]:
    csv.field_size_limit(LARGEST_FILE)
    heading = text.partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = _columns([name.strip() for name in next(rows, [])])
        for row in rows:
            place = f"line {rows.line_num:,}"
            if len(row) > len(names):
                raise _invalid(f"{place.capitalize()} has {len(row)} cells; there are {len(names)} columns.")
            if any(row):
                cells = {name: cell for name, cell in zip(names, row, strict=False) if name}
                yield _record(place, _cells(place, cells), is_text=True)
    except csv.Error as error:
        raise _invalid(f"Line {rows.line_num:,} is no CSV: {error}.") from error


def _columns(names: list[str]) -> list[str]:
    """Return the member that each column gives; "" for the number of a document beside its id.

    A downloaded table of documents has both, as `id` and `external_id`.
    """
    if "external_id" in names:
        names = ["" if name == "id" else "id" if name == "external_id" else name for name in names]
    unknown = [name for name in names if name and not _is_member(name)]
    if unknown:
        raise _invalid(f"No document is corrected by the column “{unknown[0]}”. Remove it from the file.")
    if "id" not in names or len(set(names)) < len(names):
        raise _invalid("The first line must name the columns, each once: id, and title, text, meta or meta.NAME.")
    return names


def _is_member(name: str) -> bool:
    return name in MEMBERS or (name.startswith(FIELD) and name != FIELD)


def _typed(text: str, before: Any) -> Any:
    """Return the value of a cell: read as JSON where the value before is no text, if this can be read.

    >>> _typed("7", 3), _typed("7", "3"), _typed("late", 3)
    (7, '7', 'late')
    """
    if before is None or isinstance(before, str):
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _cells(place: str, row: dict[str, str]) -> dict[str, Any]:
    """Return the cells of a line; an empty one leaves the value of the document as it is."""
    cells: dict[str, Any] = {name: value for name, value in row.items() if value or name == "id"}
    if "meta" in cells:
        try:
            cells["meta"] = orjson.loads(cells["meta"])
        except orjson.JSONDecodeError as error:
            raise _invalid(f"{place.capitalize()}: meta is no JSON: {error}.") from error
    return cells


def _record(place: str, item: Any, *, is_text: bool = False) -> CorrectionRecord:
    if not isinstance(item, dict) or not all(map(_is_member, item)) or len(item.keys() - {"id"}) == 0:
        raise _invalid(f"{place.capitalize()}: give an object with id, and text, title, meta or meta.NAME.")
    if not item.get("id") or any(not isinstance(item.get(name, ""), str) for name in ("id", "title", "text")):
        raise _invalid(f"{place.capitalize()}: id, title and text must be strings, and id not empty.")
    fields = {name.removeprefix(FIELD): value for name, value in item.items() if name.startswith(FIELD)}
    if fields and "meta" in item:
        raise _invalid(f"{place.capitalize()}: give meta, or fields such as meta.source, not both.")
    return CorrectionRecord(
        place, item["id"], {name: item[name] for name in MEMBERS[1:] if name in item}, fields, is_text
    )


def _invalid(detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[{"pointer": "", "detail": detail}])
