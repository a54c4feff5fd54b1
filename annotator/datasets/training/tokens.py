"""Spans over tokens."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import itemgetter

from annotator.text.tokens import Range

_START, _END = itemgetter(0), itemgetter(1)


def touched(tokens: Sequence[Range], start: int, end: int) -> Range:
    """Return the first token that shares a character with `[start, end)` and the one after the last, by their numbers.

    Both are the same where no token is touched. `tokens` are in order and apart.

    >>> touched([(0, 3), (4, 8)], 2, 5), touched([(0, 3), (4, 8)], 3, 4)
    ((0, 2), (1, 1))
    """
    return bisect_right(tokens, start, key=_END), bisect_left(tokens, end, key=_START)


def is_aligned(tokens: Sequence[Range], first: int, beyond: int, start: int, end: int) -> bool:
    """Whether tokens `first` to `beyond` begin at `start` and end at `end`."""
    return tokens[first][0] == start and tokens[beyond - 1][1] == end
