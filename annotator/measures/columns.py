"""All item coefficients from one pass: equal items are counted, and only the few different ones are looked at.

An item's values, one an annotator, are the digits of a number; a histogram of these numbers holds all that Cohen's and
Fleiss' kappa, AC1, alpha and plain agreement need. A million tokens of five annotators have a few hundred different
columns. Tables of several documents add up when their values mean the same.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.measures.cohen import Contingency
from annotator.measures.coverage import Coverage
from annotator.measures.figures import Figure
from annotator.measures.fleiss import kappa_of
from annotator.measures.gwet import ac1_of
from annotator.measures.krippendorff import MISSING, Coincidences, coincidences_of_items
from annotator.measures.units import IntArray

MOST_BINS = 1 << 17
AT_ONCE = 1 << 15
"""Items looked at in one go: they stay in the processor's cache from one step to the next."""


@dataclass(frozen=True)
class ColumnTable:
    """Different items: `values` (items by annotators; -1 is missing) and how often each occurs."""

    values: IntArray
    counts: IntArray

    @classmethod
    def of_items(cls, values: NDArray[np.signedinteger[Any]]) -> "ColumnTable":
        """Return the table of all items (rows) by annotators (columns), of any integer type.

        Quickest with int8 and when the values of an annotator lie together in memory: the transposed array of
        annotators by items.
        ValueError for a value below -1.

        >>> table = ColumnTable.of_items(np.array([[0, 0], [1, 1], [0, 0], [0, 1]]))
        >>> table.counts.tolist(), table.percent_agreement.value, round(table.alpha.value, 3)
        ([2, 1, 1], 0.75, 0.533)
        """
        base = int(values[:AT_ONCE].max(initial=-1)) + 2
        counts = _histogram(values, base)
        if counts is None:
            base = int(values.max()) + 2
            counts = _histogram(values, base)
        if counts is None:
            different, counts = np.unique(values, axis=0, return_counts=True)
            return cls(different.astype(np.int64), counts.astype(np.int64))
        found = np.flatnonzero(counts)
        digits = found[:, None] // base ** np.arange(values.shape[1] - 1, -1, -1) % base - 1
        return cls(digits, counts[found])

    @classmethod
    def of_label(cls, covered: Coverage, label: int) -> "ColumnTable":
        """Return the table of one label: every position (token or code point) is an item, 1 where it is covered."""
        marked, places = np.unique(covered.marked[:, :, label].T.astype(np.int64), axis=0, return_inverse=True)
        counts = np.bincount(places.ravel(), weights=covered.lengths, minlength=len(marked))
        return cls(marked, counts.astype(np.int64))

    def __add__(self, other: "ColumnTable") -> "ColumnTable":
        together = np.concatenate([self.values, other.values])
        different, places = np.unique(together, axis=0, return_inverse=True)
        counts = np.bincount(places.ravel(), weights=np.concatenate([self.counts, other.counts]))
        return ColumnTable(different, counts.astype(np.int64))

    @cached_property
    def coincidences(self) -> Coincidences:
        """What alpha takes, and Fleiss' kappa and AC1 where no value is missing."""
        return coincidences_of_items(self.values, weights=self.counts)

    def _complete(self) -> Coincidences:
        if (self.values == MISSING).any():
            raise ValueError("This coefficient needs a value from every annotator on every item.")
        return self.coincidences

    @property
    def alpha(self) -> Figure:
        """Krippendorff's alpha, nominal."""
        return self.coincidences.alpha

    @property
    def fleiss_kappa(self) -> Figure:
        """Fleiss' kappa. ValueError when a value is missing, as for all below."""
        return kappa_of(self._complete())

    @property
    def ac1(self) -> Figure:
        """Gwet's AC1."""
        return ac1_of(self._complete())

    @property
    def percent_agreement(self) -> Figure:
        """The share of pairs of annotators that agree, over all items."""
        return self._complete().observed

    def contingency(self, first: int, second: int) -> Contingency:
        """Return the values of two annotators against each other, without missing values: Cohen's kappa and more."""
        one, other = self.values[:, first], self.values[:, second]
        both = (one != MISSING) & (other != MISSING)
        size = int(self.values.max(initial=0)) + 1
        cells = np.bincount(one[both] * size + other[both], weights=self.counts[both])
        found = np.flatnonzero(cells).tolist()
        return Contingency({(cell // size, cell % size): int(cells[cell]) for cell in found})


def _histogram(values: NDArray[np.signedinteger[Any]], base: int) -> IntArray | None:
    """Return how often each column of digits -1 to base - 2 occurs; None for larger values or too many bins."""
    annotators = values.shape[1]
    bins = base**annotators
    if bins > MOST_BINS:
        return None
    # The narrowest type that holds every number: several fit into one instruction of the processor.
    narrow = np.int16 if bins <= np.iinfo(np.int16).max else np.int32
    counts = np.zeros(bins, dtype=np.int64)
    for first in range(0, len(values), AT_ONCE):
        portion = values[first : first + AT_ONCE].T
        if any(column.max() > base - 2 for column in portion):
            return None
        if (low := min(column.min() for column in portion)) < MISSING:
            raise ValueError(f"Items: a value is {low}; values are counted from 0, and -1 is missing.")
        # Every digit is larger by one than its value; all these ones together are one number.
        ones = sum(base**place for place in range(annotators))
        numbers: NDArray[np.signedinteger[Any]] = np.full(portion.shape[1], ones, dtype=narrow)
        for place, column in enumerate(reversed(portion)):
            numbers += column.astype(narrow, copy=False) * narrow(base**place)
        counts += np.bincount(numbers, minlength=bins)
    return counts
