"""Sentences with their labels, for classification: is this hedged, is it denied?

A sentence has a label when it shares a character with a span of the label. A window is classified by its sentence in
focus; its text includes the context.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from annotator.datasets.training.rows import CARRIED, each_set, head_of, label_ids, line, touched, training_format
from annotator.formats.outgoing import PARTS, SUPPORT, ExportContext, ExportDocument, Piece
from annotator.formats.records import DocumentRecord, SpanRecord
from annotator.text.rules import TextRules
from annotator.text.tokens import Range


def write_sentence_classification(documents: Iterable[ExportDocument], context: ExportContext) -> Iterator[Piece]:
    """Yield a row for each sentence of each set; labels in the order of the schema, each with 1 or 0."""
    labels = label_ids(context)
    carried = (CARRIED | {PARTS}) - {SUPPORT}
    for entry, annotator, record, tracker in each_set(documents, context, carried):
        document = entry.document
        sentences = sentences_of(document, context.rules)
        tracker.relations(annotator, record)
        touching: list[list[SpanRecord]] = [[] for _ in sentences]
        for span in tracker.spans(annotator, record):
            for number in _touched(sentences, span):
                touching[number].append(span)
        head = head_of(document, annotator, record)
        for sentence, spans in zip(sentences, touching, strict=True):
            yield line({**head, **_position(document, sentence), **_classes(spans, labels)})


def sentences_of(document: DocumentRecord, rules: TextRules) -> list[Range]:
    """Return the ranges of the sentences to classify; of a window, only the sentence in focus."""
    if "focus" in document:
        start, end = document["focus"]
        return [(start, end)]
    return rules.sentences(document["text"])


def _touched(sentences: Sequence[Range], span: SpanRecord) -> list[int]:
    numbers: set[int] = set()
    for start, end in span["fragments"]:
        numbers.update(range(*touched(sentences, start, end)))
    return sorted(numbers)


def _position(document: DocumentRecord, sentence: Range) -> dict[str, Any]:
    """Return the text of a row, and the position of its sentence in the document; windows include their context."""
    start, end = sentence
    if "window" in document:
        begin = document["window"][0]
        return {"sentence": [begin + start, begin + end], "text": document["text"]}
    return {"sentence": [start, end], "text": document["text"][start:end]}


def _classes(spans: Sequence[SpanRecord], labels: Sequence[str]) -> Mapping[str, Any]:
    present = {span["label"] for span in spans}
    values = {
        f"{span['label']}.{name}={value}" for span in spans for name, value in span["attributes"].items() if value
    }
    return {
        "labels": [label for label in labels if label in present],
        "classes": {label: int(label in present) for label in labels},
        "values": sorted(values),
    }


FORMAT = training_format(
    "Training: sentences and their labels (classification)",
    write_sentence_classification,
    "Where in a sentence a span begins and ends, and ids of spans.",
)
