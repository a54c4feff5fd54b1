"""What an annotation schema says: labels, attributes, relation types and rules. Pure.

`projects.schema_reader.read_schema` makes a `Schema` out of a definition in JSON. What `check_span` and
`check_relation` return is refused when work is saved or imported; what the functions in `warn_…` return are hints for
people and never stand in the way of saving.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from annotator.problems import FieldError, pointer_part

LONGEST_VALUE = 500


class AttributeType(StrEnum):
    """What the value of an attribute may be."""

    CHOICE = "choice"
    TEXT = "text"
    REGISTRY = "registry"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the closed values of an attribute."""

    id: str
    name: str
    description: str = ""
    hotkey: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property of the spans with one label. `registry` names the list that a value is taken from or added to."""

    id: str
    name: str
    description: str = ""
    type: AttributeType = AttributeType.TEXT
    required: bool = False
    default: str = ""
    registry: str = ""
    choices: Mapping[str, Choice] = field(default_factory=dict)

    def check(self, value: str) -> str:
        """Return what is wrong with a value; "" when nothing is."""
        if self.type is AttributeType.CHOICE and value not in self.choices:
            return f"“{value}” is not a choice of “{self.id}”; it has {_listed(self.choices)}."
        if len(value) > LONGEST_VALUE:
            return f"“{self.id}” holds {len(value):,} characters; at most {LONGEST_VALUE} are kept."
        return ""


@dataclass(frozen=True, slots=True)
class Label:
    """What a span may be. `index` is its place in the schema, from 0; `optional` hides it until a project shows it."""

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
        """Return what a new span of this label starts with; attributes without a default are left out."""
        return {attribute.id: attribute.default for attribute in self.attributes.values() if attribute.default}


@dataclass(frozen=True, slots=True)
class RelationType:
    """An arrow that may lead from a span with one of some labels to a span with one of some others."""

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
    """How spans may lie on each other. A label that `may_contain` leaves out is free; depth None is unlimited."""

    crossing: bool = True
    identical_extent: bool = True
    may_contain: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_same_label_depth: int | None = None


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Where spans begin and end. `balanced_pairs` are opening and closing mark, written together."""

    trim_whitespace: bool = True
    trim_trailing: tuple[str, ...] = ()
    keep_trailing: tuple[str, ...] = ()
    balanced_pairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LintRule:
    """A hint that is given when `when`, in words, is the case."""

    id: str
    severity: str = "warning"
    when: str = ""


@dataclass(frozen=True, slots=True)
class Schema:
    """A whole schema. `definition` is the JSON it was read from, with everything left out filled in."""

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

    def check_span(self, label: str, fragments_count: int, attributes: Mapping[str, str]) -> list[FieldError]:
        """Return what forbids a span, each with a JSON pointer into the span; empty when it may be stored.

        A missing attribute is allowed; a value must be one that the attribute takes.
        """
        known = self.labels.get(label)
        if known is None:
            detail = f"The schema has no label “{label}”; it has {_listed(self.labels)}."
            return [{"pointer": "/label", "detail": detail}]
        errors: list[FieldError] = []
        if fragments_count > 1 and not known.discontinuous:
            detail = f"A span labelled “{label}” is one piece; this one has {fragments_count} fragments."
            errors.append({"pointer": "/fragments", "detail": detail})
        for name, value in attributes.items():
            attribute = known.attributes.get(name)
            if attribute is None:
                wrong = f"“{label}” has no attribute “{name}”; it has {_listed(known.attributes)}."
            else:
                wrong = attribute.check(value)
            if wrong:
                errors.append({"pointer": f"/attributes/{pointer_part(name)}", "detail": wrong})
        return errors

    def check_relation(self, relation: str, from_label: str, to_label: str) -> list[FieldError]:
        """Return what forbids a relation between spans with these labels, with pointers into the relation."""
        known = self.relations.get(relation)
        if known is None:
            detail = f"The schema has no relation “{relation}”; it has {_listed(self.relations)}."
            return [{"pointer": "/label", "detail": detail}]
        errors: list[FieldError] = []
        if from_label not in known.from_labels:
            detail = f"“{relation}” leads from {_listed(known.from_labels)}, not from “{from_label}”."
            errors.append({"pointer": "/from", "detail": detail})
        if to_label not in known.to_labels:
            detail = f"“{relation}” leads to {_listed(known.to_labels)}, not to “{to_label}”."
            errors.append({"pointer": "/to", "detail": detail})
        return errors

    def warn_span(self, label: str, attributes: Mapping[str, str]) -> list[FieldError]:
        """Return hints about a span that may be stored: required attributes without a value."""
        known = self.labels.get(label)
        wanted = [] if known is None else [attribute for attribute in known.attributes.values() if attribute.required]
        return [
            {"pointer": f"/attributes/{attribute.id}", "detail": f"“{attribute.name}” is required and has no value."}
            for attribute in wanted
            if not attributes.get(attribute.id)
        ]

    def warn_relation(self, relation: str, from_attributes: Mapping[str, str]) -> list[FieldError]:
        """Return hints about a relation that may be stored: the span it leads from should have certain values."""
        known = self.relations.get(relation)
        return [
            {"pointer": "/from", "detail": f"“{known.name}” expects “{name}” to be {_listed(values, last='or')}."}
            for name, values in ({} if known is None else known.from_attribute).items()
            if known is not None and from_attributes.get(name) not in values
        ]

    def relations_between(self, from_label: str, to_label: str) -> list[RelationType]:
        """Return the relation types that may lead from the one label to the other, in the order of the schema."""
        return [
            relation
            for relation in self.relations.values()
            if from_label in relation.from_labels and to_label in relation.to_labels
        ]


def _listed(names: Iterable[str], *, last: str = "and") -> str:
    """Return names for a sentence, at most ten of them."""
    quoted = [f"“{name}”" for name in names]
    if not quoted:
        return "none"
    if len(quoted) > 10:
        return f"{', '.join(quoted[:10])} and {len(quoted) - 10} more"
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
