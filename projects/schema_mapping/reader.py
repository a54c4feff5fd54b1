"""Reader of mappings in JSON, which reports all errors at once, and a mapping to start from. Pure."""

from collections.abc import Mapping
from typing import Any

from annotator.problems import FieldError, InvalidInput, pointer_part
from annotator.text.json_objects import storage_errors
from projects.schema import Attribute, Label, RelationType, Schema
from projects.schema_mapping.mapping import LONGEST_NOTE, AttributeRule, LabelRule, SchemaMapping

MOST_RULES = 5_000
ATTRIBUTE_MEMBERS = frozenset({"to", "values", "note", "drop"})
LABEL_MEMBERS = frozenset({"to", "set", "note", "split", "values", "otherwise", "by_hand", "drop"})


def read_mapping(definition: object, source: Schema, target: Schema) -> SchemaMapping:
    """Return the mapping that a definition describes, or raise `InvalidInput` with all errors in it.

    A label or relation of the source that the target lacks needs a rule; no rule may lead to what another rule moves
    on, so that mapping twice changes nothing more.
    """
    if not isinstance(definition, dict):
        raise _invalid([{"pointer": "", "detail": "A mapping must be an object with “labels”."}])
    errors = list(storage_errors(definition))
    if not errors:
        reader = _Reader(source, target, errors)
        mapping = reader.read(definition)
        if not errors:
            return mapping
    raise _invalid(errors)


def _invalid(errors: list[FieldError]) -> InvalidInput:
    more = f" (the first of {len(errors)} errors)" if len(errors) > 1 else ""
    place = f"{errors[0]['pointer']}: " if errors[0]["pointer"] else ""
    return InvalidInput(f"The mapping is not valid. {place}{errors[0]['detail']}{more}", errors=errors)


