"""Names that a file uses and the schema lacks: counted, left out, or added to a new version of the schema. Pure."""

import copy
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from annotator.interchange.reading import IncomingDocument, IncomingSet
from projects.schema import AttributeType, Schema

Definition = dict[str, Any]
SEPARATOR = "\t"


class NewLabels(StrEnum):
    """What to do with names that the schema lacks."""

    REFUSE = "refuse"
    ADD = "add"
    SKIP = "skip"


class Novelties:
    """What the schema lacks, gathered document by document. `found` is JSON, to be kept between attempts."""

    def __init__(self, schema: Schema, found: Mapping[str, Any] | None = None) -> None:
        self._schema = schema
        self.found: dict[str, Any] = {"labels": {}, "attributes": {}, "relations": {}, **(found or {})}

    def __bool__(self) -> bool:
        return any(self.found.values())

    def note(self, document: IncomingDocument) -> None:
        """Remember what a document uses that the schema lacks."""
        for work in document.sets.values():
            label_of = {span["id"]: span["label"] for span in work.spans if _is_span(span)}
            for span in work.spans:
                if _is_span(span):
                    self._note_span(span)
            for relation in work.relations:
                if isinstance(relation, dict):
                    ends = (label_of.get(relation.get("from")), label_of.get(relation.get("to")))
                    self._note_relation(str(relation.get("label")), *ends)

    def in_words(self) -> list[str]:
        """Return a sentence on each name, with how often it came."""
        sentences = [
            f"The schema has no label “{label}” ({_times(told['spans'])})."
            if label not in self._schema.labels
            else f"The schema allows “{label}” no second fragment ({_times(told['spans'])})."
            for label, told in self.found["labels"].items()
        ]
        for label, names in self.found["attributes"].items():
            for name, values in names.items():
                shown = ", ".join(f"“{value[:40]}”" for value in list(values)[:5])
                times = _times(sum(values.values()))
                sentences.append(f"The schema knows no “{name}” of “{label}” that is {shown} ({times}).")
        for label, pairs in self.found["relations"].items():
            for pair, times in pairs.items():
                sentences.append(
                    f"The schema has no relation “{label}” from {pair.replace(SEPARATOR, ' to ')} ({_times(times)})."
                )
        return sentences

    def widened(self) -> Definition:
        """Return the definition of the schema with everything that was found in it."""
        definition = copy.deepcopy(self._schema.definition)
        labels = _by_id(definition["labels"])
        for name, told in self.found["labels"].items():
            label = labels[name] if name in labels else _appended(definition["labels"], {"id": name}, labels)
            label["discontinuous"] = label.get("discontinuous", False) or told["parts"] > 1
        for name, attributes in self.found["attributes"].items():
            for attribute, values in attributes.items():
                _widen_attribute(labels[name].setdefault("attributes", []), attribute, list(values))
        self._widen_relations(definition.setdefault("relations", []))
        return definition

    def _widen_relations(self, definitions: list[Definition]) -> None:
        relations = _by_id(definitions)
        for name, pairs in self.found["relations"].items():
            empty = {"id": name, "from": [], "to": []}
            relation = relations[name] if name in relations else _appended(definitions, empty, relations)
            for pair in pairs:
                for end, label in zip(("from", "to"), pair.split(SEPARATOR), strict=True):
                    if label not in relation[end]:
                        relation[end].append(label)

    def _note_span(self, span: dict[str, Any]) -> None:
        name = span["label"]
        known = self._schema.labels.get(name)
        parts = len(span["fragments"])
        if known is None or (parts > 1 and not known.discontinuous):
            told = self.found["labels"].setdefault(name, {"spans": 0, "parts": 1})
            told["spans"] += 1
            told["parts"] = max(told["parts"], parts)
        for attribute, value in (span.get("attributes") or {}).items():
            allowed = None if known is None else known.attributes.get(attribute)
            if isinstance(value, str) and (allowed is None or allowed.check(value)):
                # Values of free text are not listed: they are as many as spans.
                free = allowed is None or allowed.type is not AttributeType.CHOICE
                values = self.found["attributes"].setdefault(name, {}).setdefault(attribute, {})
                key = "…" if free else value
                values[key] = values.get(key, 0) + 1

    def _note_relation(self, name: str, source: str | None, target: str | None) -> None:
        if source is None or target is None:
            return
        known = self._schema.relations.get(name)
        if known is None or source not in known.from_labels or target not in known.to_labels:
            pairs = self.found["relations"].setdefault(name, {})
            pairs[f"{source}{SEPARATOR}{target}"] = pairs.get(f"{source}{SEPARATOR}{target}", 0) + 1


def without_novelties(document: IncomingDocument, schema: Schema) -> tuple[IncomingDocument, list[str]]:
    """Return a document without what the schema lacks, and a note on each span and relation that lost something."""
    notes: list[str] = []
    sets = {name: _fitting(name, work, schema, notes) for name, work in document.sets.items()}
    return replace(document, sets=sets), notes


def _fitting(annotator: str, work: IncomingSet, schema: Schema, notes: list[str]) -> IncomingSet:
    spans: list[Any] = []
    label_of: dict[Any, str] = {}
    for span in work.spans:
        if not _is_span(span):
            spans.append(span)
            continue
        what = f"{annotator}: span {span['id']}"
        label = schema.labels.get(span["label"])
        if label is None or (len(span["fragments"]) > 1 and not label.discontinuous):
            why = "has several fragments" if label else "is not in the schema"
            notes.append(f"{what} was left out: its label “{span['label']}” {why}.")
            continue
        kept = {}
        for name, value in (span.get("attributes") or {}).items():
            attribute = label.attributes.get(name)
            if attribute is None or (isinstance(value, str) and attribute.check(value)):
                notes.append(f"{what} lost “{name}”: the schema does not know “{str(value)[:80]}” there.")
            else:
                kept[name] = value
        spans.append({**span, "attributes": kept})
        label_of[span["id"]] = label.id
    relations = _fitting_relations(annotator, work.relations, label_of, schema, notes)
    return IncomingSet(spans, relations, work.pointer)


def _fitting_relations(
    annotator: str, given: list[Any], label_of: Mapping[Any, str], schema: Schema, notes: list[str]
) -> list[Any]:
    relations = []
    for relation in given:
        ends = [label_of.get(relation.get(end)) for end in ("from", "to")] if isinstance(relation, dict) else ["?"]
        if None in ends or (len(ends) > 1 and schema.check_relation(str(relation.get("label")), *map(str, ends))):
            notes.append(
                f"{annotator}: relation {relation.get('id')} was left out: the schema does not allow it there."
            )
        else:
            relations.append(relation)
    return relations


def _by_id(definitions: list[Definition]) -> dict[str, Definition]:
    return {definition["id"]: definition for definition in definitions}


def _appended(definitions: list[Definition], one: Definition, by_id: dict[str, Definition]) -> Definition:
    definitions.append(one)
    by_id[one["id"]] = one
    return one


def _widen_attribute(attributes: list[Definition], name: str, values: list[str]) -> None:
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
