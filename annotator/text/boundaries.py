"""Boundaries of spans from raw selections."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import itemgetter

from annotator.text.tokens import Range

_START = itemgetter(0)
_END = itemgetter(1)


def snap_to_tokens(tokens: Sequence[Range], start: int, end: int) -> Range | None:
    """Return the smallest range of whole tokens that contains every token touched by `[start, end)`.

    None when it touches no token, because it is empty or holds white space only: never the next word. `tokens` are in
    order, as from `token_boundaries`.

    >>> tokens = [(0, 3), (4, 8)]
    >>> snap_to_tokens(tokens, 2, 5), snap_to_tokens(tokens, 3, 4)
    ((0, 8), None)
    """
    if start >= end:
        return None
    first = bisect_right(tokens, start, key=_END)
    after = bisect_left(tokens, end, key=_START)
    if first >= after:
        return None
    return tokens[first][0], tokens[after - 1][1]


def trim_white_space(text: str, start: int, end: int) -> Range | None:
    r"""Return `[start, end)` without surrounding white space; None when it contains nothing else.

    >>> trim_white_space("  no\r\n", 0, 6)
    (2, 4)
    """
    piece = text[start:end]
    kept = piece.strip()
    if not kept:
        return None
    first = start + len(piece) - len(piece.lstrip())
    return first, first + len(kept)
