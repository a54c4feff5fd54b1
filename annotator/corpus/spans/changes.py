"""The entries of a set's log: their kinds, how they are read and written, and their inverses. Pure.

A change says what it does and what was there before, so that its inverse needs no look-up. The shapes are those of
`docs/developers/api.md`, *Saving changes*; what a change does to the spans is in `annotator.corpus.spans.state`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict

from annotator.corpus.spans.problems import InvalidChange
from annotator.corpus.spans.values import (
    ChangeError,
    Fragments,
    RelationValue,
    SpanValue,
    read_attributes,
    read_document_attributes,
    read_fragments,
    read_id,
    read_note,
    read_object,
    read_relation,
    read_span,
)
from annotator.formats.records import DocumentValue, RelationRecord, SpanRecord
from projects.schema_mapping import AttributeRule, MappedSpan, SchemaMapping, Unmapped

MOST_CHANGES = 500
CHANGE_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


class SpanFields(TypedDict, total=False):
    """Some fields of a span; `attributes` holds only those touched, None for one that is not set."""

    label: str
    fragments: Fragments
    note: str
    attributes: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class AddSpan:
    """A span is added."""

    id: str
    span: SpanValue


@dataclass(frozen=True, slots=True)
class RemoveSpan:
    """A span is removed; `span` is all of it. Its relations have to be removed before."""

    id: str
    span: SpanValue


@dataclass(frozen=True, slots=True)
class UpdateSpan:
    """Some fields of a span change; `before` and `after` hold the same ones."""

    id: str
    span_id: str
    before: SpanFields
    after: SpanFields


@dataclass(frozen=True, slots=True)
class UpdateDocument:
    """Attributes of the document change; `before` and `after` hold those touched, None for one that is not set.

    On the wire and in the log this is an update of the span with the empty id, which stands for the document.
    """

    id: str
    before: Mapping[str, DocumentValue | None]
    after: Mapping[str, DocumentValue | None]


@dataclass(frozen=True, slots=True)
class AddRelation:
    """A relation is added."""

    id: str
    relation: RelationValue


@dataclass(frozen=True, slots=True)
class RemoveRelation:
    """A relation is removed."""

    id: str
    relation: RelationValue


@dataclass(frozen=True, slots=True)
class Load:
    """The content of a file or of another set; always the first entry of a log."""

    id: str
    spans: tuple[SpanValue, ...]
    relations: tuple[RelationValue, ...]
    document_attributes: Mapping[str, DocumentValue] = field(default_factory=dict)


Change = AddSpan | RemoveSpan | UpdateSpan | UpdateDocument | AddRelation | RemoveRelation | Load
KINDS: dict[type, str] = {
    AddSpan: "add_span",
    RemoveSpan: "remove_span",
    UpdateSpan: "update_span",
    UpdateDocument: "update_span",
    AddRelation: "add_relation",
    RemoveRelation: "remove_relation",
    Load: "load",
}


def parse_changes(raw: object) -> list[Change]:
    """Read the changes that a client sends: at most 500, each with a UUID of its own.

    Raises `InvalidChange`, which names the change and the place in it.
    """
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_CHANGES:
        detail = f"“changes” must be a list of 1 to {MOST_CHANGES} changes. Send larger work in several requests."
        raise InvalidChange(detail, pointer="/changes", reason="malformed", change_id=None)
    changes: list[Change] = []
    seen: set[str] = set()
    for index, item in enumerate(raw):
        try:
            change = _read_sent(item, seen)
        except ChangeError as error:
            given = item.get("id") if isinstance(item, dict) else None
            raise invalid_change(error, index, given if isinstance(given, str) else None) from error
        seen.add(change.id)
        changes.append(change)
    return changes


def invalid_change(error: ChangeError, index: int, change_id: str | None) -> InvalidChange:
    """Return the problem for a change of a batch that cannot be read or applied."""
    pointer = f"/changes/{index}{error.pointer}"
    return InvalidChange(error.detail, pointer=pointer, reason=error.reason, change_id=change_id)


def _read_sent(raw: object, seen: set[str]) -> Change:
    change = read_change(raw)
    if isinstance(change, Load):
        raise ChangeError("malformed", "/kind", "Whole sets are loaded by an import only.")
    if not CHANGE_ID.match(change.id):
        raise ChangeError("malformed", "/id", "The id of a change is a UUID in lower case, made by the client.")
    if change.id in seen:
        raise ChangeError("malformed", "/id", f"The change id {change.id} is used twice in this request.")
    return change


def read_change(raw: object) -> Change:
    """Read one change of any kind, as sent or as stored. Raises `ChangeError`."""
    kind = raw.get("kind") if isinstance(raw, dict) else None
    match kind:
        case "add_span" | "remove_span":
            fields = read_object(raw, "", required=("id", "kind", "span"))
            span = read_span(fields["span"], "/span")
            change_id = read_id(fields["id"], "/id")
            return AddSpan(change_id, span) if kind == "add_span" else RemoveSpan(change_id, span)
        case "add_relation" | "remove_relation":
            fields = read_object(raw, "", required=("id", "kind", "relation"))
            relation = read_relation(fields["relation"], "/relation")
            change_id = read_id(fields["id"], "/id")
            return AddRelation(change_id, relation) if kind == "add_relation" else RemoveRelation(change_id, relation)
        case "update_span":
            return _read_update(raw)
        case "load":
            return _read_load(raw)
        case _:
            known = ", ".join(dict.fromkeys(KINDS.values()))
            raise ChangeError("malformed", "/kind" if isinstance(raw, dict) else "", f"The kind is one of {known}.")


def _read_update(raw: object) -> UpdateSpan | UpdateDocument:
    fields = read_object(raw, "", required=("id", "kind", "span_id", "before", "after"))
    if fields["span_id"] == "":
        return _read_update_of_document(fields)
    before, after = _read_fields(fields["before"], "/before"), _read_fields(fields["after"], "/after")
    same = before.keys() == after.keys() and before.get("attributes", {}).keys() == after.get("attributes", {}).keys()
    if not same or not after:
        raise ChangeError("malformed", "/after", "Before and after must name the same fields, and at least one.")
    return UpdateSpan(read_id(fields["id"], "/id"), read_id(fields["span_id"], "/span_id"), before, after)


def _read_update_of_document(fields: Mapping[str, Any]) -> UpdateDocument:
    values = []
    for side in ("before", "after"):
        given = read_object(fields[side], f"/{side}", required=("attributes",))
        values.append(read_document_attributes(given["attributes"], f"/{side}/attributes"))
    before, after = values
    if before.keys() != after.keys() or not after:
        raise ChangeError("malformed", "/after", "Before and after must name the same attributes, and at least one.")
    return UpdateDocument(read_id(fields["id"], "/id"), before, after)


def _read_fields(raw: object, pointer: str) -> SpanFields:
    given = read_object(raw, pointer, optional=("label", "fragments", "note", "attributes"))
    fields: SpanFields = {}
    if "label" in given:
        fields["label"] = read_id(given["label"], f"{pointer}/label")
    if "fragments" in given:
        fields["fragments"] = read_fragments(given["fragments"], f"{pointer}/fragments")
    if "note" in given:
        fields["note"] = read_note(given["note"], f"{pointer}/note")
    if "attributes" in given:
        fields["attributes"] = read_attributes(given["attributes"], f"{pointer}/attributes")
    return fields


def _read_load(raw: object) -> Load:
    fields = read_object(raw, "", required=("id", "kind", "spans", "relations"), optional=("document_attributes",))
    for name in ("spans", "relations"):
        if not isinstance(fields[name], list):
            raise ChangeError("malformed", f"/{name}", "This must be a list.")
    spans = tuple(read_span(item, f"/spans/{index}") for index, item in enumerate(fields["spans"]))
    relations = tuple(read_relation(item, f"/relations/{index}") for index, item in enumerate(fields["relations"]))
    given = read_document_attributes(fields.get("document_attributes", {}), "/document_attributes")
    values = {name: value for name, value in given.items() if value is not None}
    return Load(read_id(fields["id"], "/id"), spans, relations, values)


def payload(change: Change) -> dict[str, Any]:
    """Return the members of a change beside id and kind, as on the wire and as stored."""
    match change:
        case AddSpan(span=span) | RemoveSpan(span=span):
            return {"span": span.wire()}
        case AddRelation(relation=relation) | RemoveRelation(relation=relation):
            return {"relation": relation.wire()}
        case UpdateSpan(span_id=span_id, before=before, after=after):
            return {"span_id": span_id, "before": _fields_wire(before), "after": _fields_wire(after)}
        case UpdateDocument(before=values_before, after=values_after):
            return {
                "span_id": "",
                "before": {"attributes": dict(values_before)},
                "after": {"attributes": dict(values_after)},
            }
        case Load(spans=spans, relations=relations):
            records = [span.wire() for span in spans], [relation.wire() for relation in relations]
            return load_payload(*records, change.document_attributes)


def load_payload(
    spans: Sequence[SpanRecord], relations: Sequence[RelationRecord], document_attributes: Mapping[str, DocumentValue]
) -> dict[str, Any]:
    """Return the payload of the first log entry of an imported set."""
    loaded: dict[str, Any] = {"spans": list(spans), "relations": list(relations)}
    return loaded | ({"document_attributes": document_attributes} if document_attributes else {})


def read_stored(change_id: str, kind: str, stored: Mapping[str, Any]) -> Change:
    """Return a change from its row in the log."""
    return read_change({"id": change_id, "kind": kind, **stored})


def wire(change: Change) -> dict[str, Any]:
    """Return the whole change as on the wire."""
    return {"id": change.id, "kind": KINDS[type(change)], **payload(change)}


def invert(change: Change, *, change_id: str) -> Change:
    """Return the change that reverts `change`, with its own id.

    Raises ValueError for a `Load`: it is the beginning of a log, there is nothing to go back to.
    """
    match change:
        case AddSpan(span=span):
            return RemoveSpan(change_id, span)
        case RemoveSpan(span=span):
            return AddSpan(change_id, span)
        case AddRelation(relation=relation):
            return RemoveRelation(change_id, relation)
        case RemoveRelation(relation=relation):
            return AddRelation(change_id, relation)
        case UpdateSpan(span_id=span_id, before=before, after=after):
            return UpdateSpan(change_id, span_id, before=after, after=before)
        case UpdateDocument():
            return UpdateDocument(change_id, before=change.after, after=change.before)
        case Load():
            raise ValueError("A load is the first entry of a log and cannot be reverted.")


def _fields_wire(fields: SpanFields) -> dict[str, Any]:
    if "fragments" not in fields:
        return dict(fields)
    return {**fields, "fragments": [list(fragment) for fragment in fields["fragments"]]}


def map_change(
    change: Change, mapping: SchemaMapping, span: SpanValue | None, answers: Mapping[str, DocumentValue]
) -> Change | None:
    """Return a change of an editor that uses labels of an earlier schema version, in those of the present one.

    An editor that was opened before its set was moved goes on: what the present version refuses is read through the
    mapping by which the set was moved. `span` is the span of an update as it is now, and `answers` are the attributes
    of the document. Returns None when the mapping has no place for the change.
    """
    try:
        match change:
            case AddSpan(span=added):
                return AddSpan(change.id, _mapped(added, mapping))
            case RemoveSpan(span=removed):
                return RemoveSpan(change.id, _mapped(removed, mapping))
            case AddRelation(relation=relation):
                return AddRelation(change.id, replace(relation, label=mapping.map_relation(relation.label)))
            case RemoveRelation(relation=relation):
                return RemoveRelation(change.id, replace(relation, label=mapping.map_relation(relation.label)))
            case UpdateSpan() if span is not None:
                return _mapped_update(change, mapping, span)
            case UpdateDocument():
                return _mapped_answers(change, mapping, answers)
            case _:
                return None
    except Unmapped:
        return None


def _mapped(span: SpanValue, mapping: SchemaMapping) -> SpanValue:
    mapped = mapping.map_span(span.label, span.attributes, span.note, len(span.fragments))
    return replace(span, label=mapped.label, attributes=mapped.attributes, note=mapped.note)


def _mapped_update(change: UpdateSpan, mapping: SchemaMapping, span: SpanValue) -> UpdateSpan | None:
    """Return an update of the fields that the editor meant; `before` is what the span has now.

    The revision was compared already: the editor knows everything else that happened to the span.
    """
    set_now = {name: value for name, value in change.after.get("attributes", {}).items() if value is not None}
    candidates = [change.after["label"]] if "label" in change.after else _earlier_labels(span.label, mapping)
    for label in candidates:
        try:
            mapped = mapping.map_span(label, set_now, change.after.get("note", ""), len(span.fragments))
        except Unmapped:
            continue
        after = _after(change.after, label, mapped, mapping, span)
        return UpdateSpan(change.id, change.span_id, before=_present(span, after), after=after) if after else None
    return None


def _mapped_answers(
    change: UpdateDocument, mapping: SchemaMapping, answers: Mapping[str, DocumentValue]
) -> UpdateDocument:
    """Return an update of attributes of the document that the editor meant; `before` is what they are now."""
    rules = mapping.document_attributes
    given = {name: value for name, value in change.after.items() if value is not None}
    removed = [rules[name].to if name in rules else name for name in change.after.keys() - given.keys()]
    after: dict[str, DocumentValue | None] = {**dict.fromkeys(filter(None, removed)), **mapping.map_document(given)}
    return UpdateDocument(change.id, {name: answers.get(name) for name in after}, after)


def _earlier_labels(label: str, mapping: SchemaMapping) -> list[str]:
    """Return the labels of the earlier version whose spans may have this label now."""
    moved = [name for name, rule in mapping.labels.items() if label in (rule.to, *rule.values.values())]
    return [*moved, label]


def _after(sent: SpanFields, label: str, mapped: MappedSpan, mapping: SchemaMapping, span: SpanValue) -> SpanFields:
    fields: SpanFields = {}
    rule = mapping.labels.get(label)
    if "label" in sent or (rule is not None and rule.split in sent.get("attributes", {})):
        fields["label"] = mapped.label
    if "fragments" in sent:
        fields["fragments"] = sent["fragments"]
    if "note" in sent or mapped.note:
        fields["note"] = mapped.note if "note" in sent else "\n".join(filter(None, [span.note, mapped.note]))
    attributes: dict[str, str | None] = {}
    for name, value in sent.get("attributes", {}).items():
        attribute_rule = mapping.attributes.get((label, name), AttributeRule(to=name))
        if value is None and not attribute_rule.note and attribute_rule.to in span.attributes:
            attributes[attribute_rule.to] = None
    attributes |= mapped.attributes
    if attributes:
        fields["attributes"] = attributes
    return fields


def _present(span: SpanValue, fields: SpanFields) -> SpanFields:
    """Return what a span has now in some fields."""
    present: SpanFields = {}
    if "label" in fields:
        present["label"] = span.label
    if "fragments" in fields:
        present["fragments"] = span.fragments
    if "note" in fields:
        present["note"] = span.note
    if "attributes" in fields:
        values: Mapping[str, str] = span.attributes
        present["attributes"] = {name: values.get(name) for name in fields["attributes"]}
    return present
