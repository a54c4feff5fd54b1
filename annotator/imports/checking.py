"""Whether what came in may be stored: the same rules that every saved change obeys. Pure."""

from dataclasses import dataclass
from typing import Any

from annotator.corpus.spans.changes import AddRelation, AddSpan, read_change
from annotator.corpus.spans.state import MOST_SPANS, Rules, State, apply
from annotator.corpus.spans.values import ChangeError, read_relation, read_span
from annotator.formats.incoming import IncomingDocument, IncomingSet, LineProblem, ReadLine
from annotator.formats.records import RelationRecord, SpanRecord
from annotator.imports.quick_check import QuickCheck
from projects.schema import Schema

MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class CheckedSet:
    """An annotation set that may be stored, in the shapes of the wire with nothing left out."""

    name: str
    spans: list[SpanRecord]
    relations: list[RelationRecord]


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line of a file: a document with its sets, or what is wrong; `end` is the offset of the byte after it."""

    number: int
    end: int
    document: IncomingDocument | None
    sets: tuple[CheckedSet, ...]
    problems: tuple[LineProblem, ...]
    notes: tuple[LineProblem, ...] = ()


def check_line(line: ReadLine, schema: Schema, quick: QuickCheck | None = None) -> CheckedLine:
    """Check the annotation sets of a line against its text and a schema; `quick` is one of that schema."""
    document = line.document
    if document is None:
        return CheckedLine(line.number, line.end, None, (), line.problems)
    rules = Rules(len(document.text), schema)
    problems = [
        LineProblem(line.number, work.pointer + wrong.pointer, wrong.detail)
        for work in document.sets.values()
        if quick is None or not quick.is_right(work, rules.length)
        for wrong in _what_is_wrong(work, rules)
    ]
    if problems:
        return CheckedLine(line.number, line.end, None, (), tuple(problems[:MOST_PROBLEMS]))
    return trust_line(line)


def trust_line(line: ReadLine) -> CheckedLine:
    """Take a line as it is, because `check_line` found nothing wrong with it before."""
    document = line.document
    if document is None:
        return CheckedLine(line.number, line.end, None, (), line.problems)
    sets = tuple(CheckedSet(name, work.spans, work.relations) for name, work in document.sets.items())
    for one in sets:
        for span in one.spans:
            _complete(span)
    return CheckedLine(line.number, line.end, document, sets, (), line.notes)


def _complete(span: Any) -> None:
    """Fill in what may be left out of a span."""
    if isinstance(span, dict):
        span.setdefault("note", "")
        span.setdefault("origin", "imported")
        attributes = span.setdefault("attributes", {})
        if isinstance(attributes, dict) and None in attributes.values():
            span["attributes"] = {name: value for name, value in attributes.items() if value is not None}


def _what_is_wrong(work: IncomingSet, rules: Rules) -> list[ChangeError]:
    if len(work.spans) > MOST_SPANS:
        return [ChangeError("too_many", "/spans", f"There are {len(work.spans):,} spans; a set holds {MOST_SPANS:,}.")]
    try:
        apply(
            State(),
            read_change({"id": "load", "kind": "load", "spans": work.spans, "relations": work.relations}),
            rules,
        )
    except ChangeError as error:
        return _everything_wrong(work, rules) or [error]
    return []


def _everything_wrong(work: IncomingSet, rules: Rules) -> list[ChangeError]:
    """Go through a bad set one by one, so that people see all that is wrong and not the first thing only."""
    state = State()
    wrong: list[ChangeError] = []
    for index, raw in enumerate(work.spans):
        try:
            apply(state, AddSpan("", read_span(raw, "/span")), rules)
        except ChangeError as error:
            wrong.append(_at(error, "/span", f"/spans/{index}"))
    if wrong:
        # A relation that lacks its span would be told as a second mistake.
        return wrong
    for index, raw in enumerate(work.relations):
        try:
            apply(state, AddRelation("", read_relation(raw, "/relation")), rules)
        except ChangeError as error:
            wrong.append(_at(error, "/relation", f"/relations/{index}"))
    return wrong


def _at(error: ChangeError, prefix: str, place: str) -> ChangeError:
    return ChangeError(error.reason, place + error.pointer.removeprefix(prefix), error.detail)
