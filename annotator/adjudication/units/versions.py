"""Versions of a unit: what each annotator marked there, and when versions are the same. Pure.

A *version* is what one annotator made of a unit: no span, one, or several (where others marked one long span).
Offsets are code points.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, overload

from annotator.corpus.spans.values import RelationValue, SpanValue

Spans = tuple[SpanValue, ...]
Relations = tuple[RelationValue, ...]
Tokens = Sequence[tuple[int, int]]


RESERVED = frozenset("ELMNPRSTUXZ")
"""Letters that are keyboard shortcuts for other actions."""
LETTERS = [chr(code) for code in range(ord("A"), ord("Z") + 1) if chr(code) not in RESERVED]


class AcceptanceRule(StrEnum):
    """Which units are accepted automatically when an adjudication starts."""

    OFF = "off"
    EXACT = "exact"
    SAME_TOKENS = "same_tokens"


class DecisionKind(StrEnum):
    """Kinds of decisions; `cleared` removes a decision and leaves the unit open.

    `added` makes a new unit where no annotator marked anything.
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
"""Kinds after which a unit still needs a decision."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """A decided relation between two units: its label, and which span of the outcome it joins at either end.

    Parts are indexes into the outcome; None where the outcome has only one span, or the decision named none.
    """

    label: str
    from_part: int | None = None
    to_part: int | None = None

    def __lt__(self, other: "Arrow") -> bool:
        return self.order < other.order

    @property
    def order(self) -> tuple[str, int, int]:
        """Label and parts, where the only span of an outcome is its first."""
        return self.label, self.from_part or 0, self.to_part or 0

    def stored(self, sources: int, targets: int) -> dict[str, Any]:
        """Return the stored form; parts are named where the outcome has several spans."""
        parts = (("from_part", self.from_part, sources), ("to_part", self.to_part, targets))
        return {"label": self.label} | {name: part for name, part, spans in parts if part is not None and spans > 1}


def read_arrows(stored: Sequence[Any]) -> tuple[Arrow, ...]:
    """Return the relations of a decision from their stored form."""
    return tuple(Arrow(item["label"], item.get("from_part"), item.get("to_part")) for item in stored)


def content(spans: Spans) -> list[tuple[object, ...]]:
    """Return what versions are compared by: label, fragments and attributes, without ids and notes."""
    return [(span.label, span.fragments, sorted(span.attributes.items())) for span in spans]


def alike(first: Spans, second: Spans) -> bool:
    """Return whether two versions have the same content."""
    return content(first) == content(second)


def agreed(
    versions: Sequence[Spans], rule: AcceptanceRule, tokens: Tokens, *, least: int | None = None
) -> Spans | None:
    """Return the version that all annotators (two or more) agree on under a rule; None when they do not agree.

    `exact` requires the same label, fragments and attributes. Under `same_tokens` fragments may differ as long as they
    touch the same tokens; the most frequent version is returned, the first of equally frequent ones. With `least` so
    many annotators are enough, as long as they are more than half. No spans are never agreed on.
    """
    if rule is AcceptanceRule.OFF or len(versions) < 2:
        return None
    group = _largest_group(versions, rule, tokens)
    if len(group) < annotators_needed(len(versions), least):
        return None
    contents = [content(version) for version in group]
    return max(group, key=lambda version: contents.count(content(version)))


def annotators_needed(annotators: int, least: int | None) -> int:
    """Return how many of so many annotators must agree: `least`, but more than half of them, and at most all.

    >>> [annotators_needed(6, least) for least in (None, 5, 2, 9)]
    [6, 5, 4, 6]
    """
    return annotators if least is None else min(annotators, max(least, annotators // 2 + 1))


def support_under(versions: Sequence[Spans], rule: AcceptanceRule, tokens: Tokens) -> int:
    """Return how many annotators agree on one version under a rule, 0 without one."""
    return 0 if rule is AcceptanceRule.OFF else len(_largest_group(versions, rule, tokens))


def _largest_group(versions: Sequence[Spans], rule: AcceptanceRule, tokens: Tokens) -> list[Spans]:
    """The versions of the largest group that agrees under a rule, in order; without annotators who have no span."""
    groups: list[tuple[list[tuple[object, ...]], list[Spans]]] = []
    for version in versions:
        if version:
            key = content(version) if rule is AcceptanceRule.EXACT else _over_tokens(version, tokens)
            same = next((members for known, members in groups if known == key), None)
            if same is None:
                groups.append((key, [version]))
            else:
                same.append(version)
    return max((members for _, members in groups), key=len, default=[])


def _over_tokens(spans: Spans, tokens: Tokens) -> list[tuple[object, ...]]:
    return [(span.label, _touched(span, tokens), sorted(span.attributes.items())) for span in spans]


def _touched(span: SpanValue, tokens: Tokens) -> tuple[object, ...]:
    """The indices of the tokens that a span touches; its fragments when it touches none."""
    touched: list[int] = []
    for start, end in span.fragments:
        first = bisect_right(tokens, start, key=lambda token: token[1])
        touched.extend(range(first, bisect_left(tokens, end, key=lambda token: token[0])))
    return tuple(touched) or span.fragments


def version_groups(versions: Sequence[Spans]) -> list[list[int]]:
    """Return the positions of annotators grouped by equal versions, the most frequent first; empty ones last."""
    groups: list[list[int]] = []
    for position, version in enumerate(versions):
        same = next((group for group in groups if alike(versions[group[0]], version)), None)
        if same is None:
            groups.append([position])
        else:
            same.append(position)
    return sorted(groups, key=lambda group: (not versions[group[0]], -len(group), group[0]))


def supporters(versions: Sequence[Spans], outcome: Spans) -> frozenset[int]:
    """Return the positions of the annotators whose version is the outcome; for an empty one, of those without spans."""
    return frozenset(position for position, version in enumerate(versions) if alike(version, outcome))


def read_spans(stored: Sequence[Any]) -> Spans:
    """Return spans from their stored form, unchecked: they were checked when stored, and there may be thousands."""
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


class StoredVersions(Sequence[Spans]):
    """The versions of all annotators at a unit, read from their stored form when one is needed first.

    Of thousands of units most are only counted: reading their spans would take longer than everything else.
    """

    def __init__(self, stored: Sequence[Any]) -> None:
        self._stored = stored
        self._read: tuple[Spans, ...] | None = None

    def __len__(self) -> int:
        return len(self._stored)

    @overload
    def __getitem__(self, part: int) -> Spans: ...

    @overload
    def __getitem__(self, part: slice) -> Sequence[Spans]: ...

    def __getitem__(self, part: int | slice) -> Spans | Sequence[Spans]:
        if self._read is None:
            self._read = tuple(read_spans(version) for version in self._stored)
        return self._read[part]


def read_relations(stored: Sequence[Any]) -> Relations:
    """Return relations from their stored form."""
    return tuple(RelationValue(item["id"], item["label"], item["from"], item["to"]) for item in stored)


def letter(position: int) -> str:
    """Return the letter of an annotator, which is also the shortcut that chooses their version.

    >>> letter(0), letter(4)
    ('A', 'F')
    """
    round_, index = divmod(position, len(LETTERS))
    return LETTERS[index] + (str(round_ + 1) if round_ else "")
