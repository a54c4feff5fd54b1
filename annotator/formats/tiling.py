"""Tokens cut so that every span begins and ends with one."""

from collections.abc import Iterable, Iterator

from annotator.text.tokens import token_boundaries

Range = tuple[int, int]


def tiles(text: str, edges: Iterable[int]) -> Iterator[Range]:
    """Yield the tokens of a text in order, cut at each of `edges`; what lies between tokens is white space or nothing.

    >>> list(tiles("no way", [1]))
    [(0, 1), (1, 2), (3, 6)]
    """
    cuts = sorted(set(edges))
    at, last = 0, 0
    for start, end in token_boundaries(text):
        while at < len(cuts) and cuts[at] <= start:
            at += 1
        last = start
        while at < len(cuts) and cuts[at] < end:
            yield last, cuts[at]
            last = cuts[at]
            at += 1
        yield last, end
