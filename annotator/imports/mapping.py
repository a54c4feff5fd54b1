"""What the words of a file are called here: a mapping that the person who imports gives as JSON. Pure.

```
{"labels": {"PER": "Speaker", "MISC": null}, "relations": {"src": "attributed-to"}, "attributes": {"type": "kind"},
 "new": {"labels": {"LOC": "add"}, "attributes": {"age": "skip"}},
 "fields": {"text": "body"}, "annotator": "gold", "offsets": "utf-16"}
```

A null leaves out whatever has that name. `new` says of single names what becomes of them where the schema lacks them;
of all others `new_labels` says it. `fields` are for records in a shape of somebody's own (JSONL, CSV, TSV).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from annotator.formats.incoming import LONGEST_SET_NAME, IncomingDocument, IncomingSet
from annotator.formats.set_builder import CODE_POINTS, UTF16
from annotator.imports.novelties import KINDS, NewLabels
from annotator.problems import FieldError, InvalidInput

LARGEST = 200_000
Renaming = Mapping[str, str | None]
FIELDS = ("text", "id", "title", "spans", "start", "end", "label", "annotator")


class WrongMapping(InvalidInput):
    """The mapping is not what it should be."""

    code = "wrong_mapping"
    title = "The mapping is not valid"


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """Names in the file, by what they are called here; None leaves out."""

    labels: Renaming = field(default_factory=dict)
    relations: Renaming = field(default_factory=dict)
    attributes: Renaming = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    new: Mapping[str, Mapping[str, NewLabels]] = field(default_factory=dict)
    """What becomes of single names that the schema lacks, by "labels", "attributes" or "relations"."""

    def __bool__(self) -> bool:
        return bool(self.labels or self.relations or self.attributes or self.fields or self.choices or self.new)


def parse_mapping(given: str | bytes) -> ImportMapping:
    """Read a mapping; "" is an empty one. Raises `WrongMapping` naming each thing that is wrong."""
    if not given.strip():
        return ImportMapping()
    if len(given) > LARGEST:
        raise WrongMapping(f"The mapping is longer than {LARGEST:,} characters.")
    try:
        raw = orjson.loads(given)
    except orjson.JSONDecodeError as error:
        raise _wrong([{"pointer": "/map", "detail": f"This is not valid JSON: {error}."}]) from error
    if not isinstance(raw, dict):
        raise _wrong([{"pointer": "/map", "detail": "The mapping must be an object."}])
    errors: list[FieldError] = []
    renamings = {name: _renaming(raw.get(name), name, errors) for name in ("labels", "relations", "attributes")}
    fields = _fields(raw.get("fields"), errors)
    choices = _choices(raw, errors)
    new = _new(raw.get("new"), errors)
    errors += [
        {"pointer": "/map", "detail": f"“{name[:64]}” is not known in a mapping."}
        for name in sorted(raw.keys() - {*renamings, "fields", "offsets", "annotator", "new"})
    ]
    if errors:
        raise _wrong(errors)
    return ImportMapping(**renamings, fields=fields, choices=choices, new=new)


def renamed(document: IncomingDocument, mapping: ImportMapping) -> tuple[IncomingDocument, list[str]]:
    """Return a document with the names of here, and notes on what was left out."""
    notes: list[str] = []
    if not (mapping.labels or mapping.relations or mapping.attributes):
        return document, notes
    sets = {name: _renamed_set(name, work, mapping, notes) for name, work in document.sets.items()}
    return replace(document, sets=sets), notes


def _renamed_set(annotator: str, work: IncomingSet, mapping: ImportMapping, notes: list[str]) -> IncomingSet:
    spans, gone = [], set()
    for span in work.spans:
        known = isinstance(span, dict) and isinstance(span.get("label"), str)
        if known and mapping.labels.get(span["label"], "") is None:
            gone.add(str(span.get("id")))
            notes.append(f"{annotator}: span {span.get('id')} was left out: the mapping leaves out “{span['label']}”.")
            continue
        spans.append(_renamed_span(span, mapping) if known else span)
    relations = []
    for relation in work.relations:
        known = isinstance(relation, dict) and isinstance(relation.get("label"), str)
        if known and mapping.relations.get(relation["label"], "") is None:
            notes.append(f"{annotator}: relation {relation.get('id')} was left out by the mapping.")
        elif known and {str(relation.get("from")), str(relation.get("to"))} & gone:
            notes.append(f"{annotator}: relation {relation.get('id')} was left out with its span.")
        else:
            relations.append(_relabelled(relation, mapping.relations) if known else relation)
    return IncomingSet(spans, relations, work.pointer)


def _renamed_span(span: dict[str, Any], mapping: ImportMapping) -> dict[str, Any]:
    made = _relabelled(span, mapping.labels)
    attributes = span.get("attributes")
    if mapping.attributes and isinstance(attributes, dict):
        pairs = [(mapping.attributes.get(name, name), value) for name, value in attributes.items()]
        made["attributes"] = {name: value for name, value in pairs if name is not None}
    return made


def _relabelled(item: dict[str, Any], names: Renaming) -> dict[str, Any]:
    return {**item, "label": names.get(item["label"], item["label"])}


def _renaming(raw: Any, name: str, errors: list[FieldError]) -> Renaming:
    if raw is None:
        return {}
    if isinstance(raw, dict) and all(value is None or (isinstance(value, str) and value) for value in raw.values()):
        return raw
    errors.append({"pointer": "/map", "detail": f"“{name}” must hold names, or null, by names."})
    return {}


def _fields(raw: Any, errors: list[FieldError]) -> Mapping[str, str]:
    if raw is None:
        return {}
    if isinstance(raw, dict) and raw.keys() <= set(FIELDS) and all(isinstance(one, str) for one in raw.values()):
        return raw
    errors.append({"pointer": "/map", "detail": f"“fields” holds names of members for {', '.join(FIELDS)}."})
    return {}


def _new(raw: Any, errors: list[FieldError]) -> Mapping[str, Mapping[str, NewLabels]]:
    if raw is None:
        return {}
    known = isinstance(raw, dict) and raw.keys() <= set(KINDS)
    if known and all(
        isinstance(names, dict) and all(one in list(NewLabels) for one in names.values()) for names in raw.values()
    ):
        return {kind: {name: NewLabels(one) for name, one in names.items()} for kind, names in raw.items()}
    detail = f"“new” holds, under {', '.join(KINDS)}, one of {', '.join(NewLabels)} by names."
    errors.append({"pointer": "/map", "detail": detail})
    return {}


def _choices(raw: Mapping[str, Any], errors: list[FieldError]) -> Mapping[str, str]:
    choices: dict[str, str] = {}
    if "offsets" in raw:
        if raw["offsets"] in (CODE_POINTS, UTF16):
            choices["offsets"] = raw["offsets"]
        else:
            errors.append({"pointer": "/map", "detail": f"“offsets” is {CODE_POINTS} or {UTF16}."})
    if "annotator" in raw:
        if isinstance(raw["annotator"], str) and 1 <= len(raw["annotator"]) <= LONGEST_SET_NAME:
            choices["annotator"] = raw["annotator"]
        else:
            errors.append({"pointer": "/map", "detail": "“annotator” is the name of a set."})
    return choices


def _wrong(errors: list[FieldError]) -> WrongMapping:
    return WrongMapping(f"The mapping cannot be used: {errors[0]['detail']}", errors=errors)
