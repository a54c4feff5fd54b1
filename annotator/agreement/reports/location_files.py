"""The locations of disagreement of a report as files: one row for each, however many annotators disagree there."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotator.agreement.filters import DisagreementFilters
from annotator.agreement.models import AgreementReport
from annotator.agreement.reports.exports import ROWS_AT_ONCE, JsonObject, in_batches
from annotator.agreement.reports.locations import Fragments, LocatedSpan, VersionGroup, location_of, summary
from annotator.agreement.selectors import disagreements, reports
from annotator.corpus.documents.models import Document
from annotator.text.spreadsheet import without_formula

LOCATION_COLUMNS = ["document", "title", "start", "end", "kinds", "annotators", "summary", "versions"]


def location_records(report: AgreementReport, filters: DisagreementFilters) -> Iterator[JsonObject]:
    """Yield every location that passes the filters, document by document, with what annotators have there."""
    for documents in disagreements.documents_in_groups(report):
        heads = disagreements.heads_of(report, filters, documents=documents)
        for some in in_batches(heads.order_by(*disagreements.ORDERS["place"]).iterator(chunk_size=ROWS_AT_ONCE)):
            yield from _records(some)


def _records(heads: Sequence[Any]) -> Iterator[JsonObject]:
    documents = reports.documents_with_texts({head.document for head in heads})
    for head, rows in zip(heads, disagreements.with_others(heads), strict=True):
        document, location = documents[head.document], location_of(rows)
        yield {
            "document": document.external_id,
            "title": document.title,
            "start": location.start,
            "end": location.end,
            "kinds": list(location.kinds),
            "annotators": sum(len(group.annotators) for group in location.groups),
            "summary": summary(location),
            "versions": [_group(group, document) for group in location.groups],
        }


def _group(group: VersionGroup, document: Document) -> JsonObject:
    return {"annotators": list(group.annotators), "spans": [span_record(span, document.text) for span in group.spans]}


def span_record(span: LocatedSpan, text: str) -> JsonObject:
    """Return a span with its text, for files and the API."""
    return {
        "label": span.label,
        "fragments": [list(edges) for edges in span.fragments],
        "text": _text(span.fragments, text),
        "attributes": dict(span.values),
        "relations": [
            {"relation": relation, "label": label, "fragments": [list(edges) for edges in target]}
            for relation, label, target in span.relations
        ],
    }


def _text(fragments: Fragments, text: str) -> str:
    return " … ".join(text[start:end] for start, end in fragments)


def locations_csv(records: Iterator[JsonObject]) -> Iterator[str]:
    """Yield lines of a table; a version is the names of its annotators, its labels and its text."""
    yield _line(LOCATION_COLUMNS)
    for record in records:
        versions = " | ".join(map(_version_text, record["versions"]))
        values = record | {"kinds": " ".join(record["kinds"]), "versions": versions}
        yield _line([without_formula(values[name]) for name in LOCATION_COLUMNS])


def _version_text(group: Mapping[str, Any]) -> str:
    spans = " + ".join(f"{span['label']}: {span['text']}" for span in group["spans"]) or "nothing"
    return f"{', '.join(group['annotators'])}: {spans}"


def _line(values: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(values)
    return out.getvalue()
