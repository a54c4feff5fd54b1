"""Texts with flat lists of spans, for span categorisers and nested entity recognition."""

from collections.abc import Iterable, Iterator
from typing import Any

from annotator.datasets.training.rows import (
    CARRIED,
    attribute_pairs,
    each_set,
    head_of,
    line,
    training_format,
    with_support,
)
from annotator.formats.outgoing import ExportContext, ExportDocument, LossTracker, Piece
from annotator.formats.records import SetRecord


def write_span_ner(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a row for each set: the text and its spans, one for each fragment."""
    for entry, annotator, record, tracker in each_set(documents, context, CARRIED):
        text = entry.document["text"]
        tracker.relations(annotator, record)
        head = head_of(entry.document, annotator, record)
        yield line({**head, "text": text, "spans": _spans(text, annotator, record, tracker)})


def _spans(text: str, annotator: str, record: SetRecord, tracker: LossTracker) -> list[dict[str, Any]]:
    return [
        with_support(
            {
                "id": span["id"],
                "start": start,
                "end": end,
                "label": span["label"],
                "text": text[start:end],
                "attributes": attribute_pairs(span),
            },
            span,
        )
        for span in tracker.spans(annotator, record)
        for start, end in span["fragments"]
    ]


FORMAT = training_format("Training: spans (span NER)", write_span_ner)
