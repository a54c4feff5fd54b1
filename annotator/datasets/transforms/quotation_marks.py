"""Quotation marks around direct claims, taken in or left out.

A claim is direct when one of its attributes has the value `direct`. Its marks enclose it: an opening mark right before
its first character, and the closing one of the same pair right after its last, with at most a few signs between (“The
bridge,” she said). Marks go in pairs: a claim that has only one of them, as the first of two sentences in one
quotation, stays as it is. Each fragment of a claim is looked at by itself.
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
    """What happens to the quotation marks around direct claims."""

    KEEP = "keep"
    OUT = "out"
    IN = "in"


def is_direct(span: SpanRecord) -> bool:
    """Whether a span is presented as somebody's own words."""
    return DIRECT in span["attributes"].values()


def with_marks(text: str, span: SpanRecord) -> SpanRecord:
    """Return a span with the marks that enclose its fragments, and the signs before the closing one."""
    return _changed(span, [_grown(text, start, end) for start, end in span["fragments"]])


def without_marks(text: str, span: SpanRecord, trailing: Collection[str]) -> SpanRecord:
    """Return a span without the marks that enclose its fragments, nor the `trailing` signs before the closing one."""
    return _changed(span, [_shrunk(text, start, end, trailing) for start, end in span["fragments"]])


def _changed(span: SpanRecord, fragments: list[Fragment]) -> SpanRecord:
    """The span with new fragments; as it was when nothing changed, or they would touch."""
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


def _closes(text: str, place: int) -> bool:
    """Whether a mark that both opens and closes does the latter: as many as it takes were open before, in its line."""
    mark = text[place]
    if mark not in PAIRS[mark]:
        return False
    if mark == "'":
        return text[place - 1 : place].isalnum()
    return text.count(mark, text.rfind("\n", 0, place) + 1, place) % 2 == 1


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
    """Whether the pair around a text is one pair: it is not closed and opened again in between.

    An apostrophe is no closing mark: between two letters a single mark closes nothing.
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
