"""Annotation schemas: labels, attributes, relation types and rules. Pure.

`projects.schema_reader.read_schema` makes a `Schema` from a definition in JSON. Spans and relations for which
`check_span` and `check_relation` return errors are refused when they are saved or imported; `warn_span` and
`warn_relation` return hints, which never prevent saving.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from annotator.formats.records import DocumentValue
from annotator.problems import FieldError, pointer_part

LONGEST_VALUE = 500

# The single keys of the editor (the table in `static/editor/commands/keymap.js`); a test compares both.
EDITOR_KEYS = frozenset("uUvnp[]bc.,><jJkK;:we+/lgo? ")


class AttributeType(StrEnum):
    """The types of attribute values. Spans and documents have some of them each."""

    CHOICE = "choice"
    MULTIPLE = "multiple"
    TEXT = "text"
    NUMBER = "number"
    REGISTRY = "registry"

    @property
    def has_choices(self) -> bool:
        """Whether its values are choices of the attribute."""
        return self in (AttributeType.CHOICE, AttributeType.MULTIPLE)


SPAN_TYPES = (AttributeType.CHOICE, AttributeType.TEXT, AttributeType.REGISTRY)
DOCUMENT_TYPES = (AttributeType.CHOICE, AttributeType.MULTIPLE, AttributeType.TEXT, AttributeType.NUMBER)


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of an attribute."""

    id: str
    name: str
    description: str = ""
    hotkey: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a label or of the document. `registry` names the list that its values are taken from."""

    id: str
    name: str
    description: str = ""
    type: AttributeType = AttributeType.TEXT
    required: bool = False
    default: str = ""
    registry: str = ""
    choices: Mapping[str, Choice] = field(default_factory=dict)

    def check(self, value: str) -> str:
        """Return the error in a value, "" for a valid value."""
        if self.type is AttributeType.CHOICE and value not in self.choices:
            return f"“{value}” is not a choice of “{self.id}”. Choices: {_listed(self.choices)}."
        if len(value) > LONGEST_VALUE:
            return f"The value of “{self.id}” has {len(value):,} characters; the limit is {LONGEST_VALUE}."
        return ""

    def check_document(self, value: DocumentValue) -> str:
        """Return the error in a value of the document, "" for a valid value."""
        if self.type is AttributeType.NUMBER:
            return "" if isinstance(value, int | float) else f"The value of “{self.id}” must be a number."
        if self.type is not AttributeType.MULTIPLE:
            return self.check(value) if isinstance(value, str) else f"The value of “{self.id}” must be a string."
        if not isinstance(value, list):
            return f"The value of “{self.id}” must be a list of its choices."
        unknown = [item for item in value if item not in self.choices]
        if unknown or not value or len(set(value)) < len(value):
            wrong = f"“{unknown[0]}” is not a choice" if unknown else "The list is empty or repeats a choice"
            return f"{wrong} of “{self.id}”. Choices: {_listed(self.choices)}."
        return ""


@dataclass(frozen=True, slots=True)
class Label:
    """A label of spans. `index` is its position in the schema, from 0; an `optional` label is hidden by default."""

    id: str
    name: str
    description: str = ""
    color: str = ""
    hotkey: str = ""
    optional: bool = False
    discontinuous: bool = False
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    index: int = 0

    def default_attributes(self) -> dict[str, str]:
        """Return the attributes of a new span; those without a default are omitted."""
        return {attribute.id: attribute.default for attribute in self.attributes.values() if attribute.default}


@dataclass(frozen=True, slots=True)
class RelationType:
    """A type of directed relations, with the labels that its two spans may have."""

    id: str
    name: str
    description: str = ""
    from_labels: tuple[str, ...] = ()
    to_labels: tuple[str, ...] = ()
    hotkey: str = ""
    optional: bool = False
    cardinality: str = "many-to-many"
    acyclic: bool = False
    from_attribute: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nesting:
    """Rules for overlapping spans. A label without `may_contain` may contain any label; depth None is unlimited."""

    crossing: bool = True
    identical_extent: bool = True
    may_contain: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_same_label_depth: int | None = None


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Boundary rules. `balanced_pairs` are an opening and a closing mark each, such as "()"."""

    trim_whitespace: bool = True
    trim_trailing: tuple[str, ...] = ()
    keep_trailing: tuple[str, ...] = ()
    balanced_pairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LintRule:
    """A hint that is shown to annotators; `when` describes the case in words."""

    id: str
    severity: str = "warning"
    when: str = ""


