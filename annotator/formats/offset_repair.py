"""Known errors in offsets between tools, and which of them explains the offsets of a span."""

import re
import unicodedata
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, islice
from typing import Any, NamedTuple

from annotator.text.offsets import Utf16Offsets

Fragments = list[list[int]]
MOST_OCCURRENCES = 1_000


class CorrectedSpan(NamedTuple):
    """The corrected fragments of a span in code points, and the error that explains its offsets."""

    fragments: Fragments
    reason: str


def same_words(first: str, second: str) -> bool:
    r"""Return whether two texts differ at most in white space, because line formats cannot contain a line break.

    Composed and decomposed accents are the same words.

    >>> same_words("no\r\ncomment", "no comment"), same_words("no", "on"), same_words("é", "e\u0301")
    (True, False, True)
    """
    if first == second or first.split() == second.split():
        return True
    if first.isascii() and second.isascii():
        return False
    return unicodedata.normalize("NFC", first).split() == unicodedata.normalize("NFC", second).split()


def occurrences(text: str, words: str) -> list[list[int]]:
    r"""Return where words occur in a text, whatever the white space between them; the first thousand places.

    >>> occurrences("no\ncomment, no comment", "no comment")
    [[0, 10], [12, 22]]
    """
    parts = words.split()
    if not parts:
        return []
    found: Iterator[list[int]]
    if len(parts) == 1:
        found = _finds(text, parts[0])
    else:
        pattern = re.compile(r"\s+".join(map(re.escape, parts)))
        found = (list(match.span()) for match in pattern.finditer(text))
    return list(islice(found, MOST_OCCURRENCES))


def _finds(text: str, word: str) -> Iterator[list[int]]:
    start = text.find(word)
    while start >= 0:
        yield [start, start + len(word)]
        start = text.find(word, start + 1)


def in_text_order(fragments: Any) -> Fragments | None:
    """Return fragments in the order of the text, those that touch as one.

    None if they already are so, or are no pairs of whole numbers.

    >>> in_text_order([[20, 25], [0, 3]]), in_text_order([[0, 3]]), in_text_order([["0", 3], [1, 2]])
    ([[0, 3], [20, 25]], None, None)
    >>> in_text_order([[0, 3], [3, 9], [12, 15]])
    [[0, 9], [12, 15]]
    """
    if not isinstance(fragments, list) or len(fragments) < 2:
        return None
    for pair in fragments:
        if not isinstance(pair, list) or len(pair) != 2 or any(type(offset) is not int for offset in pair):
            return None
    ordered: Fragments = []
    for start, end in sorted(fragments):
        if ordered and ordered[-1][0] < ordered[-1][1] == start < end:
            ordered[-1][1] = end
        else:
            ordered.append([start, end])
    return None if ordered == fragments else ordered


class Shifts:
    """How far the spans of a set were moved whose words leave no doubt, by their offsets in the file."""

    def __init__(self) -> None:
        self._shifts: list[tuple[int, int]] = []

    def add(self, start: int, shift: int) -> None:
        """Remember a span that begins at `start` in the file and was moved by `shift`, 0 for a correct one."""
        insort(self._shifts, (start, shift))

    def beside(self, start: int) -> int | None:
        """Return the shift that the spans before and after an offset share; None if they differ or there are none."""
        index = bisect_left(self._shifts, (start, -1 << 62))
        shifts = {shift for _, shift in self._shifts[max(0, index - 1) : index + 1]}
        return shifts.pop() if len(shifts) == 1 else None


class OffsetRepair:
    """Corrections of wrong offsets in one text; `mark_removed` means that a byte order mark preceded it."""

    def __init__(self, text: str, *, mark_removed: bool = False) -> None:
        self._text = text
        self._mark_removed = mark_removed

    def explain(self, pairs: Sequence[Sequence[int]], covered: str) -> CorrectedSpan | None:
        """Return the location of `covered` if exactly one location explains the offsets; otherwise None.

        `pairs` are in the order of the words.
        """
        fitting = [moved for moved in self._candidates(pairs, covered) if self._fits(moved.fragments, covered)]
        locations = {tuple(map(tuple, moved.fragments)) for moved in fitting}
        return fitting[0] if len(locations) == 1 else None

    def _candidates(self, pairs: Sequence[Sequence[int]], covered: str) -> list[CorrectedSpan]:
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
        # Offsets of another length contradict the words in two ways: which of them is right is not for us to say.
        if len(pairs) == 1 and pairs[0][1] - pairs[0][0] in (len(covered), _utf16_length(covered)):
            found = occurrences(self._text, covered)
            if len(found) == 1:
                moved.append(CorrectedSpan(found, "the text occurs only once"))
        return moved

    def _fits(self, fragments: Fragments, covered: str) -> bool:
        if not all(0 <= start < end <= len(self._text) for start, end in fragments):
            return False
        return same_words(" ".join(self._text[start:end] for start, end in fragments), covered)

    def _with_returns(self, pairs: Sequence[Sequence[int]]) -> Fragments:
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


def _utf16_length(words: str) -> int:
    return len(words.encode("utf-16-le", "surrogatepass")) // 2
