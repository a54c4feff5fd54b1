"""What annotators say about one place, and when they say the same. Pure.

A *version* is what one annotator has at a unit: no span, one, or several (parts of what others marked as one).
Offsets are code points.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from annotator.corpus.spans.values import RelationValue, SpanValue

Spans = tuple[SpanValue, ...]
Relations = tuple[RelationValue, ...]
Tokens = Sequence[tuple[int, int]]


RESERVED = frozenset("ELMNPRSTUXZ")
"""Letters whose keys do something else."""
LETTERS = [chr(code) for code in range(ord("A"), ord("Z") + 1) if chr(code) not in RESERVED]


class SettlingRule(StrEnum):
    """Which units settle themselves when an adjudication starts."""

    OFF = "off"
    EXACT = "exact"
    SAME_TOKENS = "same_tokens"


class DecisionKind(StrEnum):
    """What was decided about a unit; `cleared` takes a decision away and leaves the unit open.

    `added` makes a unit of its own, where nobody had marked anything.
    """

    AGREED = "agreed"
    TAKE = "take"
    EDITED = "edited"
    MERGED = "merged"
    SPLIT = "split"
    ADDED = "added"
    NONE = "none"
    UNDECIDABLE = "undecidable"
    LATER = "later"
    CLEARED = "cleared"


UNDECIDED = frozenset({DecisionKind.LATER, DecisionKind.CLEARED})
"""Kinds after which a unit still has to be decided."""


def content(spans: Spans) -> list[tuple[object, ...]]:
    """Return what counts when versions are compared: label, fragments and attributes; ids and notes do not."""
    return [(span.label, span.fragments, sorted(span.attributes.items())) for span in spans]


def alike(first: Spans, second: Spans) -> bool:
    """Whether two versions say the same, to the letter."""
    return content(first) == content(second)


def agreed(versions: Sequence[Spans], rule: SettlingRule, tokens: Tokens) -> Spans | None:
    """Return the version on which all of two or more annotators agree under a rule; None when they do not.

    `exact` asks for the same label, fragments and attributes. `same_tokens` lets fragments differ as long as they touch
    the same tokens; of the versions the most frequent one counts, of equally frequent ones the first.
    """
    if rule is SettlingRule.OFF or len(versions) < 2 or not all(versions):
        return None
    keys = [content(version) if rule is SettlingRule.EXACT else _over_tokens(version, tokens) for version in versions]
    if any(key != keys[0] for key in keys):
        return None
    contents = [content(version) for version in versions]
    return max(versions, key=lambda version: contents.count(content(version)))


def _over_tokens(spans: Spans, tokens: Tokens) -> list[tuple[object, ...]]:
    return [(span.label, _touched(span, tokens), sorted(span.attributes.items())) for span in spans]


def _touched(span: SpanValue, tokens: Tokens) -> tuple[object, ...]:
    """The tokens a span touches, by their numbers; what touches none is told by its place."""
    found: list[int] = []
    for start, end in span.fragments:
        first = bisect_right(tokens, start, key=lambda token: token[1])
        found.extend(range(first, bisect_left(tokens, end, key=lambda token: token[0])))
    return tuple(found) or span.fragments


def supporters(versions: Sequence[Spans], outcome: Spans) -> frozenset[int]:
    """Return the places of the annotators whose version is the outcome; an empty one: of those who marked nothing."""
    return frozenset(position for position, version in enumerate(versions) if alike(version, outcome))


def read_spans(stored: Sequence[Any]) -> Spans:
    """Return spans out of their stored form, which was checked when it was written: a long document has thousands."""
    return tuple(
        SpanValue(
            item["id"],
            item["label"],
            tuple((start, end) for start, end in item["fragments"]),
            item["attributes"],
            item["note"],
            item["origin"],
        )
        for item in stored
    )


def read_relations(stored: Sequence[Any]) -> Relations:
    """Return relations out of their stored form."""
    return tuple(RelationValue(item["id"], item["label"], item["from"], item["to"]) for item in stored)


def letter(position: int) -> str:
    """Return the letter of an annotator, which is also the key that takes their version.

    >>> letter(0), letter(4)
    ('A', 'F')
    """
    round_, place = divmod(position, len(LETTERS))
    return LETTERS[place] + (str(round_ + 1) if round_ else "")
