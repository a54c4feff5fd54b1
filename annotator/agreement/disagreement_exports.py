"""A list of disagreements as a file, row by row, so that memory does not grow with it."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from annotator.agreement import disagreement_selectors, selectors
from annotator.agreement.exports import safe
from annotator.agreement.filters import Filters
from annotator.agreement.models import AgreementReport, Disagreement
from annotator.corpus.documents.models import Document

AT_ONCE = 500
COLUMNS = [
    "document", "title", "kind", "first", "second", "label", "other", "attribute", "start", "end",
    "start_difference", "end_difference", "first_version", "second_version",
]  # fmt: skip

Record = dict[str, Any]


def disagreement_records(report: AgreementReport, filters: Filters) -> Iterator[Record]:
    """Yield every disagreement within filters, document by document, with the words of both versions."""
    ordered = disagreement_selectors.disagreements_of(report, filters).order_by(*disagreement_selectors.ORDERS["place"])
    rows: list[Disagreement] = []
    for row in ordered.iterator(chunk_size=AT_ONCE):
        rows.append(row)
        if len(rows) == AT_ONCE:
            yield from _records(rows)
            rows = []
    yield from _records(rows)


def _records(rows: list[Any]) -> Iterator[Record]:
    documents = selectors.documents_with_texts({row.document for row in rows})
    for row in rows:
        document = documents[row.document]
        plain = ("kind", "first", "second", "label", "other", "attribute", "start", "end")
        yield {
            "document": document.external_id,
            "title": document.title,
            **{name: getattr(row, name) for name in plain},
            "start_difference": row.start_difference,
            "end_difference": row.end_difference,
            "first_version": [_version(each, document) for each in row.detail["first"]],
            "second_version": [_version(each, document) for each in row.detail["second"]],
        }


def _version(version: Mapping[str, Any], document: Document) -> Record:
    """A version with its words; with those of the other end, where it is a relation."""
    told = {**version, "text": " … ".join(document.text[start:end] for start, end in version["fragments"])}
    return told | ({"target": _version(version["target"], document)} if "target" in version else {})


def as_csv(records: Iterator[Record]) -> Iterator[str]:
    """Yield lines of a table; a version is its label, value or relation, and its words."""
    yield _line(COLUMNS)
    for record in records:
        shown = record | {name: " | ".join(map(_told, record[name])) for name in ("first_version", "second_version")}
        yield _line([safe(shown[name]) for name in COLUMNS])


def _told(version: Mapping[str, Any]) -> str:
    label = f"{version['label']}={version['value']}" if "value" in version else version["label"]
    told = f"{label}: {version['text']}"
    return f"{told} -{version['relation']}-> {_told(version['target'])}" if "target" in version else told


def _line(values: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(values)
    return out.getvalue()


def as_json_lines(records: Iterator[Record]) -> Iterator[bytes]:
    """Yield a line of JSON for each."""
    return (orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)
