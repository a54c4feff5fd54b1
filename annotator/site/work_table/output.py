"""The table of documents as CSV and JSONL, streamed."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from annotator.site.work_table.choice import ANSWER, META
from annotator.site.work_table.selectors import Row
from annotator.text.spreadsheet import without_formula

Writer = Callable[[Iterable[Row], Sequence[str], Sequence[str]], Iterator[str]]


def record_of(row: Row, columns: Sequence[str]) -> dict[str, Any]:
    """Return a row as a JSON object: the document, and what the columns show."""
    document = row.document
    values: dict[str, Any] = {"id": document.pk, "external_id": document.external_id, "title": document.title}
    known: Mapping[str, Any] = {
        "state": row.state,
        "round": row.round or None,
        "priority": row.priority,
        "slots": {"taken": row.taken, "submitted": row.submitted, "limit": row.limit},
        "tags": list(row.tags),
        "people": [
            {"name": one.name, "kind": one.kind, "state": one.state, "excluded": one.is_excluded} for one in row.people
        ],
        "spans": row.spans,
        "labels": dict(row.labels),
        "agreement": row.agreement,
        "disagreements": row.disagreements,
        "minutes": row.minutes,
        "length": document.length,
        "sets": row.sets,
    }
    values |= {name: known[name] for name in columns if name in known}
    if row.answers:
        values["document"] = {name: dict(counts) for name, counts in row.answers.items()}
    if row.meta:
        values["meta"] = dict(row.meta)
    return values


def jsonl_lines(rows: Iterable[Row], columns: Sequence[str], _labels: Sequence[str]) -> Iterator[str]:
    """Yield one line a document."""
    for row in rows:
        yield json.dumps(record_of(row, columns), ensure_ascii=False) + "\n"


def csv_lines(rows: Iterable[Row], columns: Sequence[str], labels: Sequence[str]) -> Iterator[str]:
    """Yield a header and one row a document; each of the labels has a column of its own."""
    names = [name for name in columns if name != "id"]
    yield _line(["id", "external_id", "title", *(head for name in names for head in _heads(name, labels))])
    for row in rows:
        cells = [cell for name in names for cell in _cells(row, name, labels)]
        yield _line([row.document.pk, row.document.external_id, row.document.title, *cells])


def _heads(name: str, labels: Sequence[str]) -> list[str]:
    if name == "slots":
        return ["slots_taken", "slots_submitted", "slots"]
    return [f"spans.{label}" for label in labels] if name == "labels" else [name]


def _cells(row: Row, name: str, labels: Sequence[str]) -> list[object]:
    if name == "slots":
        return [row.taken, row.submitted, row.limit]
    if name == "labels":
        return [row.labels.get(label, 0) for label in labels]
    if name.startswith(META):
        value = row.meta.get(name.removeprefix(META))
        return ["" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)]
    if name.startswith(ANSWER):
        counts = row.answers[name.removeprefix(ANSWER)]
        return ["; ".join(f"{value} ({count})" for value, count in counts.items())]
    if name == "people":
        return ["; ".join(f"{one.name} ({one.state})" for one in row.people)]
    if name == "tags":
        return ["; ".join(row.tags)]
    value = row.document.length if name == "length" else getattr(row, name)
    return ["" if value is None else value]


def _line(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([without_formula(cell) for cell in cells])
    return line.getvalue()


WRITERS: Mapping[str, tuple[Writer, str]] = {
    "csv": (csv_lines, "text/csv; charset=utf-8"),
    "jsonl": (jsonl_lines, "application/x-ndjson"),
}
