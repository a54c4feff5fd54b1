"""Names in the files that the schema lacks: counted, left out, or added to a new version of the schema. Pure."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from annotator.formats.incoming import IncomingDocument, IncomingSet
from projects.schema import AttributeType, Schema

Definition = dict[str, Any]
SEPARATOR = "\t"
KINDS = ("labels", "attributes", "relations")
FREE_TEXT = "…"
"""Stands for the values of an attribute of free text, which are as many as spans."""


class NamePolicy(StrEnum):
    """What happens to a name that the schema lacks."""

    REFUSE = "refuse"
    ADD = "add"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class NamePolicies:
    """The policy for each name that the schema lacks: by one of `KINDS` and name, else `others`."""

    others: NamePolicy = NamePolicy.REFUSE
    by_name: Mapping[str, Mapping[str, NamePolicy]] = field(default_factory=dict)

    def of(self, kind: str, name: str) -> NamePolicy:
        """Return the policy for one name."""
        return self.by_name.get(kind, {}).get(name, self.others)

    def include(self, policy: NamePolicy) -> bool:
        """Return whether any name may have this policy."""
        return policy is self.others or any(policy in names.values() for names in self.by_name.values())


class UnknownNames:
    """The names that the schema lacks, collected document by document. `counts` is JSON, kept between attempts."""

    def __init__(self, schema: Schema, counts: Mapping[str, Any] | None = None) -> None:
        self._schema = schema
        self.counts: dict[str, Any] = {"labels": {}, "attributes": {}, "relations": {}, **(counts or {})}

    def __bool__(self) -> bool:
        return any(self.counts.values())

    def count(self, document: IncomingDocument) -> None:
        """Count the names in a document that the schema lacks."""
        for incoming in document.sets.values():
            labels = {span["id"]: span["label"] for span in incoming.spans if _is_span(span)}
            for span in incoming.spans:
                if _is_span(span):
                    self._count_span(span)
            for relation in incoming.relations:
                if isinstance(relation, dict):
                    ends = (labels.get(relation.get("from")), labels.get(relation.get("to")))
                    self._count_relation(str(relation.get("label")), *ends)

    def with_policy(self, policy: NamePolicy, policies: NamePolicies) -> "UnknownNames":
        """Return the names that have a policy; of those to add, only what is used with labels that exist then."""
        labels = {name: count for name, count in self.counts["labels"].items() if policies.of("labels", name) is policy}
        available = self._schema.labels.keys() | labels.keys()
        adds = policy is NamePolicy.ADD
        attributes, relations = {}, {}
        for label, names in self.counts["attributes"].items():
            chosen = {name: count for name, count in names.items() if policies.of("attributes", name) is policy}
            if chosen and (not adds or label in available):
                attributes[label] = chosen
        for name, pairs in self.counts["relations"].items():
            fitting = {pair: count for pair, count in pairs.items() if set(pair.split(SEPARATOR)) <= available}
            if policies.of("relations", name) is policy and (fitting or not adds):
                relations[name] = fitting if adds else pairs
        return UnknownNames(self._schema, {"labels": labels, "attributes": attributes, "relations": relations})

    def describe(self) -> list[str]:
        """Return a sentence on each name, with how often it is used."""
        sentences = [
            f"Unknown label “{label}” ({_times(count['spans'])})."
            if label not in self._schema.labels
            else f"The label “{label}” does not allow several fragments ({_times(count['spans'])})."
            for label, count in self.counts["labels"].items()
        ]
        for label, names in self.counts["attributes"].items():
            for name, values in names.items():
                shown = ", ".join(f"“{value[:40]}”" for value in list(values)[:5] if value != FREE_TEXT)
                what = f" with the value {shown}" if shown else ""
                sentences.append(f"Unknown attribute “{name}” of “{label}”{what} ({_times(sum(values.values()))}).")
        for name, pairs in self.counts["relations"].items():
            for pair, count in pairs.items():
                ends = pair.replace(SEPARATOR, "” to “")
                sentences.append(f"Unknown relation “{name}” from “{ends}” ({_times(count)}).")
        return sentences

    def extended_schema(self) -> Definition:
        """Return the definition of the schema with all these names added."""
        definition = copy.deepcopy(self._schema.definition)
        labels = _by_id(definition["labels"])
        for name, count in self.counts["labels"].items():
            label = labels[name] if name in labels else _append(definition["labels"], {"id": name}, labels)
            label["discontinuous"] = label.get("discontinuous", False) or count["parts"] > 1
        for name, attributes in self.counts["attributes"].items():
            for attribute, values in attributes.items():
                _extend_attribute(labels[name].setdefault("attributes", []), attribute, list(values))
        self._extend_relations(definition.setdefault("relations", []))
        return definition

    def _extend_relations(self, definitions: list[Definition]) -> None:
        relations = _by_id(definitions)
        for name, pairs in self.counts["relations"].items():
            empty = {"id": name, "from": [], "to": []}
            relation = relations[name] if name in relations else _append(definitions, empty, relations)
            for pair in pairs:
                for end, label in zip(("from", "to"), pair.split(SEPARATOR), strict=True):
                    if label not in relation[end]:
                        relation[end].append(label)

    def _count_span(self, span: dict[str, Any]) -> None:
        name = span["label"]
        label = self._schema.labels.get(name)
        fragments = len(span["fragments"])
        if label is None or (fragments > 1 and not label.discontinuous):
            count = self.counts["labels"].setdefault(name, {"spans": 0, "parts": 1})
            count["spans"] += 1
            count["parts"] = max(count["parts"], fragments)
        for attribute, value in (span.get("attributes") or {}).items():
            known = None if label is None else label.attributes.get(attribute)
            if isinstance(value, str) and (known is None or known.check(value)):
                is_free = known is None or known.type is not AttributeType.CHOICE
                values = self.counts["attributes"].setdefault(name, {}).setdefault(attribute, {})
                key = FREE_TEXT if is_free else value
                values[key] = values.get(key, 0) + 1

    def _count_relation(self, name: str, source: str | None, target: str | None) -> None:
        if source is None or target is None:
            return
        known = self._schema.relations.get(name)
        if known is None or source not in known.from_labels or target not in known.to_labels:
            pairs = self.counts["relations"].setdefault(name, {})
            pair = f"{source}{SEPARATOR}{target}"
            pairs[pair] = pairs.get(pair, 0) + 1


def mapping_to_edit(unknown: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping with all unknown names, ready to edit: each is called what it is called, and is added.

    Change the name on the right to map it to a name of the schema, or write null to leave it out.

    >>> mapping_to_edit({"labels": {"PER": {"spans": 3, "parts": 1}}})["labels"]
    {'PER': 'PER'}
    """
    names: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    for name, count in unknown.get("labels", {}).items():
        names["labels"][name] = count["spans"]
    for attributes in unknown.get("attributes", {}).values():
        for name, values in attributes.items():
            names["attributes"][name] = names["attributes"].get(name, 0) + sum(values.values())
    for name, pairs in unknown.get("relations", {}).items():
        names["relations"][name] = sum(pairs.values())
    ordered = {kind: sorted(counts, key=lambda name: (-counts[name], name)) for kind, counts in names.items()}
    mapping: dict[str, Any] = {kind: {name: name for name in listed} for kind, listed in ordered.items() if listed}
    new = {kind: dict.fromkeys(listed, NamePolicy.ADD.value) for kind, listed in ordered.items() if listed}
    return mapping | ({"new": new} if new else {})


