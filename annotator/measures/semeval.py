"""The counts of SemEval-2013 task 9.1, one annotator as key: correct, incorrect, partial, missed, spurious.

Chinchor and Sundheim (1993), MUC-5 evaluation metrics; Segura-Bedmar, Martínez and Herrero-Zazo (2013), SemEval-2013
task 9. Spans are paired one to one: identical ones first, then those with identical boundaries, then those that share
most code points. That keeps the counts independent of the order of spans, and defined where spans of one annotator
overlap.
"""

from dataclasses import dataclass

import numpy as np

from annotator.measures.figures import Figure, Undefined
from annotator.measures.matching import exact_matching, greedy_matching
from annotator.measures.units import IntArray, Units


@dataclass(frozen=True)
class MucCounts:
    """Outcomes under one scheme; they add up over documents."""

    correct: int = 0
    incorrect: int = 0
    partial: int = 0
    missed: int = 0
    spurious: int = 0

    def __add__(self, other: "MucCounts") -> "MucCounts":
        return MucCounts(
            self.correct + other.correct,
            self.incorrect + other.incorrect,
            self.partial + other.partial,
            self.missed + other.missed,
            self.spurious + other.spurious,
        )

    @property
    def precision(self) -> Figure:
        """Of what was marked, the share that is right; a partial match counts half."""
        return self._share(self.correct + self.incorrect + self.partial + self.spurious)

    @property
    def recall(self) -> Figure:
        """Of the key, the share that was found."""
        return self._share(self.correct + self.incorrect + self.partial + self.missed)

    @property
    def f1(self) -> Figure:
        """Harmonic mean of precision and recall."""
        paired = 2 * (self.correct + self.incorrect + self.partial)
        whole = paired + self.missed + self.spurious
        if not whole:
            return Figure.without_value(Undefined.NO_SPANS)
        return Figure(2 * (self.correct + self.partial / 2) / whole)

    def _share(self, whole: int) -> Figure:
        if not whole:
            return Figure.without_value(Undefined.NO_SPANS)
        return Figure((self.correct + self.partial / 2) / whole)


@dataclass(frozen=True)
class SemEvalCounts:
    """The four schemes: boundaries and label; boundaries; boundaries, overlaps counted half; label of overlaps."""

    strict: MucCounts
    exact: MucCounts
    partial: MucCounts
    ent_type: MucCounts


def semeval_counts(key: Units, other: Units) -> SemEvalCounts:
    """Counts of another annotator's spans against the key.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> found = semeval_counts(one, other)
    >>> found.strict.correct, found.exact.correct, found.partial.partial, found.ent_type.correct
    (0, 1, 1, 1)
    >>> found.partial.f1.value
    0.75
    """
    pairs = _pairs(key, other)
    same_label = key.labels[pairs[:, 0]] == other.labels[pairs[:, 1]]
    same_edges = np.array(
        [key.keys[row][1] == other.keys[partner][1] for row, partner in pairs.tolist()], dtype=np.bool_
    )
    missed, spurious = len(key) - len(pairs), len(other) - len(pairs)

    def counts(right: int, *, half: int = 0) -> MucCounts:
        return MucCounts(right, len(pairs) - right - half, half, missed, spurious)

    edges, labels = int(same_edges.sum()), int(same_label.sum())
    return SemEvalCounts(
        strict=counts(int((same_label & same_edges).sum())),
        exact=counts(edges),
        partial=counts(edges, half=len(pairs) - edges),
        ent_type=counts(labels),
    )


def _pairs(key: Units, other: Units) -> IntArray:
    """Yield pairs of rows, best pairs first."""
    bare, bare_other = (Units(units.labels * 0, units.owners, units.starts, units.ends) for units in (key, other))
    steps = [(key, other, exact_matching), (bare, bare_other, exact_matching), (bare, bare_other, greedy_matching)]
    free_key, free_other = np.arange(len(key)), np.arange(len(other))
    found = []
    for left, right, matching in steps:
        pairs = matching(_only(left, free_key), _only(right, free_other))
        rows, partners = free_key[pairs[:, 0]], free_other[pairs[:, 1]]
        found.append(np.column_stack([rows, partners]))
        free_key, free_other = np.setdiff1d(free_key, rows), np.setdiff1d(free_other, partners)
    return np.concatenate(found)


def _only(units: Units, rows: IntArray) -> Units:
    return Units.from_spans([units.keys[row] for row in rows.tolist()])
