"""What one document contributes to a report; contributions add up, and every figure is a function of their sum.

Pure. Labels and annotators go by name here, so that documents with different labels add up.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations
from operator import add
from typing import Protocol, Self, TypeVar

from annotator.agreement.measures import attributes, relations, span_f1
from annotator.agreement.measures.cohen import Contingency
from annotator.agreement.measures.coverage import Coverage, coverage
from annotator.agreement.measures.figures import Figure
from annotator.agreement.measures.krippendorff import (
    Coincidences,
    coincidences_by_label,
    coincidences_of_label_sets,
)
from annotator.agreement.measures.matching import exact_matching, greedy_matching
from annotator.agreement.measures.span_f1 import MatchCounts
from annotator.agreement.units import Document

Key = TypeVar("Key")


class Adding(Protocol):
    """Something with a sum."""

    def __add__(self, other: Self, /) -> Self: ...


Part = TypeVar("Part", bound=Adding)


def merged(one: Mapping[Key, Part], other: Mapping[Key, Part]) -> dict[Key, Part]:
    """The union of two mappings; what both have is added."""
    total = dict(one)
    for key, part in other.items():
        total[key] = total[key] + part if key in total else part
    return total


@dataclass(frozen=True)
class Counts:
    """Spans (or relations) of the first and of the second annotator of a pair, and those that match."""

    first: int = 0
    second: int = 0
    exact: int = 0
    overlap: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.first + other.first,
            self.second + other.second,
            self.exact + other.exact,
            self.overlap + other.overlap,
        )

    @property
    def exact_f1(self) -> Figure:
        """F1 of identical spans."""
        return MatchCounts(self.first, self.second, self.exact).f1

    @property
    def overlap_f1(self) -> Figure:
        """F1 of spans that share a code point."""
        return MatchCounts(self.first, self.second, self.overlap).f1


@dataclass(frozen=True)
class PairTally:
    """What two annotators have in common: counts by label, attribute values against each other by (label, name)."""

    documents: int = 0
    spans: Mapping[str, Counts] = field(default_factory=dict)
    unlabelled: MatchCounts = field(default_factory=MatchCounts)
    relations: Mapping[str, Counts] = field(default_factory=dict)
    attributes: Mapping[tuple[str, str], Contingency] = field(default_factory=dict)

    def __add__(self, other: "PairTally") -> "PairTally":
        return PairTally(
            self.documents + other.documents,
            merged(self.spans, other.spans),
            self.unlabelled + other.unlabelled,
            merged(self.relations, other.relations),
            merged(self.attributes, other.attributes),
        )

    @property
    def all_spans(self) -> Counts:
        """Spans of all labels together."""
        return sum(self.spans.values(), Counts())


@dataclass(frozen=True)
class Marks:
    """On how many positions annotators put a label, and the weighted pairs that disagree about it."""

    marked: int = 0
    disagreeing: float = 0.0

    def __add__(self, other: "Marks") -> "Marks":
        return Marks(self.marked + other.marked, self.disagreeing + other.disagreeing)


@dataclass(frozen=True)
class Positions:
    """All tokens, or all code points: how many, judged how often, and how each label that occurs lies on them."""

    items: int = 0
    values: int = 0
    marks: Mapping[str, Marks] = field(default_factory=dict)

    def __add__(self, other: "Positions") -> "Positions":
        return Positions(self.items + other.items, self.values + other.values, merged(self.marks, other.marks))

    def coincidences(self, label: str) -> Coincidences:
        """One label against everything else; where it does not occur everybody agrees that it is absent."""
        marks = self.marks.get(label, Marks())
        margins = {True: marks.marked, False: self.values - marks.marked}
        occurring: dict[Hashable, int] = {value: count for value, count in margins.items() if count}
        return Coincidences(self.items, self.values, self.values - marks.disagreeing, occurring)


@dataclass(frozen=True)
class Tally:
    """One document, or the sum of many. `sets` counts documents by annotator, `spans` spans of everybody by label."""

    documents: int = 0
    sets: Mapping[str, int] = field(default_factory=dict)
    spans: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], PairTally] = field(default_factory=dict)
    tokens: Positions = field(default_factory=Positions)
    code_points: Positions = field(default_factory=Positions)
    label_sets: Coincidences = field(default_factory=Coincidences)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.documents + other.documents,
            merged(self.sets, other.sets),
            merged(self.spans, other.spans),
            merged(self.pairs, other.pairs),
            self.tokens + other.tokens,
            self.code_points + other.code_points,
            self.label_sets + other.label_sets,
        )

    @property
    def all_pairs(self) -> PairTally:
        """The pairs of annotators pooled."""
        return reduce(add, self.pairs.values(), PairTally())


def tally_document(document: Document, *, labels: Sequence[str], relation_labels: Sequence[str]) -> Tally:
    """Count one document. Pairs go by name, so that the order of annotators changes nothing."""
    annotations = [each.units for each in document.annotations.values()]
    spans = Counter(labels[index] for units in annotations for index in units.labels.tolist())
    intervals = [units.intervals() for units in annotations]
    points = coverage(intervals, length=document.length, labels=len(labels))
    by_token = [each.over_tokens(document.token_starts, document.token_ends) for each in intervals]
    tokens = coverage(by_token, length=len(document.token_starts), labels=len(labels))
    return Tally(
        documents=1,
        sets=dict.fromkeys(document.annotations, 1),
        spans=spans,
        pairs={
            pair: _tally_pair(document, *pair, labels=labels, relation_labels=relation_labels)
            for pair in combinations(sorted(document.annotations), 2)
        },
        tokens=_positions(tokens, labels, spans),
        code_points=_positions(points, labels, spans),
        label_sets=coincidences_of_label_sets(tokens, names=labels),
    )


def _positions(covered: Coverage, labels: Sequence[str], occurring: Mapping[str, int]) -> Positions:
    found = zip(labels, coincidences_by_label(covered), strict=True)
    by_label = {label: coincidences for label, coincidences in found if label in occurring}
    annotators, items = len(covered.marked), int(covered.lengths.sum())
    marks = {label: Marks(each.margins.get(True, 0), each.values - each.agreeing) for label, each in by_label.items()}
    return Positions(items, items * annotators, marks)


def _tally_pair(
    document: Document, first_name: str, second_name: str, *, labels: Sequence[str], relation_labels: Sequence[str]
) -> PairTally:
    first, second = document.annotations[first_name], document.annotations[second_name]
    exact, overlap = exact_matching(first.units, second.units), greedy_matching(first.units, second.units)
    spans = [
        span_f1.counts_by_label(first.units, second.units, pairs, labels=len(labels)) for pairs in (exact, overlap)
    ]
    arrows = [
        relations.counts_by_label(first.relations, second.relations, pairs, labels=len(relation_labels))
        for pairs in (exact, overlap)
    ]
    tables = attributes.attribute_contingencies(first, second, exact)
    return PairTally(
        documents=1,
        spans=_counts(labels, *spans),
        unlabelled=span_f1.unlabelled(first.units, second.units),
        relations=_counts(relation_labels, *arrows),
        attributes={(labels[label], name): table for (label, name), table in tables.items()},
    )


def _counts(names: Sequence[str], exact: list[MatchCounts], overlap: list[MatchCounts]) -> dict[str, Counts]:
    """Counts by name of what at least one of the two drew."""
    return {
        name: Counts(one.first, one.second, int(one.matched), int(other.matched))
        for name, one, other in zip(names, exact, overlap, strict=True)
        if one.first + one.second
    }
