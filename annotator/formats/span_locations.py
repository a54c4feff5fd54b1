"""Where the spans of a file lie in its text: offsets, words and the spans beside them are weighed.

A span is *contested* if its offsets cover other words than those in the file. It is moved only if exactly one known
error explains its offsets, if the words around it fit one place, or if the spans beside it were moved by the same
distance. Otherwise the person who imports decides, or the document is refused.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Self

import orjson

from annotator.formats.offset_repair import Fragments, OffsetRepair, Shifts, occurrences, same_words
from annotator.text.offsets import Utf16Offsets

REFUSE, OFFSETS, WORDS, LEAVE_OUT = "refuse", "offsets", "words", "leave-out"
CONTESTED_CHOICES = (REFUSE, OFFSETS, WORDS, LEAVE_OUT)
"""What happens to a contested span: the document is refused, its offsets or its words count, or it is left out."""
REMEDY = "Correct the file, or choose what counts for contested spans: their offsets, their words, or neither."
AROUND = 60
_BREAK_FOLLOWS = re.compile(r"[^\S\n\r\v\f\x85\u2028\u2029]*+[\n\r\v\f\x85\u2028\u2029]")
_LINE_BREAK = re.compile(rf"{_BREAK_FOLLOWS.pattern}\s*+\Z")


class ContestedSpan(NamedTuple):
    """A span whose offsets cover other words than those in the file; its pairs are in the order of the words."""

    what: str
    pairs: Fragments
    covered: str

    @property
    def key(self) -> str:
        """What a choice for this span refers to; the same contradiction elsewhere has the same key."""
        return f"{self.what}, {shown_offsets(self.pairs)}, “{' '.join(self.covered.split())[:60]}”"


class ContestedChoices(NamedTuple):
    """What the person who imports chose for contested spans: for all `others`, and for single ones by their keys."""

    others: str = REFUSE
    spans: Mapping[str, str] = MappingProxyType({})

    @classmethod
    def read(cls, given: str) -> Self:
        """Return the choices in an option of readers: one of `CONTESTED_CHOICES`, or JSON with `others` and `spans`."""
        if not given.startswith("{"):
            return cls(given or REFUSE)
        choices = orjson.loads(given)
        return cls(choices.get("others") or REFUSE, choices.get("spans") or {})

    def of(self, span: ContestedSpan) -> str:
        """Return the choice for a span."""
        return self.spans.get(span.key, self.others)


class Located(NamedTuple):
    """The fragments of a span in code points, sorted, and a note on what was corrected, "" for nothing."""

    fragments: Fragments
    note: str = ""


class SpanLocator:
    """Locates the spans of one set in a text, by offsets in code points or `in_utf16` units.

    `mark_removed` means that a byte order mark preceded the text.
    """

    def __init__(self, text: str, *, in_utf16: bool, mark_removed: bool) -> None:
        self._text = text
        self._utf16 = Utf16Offsets(text) if in_utf16 else None
        self._repair = OffsetRepair(text, mark_removed=mark_removed)
        self._shifts = Shifts()

    def locate(
        self, pairs: Fragments, covered: str | None, what: str, around: tuple[str, str] = ("", "")
    ) -> Located | ContestedSpan | str:
        """Return where a span lies, that it is contested, or a problem in words.

        `pairs` are in the order of the words; `around` are the words before and after the span in the file.
        """
        located = self._convert(pairs)
        if located is not None and (covered is None or self._covers(located, covered)):
            self._remember(pairs, located, covered)
            return Located(sorted(located))
        if covered is None:
            length = len(self._text)
            return f"{what}: {shown_offsets(pairs)} are empty or outside the text of {length:,} characters."
        moved = self._explain(pairs, located, covered, around)
        if moved is None:
            return ContestedSpan(what, pairs, covered)
        fragments, reason = moved
        self._remember(pairs, fragments, covered)
        return Located(sorted(fragments), self._correction(what, pairs, covered, fragments, reason))

    def find(self, covered: str, what: str, around: tuple[str, str]) -> Located | str:
        """Return where words without offsets lie, or a problem in words."""
        found = self._between(occurrences(self._text, covered), around)
        if len(found) == 1:
            return Located(found)
        number = f"occurs {len(found):,} times" if found else "does not occur"
        return f"{what}: “{covered[:80]}” {number} in the text. Add offsets, or the words before and after it."

    def settle(self, span: ContestedSpan, choice: str) -> Located | str:
        """Return where a contested span lies by the spans beside it or by choice, or a problem in words."""
        shift = self._shifts.beside(min(span.pairs)[0])
        if shift:
            moved = [[start + shift, end + shift] for start, end in span.pairs]
            if self._lies_within(moved) and self._covers(moved, span.covered):
                reason = "the spans beside it were moved by the same distance"
                return Located(sorted(moved), self._correction(span.what, span.pairs, span.covered, moved, reason))
        located = self._convert(span.pairs)
        if choice == OFFSETS and located is not None:
            note = f"{self.contradiction(span)} Its offsets were kept as chosen."
            return Located(sorted(located), note)
        if choice == WORDS and (nearest := self._nearest(span)) is not None:
            note = f"{self.contradiction(span)} Its words were found at {_listed(nearest)} as chosen."
            return Located(nearest, note)
        return f"{self.contradiction(span)} {REMEDY}"

    def contradiction(self, span: ContestedSpan) -> str:
        """Return a sentence on what the offsets cover and what the file says."""
        located = self._convert(span.pairs)
        under = "nothing" if located is None else f"“{self._covered(sorted(located))[:80]}”"
        return f"{span.what}: {shown_offsets(span.pairs)} cover {under}, not “{span.covered[:80]}”."

    def context(self, span: ContestedSpan) -> tuple[str, str, str]:
        """Return the words before, under and after the offsets of a contested span."""
        located = self._convert(span.pairs)
        if located is None:
            return "", "", ""
        start, end = min(located)[0], max(located)[1]
        return self._text[max(0, start - AROUND) : start], self._text[start:end], self._text[end : end + AROUND]

    def parted_by_line_break(self, start: int, end: int) -> bool:
        """Return whether only white space with a line break lies between two offsets."""
        return _LINE_BREAK.match(self._text, start, end) is not None

    def _explain(
        self, pairs: Fragments, located: Fragments | None, covered: str, around: tuple[str, str]
    ) -> tuple[Fragments, str] | None:
        moved = self._repair.explain(pairs, covered)
        if moved is not None:
            return moved.fragments, moved.reason
        if any(around):
            found = self._between(occurrences(self._text, covered), around)
            if len(found) == 1:
                return found, "the words around it occur only there"
        if located is not None and self._is_cut_at_line_break(located, covered):
            return located, ""
        return None

    def _is_cut_at_line_break(self, located: Fragments, covered: str) -> bool:
        """Return whether the words are those under the offsets up to a line break, where the format cut them."""
        if len(located) != 1 or not covered.strip():
            return False
        ((start, end),) = located
        cut = start + len(covered.rstrip())
        return (
            cut < end and self._text[start:cut] == covered.rstrip() and bool(_BREAK_FOLLOWS.match(self._text, cut, end))
        )

    def _correction(self, what: str, pairs: Fragments, covered: str, fragments: Fragments, reason: str) -> str:
        if not reason:
            kept = f"{shown_offsets(pairs)} were kept."
            return f"{what}: its words in the file, “{covered[:80]}”, end at a line break; {kept}"
        return (
            f"{what} “{covered[:80]}”: {shown_offsets(pairs)} were wrong ({reason}) and were corrected "
            f"to {_listed(fragments)}."
        )

    def _nearest(self, span: ContestedSpan) -> Fragments | None:
        """Return the occurrence of the words nearest to the offsets; None without one, or with two as near."""
        start = min(span.pairs)[0]
        found = sorted(occurrences(self._text, span.covered), key=lambda pair: abs(pair[0] - start))
        if not found or (len(found) > 1 and abs(found[0][0] - start) == abs(found[1][0] - start)):
            return None
        return found[:1]

    def _between(self, found: Fragments, around: tuple[str, str]) -> Fragments:
        """Return the places with these words before and after them, whatever the white space."""
        before, after = (" ".join(words.split()) for words in around)
        return [
            [start, end]
            for start, end in found
            if " ".join(self._text[max(0, start - 2 * len(before) - 9) : start].split()).endswith(before)
            and " ".join(self._text[end : end + 2 * len(after) + 9].split()).startswith(after)
        ]

    def _remember(self, pairs: Fragments, located: Fragments, covered: str | None) -> None:
        if covered is not None:
            self._shifts.add(min(pairs)[0], min(located)[0] - min(pairs)[0])

    def _convert(self, pairs: Fragments) -> Fragments | None:
        """Return offsets of the file in code points; None when they are empty or outside the text."""
        length = self._utf16.units if self._utf16 else len(self._text)
        if not all(0 <= start < end <= length for start, end in pairs):
            return None
        if self._utf16 is None:
            return [[*pair] for pair in pairs]
        convert = self._utf16.to_code_point
        made = [[convert(start), convert(end)] for start, end in pairs]
        return made if all(start < end for start, end in made) else None

    def _lies_within(self, fragments: Fragments) -> bool:
        return all(0 <= start < end <= len(self._text) for start, end in fragments)

    def _covers(self, fragments: Fragments, covered: str) -> bool:
        """Return whether fragments cover these words, in the order of the file or of the text."""
        words = self._covered(fragments)
        return same_words(words, covered) or (
            len(fragments) > 1 and same_words(self._covered(sorted(fragments)), covered)
        )

    def _covered(self, fragments: Sequence[Sequence[int]]) -> str:
        return " ".join(self._text[start:end] for start, end in fragments)


def shown_offsets(pairs: Sequence[Sequence[int]]) -> str:
    """Return offsets in words.

    >>> shown_offsets([[0, 3], [5, 9]])
    'offsets 0 to 3, 5 to 9'
    """
    return f"offsets {_listed(pairs)}"


def _listed(pairs: Sequence[Sequence[int]]) -> str:
    return ", ".join(f"{start} to {end}" for start, end in pairs[:5])
