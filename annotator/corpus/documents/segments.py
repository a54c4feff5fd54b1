"""Token and sentence boundaries of a text as the editor and other programs get them. Pure."""

from typing import TypedDict

from annotator.text.deltas import encode_deltas
from annotator.text.sentences import sentence_boundaries
from annotator.text.tokens import token_boundaries


class Segments(TypedDict):
    """Boundaries as `[gap, length, gap, length, …]` in code points, each gap since the end of the previous one."""

    tokens: list[int]
    sentences: list[int]


def segments(text: str) -> Segments:
    """Return where the tokens and sentences of a text lie.

    >>> segments("Ada left.")
    {'tokens': [0, 3, 1, 4, 0, 1], 'sentences': [0, 9]}
    """
    return {"tokens": encode_deltas(token_boundaries(text)), "sentences": encode_deltas(sentence_boundaries(text))}
