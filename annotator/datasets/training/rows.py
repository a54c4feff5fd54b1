"""What the rows of all training formats share: document and annotator, spans over tokens, and JSON lines."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import orjson

from annotator.formats.incoming import Head
from annotator.formats.interface import Format
from annotator.formats.outgoing import (
    ATTRIBUTES,
    ID,
    ORIGIN,
    PARTS,
    RELATIONS,
    SUPPORT,
    ExportContext,
    ExportDocument,
    LossTracker,
    Piece,
)
from annotator.formats.records import DocumentRecord, SetRecord, SpanRecord
from annotator.text.tokens import Range

_START, _END = itemgetter(0), itemgetter(1)
LOST = (
    "Titles and meta of documents; origins of spans; revisions and states of sets.",
    "Which guidelines a set was made under.",
)
CARRIED = frozenset({ATTRIBUTES, ID, ORIGIN, SUPPORT})
WHOLE = CARRIED | {PARTS, RELATIONS}


def head_of(document: DocumentRecord, annotator: str, record: SetRecord) -> dict[str, Any]:
    """Return the first fields of a row: document, annotator (or view) and schema version; also the window, if any."""
    head: dict[str, Any] = {
        "document": document.get("document", document["id"]),
        "annotator": annotator,
        "schema_version": record.get("schema_version"),
    }
    if "window" in document:
        head |= {"window": document["window"], "focus": document["focus"]}
    return head


def span_fields(span: SpanRecord, text: str) -> dict[str, Any]:
    """Return the fields of a span in a row: fragments with the text of each."""
    fields: dict[str, Any] = {
        "id": span["id"],
        "label": span["label"],
        "fragments": span["fragments"],
        "text": [text[start:end] for start, end in span["fragments"]],
        "attributes": attribute_pairs(span),
    }
    return with_support(fields, span)


def sorted_attributes(span: SpanRecord) -> dict[str, str]:
    """Return the attributes sorted by name; each database keeps them in another order."""
    return dict(sorted(span["attributes"].items()))


def attribute_pairs(span: SpanRecord) -> list[dict[str, str]]:
    """Return the attributes as pairs of name and value, so that all rows of a table have the same columns."""
    return [{"name": name, "value": value} for name, value in sorted(span["attributes"].items())]


def with_support(fields: dict[str, Any], span: SpanRecord) -> dict[str, Any]:
    """Return the fields of a span, with its support if that is known."""
    if "support" in span:
        fields |= {"support": span["support"], "sources": span["sources"]}
    return fields


def each_set(
    documents: Iterable[ExportDocument], context: ExportContext, carried: Iterable[str]
) -> Iterator[tuple[ExportDocument, str, SetRecord, LossTracker]]:
    """Yield every set with its document, and the tracker for what the format does not carry."""
    kept = frozenset(carried)
    for entry in documents:
        tracker = LossTracker(entry, context.losses, carried=kept)
        for annotator, record in entry.sets.items():
            yield entry, annotator, record, tracker


def line(row: Mapping[str, Any]) -> Piece:
    """Return a row as bytes, with its fields in the order given."""
    return "", orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def label_ids(context: ExportContext) -> list[str]:
    """Return the labels of the schema in its order."""
    return [label["id"] for label in context.schema["labels"]]


def spaces_after(text: str, tokens: list[Range]) -> tuple[str, list[str]]:
    """Return the text before the first token and after each token; with the tokens this is the whole text.

    >>> spaces_after(" Ada  left.", [(1, 4), (6, 10), (10, 11)])
    (' ', ['  ', '', ''])
    """
    following = [start for start, _ in tokens[1:]] + [len(text)]
    first = tokens[0][0] if tokens else len(text)
    return text[:first], [text[end:start] for (_, end), start in zip(tokens, following, strict=False)]


def training_format(name: str, write: Any, *lost: str) -> Format:
    """Return a training format; `lost` are sentences about what it never carries."""

    def sniff(_: Head) -> float:
        # Training formats are only written, so no file is detected as one.
        return 0.0

    return Format(name, (".jsonl",), sniff, write=write, media_type="application/x-ndjson", lost=(*LOST, *lost))


def touched(tokens: Sequence[Range], start: int, end: int) -> Range:
    """Return the first token that shares a character with `[start, end)` and the one after the last, by their numbers.

    Both are the same where no token is touched. `tokens` are in order and apart.

    >>> touched([(0, 3), (4, 8)], 2, 5), touched([(0, 3), (4, 8)], 3, 4)
    ((0, 2), (1, 1))
    """
    return bisect_right(tokens, start, key=_END), bisect_left(tokens, end, key=_START)


def is_aligned(tokens: Sequence[Range], first: int, beyond: int, start: int, end: int) -> bool:
    """Whether the tokens from `first` up to `beyond` start at `start` and end at `end`."""
    return tokens[first][0] == start and tokens[beyond - 1][1] == end
