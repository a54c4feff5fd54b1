"""Span F1: the share of the spans of two annotators that match.

F1 = 2 * matched / (units of both). It is symmetric and not corrected for chance; for sparse spans kappa tends to it
(Hripcsak and Rothschild 2005, Journal of the American Medical Informatics Association 12(3), 296).

- exact: label and all fragments identical, one to one.
- overlap: label equal and at least one code point shared, one to one, pairs with most shared code points first. This is
  what reports show. `largest_overlap` is the greatest number of such pairs; it is never smaller.
- boundary: fragments identical, whatever the label, one to one.
- unlabelled: the same, but spans with identical fragments count once for each annotator.
- relaxed boundary: label equal, and both boundaries at most a number of tokens apart, one to one, as many pairs as
possible.
- weighted overlap: the matching of greatest sum of 2 * shared / (sum of lengths).
- code point: per label the covered code points, pooled over labels.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotator.measures.coverage import coverage, shared_positions
from annotator.measures.figures import Figure, Undefined
from annotator.measures.matching import (
    exact_matching,
    greedy_matching,
    heaviest_matching,
    identities,
    largest_matching,
    most_pairs,
    near_pairs,
)
from annotator.measures.units import Document, IntArray, Units


@dataclass(frozen=True)
class MatchCounts:
    """Units of the first, of the second, and matched ones; adds up over documents and pairs."""

    first: int = 0
    second: int = 0
    matched: float = 0

    def __add__(self, other: "MatchCounts") -> "MatchCounts":
        return MatchCounts(self.first + other.first, self.second + other.second, self.matched + other.matched)

    @property
    def f1(self) -> Figure:
        """2 * matched / (first + second); not defined when neither marked anything."""
        if not self.first + self.second:
            return Figure.without_value(Undefined.NO_SPANS)
        return Figure(2 * self.matched / (self.first + self.second))


def counts_by_label(first: Units, second: Units, pairs: IntArray, *, labels: int) -> list[MatchCounts]:
    """Return per label the units of both annotators, and pairs (rows, rows) counted by the label of the first.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> counts_by_label(one, other, exact_matching(one, other), labels=2)
    [MatchCounts(first=1, second=2, matched=0), MatchCounts(first=1, second=0, matched=0)]
    """
    of_first = np.bincount(first.labels, minlength=labels).tolist()
    of_second = np.bincount(second.labels, minlength=labels).tolist()
    matched = np.bincount(first.labels[pairs[:, 0]], minlength=labels).tolist()
    return [MatchCounts(*counts) for counts in zip(of_first, of_second, matched, strict=True)]


def exact(first: Units, second: Units) -> MatchCounts:
    """Return counts of units with identical label and fragments.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> exact(one, other), exact(one, other).f1.value
    (MatchCounts(first=2, second=2, matched=0), 0.0)
    """
    return MatchCounts(len(first), len(second), len(exact_matching(first, second)))


def boundary(first: Units, second: Units) -> MatchCounts:
    """Return counts of units with identical fragments, whatever the label.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> boundary(one, other)
    MatchCounts(first=2, second=2, matched=1)
    """
    return MatchCounts(len(first), len(second), len(exact_matching(first, second, labelled=False)))


def unlabelled(first: Units, second: Units) -> MatchCounts:
    """Return counts of distinct identical fragments, whatever the label.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> unlabelled(one, other)
    MatchCounts(first=2, second=2, matched=1)
    """
    one, other = (np.unique(numbers) for numbers in identities(first, second, labelled=False))
    return MatchCounts(len(one), len(other), len(np.intersect1d(one, other, assume_unique=True)))


def overlap(first: Units, second: Units) -> MatchCounts:
    """Return counts of units with equal label and a shared code point, the largest overlap first.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> overlap(one, other)
    MatchCounts(first=2, second=2, matched=1)
    """
    return MatchCounts(len(first), len(second), len(greedy_matching(first, second)))


def largest_overlap(first: Units, second: Units) -> MatchCounts:
    """Return counts of units with equal label and a shared code point, with as many pairs as possible.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> largest_overlap(one, other)
    MatchCounts(first=2, second=2, matched=1)
    """
    return MatchCounts(len(first), len(second), largest_matching(first, second))


def weighted_overlap(first: Units, second: Units) -> MatchCounts:
    """Return counts in which each overlapping pair has the weight with which it coincides, at the greatest sum.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> round(weighted_overlap(one, other).matched, 4)
    0.9091
    """
    return MatchCounts(len(first), len(second), heaviest_matching(first, second))


def relaxed_boundary(
    first: Units, second: Units, *, token_starts: IntArray, token_ends: IntArray, tolerance: int = 1
) -> MatchCounts:
    """Return counts of units with equal label and both boundaries at most `tolerance` tokens apart.

    The boundaries of a span are its first and its last token, so that half a word or a space more does not count; of a
    discontinuous span those of the whole. ValueError when the tolerance is below 0.

    >>> one, other = Units.from_spans([(0, [(0, 9)])]), Units.from_spans([(0, [(4, 9)])])
    >>> tokens = np.array([0, 4, 8])
    >>> relaxed_boundary(one, other, token_starts=tokens, token_ends=tokens + 3)
    MatchCounts(first=1, second=1, matched=1)
    """
    if tolerance < 0:
        raise ValueError("Boundaries cannot be less than 0 tokens apart.")
    edges = [
        (
            np.searchsorted(token_ends, units.first_starts, side="right"),
            np.searchsorted(token_starts, units.last_ends, side="left"),
        )
        for units in (first, second)
    ]
    pairs = near_pairs(first, second, edges=(edges[0], edges[1]), tolerance=tolerance)
    return MatchCounts(len(first), len(second), most_pairs(*pairs))


def code_point(first: Units, second: Units, *, length: int, labels: int) -> MatchCounts:
    """Return counts of covered code points per label, pooled over labels.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> code_point(one, other, length=40, labels=2)
    MatchCounts(first=20, second=22, matched=10)
    """
    covered = coverage([first.intervals(), second.intervals()], length=length, labels=labels)
    of_first, of_second, shared = shared_positions(covered)
    return MatchCounts(int(of_first.sum()), int(of_second.sum()), int(shared.sum()))


def corpus_f1(documents: Iterable[Document], count: Callable[[Units, Units], MatchCounts]) -> Figure:
    """Return F1 pooled over all pairs of annotators of all documents, or the reason why there is none.

    >>> from annotator.measures.units import Annotation, indexes
    >>> ada = Annotation(Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])]))
    >>> ben = Annotation(Units.from_spans([(0, [(0, 12)]), (1, [(20, 30)])]))
    >>> document = Document(40, indexes([]), indexes([]), {"ada": ada, "ben": ben})
    >>> corpus_f1([document], exact).value, corpus_f1([], exact).undefined
    (0.5, <Undefined.ONE_ANNOTATOR: 'one_annotator'>)
    """
    total, pairs, length = MatchCounts(), 0, 0
    for document in documents:
        length += document.length
        for first, second in combinations(sorted(document.annotations), 2):
            pairs += 1
            total += count(document.annotations[first].units, document.annotations[second].units)
    if not pairs:
        return Figure.without_value(Undefined.ONE_ANNOTATOR)
    return total.f1 if length else Figure.without_value(Undefined.EMPTY_DOCUMENT)
