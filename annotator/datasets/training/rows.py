"""What the rows of every shape have in common: whose work on which document, and JSON lines of fixed bytes."""

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
    """Return how a row begins: document, annotator (or view) and schema version; of a window also where it lies."""
    head: dict[str, Any] = {
        "document": document.get("document", document["id"]),
        "annotator": annotator,
        "schema_version": record.get("schema_version"),
    }
    if "window" in document:
        head |= {"window": document["window"], "focus": document["focus"]}
    return head


def told(span: SpanRecord, text: str) -> dict[str, Any]:
    """Return a span as it stands in a row: fragments with the text under each."""
    said: dict[str, Any] = {
        "id": span["id"],
        "label": span["label"],
        "fragments": span["fragments"],
        "text": [text[start:end] for start, end in span["fragments"]],
        "attributes": attribute_pairs(span),
    }
    return with_support(said, span)


def sorted_attributes(span: SpanRecord) -> dict[str, str]:
    """Return the attributes by name: in which order a database keeps them shall not show."""
    return dict(sorted(span["attributes"].items()))


def attribute_pairs(span: SpanRecord) -> list[dict[str, str]]:
    """Return the attributes as pairs by name: a table has one set of columns, attributes have many names."""
    return [{"name": name, "value": value} for name, value in sorted(span["attributes"].items())]


def with_support(said: dict[str, Any], span: SpanRecord) -> dict[str, Any]:
    """Return what is said of a span, with who stands behind it where that is known."""
    if "support" in span:
        said |= {"support": span["support"], "sources": span["sources"]}
    return said


def each_set(
    documents: Iterable[ExportDocument], context: ExportContext, carried: Iterable[str]
) -> Iterator[tuple[ExportDocument, str, SetRecord, LossTracker]]:
    """Yield every set with its document, and what takes down what the shape does not carry."""
    kept = frozenset(carried)
    for entry in documents:
        tracker = LossTracker(entry, context.losses, carried=kept)
        for annotator, record in entry.sets.items():
            yield entry, annotator, record, tracker


def line(row: Mapping[str, Any]) -> Piece:
    """Return a row as bytes, its keys in the order of their making."""
    return "", orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def label_ids(context: ExportContext) -> list[str]:
    """Return the labels of the schema in its order."""
    return [label["id"] for label in context.schema["labels"]]


def spaces_after(text: str, tokens: list[Range]) -> tuple[str, list[str]]:
    """Return what stands before the first token and after each: with the tokens, the whole text.

    >>> spaces_after(" Ada  left.", [(1, 4), (6, 10), (10, 11)])
    (' ', ['  ', '', ''])
    """
    following = [start for start, _ in tokens[1:]] + [len(text)]
    first = tokens[0][0] if tokens else len(text)
    return text[:first], [text[end:start] for (_, end), start in zip(tokens, following, strict=False)]


def shape(name: str, write: Any, *lost: str) -> Format:
    """Return the recipe of a shape."""

    def sniff(_: Head) -> float:
        # Shapes are only written: no file is ever one of them.
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
    """Whether tokens `first` to `beyond` begin at `start` and end at `end`."""
    return tokens[first][0] == start and tokens[beyond - 1][1] == end
