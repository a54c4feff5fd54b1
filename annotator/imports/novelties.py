"""Names that a file uses and the schema lacks: counted, left out, or added to a new version of the schema. Pure."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from annotator.formats.incoming import IncomingDocument, IncomingSet
from projects.schema import AttributeType, Schema

Definition = dict[str, Any]
SEPARATOR = "\t"


class NewLabels(StrEnum):
    """What to do with names that the schema lacks."""

    REFUSE = "refuse"
    ADD = "add"
    SKIP = "skip"


KINDS = ("labels", "attributes", "relations")


@dataclass(frozen=True, slots=True)
class Choices:
    """What becomes of each name that the schema lacks: what is said of it by `KINDS` and name, else `others`."""

    others: NewLabels = NewLabels.REFUSE
    by_name: Mapping[str, Mapping[str, NewLabels]] = field(default_factory=dict)

    def of(self, kind: str, name: str) -> NewLabels:
        """Return what becomes of one name."""
        return self.by_name.get(kind, {}).get(name, self.others)

    def may_be(self, choice: NewLabels) -> bool:
        """Whether something is chosen for any name."""
        return choice is self.others or any(choice in names.values() for names in self.by_name.values())


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

    def only(self, choice: NewLabels, choices: Choices) -> "Novelties":
        """Return those of which something is chosen; of what is added, only what finds its labels."""
        labels = {name: told for name, told in self.found["labels"].items() if choices.of("labels", name) is choice}
        there = self._schema.labels.keys() | labels.keys()
        attributes, relations = {}, {}
        for label, names in self.found["attributes"].items():
            chosen = {name: told for name, told in names.items() if choices.of("attributes", name) is choice}
            if chosen and (choice is not NewLabels.ADD or label in there):
                attributes[label] = chosen
        for name, pairs in self.found["relations"].items():
            fitting = {pair: times for pair, times in pairs.items() if set(pair.split(SEPARATOR)) <= there}
            if choices.of("relations", name) is choice and (fitting or choice is not NewLabels.ADD):
                relations[name] = fitting if choice is NewLabels.ADD else pairs
        return Novelties(self._schema, {"labels": labels, "attributes": attributes, "relations": relations})

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


def without_novelties(
    document: IncomingDocument, schema: Schema, choices: Choices
) -> tuple[IncomingDocument, list[str]]:
    """Return a document without what the schema lacks and is to be left out, and a note on all that lost something."""
    notes: list[str] = []
    sets = {name: _Fitting(name, schema, choices, notes).fit(work) for name, work in document.sets.items()}
    return replace(document, sets=sets), notes


class _Fitting:
    """Leaves out of one set what the schema lacks and nobody wants."""

    def __init__(self, annotator: str, schema: Schema, choices: Choices, notes: list[str]) -> None:
        self._annotator = annotator
        self._schema = schema
        self._choices = choices
        self._notes = notes
        self._label_of: dict[Any, str] = {}
        self._gone: set[Any] = set()

    def fit(self, work: IncomingSet) -> IncomingSet:
        """Return the set with what is left; what is malformed stays, to be told where all is checked."""
        spans = [self._fitting_span(span) if _is_span(span) else span for span in work.spans]
        relations = [one for one in work.relations if not isinstance(one, dict) or self._keeps(one)]
        return IncomingSet([span for span in spans if span is not None], relations, work.pointer)

    def _fitting_span(self, span: dict[str, Any]) -> dict[str, Any] | None:
        what = f"{self._annotator}: span {span['id']}"
        label = self._schema.labels.get(span["label"])
        lacking = label is None or (len(span["fragments"]) > 1 and not label.discontinuous)
        if lacking and self._choices.of("labels", span["label"]) is NewLabels.SKIP:
            why = "has several fragments" if label else "is not in the schema"
            self._notes.append(f"{what} was left out: its label “{span['label']}” {why}.")
            self._gone.add(span["id"])
            return None
        kept = {}
        for name, value in (span.get("attributes") or {}).items():
            attribute = label.attributes.get(name) if label else None
            new = attribute is None or (isinstance(value, str) and attribute.check(value))
            if new and self._choices.of("attributes", name) is NewLabels.SKIP:
                self._notes.append(f"{what} lost “{name}”: the schema does not know “{str(value)[:80]}” there.")
            else:
                kept[name] = value
        self._label_of[span["id"]] = span["label"]
        return {**span, "attributes": kept}

    def _keeps(self, relation: dict[str, Any]) -> bool:
        what = f"{self._annotator}: relation {relation.get('id')} was left out"
        ends = [relation.get("from"), relation.get("to")]
        if not all(isinstance(end, str) for end in ends):
            return True
        if self._gone & set(ends):
            self._notes.append(f"{what} with its span.")
            return False
        labels = [self._label_of.get(end) for end in ends]
        name = str(relation.get("label"))
        if None in labels or not self._schema.check_relation(name, str(labels[0]), str(labels[1])):
            return True
        if self._choices.of("relations", name) is NewLabels.SKIP:
            self._notes.append(f"{what}: the schema does not allow “{name}” there.")
            return False
        return True


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
