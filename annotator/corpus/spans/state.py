"""The effect of changes on spans and relations, with every rule of an annotation set, and changes between states. Pure.

A `State` holds a whole set, or as much of it as a batch of changes touches. `apply` either carries a change out or
raises `ChangeError` and leaves the state as it was. The rules:

- ids are used once; what a change says was there has to be there, to the letter;
- fragments lie inside the text; label, attributes and number of fragments are as the schema allows;
- a relation joins two different spans that exist, in a pair of labels that the schema allows, and not twice;
- a span with relations stays: they have to be removed first, in the same batch at the latest;
- a span keeps a label that its relations allow.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypedDict
from uuid import uuid4

from annotator.corpus.spans.changes import (
    AddRelation,
    AddSpan,
    Change,
    Load,
    RemoveRelation,
    RemoveSpan,
    SpanFields,
    UpdateDocument,
    UpdateSpan,
)
from annotator.corpus.spans.values import ChangeError, RelationValue, SpanValue
from annotator.formats.records import DocumentValue, RelationRecord, SpanRecord
from annotator.problems import FieldError
from projects.schema import Schema


class WholeShape(TypedDict):
    """Spans, relations and attributes of the document of a set, as on the wire."""

    spans: list[SpanRecord]
    relations: list[RelationRecord]
    document_attributes: dict[str, DocumentValue]


@dataclass(frozen=True, slots=True)
class Rules:
    """What spans are checked against: the length of the text in code points, and the schema of the set."""

    length: int
    schema: Schema


@dataclass(slots=True)
class State:
    """Spans and relations by id, the attributes of the document, and the relations of each span."""

    spans: dict[str, SpanValue] = field(default_factory=dict)
    relations: dict[str, RelationValue] = field(default_factory=dict)
    document_attributes: dict[str, DocumentValue] = field(default_factory=dict)
    _at_span: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set), compare=False, repr=False)
    _arrows: set[tuple[str, str, str]] = field(default_factory=set, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        spans: Iterable[SpanValue] = (),
        relations: Iterable[RelationValue] = (),
        document_attributes: Mapping[str, DocumentValue] | None = None,
    ) -> "State":
        """Return a state with this content; it is not checked."""
        state = cls({span.id: span for span in spans}, document_attributes=dict(document_attributes or {}))
        for relation in relations:
            state.put_relation(relation)
        return state

    def wire(self) -> WholeShape:
        """Return the content as on the wire: spans by position in the text, then by id; relations by id."""
        spans = sorted(self.spans.values(), key=lambda span: (span.fragments[0][0], -span.fragments[-1][1], span.id))
        relations = sorted(self.relations.values(), key=lambda relation: relation.id)
        return {
            "spans": [span.wire() for span in spans],
            "relations": [relation.wire() for relation in relations],
            "document_attributes": dict(self.document_attributes),
        }

    def clear(self) -> None:
        """Remove all spans and relations."""
        for content in (self.spans, self.relations, self.document_attributes, self._at_span, self._arrows):
            content.clear()

    def copy(self) -> "State":
        """Return an independent state with the same content."""
        return State.of(self.spans.values(), self.relations.values(), self.document_attributes)

    def put_relation(self, relation: RelationValue) -> None:
        """Add a relation without checks."""
        self.relations[relation.id] = relation
        self._at_span[relation.source].add(relation.id)
        self._at_span[relation.target].add(relation.id)
        self._arrows.add((relation.label, relation.source, relation.target))

    def take_relation(self, relation: RelationValue) -> None:
        """Remove a relation without checks."""
        del self.relations[relation.id]
        self._at_span[relation.source].discard(relation.id)
        self._at_span[relation.target].discard(relation.id)
        self._arrows.discard((relation.label, relation.source, relation.target))

    def relations_at(self, span_id: str) -> list[RelationValue]:
        """Return the relations that begin or end at a span, by id."""
        return [self.relations[relation_id] for relation_id in sorted(self._at_span.get(span_id, ()))]

    def has_arrow(self, relation: RelationValue) -> bool:
        """Return whether the same two spans have the same relation already."""
        return (relation.label, relation.source, relation.target) in self._arrows


def apply(state: State, change: Change, rules: Rules | None) -> None:
    """Apply a change, or raise `ChangeError` and leave the state unchanged.

    Without `rules` only the structure is checked, as when a log is replayed: its entries were checked when they came.
    """
    match change:
        case AddSpan(span=span):
            _add_span(state, span, rules, "/span")
        case RemoveSpan(span=span):
            _remove_span(state, span)
        case UpdateSpan():
            _update_span(state, change, rules)
        case UpdateDocument():
            _update_document(state, change, rules)
        case AddRelation(relation=relation):
            _add_relation(state, relation, rules, "/relation")
        case RemoveRelation(relation=relation):
            _remove_relation(state, relation)
        case Load():
            _load(state, change, rules)


def with_fields(span: SpanValue, fields: SpanFields) -> SpanValue:
    """Return a span with some fields replaced; attributes one by one, None removes one."""
    touched = fields.get("attributes", {})
    kept = {name: value for name, value in span.attributes.items() if name not in touched}
    set_now = {name: value for name, value in touched.items() if value is not None}
    return replace(
        span,
        label=fields.get("label", span.label),
        fragments=fields.get("fragments", span.fragments),
        note=fields.get("note", span.note),
        attributes=kept | set_now,
    )


def has_fields(span: SpanValue, fields: SpanFields) -> bool:
    """Whether a span has all these values."""
    return (
        fields.get("label", span.label) == span.label
        and fields.get("fragments", span.fragments) == span.fragments
        and fields.get("note", span.note) == span.note
        and all(span.attributes.get(name) == value for name, value in fields.get("attributes", {}).items())
    )


def _add_span(state: State, span: SpanValue, rules: Rules | None, pointer: str) -> None:
    if span.id in state.spans:
        raise ChangeError("span_exists", f"{pointer}/id", f"The span {span.id} exists already.")
    _check_span(span, rules, pointer)
    state.spans[span.id] = span


def _remove_span(state: State, span: SpanValue) -> None:
    current = _span(state, span.id, "/span/id")
    if current != span:
        raise ChangeError("before_differs", "/span", f"The span {span.id} differs from what the change expects.")
    if relations := state.relations_at(span.id):
        detail = f"The span {span.id} has relations ({len(relations)}). Remove them first, in the same request."
        raise ChangeError("span_has_relations", "/span/id", detail)
    del state.spans[span.id]


def _update_span(state: State, change: UpdateSpan, rules: Rules | None) -> None:
    current = _span(state, change.span_id, "/span_id")
    if not has_fields(current, change.before):
        raise ChangeError("before_differs", "/before", f"The span {current.id} differs from what the change expects.")
    span = with_fields(current, change.after)
    _check_span(span, rules, "/after")
    state.spans[span.id] = span
    if span.label != current.label and rules is not None:
        try:
            for relation in state.relations_at(span.id):
                _check_ends(state, relation, rules, "/after/label")
        except ChangeError:
            state.spans[span.id] = current
            raise


def _add_relation(state: State, relation: RelationValue, rules: Rules | None, pointer: str) -> None:
    if relation.id in state.relations:
        raise ChangeError("relation_exists", f"{pointer}/id", f"The relation {relation.id} exists already.")
    _span(state, relation.source, f"{pointer}/from")
    _span(state, relation.target, f"{pointer}/to")
    if relation.source == relation.target:
        raise ChangeError("relation_loop", pointer, f"The relation {relation.id} leads from a span to itself.")
    if state.has_arrow(relation):
        detail = f"The relation “{relation.label}” from {relation.source} to {relation.target} exists already."
        raise ChangeError("relation_twice", pointer, detail)
    _check_ends(state, relation, rules, pointer)
    state.put_relation(relation)


def _remove_relation(state: State, relation: RelationValue) -> None:
    current = state.relations.get(relation.id)
    if current is None:
        raise ChangeError("relation_missing", "/relation/id", f"There is no relation {relation.id}.")
    if current != relation:
        detail = f"The relation {relation.id} differs from what the change expects."
        raise ChangeError("before_differs", "/relation", detail)
    state.take_relation(current)


def _update_document(state: State, change: UpdateDocument, rules: Rules | None) -> None:
    current = state.document_attributes
    if any(current.get(name) != value for name, value in change.before.items()):
        raise ChangeError("before_differs", "/before", "The attributes of the document differ from what is expected.")
    set_now = {name: value for name, value in change.after.items() if value is not None}
    if rules is not None:
        _refuse(rules.schema.check_document(set_now), "/after/attributes")
    for name in change.after:
        current.pop(name, None)
    current.update(set_now)


def _load(state: State, load: Load, rules: Rules | None) -> None:
    spans, relations = load.spans, load.relations
    if state.spans or state.relations or state.document_attributes:
        raise ChangeError("not_empty", "/kind", "Only an empty set can be loaded.")
    loaded = State()
    for index, span in enumerate(spans):
        _add_span(loaded, span, rules, f"/spans/{index}")
    for index, relation in enumerate(relations):
        _add_relation(loaded, relation, rules, f"/relations/{index}")
    if rules is not None:
        _refuse(rules.schema.check_document(load.document_attributes), "/document_attributes")
    state.spans.update(loaded.spans)
    state.document_attributes.update(load.document_attributes)
    for relation in relations:
        state.put_relation(relation)


def _span(state: State, span_id: str, pointer: str) -> SpanValue:
    span = state.spans.get(span_id)
    if span is None:
        raise ChangeError("span_missing", pointer, f"There is no span {span_id}.")
    return span


def _check_span(span: SpanValue, rules: Rules | None, pointer: str) -> None:
    if rules is None:
        return
    if span.fragments[-1][1] > rules.length:
        detail = f"The span ends at {span.fragments[-1][1]}; the text has {rules.length} code points."
        raise ChangeError("fragments", f"{pointer}/fragments/{len(span.fragments) - 1}", detail)
    _refuse(rules.schema.check_span(span.label, len(span.fragments), span.attributes), pointer)


def _check_ends(state: State, relation: RelationValue, rules: Rules | None, pointer: str) -> None:
    if rules is not None:
        source, target = state.spans[relation.source], state.spans[relation.target]
        _refuse(rules.schema.check_relation(relation.label, source.label, target.label), pointer)


def _refuse(errors: list[FieldError], pointer: str) -> None:
    for error in errors[:1]:
        raise ChangeError("schema", pointer + error["pointer"], error["detail"])


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
        *_document_update(present, wanted, new_id),
        *(RemoveRelation(new_id(), each) for each in present.relations.values() if each.id not in kept),
        *(RemoveSpan(new_id(), each) for each in present.spans.values() if _goes(each, wanted)),
        *_updates(present, wanted, new_id),
        *(AddSpan(new_id(), each) for each in wanted.spans.values() if _comes(each, present)),
        *(AddRelation(new_id(), each) for each in wanted.relations.values() if each.id not in kept),
    ]


def _document_update(present: State, wanted: State, new_id: Callable[[], str]) -> Iterator[Change]:
    before, after = present.document_attributes, wanted.document_attributes
    touched = [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
    if touched:
        yield UpdateDocument(
            new_id(), {name: before.get(name) for name in touched}, {name: after.get(name) for name in touched}
        )


def _is_other(span: SpanValue, wanted: SpanValue) -> bool:
    return (span.label, span.origin, span.suggestion) != (wanted.label, wanted.origin, wanted.suggestion)


def _goes(span: SpanValue, wanted: State) -> bool:
    """No change touches where a span is from: one that should be from elsewhere is removed and added again."""
    other = wanted.spans.get(span.id)
    return other is None or (other.origin, other.suggestion) != (span.origin, span.suggestion)


def _comes(span: SpanValue, present: State) -> bool:
    return _goes(span, present)


def _updates(present: State, wanted: State, new_id: Callable[[], str]) -> Iterator[Change]:
    for span in present.spans.values():
        other = wanted.spans.get(span.id)
        if other is None or _goes(span, wanted) or other == span:
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
