"""Token boundaries of whole texts as arrays, for thousands of documents.

No token reaches over white space, and what comes before or after white space decides nothing within a word, so that a
text may be cut there and every different piece be looked at once: six times as quick as the whole text on news.
"""

from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from annotator.text.tokens import TOKEN_RULES, token_boundaries

PIECES_KEPT = 1 << 16
LONGEST_KEPT = 64
"""A longer piece, in a script without spaces, rarely occurs twice and takes memory."""

LAST_SPACE = 0x3000
_IS_SPACE = np.array([chr(point).isspace() for point in range(LAST_SPACE + 2)])


def token_edges(text: str, rule: str = "product") -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the starts and ends of the tokens of a text in code points as two arrays, by a rule of `TOKEN_RULES`.

    >>> starts, ends = token_edges("Ada's tea-time.")
    >>> starts.tolist(), ends.tolist()
    ([0, 3, 6, 14], [3, 5, 14, 15])
    """
    if rule != "product":
        whole = np.asarray(TOKEN_RULES[rule](text), dtype=np.int64).reshape(-1, 2)
        return whole[:, 0], whole[:, 1]
    pieces = text.split()
    found = [_kept(piece) if len(piece) <= LONGEST_KEPT else _edges(piece) for piece in pieces]
    edges = np.fromiter(chain.from_iterable(found), dtype=np.int64)
    edges += np.repeat(_piece_starts(text), list(map(len, found)))
    return edges[::2], edges[1::2]


def _edges(piece: str) -> tuple[int, ...]:
    """Return start, end, start, end, and so on."""
    return tuple(chain.from_iterable(token_boundaries(piece)))


_kept = lru_cache(maxsize=PIECES_KEPT)(_edges)


def _piece_starts(text: str) -> NDArray[np.intp]:
    """Return the starts of the pieces of `str.split`."""
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    is_space = np.ones(len(points) + 1, dtype=np.bool_)
    is_space[1:] = _IS_SPACE[np.minimum(points, LAST_SPACE + 1)]
    return np.flatnonzero(is_space[:-1] & ~is_space[1:])