@dataclass(frozen=True, slots=True)
class Schema:
    """An annotation schema. `definition` is the JSON it was read from, completed with defaults."""

    id: str
    version: str
    name: str
    description: str
    labels: Mapping[str, Label]
    relations: Mapping[str, RelationType]
    nesting: Nesting
    boundaries: Boundaries
    lint: tuple[LintRule, ...]
    definition: dict[str, Any] = field(compare=False, repr=False)
    document_attributes: Mapping[str, Attribute] = field(default_factory=dict)

    def check_span(self, label: str, fragments_count: int, attributes: Mapping[str, str]) -> list[FieldError]:
        """Return the errors in a span, each with a JSON pointer into the span.

        A missing attribute is allowed; values must be valid.
        """
        known = self.labels.get(label)
        if known is None:
            detail = f"The schema has no label “{label}”. Labels: {_listed(self.labels)}."
            return [{"pointer": "/label", "detail": detail}]
        errors: list[FieldError] = []
        if fragments_count > 1 and not known.discontinuous:
            detail = f"Spans labelled “{label}” must have one fragment; this span has {fragments_count}."
            errors.append({"pointer": "/fragments", "detail": detail})
        for name, value in attributes.items():
            attribute = known.attributes.get(name)
            if attribute is None:
                error = f"“{label}” has no attribute “{name}”. Attributes: {_listed(known.attributes)}."
            else:
                error = attribute.check(value)
            if error:
                errors.append({"pointer": f"/attributes/{pointer_part(name)}", "detail": error})
        return errors

    def check_document(self, values: Mapping[str, DocumentValue]) -> list[FieldError]:
        """Return the errors in the attributes of a document, each with a JSON pointer into them."""
        errors: list[FieldError] = []
        for name, value in values.items():
            attribute = self.document_attributes.get(name)
            if attribute is None:
                error = f"The document has no attribute “{name}”. Attributes: {_listed(self.document_attributes)}."
            else:
                error = attribute.check_document(value)
            if error:
                errors.append({"pointer": f"/{pointer_part(name)}", "detail": error})
        return errors

    def check_relation(self, relation: str, from_label: str, to_label: str) -> list[FieldError]:
        """Return the errors in a relation between spans with these labels, with pointers into the relation."""
        known = self.relations.get(relation)
        if known is None:
            detail = f"The schema has no relation “{relation}”. Relations: {_listed(self.relations)}."
            return [{"pointer": "/label", "detail": detail}]
        errors: list[FieldError] = []
        if from_label not in known.from_labels:
            detail = f"“{relation}” must start at {_listed(known.from_labels, last='or')}, not at “{from_label}”."
            errors.append({"pointer": "/from", "detail": detail})
        if to_label not in known.to_labels:
            detail = f"“{relation}” must end at {_listed(known.to_labels, last='or')}, not at “{to_label}”."
            errors.append({"pointer": "/to", "detail": detail})
        return errors

    def warn_span(self, label: str, attributes: Mapping[str, str]) -> list[FieldError]:
        """Return hints about a valid span: required attributes without a value."""
        known = self.labels.get(label)
        required = [] if known is None else [attribute for attribute in known.attributes.values() if attribute.required]
        return [
            {"pointer": f"/attributes/{attribute.id}", "detail": f"“{attribute.name}” is required and has no value."}
            for attribute in required
            if not attributes.get(attribute.id)
        ]

    def warn_relation(self, relation: str, from_attributes: Mapping[str, str]) -> list[FieldError]:
        """Return hints about a valid relation: values that the span it starts at should have."""
        known = self.relations.get(relation)
        return [
            {"pointer": "/from", "detail": f"“{known.name}” expects “{name}” to be {_listed(values, last='or')}."}
            for name, values in ({} if known is None else known.from_attribute).items()
            if known is not None and from_attributes.get(name) not in values
        ]

    def relations_between(self, from_label: str, to_label: str) -> list[RelationType]:
        """Return the relation types from one label to another, in schema order."""
        return [
            relation
            for relation in self.relations.values()
            if from_label in relation.from_labels and to_label in relation.to_labels
        ]


def describe_value(attribute: Attribute | None, value: DocumentValue) -> str:
    """Return a value of a document as people read it: choices by their names, several after each other."""
    choices = attribute.choices if attribute else {}
    items = value if isinstance(value, list) else [value]
    return ", ".join(choices[item].name if isinstance(item, str) and item in choices else str(item) for item in items)


def _listed(names: Iterable[str], *, last: str = "and") -> str:
    """Return quoted names as a list for a sentence, at most ten of them."""
    quoted = [f"“{name}”" for name in names]
    if not quoted:
        return "none"
    if len(quoted) > 10:
        return f"{', '.join(quoted[:10])} and {len(quoted) - 10} more"
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"


def taken_hotkeys(schema: Schema) -> list[tuple[str, str]]:
    """Return name and hotkey of labels, relations and choices whose hotkey has a meaning in the editor already.

    >>> from projects.schema_reader import read_schema
    >>> taken_hotkeys(read_schema({"labels": [{"id": "Claim", "hotkey": "n"}, {"id": "Hedge", "hotkey": "x"}]}))
    [('Claim', 'n')]
    """
    return [(name, hotkey) for name, hotkey in _hotkeys(schema) if hotkey in EDITOR_KEYS]


def _hotkeys(schema: Schema) -> Iterator[tuple[str, str]]:
    for label in schema.labels.values():
        yield label.name, label.hotkey
        for attribute in label.attributes.values():
            for choice in attribute.choices.values():
                yield f"{label.name}: {choice.name}", choice.hotkey
    for relation in schema.relations.values():
        yield relation.name, relation.hotkey
