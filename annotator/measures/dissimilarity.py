"""How far two units are from being the same: the combined dissimilarity of gamma.

Mathet, Widlöcher and Métivier (2015), The Unified and Holistic Method Gamma, Computational Linguistics 41(3), 437::

    d(u, v) = D [ alpha ((|start difference| + |end difference|) / (length u + length v))^2 + beta (labels differ) ]

D is the cost of a unit that no other annotator has. It scales every cost alike, so that all of this package works with
D = 1 and multiplies by it at the end.
"""

import math
from dataclasses import dataclass

import numpy as np

from annotator.measures.units import FloatArray, IntArray


@dataclass(frozen=True)
class Dissimilarity:
    """Weights of position (`alpha`) and label (`beta`), and the cost D of a missing unit (`delta_empty`).

    ValueError when a weight is negative or not finite, or D is not above 0.
    """

    alpha: float = 3.0
    beta: float = 1.0
    delta_empty: float = 1.0

    def __post_init__(self) -> None:
        if not all(0 <= weight < math.inf for weight in (self.alpha, self.beta)):
            raise ValueError("Gamma: alpha and beta must be finite and at least 0.")
        if not 0 < self.delta_empty < math.inf:
            raise ValueError("Gamma: delta_empty must be finite and above 0.")

    def place(self, starts: FloatArray, ends: FloatArray, one: IntArray, other: IntArray) -> FloatArray:
        """Return the part of the dissimilarity from positions, in D, of pairs of rows of `starts` and `ends`."""
        apart = np.abs(starts[one] - starts[other]) + np.abs(ends[one] - ends[other])
        apart /= (ends - starts)[one] + (ends - starts)[other]
        place: FloatArray = self.alpha * apart * apart
        return place

    def between(
        self, starts: FloatArray, ends: FloatArray, labels: IntArray, one: IntArray, other: IntArray
    ) -> FloatArray:
        """Return the dissimilarity, in D, of pairs of rows."""
        between: FloatArray = self.place(starts, ends, one, other) + self.beta * (labels[one] != labels[other])
        return between

    def reach(self, most: float) -> float:
        """Return half the width of the window, per own length, that holds all units not further than `most` D.

        |start difference| + |end difference| is at least twice the distance of the middles, so that d <= most needs
        distance of middles <= reach * (sum of lengths): windows of `reach` times the length round both middles meet.
        Infinite when position does not count.
        """
        return math.sqrt(most / self.alpha) / 2 if self.alpha else math.inf
