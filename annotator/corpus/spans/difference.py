"""The changes that lead from one state of a set to another. Pure."""

from collections.abc import Callable, Iterator
from uuid import uuid4

from annotator.corpus.spans.changes import (
    AddRelation,
    AddSpan,
    Change,
    RemoveRelation,
    RemoveSpan,
    SpanFields,
    UpdateSpan,
)
from annotator.corpus.spans.state import State
from annotator.corpus.spans.values import SpanValue


def new_id() -> str:
    """Return an id for a change."""
    return str(uuid4())


def changes_between(present: State, wanted: State, *, new_id: Callable[[], str] = new_id) -> list[Change]:
    """Return changes that make `wanted` out of `present`, in an order in which each of them is allowed.

    Relations of spans with a new label or origin are removed first and added last: in between they could connect labels
    that the schema does not allow.
    """
    replaced = {
        span.id for span in present.spans.values() if span.id in wanted.spans and _is_other(span, wanted.spans[span.id])
    }
    kept = {
        relation.id
        for relation in present.relations.values()
        if wanted.relations.get(relation.id) == relation and replaced.isdisjoint({relation.source, relation.target})
    }
    return [
        *(RemoveRelation(new_id(), each) for each in present.relations.values() if each.id not in kept),
        *(RemoveSpan(new_id(), each) for each in present.spans.values() if _goes(each, wanted)),
        *_updates(present, wanted, new_id),
        *(AddSpan(new_id(), each) for each in wanted.spans.values() if _comes(each, present)),
        *(AddRelation(new_id(), each) for each in wanted.relations.values() if each.id not in kept),
    ]


def _is_other(span: SpanValue, wanted: SpanValue) -> bool:
    return (span.label, span.origin) != (wanted.label, wanted.origin)


def _goes(span: SpanValue, wanted: State) -> bool:
    """No change touches the origin: a span that should have another one is removed and added again."""
    other = wanted.spans.get(span.id)
    return other is None or other.origin != span.origin


def _comes(span: SpanValue, present: State) -> bool:
    return _goes(span, present)


def _updates(present: State, wanted: State, new_id: Callable[[], str]) -> Iterator[Change]:
    for span in present.spans.values():
        other = wanted.spans.get(span.id)
        if other is None or other.origin != span.origin or other == span:
            continue
        yield UpdateSpan(new_id(), span.id, before=_fields(span, other), after=_fields(other, span))


def _fields(span: SpanValue, other: SpanValue) -> SpanFields:
    """The fields of a span in which it differs from another one; null for an attribute that only the other has."""
    fields: SpanFields = {}
    if span.label != other.label:
        fields["label"] = span.label
    if span.fragments != other.fragments:
        fields["fragments"] = span.fragments
    if span.note != other.note:
        fields["note"] = span.note
    names = sorted(span.attributes.keys() | other.attributes.keys())
    touched = [name for name in names if span.attributes.get(name) != other.attributes.get(name)]
    if touched:
        fields["attributes"] = {name: span.attributes.get(name) for name in touched}
    return fields
