"""Unitizing alpha of 2004 (and 1995): each label is a continuum of its own.

Krippendorff (1995), On the reliability of unitizing continuous data, Sociological Methodology 25, 47; (2004), Content
Analysis, p. 251. Where units of two annotators meet, the squared differences of their starts and of their ends count as
disagreement; a unit that lies in the other's gap counts with its squared length. Kept for comparison with older
publications: squares punish long units, and its authors advise against it above two observers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annotator.measures.figures import Figure, Undefined
from annotator.measures.units import IntArray, Units


@dataclass(frozen=True)
class Disagreement:
    """Observed and expected disagreement; those of several labels add up."""

    observed: float
    expected: float

    def __add__(self, other: "Disagreement") -> "Disagreement":
        return Disagreement(self.observed + other.observed, self.expected + other.expected)

    @property
    def alpha(self) -> Figure:
        """1 - observed / expected; not defined when none is expected."""
        if not self.expected:
            return Figure.without_value(Undefined.NO_VARIATION)
        return Figure(1 - self.observed / self.expected)


def alpha(annotators: Sequence[Units], *, length: int, labels: int) -> Figure:
    """Return alpha of all labels of one document: 1 - (sum of observed) / (sum of expected), or why there is none.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> round(alpha([one, other], length=40, labels=2).value, 4)
    0.0171
    """
    if len(annotators) < 2:
        return Figure.without_value(Undefined.ONE_ANNOTATOR)
    if not length:
        return Figure.without_value(Undefined.EMPTY_DOCUMENT)
    if not any(len(units) for units in annotators):
        return Figure.without_value(Undefined.NO_SPANS)
    disagreements = (label_disagreement(annotators, label, length=length) for label in range(labels))
    return sum(disagreements, Disagreement(0.0, 0.0)).alpha


Edges = tuple[IntArray, IntArray]


def label_disagreement(annotators: Sequence[Units], label: int, *, length: int) -> Disagreement:
    """Return the disagreement about one label over a text of that many code points.

    ValueError when units of this label by one annotator overlap, or with fewer than two annotators.

    >>> one = Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])])
    >>> other = Units.from_spans([(0, [(0, 12)]), (0, [(20, 30)])])
    >>> label_disagreement([one, other], 0, length=40)
    Disagreement(observed=0.065, expected=0.0952063914780293)
    """
    if len(annotators) < 2:
        raise ValueError("Unitizing alpha compares at least two annotators.")
    units = [_edges(each, label) for each in annotators]
    pairs = len(units) * (len(units) - 1)
    observed = 2 * sum(_between(one, other) for one, other in combinations(units, 2)) / (pairs * length**2)
    return Disagreement(observed, _expected(units, length))


def _edges(units: Units, label: int) -> Edges:
    chosen = units.labels[units.owners] == label
    order = np.argsort(units.starts[chosen], kind="stable")
    starts, ends = units.starts[chosen][order], units.ends[chosen][order]
    if np.any(starts[1:] < ends[:-1]):
        raise ValueError("Unitizing alpha is not defined where units with one label of one annotator overlap.")
    return starts, ends


def _between(one: Edges, other: Edges) -> int:
    """Return squared differences where units of two annotators overlap, squared lengths where one is alone."""
    (starts, ends), (other_starts, other_ends) = one, other
    # Units of an annotator do not overlap, so those that a unit meets stand next to each other.
    first = np.searchsorted(other_ends, starts, side="right")
    count = np.searchsorted(other_starts, ends, side="left") - first
    rows = np.repeat(np.arange(len(starts)), count)
    partners = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    met = (starts[rows] - other_starts[partners]) ** 2 + (ends[rows] - other_ends[partners]) ** 2
    alone = np.ones(len(other_starts), dtype=np.bool_)
    alone[partners] = False
    lengths, other_lengths = ends - starts, other_ends - other_starts
    return int(met.sum() + (lengths[count == 0] ** 2).sum() + (other_lengths[alone] ** 2).sum())


def _expected(units: Sequence[Edges], length: int) -> float:
    """Return disagreement of all placements of the units that there are."""
    lengths = np.concatenate([ends - starts for starts, ends in units]).astype(np.float64)
    gaps = np.concatenate([np.append(starts, length) - np.concatenate([[0], ends]) for starts, ends in units]).astype(
        np.float64
    )
    positions = len(units) * length
    divisor = positions * (positions - 1) - float((lengths * (lengths - 1)).sum())
    if not divisor or not length:
        return 0.0
    ordered = np.sort(gaps)
    place = np.searchsorted(ordered, lengths, side="left")
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    room = sums[-1] - sums[place] - (len(ordered) - place) * (lengths - 1)
    overlapping = (len(lengths) - 1) / 3 * (2 * lengths**3 - 3 * lengths**2 + lengths)
    return float(2 / length * (overlapping + lengths**2 * room).sum() / divisor)
