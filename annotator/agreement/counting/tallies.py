"""Tallies: what a document contributes to a report. Tallies add up, and every figure is a function of their sum. Pure.

Labels and annotators have their names here, so that documents with different labels add up.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import add
from typing import Protocol, Self, TypeVar

from annotator.agreement.counting.disagreement_rows import BoundaryKey, CountKey
from annotator.agreement.counting.locations import ApartKey, LocationKey
from annotator.measures.cohen import Contingency
from annotator.measures.figures import Figure, Undefined
from annotator.measures.krippendorff import Coincidences
from annotator.measures.span_f1 import MatchCounts

Key = TypeVar("Key")


class Adding(Protocol):
    """A type whose values add up."""

    def __add__(self, other: Self, /) -> Self: ...


Part = TypeVar("Part", bound=Adding)


def merge(one: Mapping[Key, Part], other: Mapping[Key, Part]) -> dict[Key, Part]:
    """Return the union of two mappings; values that both have are added."""
    total = dict(one)
    for key, part in other.items():
        total[key] = total[key] + part if key in total else part
    return total


@dataclass(frozen=True)
class Counts:
    """Spans (or relations) of the first and of the second annotator of a pair, and those that match in each way."""

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
        """F1 of spans that overlap."""
        return MatchCounts(self.first, self.second, self.overlap).f1


@dataclass(frozen=True)
class SharedEnds:
    """Relations of the first and of the second whose ends both annotators have, identical or overlapping."""

    first_exact: int = 0
    second_exact: int = 0
    first_overlap: int = 0
    second_overlap: int = 0

    def __add__(self, other: "SharedEnds") -> "SharedEnds":
        return SharedEnds(
            self.first_exact + other.first_exact,
            self.second_exact + other.second_exact,
            self.first_overlap + other.first_overlap,
            self.second_overlap + other.second_overlap,
        )

    def exact_f1(self, drawn: Counts) -> Figure:
        """Return F1 over identical ends; `drawn` counts all relations."""
        return MatchCounts(self.first_exact, self.second_exact, drawn.exact).f1

    def overlap_f1(self, drawn: Counts) -> Figure:
        """Return F1 over overlapping ends."""
        return MatchCounts(self.first_overlap, self.second_overlap, drawn.overlap).f1


@dataclass(frozen=True)
class TokenMarks:
    """On how many tokens both of two annotators put a label, only the first, only the second."""

    both: int = 0
    first: int = 0
    second: int = 0

    def __add__(self, other: "TokenMarks") -> "TokenMarks":
        return TokenMarks(self.both + other.both, self.first + other.first, self.second + other.second)

    def contingency(self, tokens: int) -> Contingency:
        """Return yes and no of the two annotators against each other."""
        neither = tokens - self.both - self.first - self.second
        cells = {
            (True, True): self.both,
            (True, False): self.first,
            (False, True): self.second,
            (False, False): neither,
        }
        return Contingency({values: count for values, count in cells.items() if count})


@dataclass(frozen=True)
class PairTally:
    """What two annotators have in common: counts by label, and attribute values against each other by (label, name).

    `aligned` counts aligned spans by their two labels, "" where one of the two has none. `tokens` has the sets of
    labels on tokens against each other, `marked` by label how many tokens both, only the first, only the second marked.
    """

    documents: int = 0
    spans: Mapping[str, Counts] = field(default_factory=dict)
    unlabelled: MatchCounts = field(default_factory=MatchCounts)
    relations: Mapping[str, Counts] = field(default_factory=dict)
    shared_relations: Mapping[str, SharedEnds] = field(default_factory=dict)
    attributes: Mapping[tuple[str, str], Contingency] = field(default_factory=dict)
    aligned: Mapping[tuple[str, str], int] = field(default_factory=dict)
    tokens: Contingency = field(default_factory=Contingency)
    marked: Mapping[str, TokenMarks] = field(default_factory=dict)

    def __add__(self, other: "PairTally") -> "PairTally":
        return PairTally(
            self.documents + other.documents,
            merge(self.spans, other.spans),
            self.unlabelled + other.unlabelled,
            merge(self.relations, other.relations),
            merge(self.shared_relations, other.shared_relations),
            merge(self.attributes, other.attributes),
            merge(self.aligned, other.aligned),
            self.tokens + other.tokens,
            merge(self.marked, other.marked),
        )

    @cached_property
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
    """All tokens, or all code points: how many there are, how often each is judged, and the labels on them."""

    items: int = 0
    values: int = 0
    marks: Mapping[str, Marks] = field(default_factory=dict)

    def __add__(self, other: "Positions") -> "Positions":
        return Positions(self.items + other.items, self.values + other.values, merge(self.marks, other.marks))

    def coincidences(self, label: str) -> Coincidences:
        """Return one label against everything else; where it does not occur, all annotators agree that it is absent."""
        marks = self.marks.get(label, Marks())
        margins = {True: marks.marked, False: self.values - marks.marked}
        occurring: dict[Hashable, int] = {value: count for value, count in margins.items() if count}
        return Coincidences(self.items, self.values, self.values - marks.disagreeing, occurring)


@dataclass(frozen=True)
class Tally:
    """One document, or the sum of many. `sets` counts documents by annotator, `spans` the spans of all by label.

    `covered` says on how many code points each annotator put each label, `read` how many they read. `mixed` counts
    documents with sets under several schema versions, `left_out` the spans that were not compared because of that.
    `label_sets` has the sets of labels on tokens, `code_point_sets` those on code points.
    `disagreements` and `boundaries` count by pair of annotators; `locations`, `apart` and `boundary_locations` count
    locations.
    """

    documents: int = 0
    sets: Mapping[str, int] = field(default_factory=dict)
    spans: Mapping[str, int] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], PairTally] = field(default_factory=dict)
    tokens: Positions = field(default_factory=Positions)
    code_points: Positions = field(default_factory=Positions)
    label_sets: Coincidences = field(default_factory=Coincidences)
    code_point_sets: Coincidences = field(default_factory=Coincidences)
    disagreements: Mapping[CountKey, int] = field(default_factory=dict)
    locations: Mapping[LocationKey, int] = field(default_factory=dict)
    apart: Mapping[ApartKey, int] = field(default_factory=dict)
    boundaries: Mapping[BoundaryKey, int] = field(default_factory=dict)
    boundary_locations: Mapping[BoundaryKey, int] = field(default_factory=dict)
    covered: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    read: Mapping[str, int] = field(default_factory=dict)
    mixed: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def all_pairs(self) -> PairTally:
        """The pairs of annotators pooled."""
        return reduce(add, self.pairs.values(), PairTally())

    @property
    def overall_alpha(self) -> Figure:
        """Alpha over tokens whose value is the set of labels on them; not defined when there are no spans."""
        return self.label_sets.alpha if self.spans else Figure.without_value(Undefined.NO_SPANS)

    @property
    def overall_code_point_alpha(self) -> Figure:
        """The same over code points."""
        return self.code_point_sets.alpha if self.spans else Figure.without_value(Undefined.NO_SPANS)
