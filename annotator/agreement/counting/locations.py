"""Locations: disagreements of pairs of annotators joined to the places in a text where annotators disagree. Pure.

Where five annotators mark a span and one does not, five pairs disagree, at one location. Disagreements belong together
when they share a span, or when their spans have equal label and fragments. Relations have locations of their own: those
between the same two groups of spans.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from annotator.agreement.counting.disagreements import PairDisagreement
from annotator.agreement.counting.document_groups import DocumentGroup
from annotator.measures.alignment import DisagreementKind

FIRST_APART, SECOND_APART = 1, 2
"""Flags of a disagreement: that its first (its second) annotator differs from most others at this location."""

DisagreementType = tuple[str, str, str, str]
"""Kind, label, the other label (in either order) and attribute."""
LocationKey = tuple[DisagreementType, ...]
"""The types of disagreement at a location, sorted."""
ApartKey = tuple[str, str, str]
"""Annotator, kind and label; kind and label are "" for all together."""


def type_of(kind: str, label: str, other: str, attribute: str) -> DisagreementType:
    """Return the type of a disagreement; the order of the annotators does not matter.

    >>> type_of("missed", "", "Cue", "")
    ('missed', 'Cue', '', '')
    """
    one, another = sorted((label, other), key=lambda name: (not name, name))
    return kind, one, another, attribute


@dataclass(frozen=True)
class Located:
    """Where a disagreement belongs: the number of its location in the document, and the flags of its annotators."""

    location: int
    apart: int


def locate(
    group: DocumentGroup, pairs: Sequence[tuple[int, int]], disagreements: Sequence[PairDisagreement]
) -> list[Located]:
    """Return the location of each disagreement of a group of documents."""
    numbers = list(_Joined(group, pairs).numbers(disagreements))
    opponents: dict[tuple[int, int, int], set[int]] = {}
    for disagreement, number in zip(disagreements, numbers, strict=True):
        one, other = pairs[disagreement.pair]
        opponents.setdefault((disagreement.document, number, one), set()).add(other)
        opponents.setdefault((disagreement.document, number, other), set()).add(one)
    others = len(group.annotators) - 1
    apart = {key for key, names in opponents.items() if 2 * len(names) > others}
    located = []
    for disagreement, number in zip(disagreements, numbers, strict=True):
        one, other = pairs[disagreement.pair]
        flags = FIRST_APART * ((disagreement.document, number, one) in apart)
        flags += SECOND_APART * ((disagreement.document, number, other) in apart)
        located.append(Located(number, flags))
    return located


class _Joined:
    """Spans while they are joined to locations; a span stands for all with equal label and fragments."""

    def __init__(self, group: DocumentGroup, pairs: Sequence[tuple[int, int]]) -> None:
        self._group, self._pairs = group, pairs
        self._spans = [list(zip(*(column.tolist() for column in own.of_spans), strict=True)) for own in group.columns]
        self._nodes: dict[tuple[int, ...], int] = {}
        self._parents: list[int] = []

    def numbers(self, disagreements: Sequence[PairDisagreement]) -> Iterator[int]:
        """Yield the number of the location of each disagreement, counted by document from 0."""
        for disagreement in disagreements:
            if disagreement.kind is not DisagreementKind.RELATION:
                first, *others = self._members(disagreement)
                for other in others:
                    self._join(first, other)
        known: dict[int, dict[Hashable, int]] = {}
        for disagreement in disagreements:
            locations = known.setdefault(disagreement.document, {})
            yield locations.setdefault(self._key(disagreement), len(locations))

    def _key(self, disagreement: PairDisagreement) -> Hashable:
        if disagreement.kind is not DisagreementKind.RELATION:
            return self._root(self._members(disagreement)[0])
        annotators = self._pairs[disagreement.pair]
        annotator, row = next(
            (annotator, rows[0])
            for annotator, rows in zip(annotators, (disagreement.first, disagreement.second), strict=True)
            if rows
        )
        _, source, target = self._group.columns[annotator].relations[row].tolist()
        return self._root(self._node(annotator, source)), self._root(self._node(annotator, target))

    def _members(self, disagreement: PairDisagreement) -> list[int]:
        one, other = self._pairs[disagreement.pair]
        nodes = [self._node(one, row) for row in disagreement.first]
        return nodes + [self._node(other, row) for row in disagreement.second]

    def _node(self, annotator: int, row: int) -> int:
        node = self._nodes.setdefault(self._spans[annotator][row], len(self._parents))
        if node == len(self._parents):
            self._parents.append(node)
        return node

    def _root(self, node: int) -> int:
        while self._parents[node] != node:
            self._parents[node] = node = self._parents[self._parents[node]]
        return node

    def _join(self, one: int, other: int) -> None:
        self._parents[self._root(other)] = self._root(one)


class LocationCounter:
    """Counts the locations of one document by their types, and those at which an annotator differs from most others."""

    def __init__(self) -> None:
        self._types: dict[int, set[DisagreementType]] = {}
        self._apart: set[tuple[int, ApartKey]] = set()

    def add(self, located: Located, names: tuple[str, str], kind: DisagreementType) -> None:
        """Add a disagreement of two annotators."""
        self._types.setdefault(located.location, set()).add(kind)
        for flag, name in zip((FIRST_APART, SECOND_APART), names, strict=True):
            if located.apart & flag:
                self._apart.add((located.location, (name, "", "")))
                self._apart.update((located.location, (name, kind[0], label)) for label in {*kind[1:3]} - {""})

    @property
    def locations(self) -> Counter[LocationKey]:
        """Locations by their types."""
        return Counter(tuple(sorted(types)) for types in self._types.values())

    @property
    def apart(self) -> Counter[ApartKey]:
        """Locations at which an annotator differs from most others."""
        return Counter(key for _, key in self._apart)
