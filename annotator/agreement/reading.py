"""Annotation sets as arrays, a batch of documents at a time, so that memory does not grow with the corpus."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import numpy as np
import orjson
from django.db.models import TextField
from django.db.models.functions import Cast

from annotator.agreement.units import Annotation, Document, IntArray, Units, indexes
from annotator.documents.models import Document as StoredDocument
from annotator.spans.models import Relation, Span
from annotator.text.tokens import token_boundaries

DOCUMENTS_AT_ONCE = 100
CODE_POINTS_AT_ONCE = 500_000

# Rows of spans: set, id, label, start, end, fragments as JSON text or None, attributes as JSON text.
SpanRow = tuple[int, int, str, int, int, str | None, str]
RelationRow = tuple[int, str, int, int]


@dataclass(frozen=True)
class SetHead:
    """Which set counts, for whom, and at which revision it was when its spans were about to be read."""

    id: int
    document_id: int
    revision: int
    author: str


@dataclass(frozen=True)
class ReadDocument:
    """A document with the sets that count."""

    id: int
    heads: list[SetHead]
    document: Document


@dataclass(frozen=True)
class Batch:
    """Documents that share their indexes of labels."""

    labels: list[str]
    relation_labels: list[str]
    documents: list[ReadDocument]


class StoredAttributes(Sequence[Mapping[str, Any]]):
    """Attributes of spans, parsed when somebody asks: only those of matched spans are ever looked at."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    def __getitem__(self, row: Any) -> Any:
        """Return the attributes of a row."""
        return orjson.loads(self._texts[row])


def batches(documents: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """Group the ids of `(id, length)` so that a group is small enough to be held in memory with all its spans."""
    group: list[int] = []
    code_points = 0
    for document_id, length in documents:
        if group and (len(group) >= DOCUMENTS_AT_ONCE or code_points + length > CODE_POINTS_AT_ONCE):
            yield group
            group, code_points = [], 0
        group.append(document_id)
        code_points += length
    if group:
        yield group


def read_batch(document_ids: Sequence[int], heads: Sequence[SetHead]) -> Batch:
    """Read the spans and relations of these sets over these documents."""
    set_ids = [head.id for head in heads]
    spans = _span_rows(set_ids)
    relations = _relation_rows(set_ids)
    labels = sorted({row[2] for row in spans})
    relation_labels = sorted({row[1] for row in relations})
    annotations = _annotations(spans, relations, labels=labels, relation_labels=relation_labels)
    nothing = Annotation(Units.from_spans([]))
    texts = dict(StoredDocument.objects.filter(pk__in=document_ids).order_by("id").values_list("id", "text"))
    by_document: dict[int, list[SetHead]] = {}
    for head in heads:
        by_document.setdefault(head.document_id, []).append(head)
    documents = []
    for document_id in document_ids:
        if document_id in by_document and document_id in texts:
            own_heads = by_document[document_id]
            own = {head.author: annotations.get(head.id, nothing) for head in own_heads}
            documents.append(ReadDocument(document_id, own_heads, _document(texts[document_id], own)))
    return Batch(labels, relation_labels, documents)


def _document(text: str, annotations: Mapping[str, Annotation]) -> Document:
    tokens = _edges(token_boundaries(text))
    return Document(len(text), tokens[:, 0], tokens[:, 1], annotations)


def _edges(pairs: Sequence[tuple[int, int]]) -> IntArray:
    """(start, end) as rows of an array."""
    return np.fromiter(chain.from_iterable(pairs), dtype=np.int64, count=2 * len(pairs)).reshape(-1, 2)


def _span_rows(set_ids: Sequence[int]) -> list[SpanRow]:
    """Rows ordered by set. JSON comes as text: most of it is never parsed."""
    rows = (
        Span.objects.filter(annotation_set_id__in=set_ids)
        .annotate(
            fragments_text=Cast("fragments", TextField()),
            attributes_text=Cast("attributes", TextField()),
        )
        .order_by("annotation_set_id", "start", "id")
        .values_list("annotation_set_id", "id", "label", "start", "end", "fragments_text", "attributes_text")
    )
    return list(rows)


def _relation_rows(set_ids: Sequence[int]) -> list[RelationRow]:
    rows = Relation.objects.filter(annotation_set_id__in=set_ids).order_by("annotation_set_id", "id")
    return list(rows.values_list("annotation_set_id", "label", "source_id", "target_id"))


def _annotations(
    spans: list[SpanRow], relations: list[RelationRow], *, labels: Sequence[str], relation_labels: Sequence[str]
) -> dict[int, Annotation]:
    """One annotation a set, by its id; sets without spans are left out."""
    label_index = {label: index for index, label in enumerate(labels)}
    relation_index = {label: index for index, label in enumerate(relation_labels)}
    arrows: dict[int, list[RelationRow]] = {}
    for arrow in relations:
        arrows.setdefault(arrow[0], []).append(arrow)
    annotations = {}
    for set_id, group in groupby(spans, key=itemgetter(0)):
        rows = list(group)
        places = {row[1]: place for place, row in enumerate(rows)}
        annotations[set_id] = Annotation(
            units=_units(rows, label_index),
            attributes=StoredAttributes([row[6] for row in rows]),
            relations=_arrows(arrows.get(set_id, []), places, relation_index),
        )
    return annotations


def _units(rows: Sequence[SpanRow], label_index: Mapping[str, int]) -> Units:
    labels = np.fromiter((label_index[row[2]] for row in rows), dtype=np.int64, count=len(rows))
    if any(row[5] for row in rows):
        return Units.from_spans([(label_index[row[2]], _fragments(row)) for row in rows])
    edges = _edges([(row[3], row[4]) for row in rows])
    return Units(labels, np.arange(len(rows)), edges[:, 0], edges[:, 1])


def _fragments(row: SpanRow) -> list[list[int]]:
    fragments: list[list[int]] | None = orjson.loads(row[5]) if row[5] else None
    return fragments or [[row[3], row[4]]]


def _arrows(rows: list[RelationRow], places: Mapping[int, int], relation_index: Mapping[str, int]) -> IntArray:
    """Relations whose ends were read; one that came in meanwhile belongs to a later revision."""
    found = [
        (relation_index[label], places[source], places[target])
        for _, label, source, target in rows
        if source in places and target in places
    ]
    return indexes([index for arrow in found for index in arrow]).reshape(-1, 3)
