"""How two annotation sets of one document differ, span by span. Pure.

Spans are paired one to one: first those with identical label and fragments; of the rest those that overlap and have the
same label, most shared code points first (the pairing behind the F1 figures); then those with the same fragments and
another label; then those that merely overlap. What is left, one of the two marked alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from annotator.agreement.measures.matching import exact_matching, greedy_matching
from annotator.agreement.units import IntArray, Units, indexes

NOBODY = -1


class Kind(StrEnum):
    """In which way two sets differ."""

    ONLY_FIRST = "only_first"
    ONLY_SECOND = "only_second"
    BOUNDARY = "boundary"
    LABEL = "label"
    LABEL_AND_BOUNDARY = "label_and_boundary"
    ATTRIBUTES = "attributes"
    RELATION_ONLY_FIRST = "relation_only_first"
    RELATION_ONLY_SECOND = "relation_only_second"


@dataclass(frozen=True)
class SpanSeen:
    """A span of one set, as it is compared and shown."""

    label: str
    fragments: tuple[tuple[int, int], ...]
    attributes: Mapping[str, str]

    @property
    def start(self) -> int:
        """Where it begins, in code points."""
        return self.fragments[0][0]

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.fragments[-1][1]


@dataclass(frozen=True)
class RelationSeen:
    """A relation of one set between two of its spans, by their rows."""

    label: str
    source: int
    target: int


@dataclass(frozen=True)
class SetSeen:
    """One set of a document."""

    spans: Sequence[SpanSeen]
    relations: Sequence[RelationSeen]


@dataclass(frozen=True)
class Difference:
    """One thing in which the sets differ: rows of spans (or of relations), None where a set has nothing."""

    kind: Kind
    first: int | None
    second: int | None
    start: int


@dataclass(frozen=True)
class Comparison:
    """Everything that differs, in order of the text, and how many spans are alike in everything."""

    differences: Sequence[Difference]
    alike: int


def compare(first: SetSeen, second: SetSeen) -> Comparison:
    """Pair the spans of two sets and list what differs."""
    differences: list[Difference] = []
    partner: dict[int, int] = {}
    alike = 0
    for kind, pairs in _pairings(first.spans, second.spans):
        for row, other in pairs:
            partner[row] = other
            if kind is Kind.ATTRIBUTES and first.spans[row].attributes == second.spans[other].attributes:
                alike += 1
            else:
                start = min(first.spans[row].start, second.spans[other].start)
                differences.append(Difference(kind, row, other, start))
    taken = set(partner.values())
    differences += [
        Difference(Kind.ONLY_FIRST, row, None, span.start) for row, span in enumerate(first.spans) if row not in partner
    ]
    differences += [
        Difference(Kind.ONLY_SECOND, None, row, span.start) for row, span in enumerate(second.spans) if row not in taken
    ]
    differences += _relation_differences(first, second, partner)
    return Comparison(sorted(differences, key=_place), alike)


def _place(difference: Difference) -> tuple[int, str, int, int]:
    first = -1 if difference.first is None else difference.first
    second = -1 if difference.second is None else difference.second
    return difference.start, difference.kind, first, second


def _pairings(first: Sequence[SpanSeen], second: Sequence[SpanSeen]) -> list[tuple[Kind, list[tuple[int, int]]]]:
    """Pairs of rows, best pairing first; each span is in one pair at most."""
    index = {label: at for at, label in enumerate(sorted({span.label for span in [*first, *second]}))}
    one, other = _units(first, index), _units(second, index)
    unlabelled = dict.fromkeys(index, 0)
    one_bare, other_bare = _units(first, unlabelled), _units(second, unlabelled)
    steps = [
        (Kind.ATTRIBUTES, one, other, exact_matching),
        (Kind.BOUNDARY, one, other, greedy_matching),
        (Kind.LABEL, one_bare, other_bare, exact_matching),
        (Kind.LABEL_AND_BOUNDARY, one_bare, other_bare, greedy_matching),
    ]
    free_first, free_second = np.arange(len(first)), np.arange(len(second))
    found = []
    for kind, left, right, matching in steps:
        pairs = matching(_taken(left, free_first), _taken(right, free_second))
        rows, others = free_first[pairs[:, 0]], free_second[pairs[:, 1]]
        found.append((kind, list(zip(rows.tolist(), others.tolist(), strict=True))))
        free_first, free_second = np.setdiff1d(free_first, rows), np.setdiff1d(free_second, others)
    return found


def _units(spans: Sequence[SpanSeen], index: Mapping[str, int]) -> list[tuple[int, tuple[tuple[int, int], ...]]]:
    return [(index[span.label], span.fragments) for span in spans]


def _taken(spans: list[tuple[int, tuple[tuple[int, int], ...]]], rows: IntArray) -> Units:
    return Units.from_spans([spans[row] for row in indexes(rows).tolist()])


def _relation_differences(first: SetSeen, second: SetSeen, partner: Mapping[int, int]) -> list[Difference]:
    """Relations that only one of the two drew, taking paired spans for the same."""
    arrows = {(arrow.label, arrow.source, arrow.target): row for row, arrow in enumerate(second.relations)}
    found = []
    for row, arrow in enumerate(first.relations):
        key = arrow.label, partner.get(arrow.source, NOBODY), partner.get(arrow.target, NOBODY)
        if arrows.pop(key, None) is None:
            found.append(Difference(Kind.RELATION_ONLY_FIRST, row, None, first.spans[arrow.source].start))
    return found + [
        Difference(Kind.RELATION_ONLY_SECOND, None, row, second.spans[source].start)
        for (_, source, _target), row in arrows.items()
    ]
