"""Mappings from one schema version to a later one: labels, attributes, relations and attributes of the document. Pure.

A definition names only what changes; everything else keeps its id and has to exist in the target:

    {"labels": {"Claim": "Assertion",
                "Denial": {"to": "Statement", "set": {"kind": "denial"}, "note": "was Denial"},
                "Quote": {"split": "kind", "values": {"direct": "DirectQuote"}, "otherwise": "IndirectQuote"},
                "Other": {"to": "Statement", "by_hand": true},
                "Old": {"drop": true}},
     "attributes": {"Claim": {"certainty": {"to": "modality", "values": {"sure": "high"}},
                              "source": {"note": true}, "unused": {"drop": true}}},
     "relations": {"said_by": "attributed_to", "old": {"drop": true}},
     "document_attributes": {"genre": "kind", "old": {"drop": true},
                             "tone": {"to": "mood", "values": {"neg": "negative"}}}}

Nothing is deleted: what is dropped must not be used, and a span that has no place in the target is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from annotator.formats.records import DocumentValue
from projects.schema import Attribute, AttributeType, Schema

LONGEST_NOTE = 2_000


class Unmapped(Exception):
    """A span, relation or attribute of the document without a place in the target; `detail` says why."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class MappedSpan:
    """What a span becomes; `by_hand` when a person still has to choose its label."""

    label: str
    attributes: Mapping[str, str]
    note: str
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class LabelRule:
    """The rule for the spans of a label. `values` give the label by the value of the attribute `split`."""

    to: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    split: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    by_hand: bool = False
    drop: bool = False

    def label_for(self, label: str, attributes: Mapping[str, str]) -> str:
        """Return the new label of a span, or raise `Unmapped`."""
        if self.drop:
            raise Unmapped(f"“{label}” is dropped, and spans use it.")
        value = attributes.get(self.split, "") if self.split else ""
        to = self.values.get(value) or self.to
        if not to:
            raise Unmapped(f"“{label}” is split by “{self.split}”, and no label is given for “{value}”.")
        return to


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """The rule for an attribute of a label: another name and other values, a line of the note, or nothing."""

    to: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    note: bool = False
    drop: bool = False

    def apply(self, label: str, name: str, value: str) -> tuple[str, str]:
        """Return the new name and value of an attribute, or raise `Unmapped`."""
        if self.drop:
            raise Unmapped(f"The attribute “{name}” of “{label}” is dropped, and spans have it.")
        return self.to, self.values.get(value, value)


