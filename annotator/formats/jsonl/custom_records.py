"""Reading records with other fields than ours: one object for each document, with its fields named in the mapping.

`spans` is a list of objects with `start`, `end` and `label`, or of `[start, end, label]`; the mapping may rename them.
The members `text` and `covered` of an object are the text of the span: wrong offsets are corrected or refused.
All other fields go into `meta`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from annotator.formats.incoming import (
    LONGEST_TITLE,
    IncomingDocument,
    IncomingFiles,
    ReadResult,
    document_id,
)
from annotator.formats.json_files import iterate_elements
from annotator.formats.set_builder import CODE_POINTS, SetBuilder
from annotator.text.digest import text_digest

DEFAULT_ANNOTATOR = "imported"


def read_records(incoming: IncomingFiles) -> Iterator[ReadResult]:
    """Yield a document for each object of JSONL or of an array."""
    with incoming.open() as stream:
        for number, record in enumerate(iterate_elements(stream), 1):
            location = f"record {number}"
            if isinstance(record, dict):
                yield read_record(record, incoming, location, number)
            else:
                yield ReadResult(location, problems=("A record must be an object.",))


def read_record(record: Mapping[str, Any], incoming: IncomingFiles, location: str, number: int) -> ReadResult:
    """Return the document that a record describes."""
    names = {use: incoming.fields.get(use, use) for use in ("text", "id", "title", "spans", "annotator")}
    text = record.get(names["text"])
    if not isinstance(text, str) or not text.strip():
        return ReadResult(location, problems=(f"The field “{names['text']}” has no text.",))
    builder = SetBuilder(text, **incoming.span_options(CODE_POINTS))
    spans = record.get(names["spans"])
    if isinstance(spans, list):
        for span in spans:
            _add(builder, span, incoming.fields)
    annotator = record.get(names["annotator"]) or incoming.options.get("annotator") or DEFAULT_ANNOTATOR
    sets = {str(annotator): builder.build()} if isinstance(spans, list) else {}
    meta = {name: value for name, value in record.items() if name not in names.values()}
    document = IncomingDocument(
        document_id(record.get(names["id"]), incoming.stem, number),
        str(record.get(names["title"]) or "")[:LONGEST_TITLE],
        text,
        text_digest(text),
        meta,
        sets,
    )
    return ReadResult(location, document, tuple(builder.problems), tuple(builder.notes))


def _add(builder: SetBuilder, span: Any, fields: Mapping[str, str]) -> None:
    if isinstance(span, list | tuple) and len(span) == 3:
        builder.add_span(None, span[2], [span[:2]])
    elif isinstance(span, dict):
        start, end, label = (span.get(fields.get(use, use)) for use in ("start", "end", "label"))
        if label is None:
            builder.refuse("spans", "A span has no label.")
        else:
            covered = span.get("text", span.get("covered"))
            builder.add_span(
                span.get("id"), label, [(start, end)], covered=covered if isinstance(covered, str) else None
            )
    else:
        builder.refuse("spans", "A span must be an object, or a list of start, end and label.")
