"""Cohen's kappa: two annotators, chance from each one's own shares.

Cohen (1960), A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20(1), 37.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from annotator.measures.figures import Figure, Undefined
from annotator.measures.units import IntArray


@dataclass(frozen=True)
class Contingency:
    """How often the first annotator's value met the second's; adds up over documents."""

    cells: Mapping[tuple[Hashable, Hashable], int] = field(default_factory=dict)

    @classmethod
    def of_pairs(cls, pairs: Iterable[tuple[Hashable, Hashable]]) -> "Contingency":
        """Return the table of `(value of the first, value of the second)`, one pair per item."""
        return cls(dict(Counter(pairs)))

    def __add__(self, other: "Contingency") -> "Contingency":
        cells = Counter(self.cells)
        cells.update(other.cells)
        return Contingency(dict(cells))

    @property
    def total(self) -> int:
        """Items both judged."""
        return sum(self.cells.values())

    @property
    def agreeing(self) -> int:
        """Items on which both chose the same value."""
        return sum(count for (first, second), count in self.cells.items() if first == second)

    @property
    def observed(self) -> Figure:
        """The share of items with equal values."""
        return Figure(self.agreeing / self.total) if self.total else Figure.without_value(Undefined.NO_ITEMS)

    @property
    def kappa(self) -> Figure:
        """(po - pe) / (1 - pe); not defined when both use one and the same value: chance then explains all."""
        total = self.total
        if not total:
            return Figure.without_value(Undefined.NO_ITEMS)
        firsts: Counter[Hashable] = Counter()
        seconds: Counter[Hashable] = Counter()
        for (first, second), count in self.cells.items():
            firsts[first] += count
            seconds[second] += count
        chance = sum(count * seconds[value] for value, count in firsts.items())
        if chance == total * total:
            return Figure.without_value(Undefined.NO_VARIATION)
        return Figure((self.agreeing * total - chance) / (total * total - chance))


def contingency(first: IntArray, second: IntArray, *, weights: IntArray | None = None) -> Contingency:
    """Return the contingency table of two annotators' values for the same items; `weights` counts equal items.

    >>> contingency(np.array([0, 0, 1]), np.array([0, 1, 1]))
    Contingency(cells={(0, 0): 1, (0, 1): 1, (1, 1): 1})
    """
    if len(first) != len(second):
        raise ValueError("Both annotators need a value for the same items.")
    pairs, rows = np.unique(np.stack([first, second], axis=1), axis=0, return_inverse=True)
    counts = np.bincount(rows.ravel(), weights=weights, minlength=len(pairs))
    return Contingency({(int(a), int(b)): int(count) for (a, b), count in zip(pairs, counts, strict=True)})


def cohen_kappa(first: IntArray, second: IntArray) -> Figure:
    """Return Cohen's kappa of two annotators on the same items.

    >>> round(cohen_kappa(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0])).value, 6)
    0.5
    """
    return contingency(first, second).kappa
