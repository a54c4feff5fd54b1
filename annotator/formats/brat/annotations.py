"""The lines of one `.ann` file: spans are read first, then what refers to them."""

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from annotator.formats.item_counts import ItemCounts
from annotator.formats.offset_repair import same_words
from annotator.formats.set_builder import SetBuilder

_ITEM = re.compile(r"[TEARMN#*]\d*\t")
_TEXT_BOUND = re.compile(r"(\S+) (-?\d+ -?\d+(?:;-?\d+ -?\d+)*)\Z")
_ROLE_NUMBER = re.compile(r"(?<=\D)\d+\Z")
# The text of a span, and what people write, may have line breaks; other lines may not.
_CONTINUED = "TN#"
LONGEST_OFFSET = 15


class Line(NamedTuple):
    """An item: its id, its second and third column, and the lines after it that begin no item."""

    identifier: str
    head: str
    words: str
    more: list[str]


class Annotations:
    """Reads one `.ann` file over `text` into a builder, which collects the problems; `names` are those of types."""

    def __init__(self, builder: SetBuilder, text: str, names: Mapping[str, str]) -> None:
        self._names = names
        self._builder = builder
        self._text = text
        self._triggers: dict[str, str] = {}
        self._sources: dict[str, str] = {}

    def read(self, content: str) -> None:
        """Read all lines."""
        by_letter: dict[str, list[Line]] = {letter: [] for letter in "TEARMN#*"}
        for line in self._lines(content):
            by_letter[line.identifier[0]].append(line)
        readers = (("T", self._span), ("E", self._trigger), ("E", self._event), ("R", self._relation),
                   ("*", self._equivalence), ("AM", self._attribute), ("N", self._reference),
                   ("#", self._note))  # fmt: skip
        for letters, reader in readers:
            for letter in letters:
                for line in by_letter[letter]:
                    reader(line)

    def _lines(self, content: str) -> list[Line]:
        """Return the items; lines that belong to none of them are problems."""
        lines: list[Line] = []
        for line in _split(content):
            if _ITEM.match(line):
                identifier, head, words = [*line.split("\t", 2), ""][:3]
                lines.append(Line(identifier, head, words, []))
            elif lines and lines[-1].identifier[0] in _CONTINUED:
                lines[-1].more.append(line)
            elif line.strip():
                self._refuse(line)
        return lines

    def _refuse(self, line: str) -> None:
        advice = "An id, such as T1, and a tab begin a line."
        self._builder.problems.append(f"“{line[:80]}” is not a brat standoff line. {advice}")

    def _span(self, line: Line) -> None:
        match = _TEXT_BOUND.match(line.head.strip())
        if match is None or len(max(re.split("[ ;]", match[2]), key=len)) > LONGEST_OFFSET:
            self._builder.refuse("spans", f"{line.identifier}: “{line.head[:80]}” is not a label with offsets.")
            return
        pairs = [[int(number) for number in pair.split(" ")] for pair in match[2].split(";")]
        self._builder.add_span(line.identifier, self._named(match[1]), pairs, covered=self._words(line, pairs) or None)

    def _words(self, line: Line, pairs: Sequence[Sequence[int]]) -> str:
        """Return the words of a span: its third column goes on in the following lines as far as the text does."""
        if not line.more:
            return line.words
        covered = " ".join(self._text[start:end] for start, end in pairs if 0 <= start < end)
        words = [line.words]
        for number, more in enumerate(line.more):
            if same_words(covered, "\n".join(words)):
                for other in line.more[number:]:
                    if other.strip():
                        self._refuse(other)
                break
            words.append(more)
        return "\n".join(words).rstrip("\n")

    def _trigger(self, line: Line) -> None:
        _, _, trigger = line.head.split(" ", 1)[0].partition(":")
        if self._builder.has_span(trigger):
            self._triggers[line.identifier] = trigger
        elif self._builder.was_left_out(trigger):
            number = len(line.head.split()) - 1
            note = f"Event {line.identifier} was left out with its trigger {trigger}."
            self._builder.leave_out("relations", "no_end", note, number=number)
        else:
            self._builder.problems.append(f"Event {line.identifier}: its trigger {trigger} is not a span of this file.")

    def _event(self, line: Line) -> None:
        """Read an event as its trigger, with a relation to each argument, named after the role."""
        if line.identifier not in self._triggers:
            return  # reported with the triggers
        for argument in line.head.split()[1:]:
            role, _, target = argument.partition(":")
            self._connect(line.identifier, None, _ROLE_NUMBER.sub("", role), line.identifier, target)

    def _relation(self, line: Line) -> None:
        label, *arguments = line.head.split() or [""]
        # A role has a character or more before its colon.
        ends = [argument[1:].partition(":")[2] for argument in arguments]
        if len(ends) != 2 or not all(ends):
            problem = f"{line.identifier}: “{line.head[:80]}” is not a relation with two arguments."
            self._builder.refuse("relations", problem)
            return
        self._connect(line.identifier, line.identifier, label, *ends)

    def _equivalence(self, line: Line) -> None:
        """Read an equivalence as a chain of relations from each span to the next."""
        label, *members = line.head.split() or [""]
        for first, second in itertools.pairwise(members):
            self._connect(f"{label} of {first}", None, label, first, second)

    def _attribute(self, line: Line) -> None:
        name, _, rest = line.head.partition(" ")
        target, _, value = rest.partition(" ")
        span, named, value = self._span_of(target), self._named(name), value or "true"
        if span is None:
            note = f"{line.identifier}: attribute “{name}” was left out: {target} is not a span."
            self._builder.leave_out("attributes", "no_span", note)
        elif target in self._triggers and self._builder.has_other_value(span, named, value):
            note = f"{line.identifier}: attribute “{name}” was left out: another event of {span} has another value."
            self._builder.leave_out("attributes", "unsupported", note)
        else:
            self._builder.set_attribute(span, named, value)

    def _reference(self, line: Line) -> None:
        """Read a reference to another resource as a note."""
        _, _, rest = line.head.partition(" ")
        target, _, reference = rest.partition(" ")
        self._add_note(line, f"Reference {target}", f"{reference} {_whole(line)}".strip())

    def _note(self, line: Line) -> None:
        self._add_note(line, line.head, _whole(line))

    def _add_note(self, line: Line, head: str, words: str) -> None:
        _, _, target = head.partition(" ")
        span = self._span_of(target)
        if span is None and words and (source := self._sources.get(target)) is not None:
            # Relations have no notes: their span has it.
            span, words = source, f"{target}: {words}"
        if span is None:
            note = f"{line.identifier}: a note was left out: {target} is not a span."
            self._builder.leave_out("notes", "no_span", note)
        elif words:
            self._builder.add_note(span, words)

    def _named(self, type_: str) -> str:
        return self._names.get(type_, type_) if self._names else type_

    def _span_of(self, identifier: str) -> str | None:
        span = self._triggers.get(identifier, identifier)
        return span if self._builder.has_span(span) else None

    def _connect(self, what: str, identifier: str | None, label: str, source: str, target: str) -> None:
        ends = [self._triggers.get(end, end) for end in (source, target)]
        if ends[0] == ends[1]:
            note = f"{what}: “{label}” was left out: it connects {ends[0]} to itself."
            self._builder.leave_out("relations", "unsupported", note)
        else:
            self._builder.add_relation(identifier, self._named(label), *ends)
            if identifier is not None and self._builder.has_span(ends[0]):
                self._sources[identifier] = ends[0]


def count_items(content: str) -> ItemCounts:
    """Return the numbers of items of a file whose text is missing or cannot be read."""
    items = ItemCounts()
    for line in _split(content):
        if not _ITEM.match(line):
            continue
        head = line.split("\t", 2)[1]
        if line[0] in "ER*":
            items.find("relations", {"E": len(head.split()) - 1, "R": 1, "*": len(head.split()) - 2}[line[0]])
        else:
            items.find({"T": "spans", "A": "attributes", "M": "attributes"}.get(line[0], "notes"))
    return items


def _split(content: str) -> list[str]:
    # Only line feeds separate lines: other line breaks may occur in the text of a span.
    return [line.removesuffix("\r") for line in content.split("\n")]


def _whole(line: Line) -> str:
    return "\n".join([line.words, *line.more]).strip()
