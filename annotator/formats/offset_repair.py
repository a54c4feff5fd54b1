"""Known errors in offsets between tools, and which of them explains the offsets of a span."""

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from annotator.text.offsets import Utf16Offsets

Fragments = list[list[int]]


class CorrectedSpan(NamedTuple):
    """The corrected fragments of a span in code points, and the error that explains its offsets."""

    fragments: Fragments
    reason: str


def same_words(first: str, second: str) -> bool:
    r"""Return whether two texts differ at most in white space, because line formats cannot contain a line break.

    >>> same_words("no\r\ncomment", "no comment"), same_words("no", "on")
    (True, False)
    """
    return first == second or first.split() == second.split()


class OffsetRepair:
    """Corrections of wrong offsets in one text; `mark_removed` means that a byte order mark preceded it."""

    def __init__(self, text: str, *, mark_removed: bool = False) -> None:
        self._text = text
        self._mark_removed = mark_removed

    def explain(self, pairs: Fragments, covered: str) -> CorrectedSpan | None:
        """Return the location of `covered` if exactly one location explains the offsets; otherwise None."""
        fitting = [moved for moved in self._candidates(pairs, covered) if self._fits(moved.fragments, covered)]
        locations = {tuple(map(tuple, moved.fragments)) for moved in fitting}
        return fitting[0] if len(locations) == 1 else None

    def _candidates(self, pairs: Fragments, covered: str) -> list[CorrectedSpan]:
        moved = [CorrectedSpan(self._with_returns(pairs), "they count CR LF as one character")]
        if self._mark_removed:
            moved.append(
                CorrectedSpan([[start - 1, end - 1] for start, end in pairs], "they count the byte order mark")
            )
        if all(0 <= start <= end <= self._utf16.units for start, end in pairs):
            convert = self._utf16.to_code_point
            units = [[convert(start), convert(end)] for start, end in pairs]
            moved.append(CorrectedSpan(units, "they count UTF-16 units"))
        if not self._text.isascii() and all(end in self._bytes and start in self._bytes for start, end in pairs):
            fragments = [[self._bytes[start], self._bytes[end]] for start, end in pairs]
            moved.append(CorrectedSpan(fragments, "they count UTF-8 bytes"))
        if len(pairs) == 1 and covered.strip():
            first = self._text.find(covered)
            if first >= 0 and self._text.find(covered, first + 1) < 0:
                moved.append(CorrectedSpan([[first, first + len(covered)]], "the text occurs only once"))
        return moved

    def _fits(self, fragments: Fragments, covered: str) -> bool:
        if not all(0 <= start < end <= len(self._text) for start, end in fragments):
            return False
        return same_words(" ".join(self._text[start:end] for start, end in fragments), covered)

    def _with_returns(self, pairs: Fragments) -> Fragments:
        """Move offsets that count each CR LF as one character."""
        return [[self._after_returns(offset) for offset in pair] for pair in pairs]

    def _after_returns(self, offset: int) -> int:
        return offset + bisect_right(self._returns, offset - 1) if self._returns else offset

    @cached_property
    def _returns(self) -> list[int]:
        """The offset of each CR LF, each counted as one character."""
        parts = self._text.split("\r\n")
        ends = accumulate(len(part) + 1 for part in parts[:-1])
        return [end - 1 for end in ends]

    @cached_property
    def _bytes(self) -> dict[int, int]:
        """Code point offsets by UTF-8 byte offsets, for the start of each character and the end of the text."""
        ends = accumulate((len(character.encode()) for character in self._text), initial=0)
        return {offset: index for index, offset in enumerate(ends)}

    @cached_property
    def _utf16(self) -> Utf16Offsets:
        return Utf16Offsets(self._text)
