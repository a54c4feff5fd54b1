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

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import combinations, pairwise

import numpy as np

from annotator.measures.continua import Continua
from annotator.measures.dissimilarity import Dissimilarity
from annotator.measures.packing import RowArray
from annotator.measures.units import BoolArray, FloatArray, IntArray

MOST_TUPLES = 6_000_000
"""More than a document has where two annotators mark what they read."""
EXTENDED_AT_ONCE = 50_000
"""How many tuples come from extending others in one pass, for the sake of memory."""
UNITS_IN_TABLE = 2_000
"""Up to here the dissimilarities of all pairs are looked up in a table, of 32 MB at most."""
MOST_BYTES = 200_000_000
"""How much memory tuples of many annotators may take: each has its units and a dissimilarity for each pair of them."""


class TooDense(ValueError):
    """So many units lie on each other that their tuples do not fit into memory."""


@dataclass(frozen=True)
class Tuples:
    """Tuples of equally many units: rows of `units` are rows of the continua; `between` is the sum over their pairs."""

    units: RowArray
    between: FloatArray

    def saving(self, annotators: int) -> FloatArray:
        """Return what each tuple saves against leaving its units alone, in D / C."""
        size = self.units.shape[1]
        pairs = annotators * (annotators - 1) // 2
        most = (size - 1) * pairs + size * (size - 1) // 2
        saved: FloatArray = most - self.between
        return saved


@dataclass(frozen=True)
class Growing:
    """Tuples that may still be extended: `between` has a column for each pair of their units."""

    units: RowArray
    between: FloatArray

    def only(self, chosen: BoolArray | IntArray | slice) -> "Growing":
        """Return the tuples that are `chosen`."""
        return Growing(self.units[chosen], self.between[chosen])

    def finished(self, chosen: BoolArray) -> Tuples:
        """Return the `chosen` tuples as they are, with the sum over their pairs."""
        return Tuples(self.units[chosen], self.between[chosen].sum(axis=1))


