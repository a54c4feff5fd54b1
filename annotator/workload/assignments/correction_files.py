"""Files of corrections, JSONL or CSV: the id of each document, and what changes of it. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from annotator.problems import InvalidInput

LARGEST_FILE = 3 * 1024 * 1024
MOST_AT_ONCE = 1_000
MEMBERS = ("id", "title", "text", "meta")


@dataclass(frozen=True, slots=True)
class CorrectionRecord:
    """A document by its id, and its new `title`, `text` and `meta`, as far as they change; `place` is in the file."""

    place: str
    id: str
    values: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the record as a line of a file."""
        return {"id": self.id, **self.values}


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
        names = [name.strip() for name in next(rows, [])]
        unknown = [name for name in names if name not in MEMBERS]
        if unknown or "id" not in names or len(set(names)) < len(names):
            raise _invalid("The first line must name the columns: id, and title, text or meta.")
        for row in rows:
            place = f"line {rows.line_num:,}"
            if len(row) > len(names):
                raise _invalid(f"{place.capitalize()} has {len(row)} cells; there are {len(names)} columns.")
            if any(row):
                yield _record(place, _cells(place, dict(zip(names, row, strict=False))))
    except csv.Error as error:
        raise _invalid(f"Line {rows.line_num:,} is no CSV: {error}.") from error


def _cells(place: str, row: dict[str, str]) -> dict[str, Any]:
    """Return the cells of a line; an empty one leaves the value of the document as it is."""
    cells: dict[str, Any] = {name: value for name, value in row.items() if value or name == "id"}
    if "meta" in cells:
        try:
            cells["meta"] = orjson.loads(cells["meta"])
        except orjson.JSONDecodeError as error:
            raise _invalid(f"{place.capitalize()}: meta is no JSON: {error}.") from error
    return cells


def _record(place: str, item: Any) -> CorrectionRecord:
    if not isinstance(item, dict) or not item.keys() <= set(MEMBERS) or len(item.keys() - {"id"}) == 0:
        raise _invalid(f"{place.capitalize()}: give an object with id, and text, title or meta.")
    if not item.get("id") or any(not isinstance(item.get(name, ""), str) for name in ("id", "title", "text")):
        raise _invalid(f"{place.capitalize()}: id, title and text must be strings, and id not empty.")
    return CorrectionRecord(place, item["id"], {name: item[name] for name in MEMBERS[1:] if name in item})


def _invalid(detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[{"pointer": "", "detail": detail}])
