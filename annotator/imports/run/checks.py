"""Checks of imported annotation sets, by the rules that every saved change follows. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annotator.corpus.spans.changes import AddRelation, AddSpan, load_payload, read_change
from annotator.corpus.spans.state import MOST_SPANS, Rules, State, apply
from annotator.corpus.spans.values import (
    LONGEST_ID,
    LONGEST_NOTE,
    LONGEST_VALUE,
    MOST_ATTRIBUTES,
    ORIGINS,
    UNSTORABLE,
    ChangeError,
    read_relation,
    read_span,
)
from annotator.formats.incoming import IncomingDocument, IncomingSet, LineProblem, Prediction, ReadLine
from annotator.formats.item_counts import numbers_of
from annotator.formats.records import DocumentValue, RelationRecord, SpanRecord
from projects.schema import Schema

MOST_PROBLEMS = 20
_SPAN = {"id", "label", "fragments", "attributes", "note", "origin"}
_RELATION = {"id", "label", "from", "to"}
# Values of free text are as many as spans; they must not fill the memory.
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class CheckedSet:
    """An annotation set that may be stored, with every member of its spans filled in."""

    name: str
    spans: list[SpanRecord]
    relations: list[RelationRecord]
    prediction: Prediction | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    document_attributes: Mapping[str, DocumentValue] = field(default_factory=dict)

    @property
    def numbers(self) -> Counter[str]:
        """The numbers of items by kind that the set holds."""
        return numbers_of(self.spans, self.relations, self.document_attributes)


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line of a file: a document with its sets, or its problems; `end` is the offset of the byte after it.

    `refused` are the numbers of items by kind in a line with problems.
    """

    number: int
    end: int
    document: IncomingDocument | None
    sets: tuple[CheckedSet, ...]
    problems: tuple[LineProblem, ...]
    notes: tuple[LineProblem, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def numbers(self) -> Counter[str]:
        """The numbers of items by kind, the document included."""
        numbers = Counter(self.refused)
        for checked in self.sets:
            numbers.update(checked.numbers)
        if self.document is not None:
            numbers["documents"] += 1
        return numbers


class QuickCheck:
    """Recognises sets that certainly follow every rule of one schema, as nearly all imported sets do.

    `check_line` builds a value of each span and applies a change, which took a third of the time of an import
    (measured). What is certain here needs none of that; otherwise the rules themselves decide.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._attributes: set[tuple[Any, ...]] = set()
        self._links: set[tuple[str, str, str]] = set()

    def is_valid(self, incoming: IncomingSet, length: int) -> bool:
        """Return whether a set certainly is valid over a text of `length` code points; False means that it may be."""
        if len(incoming.spans) > MOST_SPANS or incoming.document_attributes:
            return False
        labels: dict[str, str] = {}
        for span in incoming.spans:
            if type(span) is not dict or not self._is_valid_span(span, length):
                return False
            labels[span["id"]] = span["label"]
        return len(labels) == len(incoming.spans) and self._are_valid_relations(incoming.relations, labels)

    def _is_valid_span(self, span: dict[str, Any], length: int) -> bool:
        fragments = span.get("fragments")
        if not (span.keys() <= _SPAN and _is_plain(span.get("id")) and type(fragments) is list and len(fragments) == 1):
            return False
        pair = fragments[0]
        if type(pair) is not list or len(pair) != 2 or type(pair[0]) is not int or type(pair[1]) is not int:
            return False
        if not 0 <= pair[0] < pair[1] <= length or span.get("origin", "imported") not in ORIGINS:
            return False
        note = span.get("note", "")
        if note != "" and (type(note) is not str or len(note) > LONGEST_NOTE or UNSTORABLE.search(note)):
            return False
        label = span.get("label")
        return type(label) is str and self._allows(label, span.get("attributes", {}))

    def _allows(self, label: str, attributes: Any) -> bool:
        if type(attributes) is not dict:
            return False
        key = (label, *attributes.items())
        try:
            if key in self._attributes:
                return True
        except TypeError:  # a value that is a list or an object
            return False
        is_valid = (
            len(attributes) <= MOST_ATTRIBUTES
            and all(map(_is_plain, (label, *attributes)))
            and all(type(value) is str and _is_short_text(value) for value in attributes.values())
            and not self._schema.check_span(label, 1, attributes)
        )
        if is_valid and len(self._attributes) < MOST_REMEMBERED:
            self._attributes.add(key)
        return is_valid

    def _are_valid_relations(self, relations: list[Any], labels: dict[str, str]) -> bool:
        identifiers, links = set(), set()
        for relation in relations:
            if type(relation) is not dict or relation.keys() != _RELATION:
                return False
            if not all(map(_is_plain, relation.values())):
                return False
            label, source, target = relation["label"], relation["from"], relation["to"]
            if source == target or source not in labels or target not in labels:
                return False
            if not self._connects(label, labels[source], labels[target]):
                return False
            identifiers.add(relation["id"])
            links.add((label, source, target))
        return len(identifiers) == len(relations) == len(links)

    def _connects(self, label: str, source: str, target: str) -> bool:
        """Return whether the schema has a relation between spans of these labels."""
        link = (label, source, target)
        if link not in self._links:
            if self._schema.check_relation(*link):
                return False
            self._links.add(link)
        return True


def check_line(line: ReadLine, schema: Schema, quick: QuickCheck | None = None) -> CheckedLine:
    """Check the annotation sets of a line against its text and a schema; `quick` is a check for the same schema."""
    document = line.document
    if document is None:
        return _refused(line)
    rules = Rules(len(document.text), schema)
    problems = [
        LineProblem(line.number, incoming.pointer + error.pointer, error.detail)
        for incoming in document.sets.values()
        if quick is None or not quick.is_valid(incoming, rules.length)
        for error in _errors(incoming, rules)
    ]
    if problems:
        numbers = Counter(documents=1)
        for incoming in document.sets.values():
            numbers.update(incoming.numbers)
        return CheckedLine(line.number, line.end, None, (), tuple(problems[:MOST_PROBLEMS]), refused=numbers)
    return trust_line(line)


def trust_line(line: ReadLine) -> CheckedLine:
    """Return a line unchecked, because `check_line` found it valid before."""
    document = line.document
    if document is None:
        return _refused(line)
    sets = tuple(
        CheckedSet(
            name,
            incoming.spans,
            incoming.relations,
            incoming.prediction,
            incoming.scores,
            {key: value for key, value in incoming.document_attributes.items() if value is not None},
        )
        for name, incoming in document.sets.items()
    )
    for checked in sets:
        for span in checked.spans:
            _complete(span)
    return CheckedLine(line.number, line.end, document, sets, (), line.notes)


def _refused(line: ReadLine) -> CheckedLine:
    numbers = Counter({} if line.items is None else line.items.found)
    numbers["documents"] = int(line.number > 0)
    return CheckedLine(line.number, line.end, None, (), line.problems, refused=numbers)


def _complete(span: Any) -> None:
    """Fill in the members that a span may leave out."""
    if isinstance(span, dict):
        span.setdefault("note", "")
        span.setdefault("origin", "imported")
        attributes = span.setdefault("attributes", {})
        if isinstance(attributes, dict) and None in attributes.values():
            span["attributes"] = {name: value for name, value in attributes.items() if value is not None}


def _errors(incoming: IncomingSet, rules: Rules) -> list[ChangeError]:
    if len(incoming.spans) > MOST_SPANS:
        detail = f"There are {len(incoming.spans):,} spans; a set holds at most {MOST_SPANS:,}."
        return [ChangeError("too_many", "/spans", detail)]
    try:
        content = load_payload(incoming.spans, incoming.relations, {})
        values = {"document_attributes": incoming.document_attributes} if incoming.document_attributes else {}
        apply(State(), read_change({"id": "load", "kind": "load", **content, **values}), rules)
    except ChangeError as error:
        return _all_errors(incoming, rules) or [error]
    return []


def _all_errors(incoming: IncomingSet, rules: Rules) -> list[ChangeError]:
    """Check the items of a bad set one by one, to report all errors and not only the first."""
    state = State()
    errors: list[ChangeError] = []
    for index, raw in enumerate(incoming.spans):
        try:
            apply(state, AddSpan("", read_span(raw, "/span")), rules)
        except ChangeError as error:
            errors.append(_at(error, "/span", f"/spans/{index}"))
    if errors:
        # A relation whose span is bad would be reported as a second error.
        return errors
    for index, raw in enumerate(incoming.relations):
        try:
            apply(state, AddRelation("", read_relation(raw, "/relation")), rules)
        except ChangeError as error:
            errors.append(_at(error, "/relation", f"/relations/{index}"))
    return errors


def _at(error: ChangeError, prefix: str, place: str) -> ChangeError:
    return ChangeError(error.reason, place + error.pointer.removeprefix(prefix), error.detail)


def _is_plain(name: object) -> bool:
    """Return whether an id, label or name certainly is allowed: short, printable ASCII."""
    return type(name) is str and 1 <= len(name) <= LONGEST_ID and name.isascii() and name.isprintable()


def _is_short_text(value: str) -> bool:
    return len(value) <= LONGEST_VALUE and not UNSTORABLE.search(value)
