"""Checks of imported annotation sets, by the rules that every saved change follows. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from annotator.corpus.spans.changes import AddRelation, AddSpan, load_payload, read_change
from annotator.corpus.spans.state import Rules, State, apply
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
from annotator.formats.incoming import IncomingSet, LineProblem, ReadLine, UsualSet
from annotator.formats.records import MOST_SPANS
from annotator.imports.run.checked_lines import USUAL_VALUES, CheckedLine, checked_set
from projects.schema import Schema

MOST_PROBLEMS = 20
_SPAN = {"id", "label", "fragments", "attributes", "note", "origin"}
_RELATION = {"id", "label", "from", "to"}
_NOTHING: Mapping[str, Any] = {}
# Values of free text are as many as spans; they must not fill the memory.
MOST_REMEMBERED = 10_000


class QuickCheck:
    """Recognises sets that certainly follow every rule of one schema, as nearly all imported sets do.

    `check_line` builds a value of each span and applies a change, which took a third of the time of an import
    (measured). What is certain here needs none of that; otherwise the rules themselves decide.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._attributes: dict[tuple[Any, ...], str] = {}
        self._links: set[tuple[str, str, str]] = set()

    def is_valid(self, incoming: IncomingSet, length: int) -> bool:
        """Return whether a set certainly is valid over a text of `length` code points; False means that it may be."""
        return (
            not incoming.document_attributes and self.recognise(incoming.spans, incoming.relations, length) is not None
        )

    def recognise(self, spans: Any, relations: Any, length: int) -> UsualSet | None:
        """Return what a set holds that certainly is valid over a text of that length; None for any other."""
        if type(spans) is not list or type(relations) is not list or len(spans) > MOST_SPANS:
            return None
        values: list[Any] = []
        known, has_more = self._attributes, False
        attributes = notes = 0
        try:
            # Anything that is not a span of the usual shape raises one of these errors, or is found by a comparison.
            for span in spans:
                ((start, end),) = span["fragments"]
                if type(start) is not int or type(end) is not int or not 0 <= start < end <= length:
                    return None
                label, own = span["label"], span.get("attributes", _NOTHING)
                written = known.get((label, *own, *own.values())) or self._written(label, own)
                if written is None:
                    return None
                # The usual members are these and no others.
                if len(span) != 3 + ("attributes" in span):
                    if not _are_known_members(span):
                        return None
                    has_more = True
                    notes += bool(span.get("note"))
                values += (span["id"], label, start, end, written)
                attributes += len(own)
            identifiers = values[::USUAL_VALUES]
            if len(set(identifiers)) != len(spans) or not _are_plain(identifiers):
                return None
        except (AttributeError, KeyError, TypeError, ValueError):
            return None
        if relations and not self._are_valid_relations(
            relations, dict(zip(identifiers, values[1::USUAL_VALUES], strict=True))
        ):
            return None
        numbers = {"spans": len(spans), "relations": len(relations), "attributes": attributes, "notes": notes}
        return UsualSet(numbers, None if has_more else values)

    def _written(self, label: Any, attributes: Any) -> str | None:
        """Return attributes as JSON if the schema allows them with a label, and remember them; None otherwise."""
        is_valid = (
            type(attributes) is dict
            and len(attributes) <= MOST_ATTRIBUTES
            and all(map(_is_plain, (label, *attributes)))
            and all(type(value) is str and _is_short_text(value) for value in attributes.values())
            and not self._schema.check_span(label, 1, attributes)
        )
        if not is_valid:
            return None
        written = orjson.dumps(attributes).decode()
        if len(self._attributes) < MOST_REMEMBERED:
            self._attributes[label, *attributes, *attributes.values()] = written
        return written

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


def check_line(
    line: ReadLine, schema: Schema, quick: QuickCheck | None = None, *, only_checks: bool = False
) -> CheckedLine:
    """Check the annotation sets of a line against its text and a schema; `quick` is a check for the same schema.

    A line that is `only_checks` is not stored, so that its sets are counted and left out.
    """
    document = line.document
    if document is None:
        return _refused(line)
    rules = Rules(len(document.text), schema)
    problems = [
        LineProblem(line.number, incoming.pointer + error.pointer, error.detail)
        for incoming in document.sets.values()
        if incoming.usual is None and (quick is None or not quick.is_valid(incoming, rules.length))
        for error in _errors(incoming, rules)
    ]
    if not problems and not only_checks:
        return trust_line(line)
    numbers = Counter(documents=1)
    for incoming in document.sets.values():
        for kind, number in (incoming.usual.numbers if incoming.usual else incoming.numbers).items():
            numbers[kind] += number
    if problems:
        return CheckedLine(line.number, line.end, None, (), tuple(problems[:MOST_PROBLEMS]), numbers=numbers)
    return CheckedLine(line.number, line.end, document, (), (), line.notes, numbers)


def trust_line(line: ReadLine) -> CheckedLine:
    """Return a line unchecked, because `check_line` found it valid before."""
    document = line.document
    if document is None:
        return _refused(line)
    sets = tuple(checked_set(name, incoming) for name, incoming in document.sets.items())
    numbers: dict[str, int] = dict(sets[0].numbers) if len(sets) == 1 else Counter()
    for checked in sets if len(sets) > 1 else ():
        for kind, number in checked.numbers.items():
            numbers[kind] += number
    numbers["documents"] = 1
    # Without the sets as they were read, which are no longer needed, a chunk takes 12 MB less.
    return CheckedLine(line.number, line.end, replace(document, sets={}), sets, (), line.notes, numbers)


def _refused(line: ReadLine) -> CheckedLine:
    numbers = Counter({} if line.items is None else line.items.found)
    numbers["documents"] = int(line.number > 0)
    return CheckedLine(line.number, line.end, None, (), line.problems, numbers=numbers)


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


def _are_plain(names: Sequence[Any]) -> bool:
    """Return whether all of these ids certainly are allowed; raise `TypeError` for others than strings."""
    together = "".join(names)
    return (
        together.isascii() and together.isprintable() and all(names) and max(map(len, names), default=0) <= LONGEST_ID
    )


def _are_known_members(span: dict[str, Any]) -> bool:
    """Return whether a span has no unknown members, and those that spans may have besides certainly are valid."""
    note = span.get("note", "")
    return (
        span.keys() <= _SPAN
        and span.get("origin", "imported") in ORIGINS
        and (note == "" or (type(note) is str and len(note) <= LONGEST_NOTE and not UNSTORABLE.search(note)))
    )


def _is_plain(name: object) -> bool:
    """Return whether an id, label or name certainly is allowed: short, printable ASCII."""
    return type(name) is str and 1 <= len(name) <= LONGEST_ID and name.isascii() and name.isprintable()


def _is_short_text(value: str) -> bool:
    return len(value) <= LONGEST_VALUE and not UNSTORABLE.search(value)
