"""Which units may be aligned with each other at all.

An alignment puts every unit into one tuple with at most one unit of each annotator. With C = m (m - 1) / 2 pairs of
annotators, a tuple of p units costs its dissimilarities plus C - p (p - 1) / 2 empty pairs (in D / C). Against leaving
its units alone it saves::

    saving = (p - 1) C + p (p - 1) / 2 - sum of its dissimilarities

A tuple that can be split into s and t units without saving less is useless. That is so unless the dissimilarities
across the split add up to less than C + s t, for **every** split. Of a part of a tuple only a weaker rule is known to
hold: with r units still to come, C + min(s, t) (max(s, t) + r). Pairs come from a sweep over windows (as position
enters squared, a bound on the dissimilarity bounds the distance), larger tuples from extending smaller ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from annotator.measures.continua import Continua
from annotator.measures.dissimilarity import Dissimilarity
from annotator.measures.units import BoolArray, FloatArray, IntArray

MOST_TUPLES = 6_000_000
"""More than a document has where two annotators mark what they read."""
EXTENDED_AT_ONCE = 100_000
"""How many tuples are extended in one pass, for the sake of memory."""
MOST_BYTES = 200_000_000
"""How much memory tuples of many annotators may take: each has its units and a dissimilarity for each pair of them."""


class TooDense(ValueError):
    """So many units lie on each other that their tuples do not fit into memory."""


@dataclass(frozen=True)
class Tuples:
    """Tuples of equally many units: rows of `units` are rows of the continua; `between` has a column a pair of them."""

    units: IntArray
    between: FloatArray

    def saving(self, annotators: int) -> FloatArray:
        """Return what each tuple saves against leaving its units alone, in D / C."""
        size = self.units.shape[1]
        pairs = annotators * (annotators - 1) // 2
        most = (size - 1) * pairs + size * (size - 1) // 2
        saved: FloatArray = most - self.between.sum(axis=1)
        return saved

    def only(self, chosen: BoolArray | IntArray) -> "Tuples":
        """Return the tuples that are `chosen`."""
        return Tuples(self.units[chosen], self.between[chosen])


def most_tuples(annotators: int) -> int:
    """Return how many tuples of so many annotators fit into memory.

    >>> most_tuples(2), most_tuples(6)
    (6000000, 1190476)
    """
    columns = annotators + annotators * (annotators - 1) // 2
    return MOST_TUPLES if annotators < 3 else min(MOST_TUPLES, MOST_BYTES // (8 * columns))


def candidate_tuples(continua: Continua, dissimilarity: Dissimilarity, *, reach: float = 1.0) -> Iterator[Tuples]:
    """Return all tuples that an optimal alignment may need, by size from two to the number of annotators.

    With `reach` below 1, only tuples of units that are nearer to each other: an alignment of these may not be the best.

    >>> from annotator.measures.units import Annotation, Document, Units, indexes
    >>> ada = Annotation(Units.from_spans([(0, [(0, 10)]), (1, [(20, 30)])]))
    >>> ben = Annotation(Units.from_spans([(0, [(0, 12)]), (1, [(20, 30)])]))
    >>> document = Document(40, indexes([]), indexes([]), {"ada": ada, "ben": ben})
    >>> from annotator.measures.continua import continua_of
    >>> [each.units.tolist() for each in candidate_tuples(continua_of([document]), Dissimilarity())]
    [[[0, 2], [1, 3]]]
    """
    annotators = continua.annotators
    limit = _pair_limit(annotators) * reach
    pairs = _near_pairs(continua, dissimilarity, limit)
    yield pairs.only(_is_useful(pairs, annotators))
    first = np.searchsorted(pairs.units[:, 0], np.arange(len(continua) + 1))
    found = pairs
    for _ in range(annotators - 2):
        found = _extended(found, (pairs, first), continua, dissimilarity, limit)
        yield found.only(_is_useful(found, annotators))


def _near_pairs(continua: Continua, dissimilarity: Dissimilarity, most: float) -> Tuples:
    """Return pairs of units of different annotators near enough for some tuple, in order of their rows."""
    lows, highs = _windows(continua, dissimilarity.reach(most))
    order = np.argsort(lows, kind="stable")
    beyond = np.searchsorted(lows[order], highs[order], side="right")
    count = beyond - np.arange(1, len(order) + 1)
    _refuse_too_many(int(count.sum()), continua.annotators)
    left = np.repeat(np.arange(len(order)), count)
    right = np.arange(len(left)) - np.repeat(np.cumsum(count) - count, count) + left + 1
    one, other = order[left], order[right]
    apart = continua.annotator[one] != continua.annotator[other]
    one, other = one[apart], other[apart]
    swap = continua.annotator[one] > continua.annotator[other]
    one, other = np.where(swap, other, one), np.where(swap, one, other)
    between = dissimilarity.between(continua.starts, continua.ends, continua.labels, one, other)
    near = between < most
    one, other, between = one[near], other[near], between[near]
    by_row = np.lexsort((other, one))
    return Tuples(np.column_stack([one, other])[by_row], between[by_row, None])


def _refuse_too_many(count: int, annotators: int) -> None:
    if count > most_tuples(annotators):
        raise TooDense(
            f"Gamma: {count:,} groups of spans lie close enough together to mean the same, more than the "
            f"{most_tuples(annotators):,} that can be compared. Measure labels one by one, or leave out who marked "
            "everything."
        )


def _windows(continua: Continua, reach: float) -> tuple[FloatArray, FloatArray]:
    """Return windows around the units, moved so that those of different continua do not overlap."""
    if not len(continua):
        return np.zeros(0), np.zeros(0)
    middles = (continua.starts + continua.ends) / 2
    # A little more than needed: rounding must not lose a pair. What is too far falls away later.
    half = reach * (continua.ends - continua.starts) * (1 + 1e-9) + 1e-9 * (1 + np.abs(middles))
    if not np.isfinite(reach):
        half = np.full(len(continua), middles.max() - middles.min() + 1)
    lows, highs = middles - half, middles + half
    stride = highs.max() - lows.min() + 1
    shift = continua.continuum * stride
    slack = 1e-12 * np.abs(shift)
    return lows + shift - slack, highs + shift + slack


def _pair_limit(annotators: int) -> float:
    return annotators * (annotators - 1) / 2 + annotators - 1


@cache
def _splits(size: int) -> tuple[FloatArray, IntArray]:
    """Return every split of a tuple in two: which pairs lie across it (pairs by splits), and the sizes of its parts."""
    pairs = list(combinations(range(size), 2))
    across, parts = [], []
    for mask in range(1, 1 << (size - 1)):
        across.append([(mask >> one & 1) != (mask >> other & 1) for one, other in pairs])
        parts.append((mask.bit_count(), size - mask.bit_count()))
    return np.asarray(across, dtype=np.float64).T, np.asarray(parts, dtype=np.int64)


def _is_useful(tuples: Tuples, annotators: int) -> BoolArray:
    return _passes(tuples, annotators, to_come=0)


def _passes(tuples: Tuples, annotators: int, *, to_come: int) -> BoolArray:
    """Return whether every split would cost more than it saves; `to_come` units may still join."""
    across, parts = _splits(tuples.units.shape[1])
    pairs = annotators * (annotators - 1) // 2
    limits = pairs + parts.min(axis=1) * (parts.max(axis=1) + to_come)
    passes: BoolArray = (tuples.between @ across < limits).all(axis=1)
    return passes


def _extended(
    tuples: Tuples, near_pairs: tuple[Tuples, IntArray], continua: Continua, dissimilarity: Dissimilarity, limit: float
) -> Tuples:
    """Return tuples with one unit more, of a later annotator, near to the last unit of each."""
    first, last = near_pairs[1], tuples.units[:, -1]
    beyond = np.cumsum(first[last + 1] - first[last])
    total = int(beyond[-1]) if len(beyond) else 0
    _refuse_too_many(total, continua.annotators)
    ends = np.searchsorted(beyond, np.arange(EXTENDED_AT_ONCE, total, EXTENDED_AT_ONCE), side="left") + 1
    portions = np.split(np.arange(len(last)), ends)
    grown = [_extended_portion(tuples.only(rows), near_pairs, continua, dissimilarity, limit) for rows in portions]
    return Tuples(np.concatenate([each.units for each in grown]), np.concatenate([each.between for each in grown]))


def _extended_portion(
    tuples: Tuples, near_pairs: tuple[Tuples, IntArray], continua: Continua, dissimilarity: Dissimilarity, limit: float
) -> Tuples:
    pairs, first = near_pairs
    size = tuples.units.shape[1]
    last = tuples.units[:, -1]
    count = first[last + 1] - first[last]
    rows = np.repeat(np.arange(len(last)), count)
    at = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first[last], count)
    added, near = pairs.units[at, 1], pairs.between[at, 0]
    columns = [near]
    total = near.copy()
    # From the nearest column back; what is too far from those looked at so far falls away at once.
    for column in range(size - 2, -1, -1):
        member = tuples.units[rows, column]
        between = dissimilarity.between(continua.starts, continua.ends, continua.labels, member, added)
        total += between
        kept = total < limit
        rows, added, total = rows[kept], added[kept], total[kept]
        columns = [between[kept], *(each[kept] for each in columns)]
    grown = Tuples(
        np.column_stack([tuples.units[rows], added]),
        _with_new_pairs(tuples.between[rows], np.column_stack(columns), size),
    )
    return grown.only(_passes(grown, continua.annotators, to_come=continua.annotators - size - 1))


def _with_new_pairs(between: FloatArray, added: FloatArray, size: int) -> FloatArray:
    """Return columns of all pairs of a tuple of `size` + 1, in the order of `itertools.combinations`."""
    old = {pair: column for column, pair in enumerate(combinations(range(size), 2))}
    columns = [
        added[:, one] if other == size else between[:, old[one, other]]
        for one, other in combinations(range(size + 1), 2)
    ]
    return np.column_stack(columns)
