"""The sample corpus as arrays, and arrays of small documents written by hand."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotator.measures.units import Annotation, Document, Units, annotation_from_records, indexes

SAMPLES = Path(__file__).parents[2] / "annotator" / "site" / "demo" / "sample-corpus"
LABELS = ["Claim", "Speaker", "Denial", "Hedge", "Cue"]
RELATIONS = ["attributed-to", "defers-to", "denies", "hedges", "restates", "signals"]


def sample_records() -> Iterator[dict[str, Any]]:
    for path in sorted(SAMPLES.glob("*.jsonl")):
        with path.open(encoding="utf-8", newline="\n") as lines:
            yield from map(json.loads, lines)


def sample_document(record: Mapping[str, Any], *, names: Sequence[str] = ("A", "B")) -> Document:
    """Return a document of the sample corpus; every word between white space is a token here."""
    labels = {label: index for index, label in enumerate(LABELS)}
    relation_labels = {label: index for index, label in enumerate(RELATIONS)}
    starts, ends = word_tokens(record["text"])
    annotations = {}
    for name in names:
        annotation_set = record["annotators"][name]
        annotations[name] = annotation_from_records(
            annotation_set["spans"], annotation_set["relations"], labels=labels, relation_labels=relation_labels
        )
    return Document(len(record["text"]), indexes(starts), indexes(ends), annotations)


def word_tokens(text: str) -> tuple[list[int], list[int]]:
    starts, ends, position = [], [], 0
    for word in text.split():
        start = text.index(word, position)
        position = start + len(word)
        starts.append(start)
        ends.append(position)
    return starts, ends


def units_of(spans: Sequence[tuple[int, int, str]], labels: Mapping[str, int]) -> Units:
    """Return units from rows `(start, end, label)`."""
    return Units.from_spans([(labels[label], [(start, end)]) for start, end, label in spans])


def plain_document(length: int, annotators: Mapping[str, Sequence[Any]], labels: Mapping[str, int]) -> Document:
    """Return a document of contiguous spans in which every code point is a token."""
    positions = indexes(range(length))
    annotations = {name: Annotation(units_of(spans, labels)) for name, spans in annotators.items()}
    return Document(length, positions, positions + 1, annotations)
