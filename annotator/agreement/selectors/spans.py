"""Annotation sets as columns, a batch of documents at a time, so that memory does not grow with the corpus."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast

from annotator.agreement.counting.document_groups import DocumentGroup, RelationRow, SpanRow, SpanRows
from annotator.agreement.counting.shared_schema import Unshared
from annotator.corpus.documents.models import Document as StoredDocument
from annotator.corpus.spans.models import Relation, Span
from annotator.measures.units import Annotation, Document, indexes
from projects.schema_mapping import SchemaMapping, Unmapped

DOCUMENTS_AT_ONCE = 100
CODE_POINTS_AT_ONCE = 500_000
OWN_ORIGINS = ["manual", "imported"]


@dataclass(frozen=True)
class SetHead:
    """A set that counts, with the name it counts under and its revision just before its spans are read."""

    id: int
    document_id: int
    revision: int
    author: str
    schema_version: int = 0
    mappings: tuple[int, ...] = ()
    """The migrations through whose mappings its spans are read, in order; `schema_version` is where they lead."""


@dataclass(frozen=True)
class SpanFilter:
    """Which spans are read: those with one of `labels` if there are any; without `suggestions`, no suggested ones.

    `unshared` has by document what the schema versions of its sets do not have in common.
    """

    labels: frozenset[str] = frozenset()
    suggestions: bool = True
    unshared: Mapping[int, Unshared] = field(default_factory=dict)
    mappings: Mapping[int, Sequence[SchemaMapping]] = field(default_factory=dict)
    """The mappings through which the spans of sets are read, by set."""
    tokens_by: str = "product"


@dataclass(frozen=True)
class LoadedGroup:
    """Documents that the same annotators have finished, and the sets that count over each."""

    documents: DocumentGroup
    heads: Sequence[Sequence[SetHead]]


def batches(documents: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """Yield the ids of `(id, length)` in batches that are small enough to be held in memory with all their spans."""
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


def load_groups(
    document_ids: Sequence[int], heads: Sequence[SetHead], spans: SpanFilter | None = None
) -> list[LoadedGroup]:
    """Return the spans and relations of these sets over these documents."""
    spans = spans or SpanFilter()
    texts = dict(StoredDocument.objects.filter(pk__in=document_ids).order_by("id").values_list("id", "text"))
    set_ids = [head.id for head in heads]
    rows = SpanRows(_span_rows(set_ids, spans), _relation_rows(set_ids, spans))
    by_document: dict[int, dict[str, SetHead]] = {}
    for head in heads:
        by_document.setdefault(head.document_id, {})[head.author] = head
    groups: dict[tuple[tuple[str, ...], Unshared], list[int]] = {}
    for document_id in document_ids:
        if document_id in by_document and document_id in texts:
            annotators = tuple(sorted(by_document[document_id]))
            groups.setdefault((annotators, spans.unshared.get(document_id, Unshared())), []).append(document_id)
    return [
        LoadedGroup(
            rows.group(
                [(document_id, texts[document_id]) for document_id in own],
                [[by_document[document_id][name].id for document_id in own] for name in annotators],
                annotators,
                unshared,
                spans.tokens_by,
            ),
            [list(by_document[document_id].values()) for document_id in own],
        )
        for (annotators, unshared), own in groups.items()
    ]


def load_units(
    documents: Sequence[tuple[int, int]],
    heads: Mapping[int, Sequence[SetHead]],
    spans: SpanFilter,
    labels: dict[str, int],
) -> list[Document]:
    """Return only the spans of `(id, length)`, without texts and tokens; new labels get the next index in `labels`."""
    rows = SpanRows(_span_rows([head.id for own in heads.values() for head in own], spans), [])
    for label in rows.vocabulary.labels:
        labels.setdefault(label, len(labels))
    of_batch = indexes([labels[label] for label in rows.vocabulary.labels])
    return [
        Document(
            length,
            indexes([]),
            indexes([]),
            {
                head.author: Annotation(rows.units(head.id, of_batch, spans.unshared.get(document_id, Unshared())))
                for head in heads[document_id]
            },
        )
        for document_id, length in documents
        if document_id in heads
    ]


def _span_rows(set_ids: Sequence[int], spans: SpanFilter) -> list[SpanRow]:
    """Return rows ordered by set; JSON is read as text, so that equal values are parsed once."""
    if not set_ids:
        return []
    rows = Span.objects.filter(annotation_set_id__in=set_ids)
    if spans.labels and not spans.mappings:
        rows = rows.filter(label__in=sorted(spans.labels))
    if not spans.suggestions:
        rows = rows.filter(origin__in=OWN_ORIGINS)
    texts = rows.annotate(
        fragments_text=Cast("fragments", TextField()), attributes_text=Cast("attributes", TextField())
    ).order_by("annotation_set_id", "start", "id")
    columns = "annotation_set_id", "id", "label", "start", "end", "fragments_text", "attributes_text"
    # A million rows a hundred at a time through the layers of a queryset would cost half as much again.
    statement, parameters = texts.values_list(*columns).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        span_rows: list[SpanRow] = cursor.fetchall()
    return _mapped(span_rows, spans) if spans.mappings else span_rows


def _mapped(rows: Iterable[SpanRow], spans: SpanFilter) -> list[SpanRow]:
    """Return rows read through the mappings of their sets; one without a place there stays as it is."""
    mapped = []
    for row in rows:
        set_id, key, label, start, end, fragments, attributes = row
        for mapping in spans.mappings.get(set_id, ()):
            try:
                span = mapping.map_span(label, orjson.loads(attributes), "", 2 if fragments else 1)
            except Unmapped:
                break
            label, attributes = span.label, orjson.dumps(span.attributes).decode()
        if not spans.labels or label in spans.labels:
            mapped.append((set_id, key, label, start, end, fragments, attributes))
    return mapped


def _relation_rows(set_ids: Sequence[int], spans: SpanFilter) -> list[RelationRow]:
    rows = Relation.objects.filter(annotation_set_id__in=set_ids).order_by("annotation_set_id", "id")
    found = rows.values_list("annotation_set_id", "label", "source_id", "target_id")
    return [
        (set_id, mapped_relation(label, spans.mappings.get(set_id, ())), source, target)
        for set_id, label, source, target in found
    ]


def mapped_relation(label: str, mappings: Iterable[SchemaMapping]) -> str:
    """Return the label of a relation read through mappings; as it is when it has no place there."""
    for mapping in mappings:
        try:
            label = mapping.map_relation(label)
        except Unmapped:
            break
    return label
