"""Krippendorff's alpha for nominal values, from coincidences that add up over documents.

Krippendorff (2004), Content Analysis, chapter 11; Krippendorff (2011), Computing Krippendorff's Alpha-Reliability.

Within an item with m values every ordered pair of values of different annotators counts 1 / (m - 1); items with fewer
than two values do not count. With n the number of values that have a partner, o the sum over pairs of equal values and
n(c) how often value c occurs among the n::

    alpha = 1 - (n - 1) (n - o) / (n^2 - sum of n(c)^2)
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from annotator.measures.coverage import Coverage
from annotator.measures.figures import Figure, Undefined
from annotator.measures.units import FloatArray, IntArray

MISSING = -1


@dataclass(frozen=True)
class Coincidences:
    """What one or more documents contribute: add these up, then ask for the coefficient.

    `items` all items seen, `values` those values that have a partner, `agreeing` the weighted pairs of equal values,
    `margins` how often each value occurs among `values`.
    """

    items: int = 0
    values: int = 0
    agreeing: float = 0.0
    margins: Mapping[Hashable, int] = field(default_factory=dict)

    def __add__(self, other: "Coincidences") -> "Coincidences":
        margins = Counter(self.margins)
        margins.update(other.margins)
        return Coincidences(
            self.items + other.items, self.values + other.values, self.agreeing + other.agreeing, dict(margins)
        )

    @property
    def observed(self) -> Figure:
        """The share of pairs that agree, chance not taken off."""
        if not self.values:
            return Figure.without_value(Undefined.NO_PAIRS if self.items else Undefined.NO_ITEMS)
        return Figure(self.agreeing / self.values)

    @property
    def alpha(self) -> Figure:
        """Krippendorff's alpha; not defined without pairs, or when only one value occurs."""
        if not self.values:
            return self.observed
        squares = sum(count * count for count in self.margins.values())
        if squares == self.values * self.values:
            return Figure.without_value(Undefined.NO_VARIATION)
        disagreeing = (self.values - 1) * (self.values - self.agreeing)
        return Figure(1 - disagreeing / (self.values * self.values - squares))


def coincidences_of_items(
    values: IntArray, *, weights: IntArray | None = None, names: Sequence[Hashable] | None = None
) -> Coincidences:
    """Return coincidences of a matrix of items (rows) by annotators (columns); -1 is a missing value.

    `weights` says how many equal items a row stands for; `names[value]` replaces the index in the margins, so that
    documents with different indexes add up.

    >>> coincidences_of_items(np.array([[0, 0], [0, 1], [1, MISSING]]), names=["yes", "no"])
    Coincidences(items=3, values=4, agreeing=2.0, margins={'yes': 3, 'no': 1})
    """
    weight = np.ones(len(values), dtype=np.int64) if weights is None else weights
    present = (values != MISSING).sum(axis=1)
    pairable = present >= 2
    rows, row_weights, partners = values[pairable], weight[pairable], present[pairable] - 1
    equal = np.zeros(len(rows), dtype=np.int64)
    for column in range(values.shape[1] - 1):
        here = rows[:, column, None]
        equal += ((here == rows[:, column + 1 :]) & (here != MISSING)).sum(axis=1)
    cells = np.broadcast_to(row_weights[:, None], rows.shape)[rows != MISSING]
    counted = np.bincount(rows[rows != MISSING], weights=cells) if cells.size else np.zeros(0)
    margins = {(names[value] if names else value): int(count) for value, count in enumerate(counted) if count}
    agreeing = float(np.sum(2 * equal * row_weights / partners)) if len(rows) else 0.0
    return Coincidences(int(weight.sum()), int(cells.sum()), agreeing, margins)


def coincidences_by_label(covered: Coverage) -> list[Coincidences]:
    """Return coincidences of each label: every position is an item, its value whether the label covers it.

    >>> from annotator.measures.coverage import coverage
    >>> from annotator.measures.units import Units
    >>> one, other = Units.from_spans([(0, [(0, 4)])]), Units.from_spans([(0, [(2, 6)])])
    >>> coincidences_by_label(coverage([one.intervals(), other.intervals()], length=8, labels=1))
    [Coincidences(items=8, values=16, agreeing=8.0, margins={True: 8, False: 8})]
    """
    annotators = len(covered.marked)
    items = int(covered.lengths.sum())
    if annotators < 2:
        return [Coincidences(items) for _ in range(covered.marked.shape[2])]
    yes = covered.marked.sum(axis=0).astype(np.int64)
    no = annotators - yes
    agreeing: FloatArray = covered.lengths @ (yes * (yes - 1) + no * (no - 1)) / (annotators - 1)
    marked = covered.lengths @ yes
    values = items * annotators
    return [
        Coincidences(items, values, float(pairs), {True: int(ones), False: values - int(ones)})
        for pairs, ones in zip(agreeing, marked, strict=True)
    ]


def coincidences_of_label_sets(covered: Coverage, *, names: Sequence[Hashable] | None = None) -> Coincidences:
    """Return coincidences of all labels: the value of a position is the set of labels on it, as a nominal category.

    Labels may overlap, so that a position has no single label; two annotators agree there only when they put exactly
    the same labels. The empty set is a value like every other. Keys of the margins are sets of label
    indexes, or of `names`.

    >>> from annotator.measures.coverage import coverage
    >>> from annotator.measures.units import Units
    >>> one, other = Units.from_spans([(0, [(0, 4)])]), Units.from_spans([(0, [(2, 6)])])
    >>> covered = coverage([one.intervals(), other.intervals()], length=8, labels=1)
    >>> found = coincidences_of_label_sets(covered, names=["Claim"])
    >>> found.values, found.agreeing, found.margins[frozenset({"Claim"})]
    (16, 8.0, 8)
    """
    annotators, stretches, labels = covered.marked.shape
    packed = np.packbits(covered.marked, axis=2).reshape(annotators * stretches, -1)
    if not packed.size:
        values = np.zeros((stretches, annotators), dtype=np.int64)
        return coincidences_of_items(values, weights=covered.lengths, names=[frozenset()])
    sets, rows = np.unique(packed, axis=0, return_inverse=True)
    values = rows.reshape(annotators, stretches).T
    label_names = range(labels) if names is None else names
    found = [np.flatnonzero(np.unpackbits(each, count=labels)).tolist() for each in sets]
    named = [frozenset(label_names[label] for label in each) for each in found]
    return coincidences_of_items(values, weights=covered.lengths, names=named)


def alpha_nominal(values: IntArray) -> Figure:
    """Return nominal alpha of a matrix of items (rows) by annotators (columns); -1 is a missing value.

    >>> round(alpha_nominal(np.array([[0, 0], [1, 1], [0, 1], [1, MISSING]])).value, 4)
    0.4444
    >>> alpha_nominal(np.array([[0, 0], [0, 0]])).undefined
    <Undefined.NO_VARIATION: 'no_variation'>
    """
    return coincidences_of_items(values).alpha