class _Reader:
    """Reads a definition and collects its errors."""

    def __init__(self, source: Schema, target: Schema, errors: list[FieldError]) -> None:
        self._source, self._target, self._errors = source, target, errors

    def read(self, definition: dict[str, Any]) -> SchemaMapping:
        for name in definition.keys() - {"labels", "attributes", "relations", "document_attributes"}:
            self._error(name, "A mapping has “labels”, “attributes”, “relations” and “document_attributes”.")
        labels = {
            name: self._label(name, rule) for name, rule in self._members(definition, "labels", self._source.labels)
        }
        attributes = {
            (label, name): rule
            for label, rules in self._members(definition, "attributes", self._source.labels)
            for name, rule in self._attributes(label, rules)
        }
        relations = {
            name: self._relation(name, rule)
            for name, rule in self._members(definition, "relations", self._source.relations)
        }
        document_attributes = {
            name: self._document_attribute(name, rule)
            for name, rule in self._members(definition, "document_attributes", self._source.document_attributes)
        }
        self._check_complete("labels", self._source.labels, labels, self._target.labels)
        self._check_complete("relations", self._source.relations, relations, self._target.relations)
        self._check_twice(labels, {"relations": relations, "document_attributes": _renames(document_attributes)})
        return SchemaMapping(self._source, self._target, labels, attributes, relations, document_attributes)

    def _error(self, pointer: str, detail: str) -> None:
        self._errors.append({"pointer": f"/{pointer}", "detail": detail})

    def _members(self, fields: Mapping[str, Any], key: str, known: Mapping[str, object]) -> list[tuple[str, Any]]:
        """Return the rules under a key; names that the source does not have are errors."""
        value = fields.get(key, {})
        if not isinstance(value, dict) or len(value) > MOST_RULES:
            self._error(key, "This must be an object that names what changes.")
            return []
        for name in value.keys() - known.keys():
            self._error(f"{key}/{pointer_part(name)}", f"The old version has no “{name}”.")
        return [(name, rule) for name, rule in value.items() if name in known]

    def _rule(self, pointer: str, rule: object, members: frozenset[str]) -> dict[str, Any]:
        """Return a rule as an object; a string is short for `{"to": …}`."""
        if isinstance(rule, str):
            return {"to": rule}
        if not isinstance(rule, dict):
            self._error(pointer, "A rule is the new name, or an object.")
            return {}
        for name in rule.keys() - members:
            self._error(f"{pointer}/{pointer_part(str(name))}", f"A rule has {', '.join(sorted(members))}.")
        if "drop" in rule and (rule["drop"] is not True or len(rule) > 1):
            self._error(f"{pointer}/drop", "“drop” is true, and stands alone.")
        return rule

    def _label(self, name: str, given: object) -> LabelRule:
        pointer = f"labels/{pointer_part(name)}"
        rule = self._rule(pointer, given, LABEL_MEMBERS)
        if rule.get("drop") is True:
            return LabelRule(drop=True)
        attributes = self._texts(f"{pointer}/set", rule.get("set", {}))
        values = self._texts(f"{pointer}/values", rule.get("values", {}))
        split = self._text(f"{pointer}/split", rule.get("split", ""))
        to = self._text(f"{pointer}/to", rule.get("otherwise" if split else "to", ""))
        if split and split not in self._source.labels[name].attributes:
            self._error(f"{pointer}/split", f"“{name}” has no attribute “{split}”.")
        if not to and not (split and values):
            self._error(pointer, "Name the new label with “to”, or the labels of a split with “values”.")
        if bool(values) and not split:
            self._error(f"{pointer}/values", "“values” go with “split”.")
        for label in filter(None, [to, *values.values()]):
            self._check_label(pointer, label, attributes)
        by_hand = rule.get("by_hand", False)
        if not isinstance(by_hand, bool):
            self._error(f"{pointer}/by_hand", "This must be true or false.")
        return LabelRule(
            to, attributes, self._text(f"{pointer}/note", rule.get("note", "")), split, values, by_hand=bool(by_hand)
        )

    def _check_label(self, pointer: str, label: str, attributes: Mapping[str, str]) -> None:
        if label not in self._target.labels:
            self._error(pointer, f"The new version has no label “{label}”.")
            return
        for error in self._target.check_span(label, 1, attributes):
            self._error(f"{pointer}/set", error["detail"])

    def _attributes(self, label: str, rules: object) -> list[tuple[str, AttributeRule]]:
        pointer = f"attributes/{pointer_part(label)}"
        if not isinstance(rules, dict):
            self._error(pointer, "This must be an object that names attributes.")
            return []
        return [(name, self._attribute(label, name, rule)) for name, rule in rules.items()]

    def _attribute(self, label: str, name: str, given: object) -> AttributeRule:
        pointer = f"attributes/{pointer_part(label)}/{pointer_part(name)}"
        rule = self._rule(pointer, given, ATTRIBUTE_MEMBERS)
        if name not in self._source.labels[label].attributes:
            self._error(pointer, f"“{label}” has no attribute “{name}”.")
        if rule.get("drop") is True:
            return AttributeRule(drop=True)
        if rule.get("note") not in (None, True):
            self._error(f"{pointer}/note", "“note” is true, or is left out.")
        to = self._text(f"{pointer}/to", rule.get("to", name))
        return AttributeRule(
            to, self._texts(f"{pointer}/values", rule.get("values", {})), note=rule.get("note") is True
        )

    def _document_attribute(self, name: str, given: object) -> AttributeRule:
        pointer = f"document_attributes/{pointer_part(name)}"
        rule = self._rule(pointer, given, frozenset({"to", "values", "drop"}))
        if rule.get("drop") is True:
            return AttributeRule(drop=True)
        to, values = (
            self._text(f"{pointer}/to", rule.get("to", name)),
            self._texts(f"{pointer}/values", rule.get("values", {})),
        )
        known = self._target.document_attributes.get(to)
        if known is None:
            self._error(pointer, f"In the new version, the document has no attribute “{to}”.")
        elif known.type.has_choices:
            for value in set(values.values()) - known.choices.keys():
                self._error(f"{pointer}/values", f"“{value}” is not a choice of “{to}”.")
        return AttributeRule(to, values)

    def _relation(self, name: str, given: object) -> str:
        pointer = f"relations/{pointer_part(name)}"
        rule = self._rule(pointer, given, frozenset({"to", "drop"}))
        if rule.get("drop") is True:
            return ""
        to = self._text(f"{pointer}/to", rule.get("to", ""))
        if to not in self._target.relations:
            self._error(pointer, f"The new version has no relation “{to}”.")
        return to

    def _text(self, pointer: str, value: object) -> str:
        if not isinstance(value, str) or len(value) > LONGEST_NOTE:
            self._error(pointer, f"This must be a string of at most {LONGEST_NOTE:,} characters.")
            return ""
        return value

    def _texts(self, pointer: str, value: object) -> dict[str, str]:
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            self._error(pointer, "This must be an object whose values are strings.")
            return {}
        return value

    def _check_complete(
        self, key: str, source: Mapping[str, object], rules: Mapping[str, object], target: Mapping[str, object]
    ) -> None:
        for name in source:
            if name not in rules and name not in target:
                self._error(
                    f"{key}/{pointer_part(name)}", f"The new version has no “{name}”: say what it becomes, or drop it."
                )

    def _check_twice(self, labels: Mapping[str, LabelRule], renames: Mapping[str, Mapping[str, str]]) -> None:
        """Report targets that another rule moves on: after a first pass, a second one would change them again."""
        moved = {name for name, rule in labels.items() if rule.drop or set(_targets(rule)) - {name}}
        for name, rule in labels.items():
            for label in set(_targets(rule)) & moved - {name}:
                detail = f"“{label}” is changed by a rule of its own. Use two mappings, one after the other."
                self._error(f"labels/{pointer_part(name)}", detail)
        for key, new_names in renames.items():
            for name, to in new_names.items():
                if to and to != name and new_names.get(to, to) != to:
                    self._error(f"{key}/{pointer_part(name)}", f"“{to}” is changed by a rule of its own.")


def _renames(rules: Mapping[str, AttributeRule]) -> dict[str, str]:
    return {name: rule.to for name, rule in rules.items()}


def _targets(rule: LabelRule) -> list[str]:
    return [label for label in (rule.to, *rule.values.values()) if label]


def suggest_mapping(source: Schema, target: Schema) -> dict[str, Any]:
    """Return a definition to start from: all that the target lacks, by the same name or first.

    A label that is gone is led to the one with the same name or hotkey that is new, else it is dropped, which the
    preview refuses while spans use it.
    """
    old, new = source.document_attributes, target.document_attributes
    of_document = {name: _likely(attribute, old, new) for name, attribute in old.items() if name not in new}
    return {
        "labels": {name: _likely(label, source.labels, target.labels) for name, label in _gone(source, target)},
        "attributes": {},
        "relations": {
            name: _likely(relation, source.relations, target.relations)
            for name, relation in source.relations.items()
            if name not in target.relations
        },
    } | ({"document_attributes": of_document} if of_document else {})


def _gone(source: Schema, target: Schema) -> list[tuple[str, Label]]:
    return [(name, label) for name, label in source.labels.items() if name not in target.labels]


def _likely(gone: Label | RelationType | Attribute, source: Mapping[str, Any], target: Mapping[str, Any]) -> object:
    fresh = [item for item in target.values() if item.id not in source]
    for key in ("name", "hotkey"):
        for item in fresh:
            if getattr(gone, key, "") and getattr(item, key) == getattr(gone, key):
                return item.id
    return {"drop": True}
