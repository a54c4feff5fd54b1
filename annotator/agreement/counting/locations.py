"""Locations: disagreements of pairs of annotators joined to the places in a text where annotators disagree. Pure.

Where five annotators mark a span and one does not, five pairs disagree, at one location. Disagreements belong together
when they share a span, or when their spans have equal label and fragments. Relations have locations of their own: those
between the same two groups of spans.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from annotator.agreement.counting.disagreements import PairDisagreement
from annotator.agreement.counting.document_groups import DocumentGroup
from annotator.measures.alignment import DisagreementKind
from annotator.measures.units import BoolArray, IntArray, indexes

FIRST_APART, SECOND_APART = 1, 2
"""Flags of a disagreement: that its first (its second) annotator differs from most others at this location."""

DisagreementType = tuple[str, str, str, str]
"""Kind, label, the other label (in either order) and attribute."""
LocationKey = tuple[DisagreementType, ...]
"""The types of disagreement at a location, sorted."""
ApartKey = tuple[str, str, str]
"""Annotator, kind and label; kind and label are "" for all together."""


@lru_cache(maxsize=4_096)
def type_of(kind: str, label: str, other: str, attribute: str) -> DisagreementType:
    """Return the type of a disagreement; the order of the annotators does not matter.

    >>> type_of("missed", "", "Cue", "")
    ('missed', 'Cue', '', '')
    """
    one, another = sorted((label, other), key=lambda name: (not name, name))
    return kind, one, another, attribute


class Located(NamedTuple):
    """Where a disagreement belongs: the number of its location in the document, and the flags of its annotators."""

    location: int
    apart: int


def locate(
    group: DocumentGroup, pairs: Sequence[tuple[int, int]], disagreements: Sequence[PairDisagreement]
) -> list[Located]:
    """Return the location of each disagreement of a group; the disagreements are ordered by document."""
    documents = indexes([disagreement.document for disagreement in disagreements])
    annotators = np.array(pairs, dtype=np.int64).reshape(-1, 2)[
        indexes([disagreement.pair for disagreement in disagreements])
    ]
    locations = _numbered(_Joined(group, pairs).keys(disagreements))
    is_apart = _apart(locations, annotators, len(group.annotators))
    flags = FIRST_APART * is_apart[:, 0] + SECOND_APART * is_apart[:, 1]
    # Locations are numbered as they come: those of each document begin at the first of its disagreements.
    begins = locations[np.searchsorted(documents, documents)]
    return list(map(Located, (locations - begins).tolist(), flags.tolist()))


def _numbered(keys: Iterator[Hashable]) -> IntArray:
    """Return the same number for equal keys, in the order in which they come first."""
    known: dict[Hashable, int] = {}
    return indexes([known.setdefault(key, len(known)) for key in keys])


def _apart(locations: IntArray, annotators: IntArray, team: int) -> BoolArray:
    """Return which of both annotators of each disagreement differ at its location from most others of the team."""
    own = locations[:, None] * team + annotators
    against = np.unique(np.concatenate([own * team + annotators[:, ::-1]]))
    opponents = np.bincount(against // team, minlength=int(own.max(initial=-1)) + 1)
    apart: BoolArray = 2 * opponents[own] > team - 1
    return apart


class _Joined:
    """Spans while they are joined to locations; a span stands for all with equal label and fragments."""

    def __init__(self, group: DocumentGroup, pairs: Sequence[tuple[int, int]]) -> None:
        self._group, self._pairs = group, pairs
        ends = np.cumsum([len(own) for own in group.columns])
        spans = [np.concatenate(columns) for columns in zip(*(own.of_spans for own in group.columns), strict=True)]
        order = np.lexsort(spans)
        ordered = np.stack(spans)[:, order]
        nodes = np.empty(len(order), dtype=np.int64)
        nodes[order] = np.cumsum(np.any(ordered != np.roll(ordered, 1, axis=1), axis=0))
        self._nodes: list[list[int]] = [own.tolist() for own in np.split(nodes, ends[:-1])]
        self._parents = list(range(len(order) + 1))

    def keys(self, disagreements: Sequence[PairDisagreement]) -> Iterator[Hashable]:
        """Yield what the disagreements of a location have in common, and no others."""
        members = [self._members(disagreement) for disagreement in disagreements]
        for (_, _, _, _, kind, *_), (first, *others) in zip(disagreements, members, strict=True):
            if kind is not DisagreementKind.RELATION:
                for other in others:
                    self._join(first, other)
        for (_, _, _, _, kind, *_), own in zip(disagreements, members, strict=True):
            if kind is DisagreementKind.RELATION:
                yield self._root(own[0]), self._root(own[1])
            else:
                yield self._root(own[0])

    def _members(self, disagreement: PairDisagreement) -> Sequence[int]:
        """Return the spans that a disagreement is about; of relations source and target of the first."""
        _document, _start, _end, pair, kind, _attribute, first, second = disagreement
        one, other = self._pairs[pair]
        if kind is DisagreementKind.RELATION:
            annotator, row = (one, first[0]) if first else (other, second[0])
            _, source, target = self._group.columns[annotator].relations[row].tolist()
            return self._nodes[annotator][source], self._nodes[annotator][target]
        here, there = self._nodes[one], self._nodes[other]
        if len(first) < 2 and len(second) < 2:
            if not second:
                return (here[first[0]],)
            return (here[first[0]], there[second[0]]) if first else (there[second[0]],)
        return [*(here[row] for row in first), *(there[row] for row in second)]

    def _root(self, node: int) -> int:
        parents = self._parents
        while parents[node] != node:
            parents[node] = node = parents[parents[node]]
        return node

    def _join(self, one: int, other: int) -> None:
        self._parents[self._root(other)] = self._root(one)


def count_locations(
    located: Sequence[Located], names: Sequence[tuple[str, str]], kinds: Sequence[DisagreementType]
) -> tuple[Counter[LocationKey], Counter[ApartKey]]:
    """Count the locations of a document by their types, and those at which an annotator differs from most others.

    The arguments have the disagreements of the document: where, between whom, and of which type.
    """
    types: dict[int, set[DisagreementType]] = {}
    apart: set[tuple[int, ApartKey]] = set()
    for (location, flags), both, kind in zip(located, names, kinds, strict=True):
        types.setdefault(location, set()).add(kind)
        if flags:
            for flag, name in zip((FIRST_APART, SECOND_APART), both, strict=True):
                if flags & flag:
                    apart.add((location, (name, "", "")))
                    apart.update((location, (name, kind[0], label)) for label in kind[1:3] if label)
    return Counter(tuple(sorted(own)) for own in types.values()), Counter(key for _, key in apart)
