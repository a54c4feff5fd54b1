"""A mapping: what labels, attributes, relations and fields of the files are called in this project.

```
{"labels": {"PER": "Speaker", "MISC": null}, "relations": {"src": "attributed-to"}, "attributes": {"type": "kind"},
 "new": {"labels": {"LOC": "add"}, "attributes": {"age": "skip"}},
 "fields": {"text": "body"}, "annotator": "gold", "offsets": "utf-16", "people": {"p.smith": "petra", "ada": null}}
```

null leaves out whatever has that name. `new` decides for single names that the schema lacks; `new_labels` of the import
decides for all others. `people` are members of the project by names of annotators in the files; null is another person,
even if a member has that user name. `fields` is for records whose fields have other names (JSONL, CSV, TSV).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import orjson
from rest_framework import serializers

from annotator.formats.incoming import LONGEST_SET_NAME, IncomingDocument, IncomingSet
from annotator.formats.set_builder import CODE_POINTS, UTF16
from annotator.imports.mapping.reading import reading_fields, reading_options
from annotator.imports.mapping.unknown_names import KINDS, NamePolicy
from annotator.platform.http.problem_details import field_errors
from annotator.problems import InvalidInput

LARGEST_MAPPING = 2_000_000
Renaming = Mapping[str, str | None]
FIELDS = ("text", "id", "title", "spans", "start", "end", "label", "annotator")


class WrongMapping(InvalidInput):
    """The mapping does not follow the rules of `ImportMappingIn`."""

    code = "wrong_mapping"
    title = "The mapping is not valid"


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """Names in this project by names in the files; None leaves out."""

    labels: Renaming = field(default_factory=dict)
    relations: Renaming = field(default_factory=dict)
    attributes: Renaming = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    """Options of readers: `offsets`, `annotator`, and those of `reading`."""
    new: Mapping[str, Mapping[str, NamePolicy]] = field(default_factory=dict)
    """What happens to single names that the schema lacks, by "labels", "attributes" or "relations"."""
    people: Mapping[str, str | None] = field(default_factory=dict)
    """User names of members by names of annotators in the files."""

    def __bool__(self) -> bool:
        """Whether documents have to be converted for it; people are linked when their sets are stored."""
        return bool(self.labels or self.relations or self.attributes or self.fields or self.options or self.new)


class _Name(serializers.CharField):
    """A string; numbers are not turned into strings."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: object) -> str:
        """Return the string, or refuse another type."""
        if not isinstance(data, str):
            raise serializers.ValidationError("This must be a string.")
        return super().to_internal_value(data)


class _Object(serializers.Serializer[object]):
    """An object that refuses members it does not know; null stands for an empty one."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the members; raise `ValidationError` for those that are not known."""
        if isinstance(data, dict) and (unknown := sorted(data.keys() - self.fields.keys())):
            known = ", ".join(self.fields)
            raise serializers.ValidationError(dict.fromkeys(unknown, f"Unknown member. Known members: {known}."))
        return super().to_internal_value(data)


def _names() -> serializers.DictField:
    return serializers.DictField(child=_Name(allow_null=True), allow_null=True, default=dict)


def _policies() -> serializers.DictField:
    return serializers.DictField(child=serializers.ChoiceField(choices=list(NamePolicy)), allow_null=True, default=dict)


def _field_name() -> _Name:
    return _Name(required=False, allow_blank=True)


class NewNamesIn(_Object):
    """What happens to single names that the schema lacks."""

    labels = _policies()
    attributes = _policies()
    relations = _policies()


class FieldNamesIn(_Object):
    """What the fields of a record are called in the files."""

    def get_fields(self) -> dict[str, Any]:
        """Return a field for each part of a record; `label` and `fields` are attributes of serializers already."""
        return {name: _field_name() for name in FIELDS}


class ImportMappingIn(_Object):
    """A mapping."""

    OBJECTS: ClassVar = {"new": NewNamesIn, "fields": FieldNamesIn}

    def get_fields(self) -> dict[str, Any]:
        """Return the members of a mapping; `fields` is an attribute of serializers already."""
        return {
            **{kind: _names() for kind in (*KINDS, "people")},
            **{name: kind(allow_null=True, required=False) for name, kind in self.OBJECTS.items()},
            "annotator": _Name(required=False, max_length=LONGEST_SET_NAME),
            "offsets": serializers.ChoiceField(choices=[CODE_POINTS, UTF16], required=False),
            **reading_fields(),
        }


