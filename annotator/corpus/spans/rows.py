"""The rows that a batch of changes touches: reading them, and writing the result.

Only the spans and relations that a batch names are read, so that saving takes as long in a set of 10,000 spans as in
one of 20.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection
from django.db.models import Q, QuerySet

from annotator.corpus.spans.changes import (
    AddRelation,
    AddSpan,
    Change,
    RemoveRelation,
    RemoveSpan,
    UpdateDocument,
    UpdateSpan,
)
from annotator.corpus.spans.models import AnnotationSet, Relation, Span
from annotator.corpus.spans.selectors import RELATION_COLUMNS, SPAN_COLUMNS, document_attributes_of, span_value
from annotator.corpus.spans.state import State
from annotator.corpus.spans.values import RelationValue, SpanValue
from annotator.formats.records import DocumentValue
from annotator.platform.bulk_rows import Row, insert_rows, table_of
from annotator.platform.prepared import (
    MOST_PREPARED,
    Parameter,
    PreparedQuery,
    PreparedUpdate,
    numbered,
    parameters,
)

Keyed = dict[str, tuple[int, SpanValue]]

_SPAN_COLUMNS = ("label", "start", "end", "fragments", "attributes", "note", "origin", "suggestion")
_SPANS = table_of(Span, " ".join(("annotation_set_id", "uid", *_SPAN_COLUMNS)))
_changed_span = PreparedUpdate(
    lambda: Span.objects.filter(pk=Parameter("span")), **{name: Parameter(name) for name in _SPAN_COLUMNS}
)


@dataclass(frozen=True, slots=True)
class Named:
    """What a batch of changes names, by id."""

    spans: set[str]
    relations: set[str]
    losing_relations: set[str]
    """Spans that are removed or relabelled: all their relations are needed."""


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a set that a batch touches: its content, and the keys of the rows."""

    state: State
    span_keys: dict[str, int]
    relation_keys: dict[str, int]


def read_part(annotation_set: AnnotationSet, changes: Sequence[Change]) -> Part:
    """Read the rows that a batch of changes touches."""
    named = _named(changes)
    spans = _read_spans(annotation_set, named.spans)
    relations = _read_relations(annotation_set, named, spans)
    names_document = any(isinstance(change, UpdateDocument) for change in changes)
    values = document_attributes_of(annotation_set) if names_document else {}
    ends = {end for _, relation in relations for end in (relation.source, relation.target)}
    spans |= _read_spans(annotation_set, ends - spans.keys())
    return Part(
        state=State.of((span for _, span in spans.values()), (relation for _, relation in relations), values),
        span_keys={uid: key for uid, (key, _) in spans.items()},
        relation_keys={relation.id: key for key, relation in relations},
    )


def write_part(annotation_set: AnnotationSet, part: Part, after: State) -> None:
    """Update the rows of a part to `after`: relations are removed first and added last."""
    before = part.state
    if before.document_attributes != after.document_attributes:
        write_document_attributes(annotation_set, after.document_attributes)
    gone = [part.relation_keys[key] for key, value in before.relations.items() if after.relations.get(key) != value]
    delete_relations(gone)
    delete_spans([part.span_keys[key] for key in before.spans.keys() - after.spans.keys()])
    for key in before.spans.keys() & after.spans.keys():
        if before.spans[key] != after.spans[key]:
            columns = dict(zip(_SPAN_COLUMNS, _span_columns(after.spans[key]), strict=True))
            _changed_span.run(span=part.span_keys[key], **columns)
    new = [span for key, span in after.spans.items() if key not in before.spans]
    insert_spans(annotation_set, new)
    come = [value for key, value in after.relations.items() if before.relations.get(key) != value]
    if come:
        added = _read_spans(annotation_set, [span.id for span in new])
        insert_relations(annotation_set, come, part.span_keys | {uid: key for uid, (key, _) in added.items()})


def insert_spans(annotation_set: AnnotationSet, spans: Iterable[SpanValue]) -> None:
    """Write new spans."""
    with connection.cursor() as cursor:
        insert_rows(cursor, _SPANS, [(annotation_set.pk, span.id, *_span_columns(span)) for span in spans])


