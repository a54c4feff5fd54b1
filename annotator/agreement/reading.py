"""Annotation sets as arrays, a batch of documents at a time, so that memory does not grow with the corpus."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from operator import itemgetter

import numpy as np
import orjson
from django.db.models import TextField
from django.db.models.functions import Cast

from annotator.agreement.alignment import RelationSeen, SetSeen, SpanSeen
from annotator.agreement.units import Annotation, Document, IntArray, Units, indexes
from annotator.agreement.versions import Unshared
from annotator.documents.models import Document as StoredDocument
from annotator.spans.models import Relation, Span
from annotator.text.tokens import token_boundaries

DOCUMENTS_AT_ONCE = 100
CODE_POINTS_AT_ONCE = 500_000
OWN_ORIGINS = ["manual", "imported"]

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
    schema_version: int = 0


@dataclass(frozen=True)
class Wanted:
    """Which spans are read: those with one of `labels` if there are any, and without suggestions those made by hand.

    `unshared` says by document what the schema versions of its sets do not have in common.
    """

    labels: frozenset[str] = frozenset()
    suggestions: bool = True
    unshared: Mapping[int, Unshared] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadDocument:
    """A document with the sets that count, by author and row by row the same in both shapes.

    `left_out` counts spans by label that were not read because not all sets were made under a schema that has it.
    """

    id: int
    heads: list[SetHead]
    text: str
    document: Document
    seen: Mapping[str, SetSeen]
    left_out: Mapping[str, int]
    is_mixed: bool


@dataclass(frozen=True)
class Batch:
    """Documents that share their indexes of labels."""

    labels: list[str]
    relation_labels: list[str]
    documents: list[ReadDocument]


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


def read_batch(document_ids: Sequence[int], heads: Sequence[SetHead], wanted: Wanted | None = None) -> Batch:
    """Read the spans and relations of these sets over these documents."""
    wanted = wanted or Wanted()
    set_ids = [head.id for head in heads]
    spans, relations = _span_rows(set_ids, wanted), _relation_rows(set_ids)
    labels, relation_labels = sorted({row[2] for row in spans}), sorted({row[1] for row in relations})
    texts = dict(StoredDocument.objects.filter(pk__in=document_ids).order_by("id").values_list("id", "text"))
    sets = _Sets(spans, relations, labels, relation_labels)
    by_document: dict[int, list[SetHead]] = {}
    for head in heads:
        by_document.setdefault(head.document_id, []).append(head)
    documents = [
        sets.document(texts[document_id], by_document[document_id], wanted.unshared.get(document_id, Unshared()))
        for document_id in document_ids
        if document_id in by_document and document_id in texts
    ]
    return Batch(labels, relation_labels, documents)


def read_units(
    documents: Sequence[tuple[int, int]],
    heads: Mapping[int, Sequence[SetHead]],
    wanted: Wanted,
    labels: dict[str, int],
) -> list[Document]:
    """Read only the spans of `(id, length)`, without texts and tokens; labels that are new get the next index."""
    spans = _span_rows([head.id for own in heads.values() for head in own], wanted)
    for label in sorted({row[2] for row in spans} - labels.keys()):
        labels[label] = len(labels)
    sets = _Sets(spans, [], list(labels), [])
    return [
        sets.bare_document(length, heads[document_id], wanted.unshared.get(document_id, Unshared()))
        for document_id, length in documents
        if document_id in heads
    ]


class _Sets:
    """Rows of spans and relations by set, made into what is measured and what is compared."""

    def __init__(
        self, spans: list[SpanRow], relations: list[RelationRow], labels: Sequence[str], relation_labels: Sequence[str]
    ) -> None:
        self._labels = {label: index for index, label in enumerate(labels)}
        self._relation_labels = {label: index for index, label in enumerate(relation_labels)}
        self._spans = {set_id: list(rows) for set_id, rows in groupby(spans, key=itemgetter(0))}
        self._relations = {set_id: list(rows) for set_id, rows in groupby(relations, key=itemgetter(0))}

    def document(self, text: str, heads: list[SetHead], unshared: Unshared) -> ReadDocument:
        """Put a document and its sets together."""
        left_out: Counter[str] = Counter()
        annotations, seen = {}, {}
        for head in heads:
            rows = self._spans.get(head.id, [])
            if unshared.labels:
                left_out.update(row[2] for row in rows if row[2] in unshared.labels)
                rows = [row for row in rows if row[2] not in unshared.labels]
            seen[head.author] = self._seen(head.id, rows, unshared)
            annotations[head.author] = self._annotation(rows, seen[head.author])
        tokens = _edges(token_boundaries(text))
        document = Document(len(text), tokens[:, 0], tokens[:, 1], annotations)
        return ReadDocument(heads[0].document_id, heads, text, document, seen, left_out, unshared.is_mixed)

    def bare_document(self, length: int, heads: Sequence[SetHead], unshared: Unshared) -> Document:
        """Only the units of every set."""
        annotations = {}
        for head in heads:
            rows = [row for row in self._spans.get(head.id, []) if row[2] not in unshared.labels]
            annotations[head.author] = Annotation(
                Units.from_spans([(self._labels[row[2]], _fragments(row)) for row in rows])
            )
        return Document(length, indexes([]), indexes([]), annotations)

    def _seen(self, set_id: int, rows: Sequence[SpanRow], unshared: Unshared) -> SetSeen:
        """Relations an end of which was not read belong to a later revision, or to a label that does not count."""
        places = {row[1]: place for place, row in enumerate(rows)}
        spans = [
            SpanSeen(row[2], _fragments(row), unshared.shared_attributes(row[2], orjson.loads(row[6]))) for row in rows
        ]
        relations = [
            RelationSeen(label, places[source], places[target])
            for _, label, source, target in self._relations.get(set_id, [])
            if source in places and target in places and label not in unshared.relations
        ]
        return SetSeen(spans, relations)

    def _annotation(self, rows: Sequence[SpanRow], seen: SetSeen) -> Annotation:
        arrows = [(self._relation_labels[arrow.label], arrow.source, arrow.target) for arrow in seen.relations]
        return Annotation(
            units=self._units(rows, seen),
            attributes=[span.attributes for span in seen.spans],
            relations=indexes([index for arrow in arrows for index in arrow]).reshape(-1, 3),
        )

    def _units(self, rows: Sequence[SpanRow], seen: SetSeen) -> Units:
        if any(row[5] for row in rows):
            return Units.from_spans([(self._labels[span.label], span.fragments) for span in seen.spans])
        labels = np.fromiter((self._labels[row[2]] for row in rows), dtype=np.int64, count=len(rows))
        edges = _edges([(row[3], row[4]) for row in rows])
        return Units(labels, np.arange(len(rows)), edges[:, 0], edges[:, 1])


def _edges(pairs: Sequence[tuple[int, int]]) -> IntArray:
    """(start, end) as rows of an array."""
    return np.fromiter(chain.from_iterable(pairs), dtype=np.int64, count=2 * len(pairs)).reshape(-1, 2)


def _fragments(row: SpanRow) -> tuple[tuple[int, int], ...]:
    fragments: list[list[int]] | None = orjson.loads(row[5]) if row[5] else None
    return tuple((start, end) for start, end in fragments) if fragments else ((row[3], row[4]),)


def _span_rows(set_ids: Sequence[int], wanted: Wanted) -> list[SpanRow]:
    """Rows ordered by set. JSON comes as text: orjson reads it in a fraction of the time."""
    rows = Span.objects.filter(annotation_set_id__in=set_ids)
    if wanted.labels:
        rows = rows.filter(label__in=sorted(wanted.labels))
    if not wanted.suggestions:
        rows = rows.filter(origin__in=OWN_ORIGINS)
    texts = rows.annotate(
        fragments_text=Cast("fragments", TextField()), attributes_text=Cast("attributes", TextField())
    ).order_by("annotation_set_id", "start", "id")
    return list(
        texts.values_list("annotation_set_id", "id", "label", "start", "end", "fragments_text", "attributes_text")
    )


def _relation_rows(set_ids: Sequence[int]) -> list[RelationRow]:
    rows = Relation.objects.filter(annotation_set_id__in=set_ids).order_by("annotation_set_id", "id")
    return list(rows.values_list("annotation_set_id", "label", "source_id", "target_id"))
