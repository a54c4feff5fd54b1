"""Unitizing alpha of 2016: agreement about where units are and what they are, on one continuum.

Krippendorff, Mathet, Bouvry and Widlöcher (2016), On the reliability of unitizing textual continua, Quality and
Quantity 50(6), 2347. Units of an annotator must not overlap; each fragment of a discontinuous span is a unit. Every
position has a value: its label, or gap. o(c,k) is the length over which one annotator has c and another k, over ordered
pairs, divided by (annotators - 1); l row sums; t their sum; q(c) the sum of squared unit lengths, q(gap) the plain sum
of gap lengths. ::

    expected e(c,k) = t [l(c) l(k) - (c = k) q(c)] / (t^2 - sum of q)
    alpha = 1 - (t - sum of o(c,c)) / (t - sum of e(c,c))

Statistics add up over documents.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotator.measures.coverage import coverage
from annotator.measures.figures import Figure, Undefined
from annotator.measures.units import FloatArray, IntArray, Units


@dataclass(frozen=True)
class Unitizing:
    """`observed` is o with gap as last row and column; `squares` is q of the labels.

    `shared_squares` is q for label agreement on what several marked: for every ordered pair of annotators, the squared
    length of each unit that the other also marked, divided by (annotators - 1). `any_shared_squares` reads the paper
    the other way: the squared length of each unit that any other annotator marked. For two annotators they are one.
    """

    units: int
    observed: FloatArray
    squares: FloatArray
    shared_squares: FloatArray
    any_shared_squares: FloatArray

    def __add__(self, other: "Unitizing") -> "Unitizing":
        return Unitizing(
            self.units + other.units,
            self.observed + other.observed,
            self.squares + other.squares,
            self.shared_squares + other.shared_squares,
            self.any_shared_squares + other.any_shared_squares,
        )

    @property
    def alpha(self) -> Figure:
        """`u`: position and label together."""
        return self._alpha(self.observed, self.squares)

    @property
    def alpha_bar(self) -> Figure:
        """`bar`: was anything marked here, whatever the label."""
        labels, gaps = self.observed[:-1], self.observed[-1]
        merged = np.array([[labels[:, :-1].sum(), labels[:, -1].sum()], [gaps[:-1].sum(), gaps[-1]]])
        return self._alpha(merged, np.array([self.squares.sum()]))

    def _alpha(self, observed: FloatArray, squares: FloatArray) -> Figure:
        total = float(observed.sum())
        if not total:
            return Figure.without_value(Undefined.EMPTY_DOCUMENT)
        if not self.units:
            return Figure.without_value(Undefined.NO_SPANS)
        rows = observed.sum(axis=1)
        subtracted = np.append(squares, rows[-1])
        divisor = total**2 - float(subtracted.sum())
        # One position for each annotator to mark: nothing is left that could pair by chance.
        if not divisor:
            return Figure.without_value(Undefined.NO_VARIATION)
        expected = total * float((rows**2 - subtracted).sum()) / divisor
        return _coefficient(total, float(np.trace(observed)), expected)

    def label_alpha(self, *, any_other: bool = False) -> Figure:
        """Return `cu`: labels where two annotators both have units; `any_other` takes the second interpretation."""
        observed, total = self.observed[:-1, :-1], float(self.observed[:-1, :-1].sum())
        if not total:
            return Figure.without_value(Undefined.NO_PAIRS)
        expected = self._expected_labels(self.any_shared_squares if any_other else self.shared_squares)
        if expected is None:
            return Figure.without_value(Undefined.NO_VARIATION)
        return _coefficient(total, float(np.trace(observed)), float(np.trace(expected)))

    def one_label_alpha(self, label: int) -> Figure:
        """Return `(k)u`: how reliably one label is distinguished from the others, where both have units."""
        observed = self.observed[:-1, :-1]
        row = float(observed[label].sum())
        if not row:
            return Figure.without_value(Undefined.NO_PAIRS)
        expected = self._expected_labels(self.shared_squares)
        if expected is None:
            return Figure.without_value(Undefined.NO_VARIATION)
        column = float(expected[:, label].sum())
        confusable = column - float(expected[label, label])
        if abs(confusable) <= np.finfo(float).eps * column:
            return Figure.without_value(Undefined.NO_VARIATION)
        return Figure(1 - column / row * (row - float(observed[label, label])) / confusable)

    def label_coverage(self, label: int) -> float:
        """Return the share of what was marked with a label that another annotator marked as anything."""
        marked = float(self.observed[label].sum())
        return float(self.observed[label, :-1].sum()) / marked if marked else 0.0

    def _expected_labels(self, squares: FloatArray) -> FloatArray | None:
        """Return expected coincidences of labels; None when there is nothing that could pair by chance."""
        observed = self.observed[:-1, :-1]
        rows, total = observed.sum(axis=1), float(observed.sum())
        divisor = total - float(squares.sum()) / total
        if abs(divisor) <= np.finfo(float).eps * total:
            return None
        expected: FloatArray = (np.outer(rows, rows) - np.diag(squares)) / divisor
        return expected


def _coefficient(total: float, agreeing: float, expected: float) -> Figure:
    """Return 1 - observed / expected disagreement; not defined when chance cannot disagree."""
    chance = total - expected
    if abs(chance) <= 1e-12 * total:
        return Figure.without_value(Undefined.NO_VARIATION)
    return Figure(1 - (total - agreeing) / chance)


def unitizing(annotators: Sequence[Units], *, length: int, labels: int) -> Unitizing:
    """Return statistics of one document; ValueError when units of an annotator overlap, or with one annotator.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> unitizing([one, other], length=40, labels=2).observed.tolist()
    [[20.0, 10.0, 2.0], [10.0, 0.0, 0.0], [2.0, 0.0, 36.0]]
    """
    if len(annotators) < 2:
        raise ValueError("Unitizing alpha compares at least two annotators.")
    for units in annotators:
        _refuse_overlaps(units)
    covered = coverage([units.intervals() for units in annotators], length=length, labels=labels)
    gap = np.ones((*covered.marked.shape[:2], 1), dtype=np.bool_)
    values = np.concatenate([covered.marked, gap], axis=2).argmax(axis=2)
    observed = np.zeros((labels + 1, labels + 1))
    for row, one in enumerate(values):
        for other in np.delete(values, row, axis=0):
            np.add.at(observed, (one, other), covered.lengths)
    squares, shared, any_shared = np.zeros((3, labels))
    edges = np.concatenate([[0], np.cumsum(covered.lengths)])
    for row, units in enumerate(annotators):
        unit_labels = units.labels[units.owners]
        others = np.delete(values, row, axis=0) < labels
        np.add.at(squares, unit_labels, (units.ends - units.starts) ** 2)
        for other in others:
            np.add.at(shared, unit_labels, _marked_within(units, other * covered.lengths, edges) ** 2)
        np.add.at(any_shared, unit_labels, _marked_within(units, others.any(axis=0) * covered.lengths, edges) ** 2)
    partners = len(annotators) - 1
    count = sum(len(units) for units in annotators)
    return Unitizing(count, observed / partners, squares, shared / partners, any_shared)


def _marked_within(units: Units, marked_lengths: IntArray, edges: IntArray) -> IntArray:
    """Return for every fragment the length over which another annotator has a unit."""
    sums = np.concatenate([[0], np.cumsum(marked_lengths)])
    found: IntArray = sums[np.searchsorted(edges, units.ends)] - sums[np.searchsorted(edges, units.starts)]
    return found


def _refuse_overlaps(units: Units) -> None:
    order = np.argsort(units.starts, kind="stable")
    if np.any(units.starts[order][1:] < units.ends[order][:-1]):
        raise ValueError("Unitizing alpha is not defined where units of one annotator overlap.")


def unitizing_alpha(annotators: Sequence[Units], *, length: int, labels: int) -> Figure:
    """Return `u` of one document, or the reason why there is none.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> round(unitizing_alpha([one, other], length=40, labels=2).value, 4)
    0.5367
    >>> unitizing_alpha([one], length=40, labels=2).undefined
    <Undefined.ONE_ANNOTATOR: 'one_annotator'>
    """
    if len(annotators) < 2:
        return Figure.without_value(Undefined.ONE_ANNOTATOR)
    return unitizing(annotators, length=length, labels=labels).alpha
