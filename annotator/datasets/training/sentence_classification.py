"""Sentences with the labels that touch them, for classification: is this hedged, is it denied?

A label touches a sentence when a span of it shares a character with it. A window is classified as a whole by its
sentence in focus, with the context around it in the text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from annotator.datasets.training.rows import CARRIED, each_set, head_of, label_ids, line, shape, touched
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
        on: list[list[SpanRecord]] = [[] for _ in sentences]
        for span in tracker.spans(annotator, record):
            for number in _touched(sentences, span):
                on[number].append(span)
        head = head_of(document, annotator, record)
        for sentence, spans in zip(sentences, on, strict=True):
            yield line({**head, **_place(document, sentence), **_classes(spans, labels)})


def sentences_of(document: DocumentRecord, rules: TextRules) -> list[Range]:
    """Return where the sentences to be classified lie: of a window only that in focus."""
    if "focus" in document:
        start, end = document["focus"]
        return [(start, end)]
    return rules.sentences(document["text"])


def _touched(sentences: Sequence[Range], span: SpanRecord) -> list[int]:
    found: set[int] = set()
    for start, end in span["fragments"]:
        found.update(range(*touched(sentences, start, end)))
    return sorted(found)


def _place(document: DocumentRecord, sentence: Range) -> dict[str, Any]:
    """The text of a row, and where its sentence lies in the document; a window brings its context along."""
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


FORMAT = shape(
    "Training: sentences and their labels (classification)",
    write_sentence_classification,
    "Where in a sentence a span begins and ends, and ids of spans.",
)