def without_unknown_names(
    document: IncomingDocument, schema: Schema, policies: NamePolicies
) -> tuple[IncomingDocument, list[str]]:
    """Return a document without the unknown names whose policy is to skip them, and a note on each item left out."""
    notes: list[str] = []
    sets = {name: _SetFilter(name, schema, policies, notes).apply(incoming) for name, incoming in document.sets.items()}
    return replace(document, sets=sets), notes


class _SetFilter:
    """Leaves out of one set what the schema lacks and the policies skip."""

    def __init__(self, annotator: str, schema: Schema, policies: NamePolicies, notes: list[str]) -> None:
        self._annotator = annotator
        self._schema = schema
        self._policies = policies
        self._notes = notes
        self._labels: dict[Any, str] = {}
        self._dropped: set[Any] = set()

    def apply(self, incoming: IncomingSet) -> IncomingSet:
        """Return the set with what remains; malformed items remain, because the check reports them later."""
        spans = [self._filter_span(span) if _is_span(span) else span for span in incoming.spans]
        relations = [
            relation for relation in incoming.relations if not isinstance(relation, dict) or self._keeps(relation)
        ]
        return replace(
            incoming,
            spans=[span for span in spans if span is not None],
            relations=relations,
            document_attributes=self._known_values(incoming.document_attributes),
        )

    def _known_values(self, values: Any) -> Any:
        """Return the attributes of the document that the schema has; malformed values remain."""
        if not isinstance(values, dict):
            return values
        known = {name: value for name, value in values.items() if name in self._schema.document_attributes}
        for name in values.keys() - known.keys():
            self._notes.append(f"{self._annotator}: the attribute “{name}” of the document was left out.")
        return known

    def _filter_span(self, span: dict[str, Any]) -> dict[str, Any] | None:
        what = f"{self._annotator}: span {span['id']}"
        label = self._schema.labels.get(span["label"])
        is_unknown = label is None or (len(span["fragments"]) > 1 and not label.discontinuous)
        if is_unknown and self._policies.of("labels", span["label"]) is NamePolicy.SKIP:
            why = "does not allow several fragments" if label else "is not in the schema"
            self._notes.append(f"{what} was left out: its label “{span['label']}” {why}.")
            self._dropped.add(span["id"])
            return None
        kept = {}
        for name, value in (span.get("attributes") or {}).items():
            attribute = label.attributes.get(name) if label else None
            is_unknown = attribute is None or (isinstance(value, str) and bool(attribute.check(value)))
            if is_unknown and self._policies.of("attributes", name) is NamePolicy.SKIP:
                self._notes.append(
                    f"{what} lost its attribute “{name}”: the value “{str(value)[:80]}” is not in the schema."
                )
            else:
                kept[name] = value
        self._labels[span["id"]] = span["label"]
        return {**span, "attributes": kept}

    def _keeps(self, relation: dict[str, Any]) -> bool:
        what = f"{self._annotator}: relation {relation.get('id')} was left out"
        ends = [relation.get("from"), relation.get("to")]
        if not all(isinstance(end, str) for end in ends):
            return True
        if self._dropped & set(ends):
            self._notes.append(f"{what} with its span.")
            return False
        labels = [self._labels.get(end) for end in ends]
        name = str(relation.get("label"))
        if None in labels or not self._schema.check_relation(name, str(labels[0]), str(labels[1])):
            return True
        if self._policies.of("relations", name) is NamePolicy.SKIP:
            self._notes.append(f"{what}: the schema does not allow “{name}” between these labels.")
            return False
        return True


def _by_id(definitions: list[Definition]) -> dict[str, Definition]:
    return {definition["id"]: definition for definition in definitions}


def _append(definitions: list[Definition], definition: Definition, by_id: dict[str, Definition]) -> Definition:
    definitions.append(definition)
    by_id[definition["id"]] = definition
    return definition


def _extend_attribute(attributes: list[Definition], name: str, values: list[str]) -> None:
    known = next((attribute for attribute in attributes if attribute["id"] == name), None)
    if known is None:
        attributes.append({"id": name, "type": AttributeType.TEXT.value})
    elif known.get("choices"):
        known["choices"] += [{"id": value, "name": value} for value in values]


def _is_span(span: Any) -> bool:
    return (
        isinstance(span, dict)
        and isinstance(span.get("label"), str)
        and isinstance(span.get("id"), str)
        and isinstance(span.get("fragments"), list)
        and (span.get("attributes") is None or isinstance(span["attributes"], dict))
    )


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"
