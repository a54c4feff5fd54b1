"""Changing the boundaries of a span by tokens, parting and joining. Pure; offsets are code points."""

from collections.abc import Sequence
from typing import Literal

from annotator.adjudication.versions import Tokens
from annotator.corpus.spans.values import Fragments

Edge = Literal["start", "end"]


def moved(fragments: Fragments, tokens: Tokens, *, number: int, edge: Edge, step: int) -> Fragments:
    """Return the fragments with one edge of fragment `number` at the next (step 1) or previous (-1) token.

    What cannot move stays: no fragment becomes empty, touches the one beside it, or leaves the text.

    >>> moved(((0, 3),), [(0, 3), (4, 8)], number=0, edge="end", step=1)
    ((0, 8),)
    """
    start, end = fragments[number]
    here = start if edge == "start" else end
    places = [token[0] if edge == "start" else token[1] for token in tokens]
    beyond = [place for place in places if (place > here if step > 0 else place < here)]
    if not beyond:
        return fragments
    there = min(beyond) if step > 0 else max(beyond)
    low = fragments[number - 1][1] if number else -1
    high = fragments[number + 1][0] if number + 1 < len(fragments) else None
    changed = (there, end) if edge == "start" else (start, there)
    if changed[0] >= changed[1] or changed[0] <= low or (high is not None and changed[1] >= high):
        return fragments
    return (*fragments[:number], changed, *fragments[number + 1 :])


def without(fragments: Fragments, number: int) -> Fragments:
    """Return the fragments without one of them; the last one stays."""
    return fragments if len(fragments) < 2 else (*fragments[:number], *fragments[number + 1 :])


def split_points(fragments: Fragments, tokens: Tokens) -> list[int]:
    """Return where a span can be parted: the starts of its tokens beyond the first, and of its further fragments."""
    inside = [
        start for start, _ in tokens if any(low <= start < high for low, high in fragments) and start > fragments[0][0]
    ]
    return sorted({*inside, *(low for low, _ in fragments[1:])})


def split(fragments: Fragments, tokens: Tokens, at: int) -> tuple[Fragments, Fragments]:
    """Return the two parts of a span parted before the token at `at`; white space in between belongs to neither.

    Raises ValueError when `at` is not one of the `split_points`.
    """
    if at not in split_points(fragments, tokens):
        raise ValueError(f"A span is parted before one of its tokens; none but the first begins at {at}.")
    before = tuple((start, _end_before(tokens, start, min(end, at))) for start, end in fragments if start < at)
    after = tuple((max(start, at), end) for start, end in fragments if end > at)
    return before, after


def _end_before(tokens: Tokens, start: int, end: int) -> int:
    """The end of the last token that ends in (start, end]; the place itself where there is none."""
    return max((last for _, last in tokens if start < last <= end), default=end)


def hull(pieces: Sequence[Fragments]) -> Fragments:
    """Return one fragment from the first start to the last end.

    >>> hull([((0, 3),), ((8, 9), (12, 14))])
    ((0, 14),)
    """
    return ((min(start[0][0] for start in pieces), max(end[-1][1] for end in pieces)),)


def joined(pieces: Sequence[Fragments]) -> Fragments:
    """Return all fragments as those of one span, gaps left out; what touches or overlaps becomes one fragment.

    >>> joined([((0, 3), (5, 6)), ((2, 4), (8, 9))])
    ((0, 4), (5, 6), (8, 9))
    """
    found: list[tuple[int, int]] = []
    for start, end in sorted(fragment for fragments in pieces for fragment in fragments):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)