def most_tuples(annotators: int) -> int:
    """Return how many tuples of so many annotators fit into memory.

    >>> most_tuples(2), most_tuples(6)
    (6000000, 1190476)
    """
    columns = annotators + annotators * (annotators - 1) // 2
    return MOST_TUPLES if annotators < 3 else min(MOST_TUPLES, MOST_BYTES // (8 * columns))


def candidate_tuples(continua: Continua, dissimilarity: Dissimilarity, *, reach: float = 1.0) -> list[Tuples]:
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
    limit = _pair_limit(continua.annotators) * reach
    search = _Search(continua, dissimilarity, limit, _near_pairs(continua, dissimilarity, limit))
    return search.tuples()


def _near_pairs(continua: Continua, dissimilarity: Dissimilarity, most: float) -> Growing:
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
    return Growing(np.column_stack([one[by_row], other[by_row]]).astype(np.int32), between[by_row, None])


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


def _passes(tuples: Growing, annotators: int) -> tuple[BoolArray, BoolArray]:
    """Return for which tuples every split costs more than it saves: as they are, and when all units to come join."""
    size = tuples.units.shape[1]
    across, parts = _splits(size)
    pairs = annotators * (annotators - 1) // 2
    smaller, larger = parts.min(axis=1), parts.max(axis=1)
    # Splits are rows: numpy is several times as quick along the longer axis.
    costs = across.T @ tuples.between.T
    extensible: BoolArray = (costs < (pairs + smaller * (larger + annotators - size))[:, None]).all(axis=0)
    rows = np.flatnonzero(extensible)
    useful = np.zeros_like(extensible)
    useful[rows] = (costs[:, rows] < (pairs + smaller * larger)[:, None]).all(axis=0)
    return useful, extensible


@dataclass(frozen=True)
class _Search:
    """Tuples found from near pairs, in depth: what is extended in one pass is finished before the next."""

    continua: Continua
    dissimilarity: Dissimilarity
    limit: float
    pairs: Growing
    found: dict[int, list[Tuples]] = field(default_factory=lambda: defaultdict(list))
    compared: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def tuples(self) -> list[Tuples]:
        """Return all tuples by size; those of one size are ordered by their rows."""
        self._grow(self.pairs, *_passes(self.pairs, self.continua.annotators))
        sizes = range(2, self.continua.annotators + 1)
        return [
            Tuples(
                np.concatenate([np.zeros((0, size), dtype=np.int32), *(part.units for part in self.found[size])]),
                np.concatenate([np.zeros(0), *(part.between for part in self.found[size])]),
            )
            for size in sizes
        ]

    @cached_property
    def first(self) -> IntArray:
        """Where the near pairs of each unit begin."""
        return np.searchsorted(self.pairs.units[:, 0], np.arange(len(self.continua) + 1))

    @cached_property
    def table(self) -> FloatArray | None:
        """Dissimilarities of all units by annotator; None of so many that it takes more memory than it saves time."""
        count = len(self.continua)
        if count > UNITS_IN_TABLE:
            return None
        table = np.full((count, count), self.limit)
        table[self.pairs.units[:, 0], self.pairs.units[:, 1]] = self.pairs.between[:, 0]
        return table.ravel()

    def _between(self, one: RowArray, other: RowArray) -> FloatArray:
        """Return dissimilarities of units with units of later annotators, where they are near enough for some tuple."""
        if self.table is not None:
            known: FloatArray = self.table[one * len(self.continua) + other]
            return known
        continua = self.continua
        return self.dissimilarity.between(continua.starts, continua.ends, continua.labels, one, other)

    def _grow(self, tuples: Growing, useful: BoolArray, extensible: BoolArray) -> None:
        size = tuples.units.shape[1]
        self.found[size].append(tuples.finished(useful))
        if size == self.continua.annotators:
            return
        # Of a pair nothing more is known than that it is near enough.
        bases = tuples if size == 2 else tuples.only(extensible)
        last = bases.units[:, -1]
        beyond = np.cumsum(self.first[last + 1] - self.first[last])
        total = int(beyond[-1]) if len(beyond) else 0
        self.compared[size] += total
        _refuse_too_many(self.compared[size], self.continua.annotators)
        steps = np.arange(EXTENDED_AT_ONCE, total, EXTENDED_AT_ONCE)
        ends = [*(np.searchsorted(beyond, steps, side="left") + 1).tolist(), len(last)]
        for begin, end in pairwise([0, *ends]):
            if begin < end:
                self._extend(bases.only(slice(begin, end)))

    def _extend(self, tuples: Growing) -> None:
        """Go on with tuples of one unit more, of a later annotator, near to the last unit of each."""
        grown = self._extended(tuples)
        if len(grown.units):
            useful, extensible = _passes(grown, self.continua.annotators)
            self._grow(grown, useful, extensible)

    def _extended(self, tuples: Growing) -> Growing:
        first = self.first
        size = tuples.units.shape[1]
        last = tuples.units[:, -1]
        count = first[last + 1] - first[last]
        rows = np.repeat(np.arange(len(last)), count)
        at = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first[last], count)
        added, near = self.pairs.units[at, 1], self.pairs.between[at, 0]
        columns = [near]
        total = near.copy()
        # From the nearest column back; what is too far from those looked at so far falls away at once.
        for column in range(size - 2, -1, -1):
            member = tuples.units[rows, column]
            between = self._between(member, added)
            total += between
            kept = total < self.limit
            rows, added, total = rows[kept], added[kept], total[kept]
            columns = [between[kept], *(each[kept] for each in columns)]
        return Growing(
            np.column_stack([tuples.units[rows], added]),
            _with_new_pairs(tuples.between[rows], np.column_stack(columns), size),
        )


def _with_new_pairs(between: FloatArray, added: FloatArray, size: int) -> FloatArray:
    """Return columns of all pairs of a tuple of `size` + 1, in the order of `itertools.combinations`."""
    old = {pair: column for column, pair in enumerate(combinations(range(size), 2))}
    columns = [
        added[:, one] if other == size else between[:, old[one, other]]
        for one, other in combinations(range(size + 1), 2)
    ]
    return np.column_stack(columns)