def parse_mapping(given: str) -> ImportMapping:
    """Return the mapping in a string of JSON, "" for an empty one; raise `WrongMapping` with pointers to its errors."""
    checked = _checked(given)
    if checked is None:
        return ImportMapping()
    if isinstance(checked, str) or not checked.is_valid():
        errors = field_errors(checked if isinstance(checked, str) else checked.errors, "/map")
        raise WrongMapping(f"The mapping cannot be used: {errors[0]['detail']}", errors=errors)
    values = checked.validated_data
    new = {kind: names for kind, names in (values.get("new") or {}).items() if names}
    return ImportMapping(
        **{kind: values[kind] or {} for kind in KINDS},
        fields=values.get("fields") or {},
        options={name: values[name] for name in ("offsets", "annotator") if name in values} | reading_options(values),
        people=values["people"] or {},
        new={kind: {name: NamePolicy(policy) for name, policy in names.items()} for kind, names in new.items()},
    )


def mapping_errors(given: str) -> Any:
    """Return the errors of a mapping as serializers nest them; an empty value when there are none."""
    checked = _checked(given)
    if checked is None or isinstance(checked, str):
        return checked or {}
    return {} if checked.is_valid() else checked.errors


def _checked(given: str) -> ImportMappingIn | str | None:
    """Return the serializer with the JSON in it, what is wrong with the JSON, or None for an empty mapping."""
    if not given.strip():
        return None
    if len(given) > LARGEST_MAPPING:
        return f"The mapping is longer than {LARGEST_MAPPING:,} characters."
    try:
        return ImportMappingIn(data=orjson.loads(given))
    except orjson.JSONDecodeError as error:
        return f"This is not valid JSON: {error}."


def rename(document: IncomingDocument, mapping: ImportMapping) -> tuple[IncomingDocument, list[str]]:
    """Return a document with the names of this project, and a note on each item that was left out."""
    notes: list[str] = []
    if not (mapping.labels or mapping.relations or mapping.attributes):
        return document, notes
    sets = {name: _rename_set(name, incoming, mapping, notes) for name, incoming in document.sets.items()}
    return replace(document, sets=sets), notes


def _rename_set(annotator: str, incoming: IncomingSet, mapping: ImportMapping, notes: list[str]) -> IncomingSet:
    spans, dropped = [], set()
    for span in incoming.spans:
        well_formed = isinstance(span, dict) and isinstance(span.get("label"), str)
        if well_formed and mapping.labels.get(span["label"], "") is None:
            dropped.add(str(span.get("id")))
            notes.append(f"{annotator}: span {span.get('id')} was left out: the mapping leaves out “{span['label']}”.")
            continue
        spans.append(_rename_span(span, mapping) if well_formed else span)
    relations = []
    for relation in incoming.relations:
        well_formed = isinstance(relation, dict) and isinstance(relation.get("label"), str)
        if well_formed and mapping.relations.get(relation["label"], "") is None:
            notes.append(f"{annotator}: relation {relation.get('id')} was left out by the mapping.")
        elif well_formed and {str(relation.get("from")), str(relation.get("to"))} & dropped:
            notes.append(f"{annotator}: relation {relation.get('id')} was left out with its span.")
        else:
            relations.append(_relabel(relation, mapping.relations) if well_formed else relation)
    return replace(incoming, spans=spans, relations=relations)


def _rename_span(span: dict[str, Any], mapping: ImportMapping) -> dict[str, Any]:
    renamed = _relabel(span, mapping.labels)
    attributes = span.get("attributes")
    if mapping.attributes and isinstance(attributes, dict):
        pairs = [(mapping.attributes.get(name, name), value) for name, value in attributes.items()]
        renamed["attributes"] = {name: value for name, value in pairs if name is not None}
    return renamed


def _relabel(item: dict[str, Any], names: Renaming) -> dict[str, Any]:
    return {**item, "label": names.get(item["label"], item["label"])}
