"""The known ways in which offsets go wrong between tools, and which of them explains a span."""

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from annotator.text.offsets import Utf16Offsets

Fragments = list[list[int]]


class Moved(NamedTuple):
    """Where a span really lies, in code points, and which slip brought it out of place."""

    fragments: Fragments
    reason: str


def same_words(one: str, other: str) -> bool:
    r"""Whether two texts differ in white space at most: formats of lines cannot hold a line break.

    >>> same_words("no\r\ncomment", "no comment"), same_words("no", "on")
    (True, False)
    """
    return one == other or one.split() == other.split()


class OffsetRepair:
    """Explains wrong offsets in one text. `mark_removed`: a byte order mark stood before it."""

    def __init__(self, text: str, *, mark_removed: bool = False) -> None:
        self._text = text
        self._mark_removed = mark_removed

    def explain(self, pairs: Fragments, covered: str) -> Moved | None:
        """Return where `covered` lies when the slips that fit agree on one place; None when none fits, or several."""
        found = [moved for moved in self._candidates(pairs, covered) if self._fits(moved.fragments, covered)]
        places = {tuple(map(tuple, moved.fragments)) for moved in found}
        return found[0] if len(places) == 1 else None

    def _candidates(self, pairs: Fragments, covered: str) -> list[Moved]:
        moved = [Moved(self._with_returns(pairs), "they count CR LF as one character")]
        if self._mark_removed:
            moved.append(Moved([[start - 1, end - 1] for start, end in pairs], "they count the byte order mark"))
        if all(0 <= start <= end <= self._utf16.units for start, end in pairs):
            convert = self._utf16.to_code_point
            units = [[convert(start), convert(end)] for start, end in pairs]
            moved.append(Moved(units, "they count UTF-16 units"))
        if not self._text.isascii() and all(end in self._bytes and start in self._bytes for start, end in pairs):
            found = [[self._bytes[start], self._bytes[end]] for start, end in pairs]
            moved.append(Moved(found, "they count UTF-8 bytes"))
        if len(pairs) == 1 and covered.strip():
            first = self._text.find(covered)
            if first >= 0 and self._text.find(covered, first + 1) < 0:
                moved.append(Moved([[first, first + len(covered)]], "the text occurs only once"))
        return moved

    def _fits(self, fragments: Fragments, covered: str) -> bool:
        if not all(0 <= start < end <= len(self._text) for start, end in fragments):
            return False
        return same_words(" ".join(self._text[start:end] for start, end in fragments), covered)

    def _with_returns(self, pairs: Fragments) -> Fragments:
        """Move offsets that were counted in the text with LF for every CRLF."""
        return [[self._after_returns(offset) for offset in pair] for pair in pairs]

    def _after_returns(self, offset: int) -> int:
        return offset + bisect_right(self._returns, offset - 1) if self._returns else offset

    @cached_property
    def _returns(self) -> list[int]:
        """Where each CRLF stands, counted as if it were one character."""
        parts = self._text.split("\r\n")
        ends = accumulate(len(part) + 1 for part in parts[:-1])
        return [end - 1 for end in ends]

    @cached_property
    def _bytes(self) -> dict[int, int]:
        """The place in code points by the place in bytes of UTF-8, for each character's beginning and the end."""
        ends = accumulate((len(character.encode()) for character in self._text), initial=0)
        return {place: index for index, place in enumerate(ends)}

    @cached_property
    def _utf16(self) -> Utf16Offsets:
        return Utf16Offsets(self._text)