@dataclass(frozen=True, slots=True)
class SchemaMapping:
    """A checked mapping between two schemas."""

    source: Schema
    target: Schema
    labels: Mapping[str, LabelRule]
    attributes: Mapping[tuple[str, str], AttributeRule]
    relations: Mapping[str, str]
    """The new label of a relation; "" for one that is dropped."""
    document_attributes: Mapping[str, AttributeRule] = field(default_factory=dict)

    def map_span(self, label: str, attributes: Mapping[str, str], note: str, fragments: int = 1) -> MappedSpan:
        """Return what a span becomes, or raise `Unmapped` when it has no place in the target."""
        rule = self.labels.get(label, LabelRule(to=label))
        new_label = rule.label_for(label, attributes)
        known = self.target.labels.get(new_label)
        if known is None:
            raise Unmapped(f"The new version has no label “{new_label}”.")
        new_attributes: dict[str, str] = {}
        lines = [note] if note else []
        for name, value in attributes.items():
            attribute_rule = self.attributes.get((label, name))
            if name == rule.split and attribute_rule is None and name not in known.attributes and value in rule.values:
                continue  # The label says it now.
            attribute_rule = attribute_rule or AttributeRule(to=name)
            if attribute_rule.note:
                lines.append(self._note_line(label, name, value))
                continue
            new_name, new_value = attribute_rule.apply(label, name, value)
            if new_attributes.setdefault(new_name, new_value) != new_value:
                raise Unmapped(f"“{label}”: two attributes become “{new_name}”, with different values.")
        for name, value in rule.attributes.items():
            if new_attributes.setdefault(name, value) != value:
                raise Unmapped(f"“{label}”: “{name}” would become “{value}”, and is “{new_attributes[name]}” already.")
        if rule.note and rule.note not in note:
            lines.append(rule.note)
        new_note = "\n".join(lines)
        if len(new_note) > LONGEST_NOTE and new_note != note:
            raise Unmapped(f"“{label}”: the note would be longer than {LONGEST_NOTE:,} characters.")
        for error in self.target.check_span(new_label, fragments, new_attributes):
            raise Unmapped(error["detail"])
        return MappedSpan(new_label, new_attributes, new_note, by_hand=rule.by_hand)

    def _note_line(self, label: str, name: str, value: str) -> str:
        known = self.source.labels[label].attributes.get(name) if label in self.source.labels else None
        choice = known.choices.get(value) if known else None
        return f"{known.name if known else name}: {choice.name if choice else value}"

    def map_relation(self, label: str) -> str:
        """Return the new label of a relation, or raise `Unmapped`."""
        new_label = self.relations.get(label, label)
        if not new_label:
            raise Unmapped(f"The relation “{label}” is dropped, and is used.")
        if new_label not in self.target.relations:
            raise Unmapped(f"The new version has no relation “{new_label}”.")
        return new_label

    def map_document(self, values: Mapping[str, DocumentValue]) -> dict[str, DocumentValue]:
        """Return what the attributes of a document become, or raise `Unmapped` when one has no place in the target.

        Attributes that become one must have the same value, unless it takes several: then it gets those of all, in the
        order of its choices. The result does not depend on the order of the values, which databases keep differently.
        """
        new_values: dict[str, DocumentValue] = {}
        for name, value in sorted(values.items()):
            rule = self.document_attributes.get(name, AttributeRule(to=name))
            if rule.drop:
                raise Unmapped(f"The attribute “{name}” of the document is dropped, and documents have it.")
            attribute = self.target.document_attributes.get(rule.to)
            new_value = _fitting(attribute, _renamed(rule.values, value))
            if rule.to not in new_values:
                new_values[rule.to] = new_value
                continue
            present = new_values[rule.to]
            if attribute and isinstance(present, list) and isinstance(new_value, list):
                places = {choice: place for place, choice in enumerate(attribute.choices)}
                together = dict.fromkeys([*present, *new_value])
                new_values[rule.to] = sorted(together, key=lambda item: places.get(item, len(places)))
            elif present != new_value:
                detail = (
                    f"Two attributes of the document become “{rule.to}”, with the values “{present}” and “{new_value}”."
                )
                raise Unmapped(detail)
        for error in self.target.check_document(new_values):
            raise Unmapped(error["detail"])
        return new_values

    def check_ends(self, relation: str, from_label: str, to_label: str) -> None:
        """Raise `Unmapped` when the target does not allow a relation between these labels, all of them new ones."""
        for error in self.target.check_relation(relation, from_label, to_label):
            raise Unmapped(error["detail"])


def _renamed(values: Mapping[str, str], value: DocumentValue) -> DocumentValue:
    """Return a value by the names that the target has for it; two choices that become one are one."""
    if isinstance(value, list):
        return list(dict.fromkeys(values.get(item, item) for item in value))
    return values.get(value, value) if isinstance(value, str) else value


def _fitting(attribute: Attribute | None, value: DocumentValue) -> DocumentValue:
    """Return a value as the type of the target writes it, where nothing is lost: one choice for several, or text."""
    if attribute is None:
        return value
    if attribute.type is AttributeType.MULTIPLE:
        return [value] if isinstance(value, str) else value
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    is_number = isinstance(value, int | float)
    return str(value) if is_number and attribute.type is AttributeType.TEXT else value
