"""Building one annotation set from the spans and relations of a file, which may have errors.

If the file contains the text of a span and its offsets cover another text, the span is *contested*. It is moved if
exactly one known error explains its offsets, or if the spans beside it were moved by the same distance, and a note
reports it; otherwise the person who imports decides (`span_locations`). Nothing is guessed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotator.formats.incoming import IncomingSet
from annotator.formats.item_counts import ItemCounts
from annotator.formats.json_files import whole_number
from annotator.formats.offset_repair import Fragments
from annotator.formats.records import MOST_SPANS
from annotator.formats.span_locations import (
    LEAVE_OUT,
    ContestedChoices,
    ContestedSpan,
    Located,
    SpanLocator,
    shown_offsets,
)

LONGEST_ID = 64
LONGEST_ATTRIBUTE, LONGEST_NOTE = 500, 2_000
CODE_POINTS, UTF16 = "code-points", "utf-16"
MOST_LISTED = 20
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class SetBuilder:
    """One annotation set being built.

    `items` counts the items of the file: a reader calls `add_span`, `set_attribute`, `add_note` and `add_relation` once
    for each of them, and `leave_out` for each that it does not keep.
    """

    def __init__(
        self,
        text: str,
        *,
        unit: str = CODE_POINTS,
        mark_removed: bool = False,
        contested: str = "",
        joins_lines: bool = False,
    ) -> None:
        """Begin a set over `text`.

        `unit` is the unit of the offsets passed to `add_span`, `contested` the option of readers
        (`ContestedChoices`). `joins_lines` joins fragments that only a line break parts.
        """
        self.notes: list[str] = []
        self.problems: list[str] = []
        self.items = ItemCounts()
        self._document_attributes: dict[str, Any] = {}
        self._locator = SpanLocator(text, in_utf16=unit == UTF16, mark_removed=mark_removed)
        self._spans: dict[str, dict[str, Any]] = {}
        self._relations: dict[str, dict[str, str]] = {}
        self._links: set[tuple[str, str, str]] = set()
        self._repeated: set[str] = set()
        self._span_count = 0
        self._choices = ContestedChoices.read(contested)
        self._joins_lines = joins_lines
        self._contested: dict[str, ContestedSpan] = {}
        self._left_out: set[str] = set()
        self._joined: dict[str, None] = {}

    def add_span(
        self,
        given_id: object,
        label: object,
        fragments: Iterable[Sequence[Any]],
        *,
        covered: str | None = None,
        attributes: Mapping[str, Any] | None = None,
        note: str = "",
        around: tuple[str, str] = ("", ""),
    ) -> str | None:
        """Add a span and return its id; None when it is a problem or was left out.

        `fragments` are in the order of `covered`, the words of the span in the file; without fragments, the words and
        those `around` them locate the span. Spans that no set can hold are counted only.
        """
        self._span_count += 1
        self.items.find("spans")
        if self._span_count > MOST_SPANS:
            if self._span_count == MOST_SPANS + 1:
                self.problems.append(f"There are more than {MOST_SPANS:,} spans in one set. Split the document.")
            self._count_missing(given_id, attributes, note)
            return None
        what = f"Span {self._span_count} (“{str(label)[:64]}”)" if given_id in (None, "") else f"Span {given_id}"
        pairs = self._pairs(fragments, what)
        if pairs and not (covered or "").strip() and all(start == end >= 0 for start, end in pairs):
            self.notes.append(f"{what} at {pairs[0][0]} was left out: it has no length.")
            self._count_missing(given_id, attributes, note, reason="without_length")
            return None
        place = None if pairs is None else self._locate(pairs, covered, what, around)
        if place is None:
            self._count_missing(given_id, attributes, note)
            return None
        identifier = self._new_id(given_id, self._spans, "s", what)
        located: Fragments = []
        if isinstance(place, ContestedSpan):
            self._contested[identifier] = place
        else:
            located = self._placed(place, what)
        span = {"id": identifier, "label": str(label), "fragments": located, "attributes": {}, "note": note}
        self._spans[identifier] = span
        for name, value in (attributes or {}).items():
            self.set_attribute(identifier, name, value)
        return identifier

    def _count_missing(
        self, given_id: object, attributes: Mapping[str, Any] | None, note: str, *, reason: str = ""
    ) -> None:
        """Count what belongs to a span that was not added; a `reason` says that it was left out."""
        values = [as_value(value) for value in (attributes or {}).values()]
        numbers = {"attributes": len(values) - values.count(None), "notes": int(bool(note))}
        for kind, number in numbers.items():
            self.items.find(kind, number)
        if reason:
            self.items.lose(reason, {"spans": 1, **numbers})
        if given_id not in (None, ""):
            self._left_out.add(clean_id(given_id))

    def attributes_of(self, span: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the member `attributes` of a span that will be added; anything but an object is a problem."""
        given = span.get("attributes")
        if given is None or isinstance(given, dict):
            return given
        self.problems.append(f"Span {span.get('id') or self._span_count + 1}: its attributes must be an object.")
        return None

    def set_attribute(self, span_id: str, name: str, value: Any) -> None:
        """Set an attribute of a span as a string; None is left out, a second value is a problem."""
        text_value = as_value(value)
        if text_value is not None:
            self._set(self._spans[span_id]["attributes"], name, text_value, f"Span {span_id}")

    def has_other_value(self, span_id: str, name: str, value: str) -> bool:
        """Return whether a span has an attribute with another value."""
        given: str = self._spans[span_id]["attributes"].get(name, value)
        return given != value

    def _set(self, attributes: dict[str, Any], name: str, value: Any, what: str) -> None:
        """Set and count an attribute. A value too long, or the same again, is left out; another one is a problem."""
        if isinstance(value, str) and len(value) > LONGEST_ATTRIBUTE:
            note = (
                f"{what}: “{name}” was left out, because its value has {len(value):,} characters; the limit is "
                f"{LONGEST_ATTRIBUTE}."
            )
            self.leave_out("attributes", "too_long", note)
        elif name not in attributes:
            self.items.find("attributes")
            attributes[name] = value
        elif attributes[name] == value:
            note = f"{what}: “{name}” was left out once, because it is given twice with the same value."
            self.leave_out("attributes", "repeated", note)
        else:
            problem = f"{what}: “{name}” has two values, “{attributes[name]}” and “{value}”. Keep one."
            self.refuse("attributes", problem)

    def set_origin(self, span_id: str, origin: object) -> None:
        """Set the origin of a span, if it is one of our values."""
        if origin in ("manual", "imported", "suggested"):
            self._spans[span_id]["origin"] = origin

    def set_suggestion(self, span_id: str, suggestion: object) -> None:
        """Set which suggestion a span was accepted from; it is checked with the other members of the span."""
        if suggestion is not None:
            self._spans[span_id]["suggestion"] = suggestion

    def add_note(self, span_id: str, note: str) -> None:
        """Add a line to the note of a span."""
        span = self._spans[span_id]
        span["note"] = f"{span['note']}\n{note}" if span["note"] else note

    def add_relation(self, given_id: object, label: object, source: object, target: object) -> None:
        """Add a relation between two spans by their ids in the file."""
        self.items.find("relations")
        ends = [clean_id(source), clean_id(target)]
        description = f"Relation “{str(label)[:64]}” from {source} to {target}"
        what = description if given_id in (None, "") else f"Relation {given_id}"
        for end in ends:
            if end in self._repeated:
                self.problems.append(f"{what}: the id {end} is ambiguous, because several spans have it.")
                return
            if end in self._left_out:
                self.items.lose("no_end", {"relations": 1})
                self.notes.append(f"{what} was left out, because span {end} was.")
                return
            if end not in self._spans:
                self.problems.append(f"{what}: span {end} does not exist.")
                return
        link = (str(label), *ends)
        if link in self._links:
            self.notes.append(f"{what} was left out: “{label}” already connects these two spans.")
            self.items.lose("repeated", {"relations": 1})
            return
        self._links.add((str(label), ends[0], ends[1]))
        identifier = self._new_id(given_id, self._relations, "r", what)
        self._relations[identifier] = {"id": identifier, "label": str(label), "from": ends[0], "to": ends[1]}

    def leave_out(self, kind: str, reason: str, note: str, *, number: int = 1) -> None:
        """Count items of the file that are not kept, and report them.

        `kind` is one of `item_counts.KINDS`, `reason` one of `item_counts.REASONS`; `note` is a sentence with the
        location.
        """
        self.items.leave_out(kind, reason, number)
        self.notes.append(note)

    def refuse(self, kind: str, problem: str) -> None:
        """Count an item of the file that cannot be read, and keep the document out because of it."""
        self.items.find(kind)
        self.problems.append(problem)

    def find(self, words: str, around: tuple[str, str] = ("", "")) -> list[int] | None:
        """Return the only place of these words in the text, between the words `around` them; None without one."""
        place = self._locator.find(words, "", around)
        return None if isinstance(place, str) else place.fragments[0]

    def has_span(self, span_id: object) -> bool:
        """Return whether there is a span with that id."""
        return clean_id(span_id) in self._spans

    def was_left_out(self, span_id: object) -> bool:
        """Return whether a span with that id was left out, or is a problem."""
        return clean_id(span_id) in self._left_out

    def set_document_attribute(self, name: str, value: Any) -> None:
        """Set an attribute of the document; the import checks its value against the schema."""
        self._set(self._document_attributes, name, value, "The document")

    def build(self) -> IncomingSet:
        """Return the set."""
        contested = [self._described(identifier) for identifier in self._contested]
        self._settle()
        if self._joined:
            self.notes.append(_joined_note(list(self._joined)))
        for span in self._spans.values():
            self.items.find("notes", int(bool(span["note"])))
            if len(span["note"]) > LONGEST_NOTE:
                cut = f"Span {span['id']}: its note was cut to {LONGEST_NOTE:,} characters."
                self.leave_out("notes", "too_long", cut)
                span["note"] = span["note"][:LONGEST_NOTE]
            if not span["note"]:
                del span["note"]
        return IncomingSet(
            list(self._spans.values()),
            list(self._relations.values()),
            items=self.items,
            contested=tuple(contested),
            document_attributes=self._document_attributes,
        )

    def _described(self, identifier: str) -> dict[str, str]:
        """Return a contested span for a preview: its words in the file, and what lies at its offsets."""
        span = self._contested[identifier]
        before, under, after = self._locator.context(span)
        label, offsets = self._spans[identifier]["label"], shown_offsets(span.pairs)
        return {"key": span.key, "what": span.what, "label": label, "words": span.covered[:200], "offsets": offsets,
                "before": before, "under": under[:400], "after": after}  # fmt: skip

    def _pairs(self, fragments: Iterable[Sequence[Any]], what: str) -> Fragments | None:
        """Return the fragments in the order of the file, without those that are empty; None for a problem."""
        pairs = []
        for fragment in fragments:
            try:
                start, end = fragment
            except (TypeError, ValueError):
                self.problems.append(f"{what}: a fragment must be a pair of start and end.")
                return None
            if type(start) is not int or type(end) is not int:
                start, end = (offset if isinstance(offset, str) else whole_number(offset) for offset in fragment)
            if type(start) is not int or type(end) is not int:
                self.problems.append(f"{what}: start and end must be whole numbers.")
                return None
            pairs.append([start, end])
        return [pair for pair in pairs if pair[0] != pair[1]] or pairs

    def _locate(
        self, pairs: Fragments, covered: str | None, what: str, around: tuple[str, str]
    ) -> Located | ContestedSpan | None:
        """Return where a span lies or that it is contested; None if it is a problem."""
        if not pairs and covered is None:
            self.problems.append(f"{what} has no fragments.")
            return None
        if pairs:
            place = self._locator.locate(pairs, covered, what, around)
        else:
            place = self._locator.find(covered or "", what, around)
        if isinstance(place, str):
            self.problems.append(place)
            return None
        return place

    def _settle(self) -> None:
        """Decide about the contested spans, when all others are known."""
        for identifier, span in self._contested.items():
            choice = self._choices.of(span)
            place = self._locator.settle(span, choice)
            if isinstance(place, Located):
                self._spans[identifier]["fragments"] = self._placed(place, span.what)
            elif choice == LEAVE_OUT:
                self.notes.append(f"{self._locator.contradiction(span)} It was left out as chosen.")
                self._remove(identifier)
            else:
                self.problems.append(place)

    def _remove(self, identifier: str) -> None:
        """Leave out a span as chosen, with its relations."""
        span = self._spans.pop(identifier)
        notes = int(bool(span["note"]))
        self.items.find("notes", notes)
        self.items.lose("choice", {"spans": 1, "attributes": len(span["attributes"]), "notes": notes})
        for relation in [*self._relations.values()]:
            if identifier in (relation["from"], relation["to"]):
                del self._relations[relation["id"]]
                self.items.lose("choice", {"relations": 1})
                self.notes.append(f"Relation {relation['id']} was left out with span {identifier}.")

    def _placed(self, place: Located, what: str) -> Fragments:
        if place.note:
            self.notes.append(place.note)
        return self._merge(place.fragments, what)

    def _merge(self, fragments: Fragments, what: str) -> Fragments:
        """Merge fragments that touch or overlap, and if asked those that a line break parts."""
        joined: Fragments = []
        for start, end in fragments:
            if joined and start <= joined[-1][1]:
                joined[-1][1] = max(end, joined[-1][1])
                self.notes.append(f"{what}: fragments that touch at {start} were merged.")
            elif joined and self._joins_lines and self._locator.parted_by_line_break(joined[-1][1], start):
                joined[-1][1] = end
                self._joined.setdefault(what)
            else:
                joined.append([start, end])
        return joined

    def _new_id(self, given: object, taken: Mapping[str, object], letter: str, what: str) -> str:
        if given is None or given == "":
            number = len(taken) + 1
            while f"{letter}{number}" in taken:
                number += 1
            return f"{letter}{number}"
        wanted = clean_id(given)
        if wanted not in taken:
            return wanted
        number = 2
        while (free_id := f"{wanted[: LONGEST_ID - 8]}-{number}") in taken:
            number += 1
        self._repeated.add(wanted)
        self.notes.append(f"{what}: the id is used twice; this one became {free_id}.")
        return free_id


def _joined_note(spans: list[str]) -> str:
    listed = ", ".join(spans[:MOST_LISTED]) + (f" and {len(spans) - MOST_LISTED:,} more" if spans[MOST_LISTED:] else "")
    return f"Fragments that only a line break parts were joined, because the format cuts spans there: {listed}."


def clean_id(given: object) -> str:
    """Return an id as it can be stored."""
    if type(given) is str and given and len(given) <= LONGEST_ID and given.isascii() and given.isprintable():
        return given
    return _CONTROL.sub("_", str(given))[:LONGEST_ID] or "_"


def as_value(value: Any) -> str | None:
    """Return the value of an attribute as a string; None for no value.

    >>> as_value(True), as_value(3), as_value(["a", "b"]), as_value(None)
    ('true', '3', 'a, b', None)
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(text_value for item in value if (text_value := as_value(item)) is not None)
    return None if value is None else str(value)
