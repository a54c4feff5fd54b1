"""Building one annotation set from the spans and relations of a file, which may have errors.

If the file contains the text of a span and its offsets cover another text, the span is moved if exactly one known error
explains the offsets, and a note reports it; otherwise it is a problem. Nothing is guessed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotator.formats.incoming import IncomingSet
from annotator.formats.item_counts import ItemCounts
from annotator.formats.offset_repair import OffsetRepair, same_words
from annotator.text.offsets import Utf16Offsets

LONGEST_ID = 64
LONGEST_NOTE = 2_000
CODE_POINTS, UTF16 = "code-points", "utf-16"
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

Fragments = list[list[int]]


class SetBuilder:
    """One annotation set being built; `unit` is the unit of the offsets passed to `add_span`.

    `items` counts the items of the file: a reader calls `add_span`, `set_attribute`, `add_note` and `add_relation` once
    for each of them, and `leave_out` for each that it does not keep.
    """

    def __init__(self, text: str, *, unit: str = CODE_POINTS, mark_removed: bool = False) -> None:
        self.notes: list[str] = []
        self.problems: list[str] = []
        self.items = ItemCounts()
        self._text = text
        self._utf16 = Utf16Offsets(text) if unit == UTF16 else None
        self._repair = OffsetRepair(text, mark_removed=mark_removed)
        self._spans: dict[str, dict[str, Any]] = {}
        self._relations: dict[str, dict[str, str]] = {}
        self._links: set[tuple[str, str, str]] = set()
        self._repeated: set[str] = set()
        self._span_count = 0

    def add_span(
        self,
        given_id: object,
        label: object,
        fragments: Iterable[Sequence[Any]],
        *,
        covered: str | None = None,
        attributes: Mapping[str, Any] | None = None,
        note: str = "",
    ) -> str | None:
        """Add a span and return its id, None when it is a problem. `covered` is its text in the file."""
        self._span_count += 1
        self.items.find("spans")
        what = f"Span {self._span_count} (“{str(label)[:64]}”)" if given_id in (None, "") else f"Span {given_id}"
        pairs = self._pairs(fragments, what)
        located = None if pairs is None else self._locate(pairs, covered, what)
        if located is None:
            values = [as_value(value) for value in (attributes or {}).values()]
            self.items.find("attributes", len(values) - values.count(None))
            self.items.find("notes", int(bool(note)))
            return None
        identifier = self._new_id(given_id, self._spans, "s", what)
        span = {"id": identifier, "label": str(label), "fragments": located, "attributes": {}, "note": note}
        self._spans[identifier] = span
        for name, value in (attributes or {}).items():
            self.set_attribute(identifier, name, value)
        return identifier

    def set_attribute(self, span_id: str, name: str, value: Any) -> None:
        """Set an attribute of a span as a string; None is left out, a second value is a problem."""
        text_value = as_value(value)
        if text_value is None:
            return
        attributes = self._spans[span_id]["attributes"]
        self.items.find("attributes", int(name not in attributes))
        if attributes.get(name, text_value) != text_value:
            self.problems.append(
                f"Span {span_id}: “{name}” has two values, “{attributes[name]}” and “{text_value}”. Keep one."
            )
        attributes[name] = text_value

    def set_origin(self, span_id: str, origin: object) -> None:
        """Set the origin of a span, if it is one of our values."""
        if origin in ("manual", "imported"):
            self._spans[span_id]["origin"] = origin

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

    def has_span(self, span_id: object) -> bool:
        """Return whether there is a span with that id."""
        return clean_id(span_id) in self._spans

    def build(self) -> IncomingSet:
        """Return the set."""
        for span in self._spans.values():
            self.items.find("notes", int(bool(span["note"])))
            if len(span["note"]) > LONGEST_NOTE:
                cut = f"Span {span['id']}: its note was cut to {LONGEST_NOTE:,} characters."
                self.leave_out("notes", "too_long", cut)
                span["note"] = span["note"][:LONGEST_NOTE]
            if not span["note"]:
                del span["note"]
        return IncomingSet(list(self._spans.values()), list(self._relations.values()), items=self.items)

    def _pairs(self, fragments: Iterable[Sequence[Any]], what: str) -> Fragments | None:
        pairs = []
        for fragment in fragments:
            start, end = fragment
            if type(start) is not int or type(end) is not int:
                self.problems.append(f"{what}: start and end must be whole numbers.")
                return None
            pairs.append([start, end])
        if not pairs:
            self.problems.append(f"{what} has no fragments.")
            return None
        return sorted(pairs)

    def _locate(self, pairs: Fragments, covered: str | None, what: str) -> Fragments | None:
        """Return the fragments in code points; None for a problem."""
        located = self._convert(pairs)
        if located is not None and (covered is None or same_words(self._covered(located), covered)):
            return self._merge(located, what)
        shown = f"offsets {', '.join(f'{start} to {end}' for start, end in pairs[:5])}"
        if covered is None:
            self.problems.append(f"{what}: {shown} are empty or outside the text of {len(self._text):,} characters.")
            return None
        moved = self._repair.explain(pairs, covered)
        if moved is None:
            under = "nothing" if located is None else f"“{self._covered(located)[:80]}”"
            self.problems.append(f"{what}: {shown} cover {under}, not “{covered[:80]}”.")
            return None
        self.notes.append(f"{what} “{covered[:80]}”: {shown} were wrong ({moved.reason}) and were corrected.")
        return self._merge(moved.fragments, what)

    def _convert(self, pairs: Fragments) -> Fragments | None:
        if not all(0 <= start < end for start, end in pairs):
            return None
        length = self._utf16.units if self._utf16 else len(self._text)
        if pairs[-1][1] > length or any(end > length for _, end in pairs):
            return None
        if self._utf16 is None:
            return pairs
        convert = self._utf16.to_code_point
        made = [[convert(start), convert(end)] for start, end in pairs]
        return made if all(start < end for start, end in made) else None

    def _covered(self, fragments: Fragments) -> str:
        return " ".join(self._text[start:end] for start, end in fragments)

    def _merge(self, fragments: Fragments, what: str) -> Fragments:
        """Merge fragments that touch or overlap."""
        joined: Fragments = []
        for start, end in sorted(fragments):
            if joined and start <= joined[-1][1]:
                joined[-1][1] = max(end, joined[-1][1])
                self.notes.append(f"{what}: fragments that touch at {start} were merged.")
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


def clean_id(given: object) -> str:
    """Return an id as it can be stored."""
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
