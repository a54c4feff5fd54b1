"""JSONL as it leaves: one line a document, or one line an annotation set.

The bytes depend on the data alone: keys are sorted, spans and relations stand in one total order, and nothing says when
or where the line was written. Each span carries the text that it covers, one string a fragment, so that whoever reads
the line can prove the offsets: `text[start:end]`.
"""

from collections.abc import Mapping, Sequence

import orjson

from annotator.formats.shapes import DocumentRecord, RelationShape, SetRecord, SpanShape

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def document_line(document: DocumentRecord, sets: Mapping[str, SetRecord]) -> bytes:
    """Return the line of a document with all its sets, by the name each shall carry; ends in a newline."""
    text = document["text"]
    annotators = {name: _set_fields(record, text) for name, record in sets.items()}
    return orjson.dumps({**document, "annotators": annotators}, option=_OPTIONS)


def set_line(document: DocumentRecord, name: str, record: SetRecord) -> bytes:
    """Return the line of one set, with its document around it; ends in a newline."""
    return orjson.dumps({**document, "annotator": name, **_set_fields(record, document["text"])}, option=_OPTIONS)


def covered_text(text: str, fragments: Sequence[Sequence[int]]) -> list[str]:
    """Return the text under each fragment.

    >>> covered_text("They did, she said, agree.", [[0, 8], [20, 25]])
    ['They did', 'agree']
    """
    return [text[start:end] for start, end in fragments]


def _set_fields(record: SetRecord, text: str) -> dict[str, object]:
    spans = [_span_fields(span, text) for span in sorted(record["spans"], key=_span_order)]
    return {**record, "spans": spans, "relations": sorted(record["relations"], key=_relation_order)}


def _span_fields(span: SpanShape, text: str) -> dict[str, object]:
    fragments = span["fragments"]
    fields: dict[str, object] = {
        "id": span["id"],
        "label": span["label"],
        "fragments": fragments,
        "text": [text[start:end] for start, end in fragments],
        "attributes": span["attributes"],
        "origin": span["origin"],
    }
    if span["note"]:
        fields["note"] = span["note"]
    if "support" in span:
        fields["support"] = span["support"]
        fields["sources"] = span["sources"]
    return fields


def _span_order(span: SpanShape) -> tuple[int, int, str, str]:
    fragments = span["fragments"]
    return fragments[0][0], fragments[-1][1], span["label"], span["id"]


def _relation_order(relation: RelationShape) -> tuple[str, str, str, str]:
    return relation["label"], relation["from"], relation["to"], relation["id"]
