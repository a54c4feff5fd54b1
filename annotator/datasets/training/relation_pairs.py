"""Pairs of spans with the relation between them or "none", for relation extraction.

Candidates are all ordered pairs of spans for which the schema allows a relation, in the same sentence or at most
`pair_sentences` sentences apart. Relations over longer distances are reported as losses and have no row, so that
distance does not reveal the answer. A pair with two relations has two rows, a pair without one row labelled "none".
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from annotator.datasets.training.rows import WHOLE, each_set, head_of, line, span_fields, touched, training_format
from annotator.formats.loss_reasons import reason
from annotator.formats.outgoing import ExportContext, ExportDocument, LossTracker, Piece
from annotator.formats.records import RelationRecord, SetRecord, SpanRecord
from annotator.text.tokens import Range

NONE = "none"
Pair = tuple[str, str]


@dataclass(frozen=True)
class Candidates:
    """Which pairs are candidates: the allowed relation types by the labels of both spans, and the largest distance."""

    types: Mapping[Pair, Sequence[str]]
    apart: int


@dataclass(frozen=True)
class _End:
    """A span with the first and the last of its sentences."""

    span: SpanRecord
    first: int
    last: int


def write_relation_pairs(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a row for each candidate; its text has all sentences from the first to the last of both spans."""
    candidates = Candidates(_types(context.schema), context.pair_sentences)
    for entry, annotator, record, tracker in each_set(documents, context, WHOLE):
        text = entry.document["text"]
        sentences = context.rules.sentences(text) or [(0, len(text))]
        head = head_of(entry.document, annotator, record)
        for first, second, allowed, label in _pairs(sentences, annotator, record, tracker, candidates):
            begin, end = _passage(sentences, first, second)
            yield line(
                {
                    **head,
                    "text": text[begin:end],
                    "passage": [begin, end],
                    "from": _shifted(first.span, text, begin),
                    "to": _shifted(second.span, text, begin),
                    "label": label,
                    "allowed": allowed,
                }
            )


def _types(schema: Mapping[str, Any]) -> dict[Pair, list[str]]:
    allowed: dict[Pair, list[str]] = {}
    for relation in schema.get("relations", ()):
        for source in relation["from"]:
            for target in relation["to"]:
                allowed.setdefault((source, target), []).append(relation["id"])
    return allowed


def _pairs(
    sentences: Sequence[Range], annotator: str, record: SetRecord, tracker: LossTracker, candidates: Candidates
) -> Iterator[tuple[_End, _End, Sequence[str], str]]:
    """Yield every candidate in the order of the text, once for each of its relations, or once with "none"."""
    ends = [_end(span, sentences) for span in tracker.spans(annotator, record)]
    reached = list(accumulate((end.last for end in ends), max))
    drawn: dict[Pair, list[RelationRecord]] = {}
    for relation in tracker.relations(annotator, record):
        drawn.setdefault((relation["from"], relation["to"]), []).append(relation)
    for number, first in enumerate(ends):
        for second in _near(ends, reached, number, candidates.apart):
            allowed = candidates.types.get((first.span["label"], second.span["label"]))
            if allowed:
                relations = drawn.pop((first.span["id"], second.span["id"]), [])
                for label in sorted({relation["label"] for relation in relations}) or [NONE]:
                    yield first, second, allowed, label
    for relation in (relation for left in drawn.values() for relation in left):
        tracker.add_loss(annotator, relation["id"], "relation", reason("too_far_apart"))


def _near(ends: Sequence[_End], reached: Sequence[int], number: int, apart: int) -> Iterator[_End]:
    """Yield the other spans that are at most `apart` sentences away, in order.

    `ends` are in the order of the text; `reached` is the last sentence of each of them and of those before.
    """
    here = ends[number]
    for at in range(bisect_left(reached, here.first - apart), len(ends)):
        other = ends[at]
        if other.first > here.last + apart:
            return
        if at != number and here.first - other.last <= apart:
            yield other


def _end(span: SpanRecord, sentences: Sequence[Range]) -> _End:
    first, beyond = touched(sentences, span["fragments"][0][0], span["fragments"][-1][1])
    first = min(first, len(sentences) - 1)
    return _End(span, first, max(first, beyond - 1))


def _passage(sentences: Sequence[Range], first: _End, second: _End) -> Range:
    """Return the range from the first to the last sentence, extended to spans that reach beyond."""
    edges = [edge for end in (first, second) for fragment in end.span["fragments"] for edge in fragment]
    begin, stop = sentences[min(first.first, second.first)][0], sentences[max(first.last, second.last)][1]
    return min(begin, *edges), max(stop, *edges)


def _shifted(span: SpanRecord, text: str, begin: int) -> dict[str, Any]:
    fields = span_fields(span, text)
    fields["fragments"] = [[start - begin, end - begin] for start, end in span["fragments"]]
    return fields


FORMAT = training_format("Training: pairs for relation extraction", write_relation_pairs)
