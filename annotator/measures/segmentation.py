"""Agreement on segmentations that cover a whole text, such as turns of speakers.

A segmentation is the lengths of its segments, one after the other; both must add up to the same length n (in any unit:
sentences, tokens), so that there are n - 1 places for a boundary.

- Pk (Beeferman, Berger and Lafferty 1999) and WindowDiff (Pevzner and Hearst 2002) are errors, 0 is best: a window of
  half the mean length of the reference's segments (rounded, half to even, at least 2) runs over the text.
- Boundary similarity B (Fournier 2013, Evaluating Text Segmentation Using Boundary Edit Distance, ACL) and segmentation
  similarity S (Fournier and Inkpen 2012) are similarities, 1 is best. They count edits: a boundary that only one has,
  or that is one position off (a transposition).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotator.measures.figures import Figure, Undefined
from annotator.measures.units import BoolArray, IntArray, indexes

Lengths = Sequence[int]


def _boundaries(lengths: Lengths) -> BoolArray:
    """Return for each position between units whether a segment ends there; ValueError for a length below 1."""
    if any(length < 1 for length in lengths) or not lengths:
        raise ValueError("Segmentation: every segment needs a length of at least 1, and a text at least one segment.")
    marks = np.zeros(sum(lengths), dtype=np.bool_)
    marks[np.cumsum(lengths) - 1] = True
    return marks[:-1]


def _both(reference: Lengths, other: Lengths) -> tuple[BoolArray, BoolArray]:
    if sum(reference) != sum(other):
        raise ValueError(f"Segmentation: one text has {sum(reference)} units, the other {sum(other)}.")
    return _boundaries(reference), _boundaries(other)


def _windows(reference: Lengths, other: Lengths) -> tuple[IntArray, IntArray]:
    """Return how many boundaries each annotator has within every window."""
    of_reference, of_other = _both(reference, other)
    size = max(2, round(sum(reference) / len(reference) / 2))
    ends = np.arange(size, len(of_reference) + 1)
    sums = [np.concatenate([[0], np.cumsum(each)]) for each in (of_reference, of_other)]
    first, second = (indexes(each[ends] - each[ends - size]) for each in sums)
    return first, second


def pk(reference: Lengths, other: Lengths) -> Figure:
    """Return the share of windows whose two ends are in one segment for one annotator and not for the other.

    >>> round(pk([2, 3, 6], [5, 6]).value, 3)
    0.222
    """
    first, second = _windows(reference, other)
    return _share((first > 0) != (second > 0))


def window_diff(reference: Lengths, other: Lengths) -> Figure:
    """Return the share of windows with different numbers of boundaries.

    >>> window_diff([1, 10, 1], [10, 1, 1]).value
    0.3
    """
    first, second = _windows(reference, other)
    return _share(first != second)


def _share(differing: BoolArray) -> Figure:
    return Figure(float(differing.mean())) if len(differing) else Figure.without_value(Undefined.NO_ITEMS)


@dataclass(frozen=True)
class BoundaryEdits:
    """Edits between two segmentations: boundaries that only one has, that are one position off, and that both have."""

    additions: int
    transpositions: int
    matches: int
    places: int

    def __add__(self, other: "BoundaryEdits") -> "BoundaryEdits":
        return BoundaryEdits(
            self.additions + other.additions,
            self.transpositions + other.transpositions,
            self.matches + other.matches,
            self.places + other.places,
        )

    @property
    def boundary_similarity(self) -> Figure:
        """1 - (additions + half the transpositions) / (edits and matches); not defined without any boundary."""
        whole = self.additions + self.transpositions + self.matches
        if not whole:
            return Figure.without_value(Undefined.NO_SPANS)
        return Figure(1 - (self.additions + self.transpositions / 2) / whole)

    @property
    def segmentation_similarity(self) -> Figure:
        """1 - (additions + half the transpositions) / places; not defined when there is no place for a boundary."""
        if not self.places:
            return Figure.without_value(Undefined.NO_ITEMS)
        return Figure(1 - (self.additions + self.transpositions / 2) / self.places)


def boundary_edits(reference: Lengths, other: Lengths) -> BoundaryEdits:
    """Return boundaries that differ, paired from left to right where they are neighbours.

    >>> boundary_edits([5, 5, 5], [6, 4, 5]).boundary_similarity.value
    0.75
    """
    of_reference, of_other = _both(reference, other)
    lone = [(place, bool(of_reference[place])) for place in np.flatnonzero(of_reference != of_other).tolist()]
    transpositions, at = 0, 0
    while at + 1 < len(lone):
        (place, whose), (following, whose_following) = lone[at], lone[at + 1]
        swapped = following == place + 1 and whose != whose_following
        transpositions += swapped
        at += 1 + swapped
    matches = int((of_reference & of_other).sum())
    return BoundaryEdits(len(lone) - 2 * transpositions, transpositions, matches, len(of_reference))


@dataclass(frozen=True)
class BoundaryKappas:
    """Boundary similarity above chance: taken from each annotator's own shares (`kappa`), from all together (`pi`)."""

    kappa: Figure
    pi: Figure


def boundary_kappas(annotators: Sequence[Lengths]) -> BoundaryKappas:
    """Return kappas (Fournier and Inkpen 2012); observed agreement is boundary similarity, pooled over pairs.

    Expected is that two annotators put a boundary at a position by chance. ValueError with fewer than two annotators.

    >>> round(boundary_kappas([[5, 5, 5], [6, 4, 5], [5, 10]]).kappa.value, 3)
    0.493
    """
    if len(annotators) < 2:
        raise ValueError("Segmentation: agreement above chance compares at least two annotators.")
    nothing = BoundaryEdits(0, 0, 0, 0)
    edits = sum((boundary_edits(one, other) for one, other in combinations(annotators, 2)), nothing)
    observed = edits.boundary_similarity
    if not observed.is_defined:
        return BoundaryKappas(observed, observed)
    shares = [float(_boundaries(lengths).mean()) for lengths in annotators]
    own = float(np.mean([one * other for one, other in combinations(shares, 2)]))
    return BoundaryKappas(_above(observed.value, own), _above(observed.value, float(np.mean(shares)) ** 2))


def _above(observed: float, expected: float) -> Figure:
    if expected == 1:
        return Figure.without_value(Undefined.NO_VARIATION)
    return Figure((observed - expected) / (1 - expected))
