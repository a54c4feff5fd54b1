"""Quotation marks around direct claims, included in the spans or excluded from them.

A claim is direct when one of its attributes has the value `direct`. The marks enclose it: an opening mark right before
its first character, and the closing mark of the same pair right after its last, with at most a few punctuation marks
between (“The bridge,” she said). Marks are moved in pairs: a claim with only one of them, such as the first of two
sentences in one quotation, is unchanged. Each fragment of a claim is handled by itself.
"""

from collections.abc import Collection
from enum import StrEnum
from itertools import pairwise

from annotator.formats.records import SpanRecord

DIRECT = "direct"
PAIRS = {"“": "”", "„": "“”", "”": "”", "‘": "’", "‚": "‘’", "«": "»", "»": "«", "‹": "›", "›": "‹", '"': '"', "'": "'",
         "「": "」", "『": "』", "《": "》"}  # fmt: skip
SIGNS = frozenset(".,;:!?…")
MOST_SIGNS = 3
Fragment = list[int]


class QuotationMarks(StrEnum):
    """Whether spans include the quotation marks around direct claims."""

    KEEP = "keep"
    OUT = "out"
    IN = "in"


def is_direct(span: SpanRecord) -> bool:
    """Whether a span is marked as a direct quotation."""
    return DIRECT in span["attributes"].values()


def with_marks(text: str, span: SpanRecord) -> SpanRecord:
    """Return a span including the marks that enclose its fragments, and the punctuation before the closing mark."""
    return _changed(span, [_grown(text, start, end) for start, end in span["fragments"]])


def without_marks(text: str, span: SpanRecord, trailing: Collection[str]) -> SpanRecord:
    """Return a span without the marks that enclose its fragments and the `trailing` punctuation before them."""
    return _changed(span, [_shrunk(text, start, end, trailing) for start, end in span["fragments"]])


def _changed(span: SpanRecord, fragments: list[Fragment]) -> SpanRecord:
    """Return the span with new fragments, or unchanged if they are the same or would touch."""
    apart = all(first[1] < second[0] for first, second in pairwise(fragments))
    if not apart or fragments == [list(fragment) for fragment in span["fragments"]]:
        return span
    return {**span, "fragments": fragments}


def _grown(text: str, start: int, end: int) -> Fragment:
    closing = PAIRS.get(text[start - 1], "") if start else ""
    if not closing or _closes(text, start - 1):
        return [start, end]
    at = end
    while at < min(end + MOST_SIGNS, len(text)) and text[at] in SIGNS:
        at += 1
    return [start - 1, at + 1] if at < len(text) and text[at] in closing else [start, end]


def _closes(text: str, index: int) -> bool:
    """Whether a mark that can open and close is a closing mark: an odd number of them precedes it in its line."""
    mark = text[index]
    if mark not in PAIRS[mark]:
        return False
    if mark == "'":
        return text[index - 1 : index].isalnum()
    return text.count(mark, text.rfind("\n", 0, index) + 1, index) % 2 == 1


def _shrunk(text: str, start: int, end: int, trailing: Collection[str]) -> Fragment:
    closing = PAIRS.get(text[start], "")
    if end - start < 3 or text[end - 1] not in closing or not closing:
        return [start, end]
    inside = text[start + 1 : end - 1]
    if not _encloses(inside, text[start], closing):
        return [start, end]
    kept = inside.rstrip("".join(sign for sign in trailing if sign in SIGNS)) if trailing else inside
    return [start + 1, start + 1 + len(kept)] if kept.strip() else [start, end]


def _encloses(inside: str, opening: str, closing: str) -> bool:
    """Whether the marks around a text are one pair, which is not closed and opened again in between.

    An apostrophe between two letters is not a closing mark.
    """
    depth = 1
    for at, sign in enumerate(inside):
        if sign in "'’" and inside[at - 1 : at].isalpha() and inside[at + 1 : at + 2].isalpha():
            continue
        if sign in closing:
            depth -= 1
        elif sign == opening:
            depth += 1
        if not depth:
            return False
    return depth == 1
