"""Conversion between code points and UTF-16 units.

Stored and exported offsets count Unicode code points; browsers, Java and several formats count UTF-16 units, of which
a character outside the basic plane takes two. Only the positions of those characters are kept, so that a text without
them costs nothing and one with a thousand emoji costs a thousand numbers.
"""

from bisect import bisect_left
from collections.abc import Iterator
from re import compile as compile_pattern

_ASTRAL = compile_pattern("[\U00010000-\U0010ffff]")


class Utf16Offsets:
    """The offsets of one text in both units.

    >>> offsets = Utf16Offsets("a🙂b")
    >>> [offsets.to_utf16(position) for position in range(4)]
    [0, 1, 3, 4]
    >>> [offsets.to_code_point(unit) for unit in range(5)]
    [0, 1, 1, 2, 3]
    """

    __slots__ = ("_astral_code_points", "_astral_units", "code_points", "units")

    def __init__(self, text: str) -> None:
        self._astral_code_points = list(_astral_positions(text))
        self._astral_units = [position + before for before, position in enumerate(self._astral_code_points)]
        self.code_points = len(text)
        self.units = len(text) + len(self._astral_code_points)

    def to_utf16(self, code_point: int) -> int:
        """Return the UTF-16 offset of the position before code point number `code_point` (0 to length, inclusive)."""
        if not 0 <= code_point <= self.code_points:
            raise ValueError(f"Code point offset {code_point} lies outside 0 to {self.code_points}.")
        return code_point + bisect_left(self._astral_code_points, code_point)

    def to_code_point(self, unit: int) -> int:
        """Return the code point offset of UTF-16 offset `unit` (0 to length, inclusive).

        A unit between the two surrogates of a character belongs to no position of the text; it gives the character's
        start.
        """
        if not 0 <= unit <= self.units:
            raise ValueError(f"UTF-16 offset {unit} lies outside 0 to {self.units}.")
        return unit - bisect_left(self._astral_units, unit)


def _astral_positions(text: str) -> Iterator[int]:
    if text.isascii():
        return iter(())
    return (match.start() for match in _ASTRAL.finditer(text))
