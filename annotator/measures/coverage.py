"""Which labels every annotator put on every stretch of a document.

Cutting the document at every boundary of every annotator gives stretches within which nothing changes; their lengths
are weights. Costs follow the number of spans, not the length of the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotator.measures.units import BoolArray, IntArray, Intervals, indexes


@dataclass(frozen=True)
class Coverage:
    """`lengths[stretch]` in positions; `marked[annotator, stretch, label]`."""

    lengths: IntArray
    marked: BoolArray


def coverage(
    annotators: Sequence[Intervals], *, length: int, labels: int, also_at: Sequence[int] | IntArray = ()
) -> Coverage:
    """Return a document of that many positions (code points or tokens) cut into stretches of equal labels.

    `also_at` are positions to cut at whether or not anything begins or ends there. Raises
    ValueError when an interval ends beyond the document.

    >>> from annotator.measures.units import Units
    >>> one, other = Units.from_spans([(0, [(0, 4)])]), Units.from_spans([(0, [(2, 6)])])
    >>> found = coverage([one.intervals(), other.intervals()], length=8, labels=1)
    >>> found.lengths.tolist(), found.marked[:, :, 0].astype(int).tolist()
    ([2, 2, 2, 2], [[1, 1, 0, 0], [0, 1, 1, 0]])
    """
    edges = [
        indexes([0, length]),
        indexes(also_at),
        *(edge for each in annotators for edge in (each.starts, each.ends)),
    ]
    cuts = np.unique(np.concatenate(edges))
    if cuts[-1] > length:
        raise ValueError(f"A span ends at {cuts[-1]}, but the document has {length} positions.")
    marked = np.zeros((len(annotators), len(cuts) - 1, labels), dtype=np.bool_)
    for row, intervals in enumerate(annotators):
        opened = np.zeros((len(cuts), labels), dtype=np.int32)
        np.add.at(opened, (np.searchsorted(cuts, intervals.starts), intervals.labels), 1)
        np.add.at(opened, (np.searchsorted(cuts, intervals.ends), intervals.labels), -1)
        marked[row] = np.cumsum(opened, axis=0)[:-1] > 0
    return Coverage(np.diff(cuts), marked)


def shared_positions(covered: Coverage) -> tuple[IntArray, IntArray, IntArray]:
    """Return positions of the first, of the second and of both of two annotators, per label.

    >>> from annotator.measures.units import Units
    >>> one, other = Units.from_spans([(0, [(0, 4)])]), Units.from_spans([(0, [(2, 6)])])
    >>> found = coverage([one.intervals(), other.intervals()], length=8, labels=1)
    >>> [each.tolist() for each in shared_positions(found)]
    [[4], [4], [2]]
    """
    if len(covered.marked) != 2:
        raise ValueError("Shared positions are counted between two annotators.")
    first, second = covered.marked
    weights = covered.lengths
    return weights @ first, weights @ second, weights @ (first & second)