def insert_relations(annotation_set: AnnotationSet, relations: Iterable[RelationValue], keys: dict[str, int]) -> None:
    """Write new relations; `keys` are those of their spans by id."""
    rows = [
        Relation(
            annotation_set=annotation_set,
            uid=relation.id,
            label=relation.label,
            source_id=keys[relation.source],
            target_id=keys[relation.target],
        )
        for relation in relations
    ]
    Relation.objects.bulk_create(rows, batch_size=1000)


def delete_relations(keys: Sequence[int]) -> None:
    """Delete relations by their keys."""
    if keys:
        Relation.objects.filter(pk__in=keys).delete()


def delete_spans(keys: Sequence[int]) -> None:
    """Delete spans by their keys; their relations are deleted before."""
    if keys:
        Span.objects.filter(pk__in=keys).delete()


def rewrite(annotation_set: AnnotationSet, state: State) -> None:
    """Delete the rows of a set and write them again."""
    Relation.objects.filter(annotation_set=annotation_set).delete()
    Span.objects.filter(annotation_set=annotation_set).delete()
    write_document_attributes(annotation_set, state.document_attributes)
    insert_spans(annotation_set, state.spans.values())
    keys = dict(Span.objects.filter(annotation_set=annotation_set).order_by("id").values_list("uid", "pk"))
    insert_relations(annotation_set, state.relations.values(), keys)


def write_document_attributes(annotation_set: AnnotationSet, values: Mapping[str, DocumentValue]) -> None:
    """Store the attributes of the document that a set has."""
    AnnotationSet.objects.filter(pk=annotation_set.pk).update(document_attributes=dict(values))


def _span_columns(span: SpanValue) -> Row:
    """Return the values of `_SPAN_COLUMNS`."""
    return (
        span.label,
        span.fragments[0][0],
        span.fragments[-1][1],
        orjson.dumps(span.fragments).decode() if len(span.fragments) > 1 else None,
        orjson.dumps(dict(span.attributes)).decode(),
        span.note,
        span.origin,
        orjson.dumps(span.suggestion).decode() if span.suggestion is not None else None,
    )


def _named(changes: Sequence[Change]) -> Named:
    named = Named(spans=set(), relations=set(), losing_relations=set())
    for change in changes:
        match change:
            case AddSpan(span=span):
                named.spans.add(span.id)
            case RemoveSpan(span=span):
                named.spans.add(span.id)
                named.losing_relations.add(span.id)
            case UpdateSpan(span_id=span_id, after=after):
                named.spans.add(span_id)
                if "label" in after:
                    named.losing_relations.add(span_id)
            case AddRelation(relation=relation) | RemoveRelation(relation=relation):
                named.relations.add(relation.id)
                named.spans.update((relation.source, relation.target))
    return named


def _read_spans(annotation_set: AnnotationSet, uids: Collection[str]) -> Keyed:
    """Read spans by id, each with its key."""
    if not uids:
        return {}
    rows = _spans_by_id(len(uids)).all(set=annotation_set.pk, **numbered("uid", uids))
    return {row[1]: (row[0], span_value(row[1:])) for row in rows}


@lru_cache(maxsize=MOST_PREPARED)
def _spans_by_id(count: int) -> PreparedQuery[tuple[Any, ...]]:
    def build() -> QuerySet[Span, tuple[Any, ...]]:
        found = Span.objects.filter(annotation_set=Parameter("set"), uid__in=parameters("uid", count))
        return found.order_by("id").values_list("id", *SPAN_COLUMNS)

    return PreparedQuery(build)


def _read_relations(annotation_set: AnnotationSet, named: Named, spans: Keyed) -> list[tuple[int, RelationValue]]:
    """Read the named relations, those between named spans, and all of spans that may lose theirs.

    One query each: an index serves it, which none would for all in one.
    """
    keys = [key for key, _ in spans.values()]
    losing = [spans[uid][0] for uid in named.losing_relations & spans.keys()]
    wanted = []
    if named.relations:
        wanted += [Q(uid__in=list(named.relations)), Q(source_id__in=keys, target_id__in=keys)]
    if losing:
        wanted += [Q(source_id__in=losing), Q(target_id__in=losing)]
    found: dict[int, RelationValue] = {}
    for condition in wanted:
        rows = Relation.objects.filter(condition, annotation_set=annotation_set).order_by("id")
        found |= {row[0]: RelationValue(*row[1:]) for row in rows.values_list("id", *RELATION_COLUMNS)}
    return list(found.items())
