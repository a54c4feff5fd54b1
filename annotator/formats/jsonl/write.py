"""Writing JSONL: one line for each document, or one for each annotation set.

The bytes depend on the data alone: keys are sorted, spans and relations are in one total order, and nothing says when
or where the line was written. Each span carries the text that it covers, one string for each fragment, which proves the
offsets: `text[start:end]`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import orjson

from annotator.formats.outgoing import ExportContext, ExportDocument, Piece
from annotator.formats.records import DocumentRecord, RelationRecord, SetRecord, SpanRecord

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


def write_jsonl(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield the lines of each document in the layout of the export."""
    for export in documents:
        if context.line_per_set:
            for name in sorted(export.sets):
                yield "", set_line(export.document, name, export.sets[name])
        else:
            yield "", document_line(export.document, export.sets)


def document_line(document: DocumentRecord, sets: Mapping[str, SetRecord]) -> bytes:
    """Return the line of a document with all its sets, by name; it ends in a newline."""
    text = document["text"]
    annotators = {name: _set_fields(record, text) for name, record in sets.items()}
    return orjson.dumps({**document, "annotators": annotators}, option=_OPTIONS)


def set_line(document: DocumentRecord, name: str, record: SetRecord) -> bytes:
    """Return the line of one set, with its document; it ends in a newline."""
    return orjson.dumps({**document, "annotator": name, **_set_fields(record, document["text"])}, option=_OPTIONS)


def covered_text(text: str, fragments: Sequence[Sequence[int]]) -> list[str]:
    """Return the text under each fragment.

    >>> covered_text("They did, she said, agree.", [[0, 8], [20, 25]])
    ['They did', 'agree']
    """
    if len(fragments) == 1:  # as most spans have
        ((start, end),) = fragments
        return [text[start:end]]
    return [text[start:end] for start, end in fragments]


def _set_fields(record: SetRecord, text: str) -> dict[str, object]:
    spans = [_span_fields(span, text) for span in sorted(record["spans"], key=_span_order)]
    return {**record, "spans": spans, "relations": sorted(record["relations"], key=_relation_order)}


def _span_fields(span: SpanRecord, text: str) -> dict[str, object]:
    """Return the members of a span, without an empty note, and with the text that it covers."""
    fields: dict[str, object] = {**span}
    fields["text"] = covered_text(text, span["fragments"])
    if not span["note"]:
        del fields["note"]
    return fields


def _span_order(span: SpanRecord) -> tuple[int, int, str, str]:
    fragments = span["fragments"]
    return fragments[0][0], fragments[-1][1], span["label"], span["id"]


def _relation_order(relation: RelationRecord) -> tuple[str, str, str, str]:
    return relation["label"], relation["from"], relation["to"], relation["id"]
