"""Which texts of many are nearly the same, without comparing each with each.

Sketches are cut into bands of `ROWS` bins; texts that are equal in a whole band are compared (Leskovec, Rajaraman and
Ullman, Mining of Massive Datasets, section 3.4). With 42 bands of 3, a pair of resemblance 0.7 is missed less than once
in 10,000 times, one of 0.5 four times in 1,000; one of 0.1, as two articles under the same notice, is compared in vain
once in 24.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from annotator.datasets.splits.rule_1.sketches import BINS, Sketch, mixed

ROWS = 3
COMPARED_WITH_ALL = 24
COMPARED_AT_ONCE = 1 << 12
Pairs = npt.NDArray[np.int64]


def near_duplicates(sketches: Sequence[Sketch], *, threshold: float) -> Pairs:
    """Return pairs of positions, shape (pairs, 2), of texts whose estimated resemblance reaches the threshold.

    Of many that are equal in a band not every pair is named, only enough that each hangs together with the rest.
    """
    if len(sketches) < 2:
        return np.empty((0, 2), np.int64)
    table = np.stack(sketches)
    # A band after the other: most that meet in one are not alike, and all of them together would fill the memory.
    alike = [_alike(table, part, threshold) for part in _candidates(table)]
    return np.unique(np.concatenate(alike), axis=0)


def _alike(table: npt.NDArray[np.uint32], pairs: Pairs, threshold: float) -> Pairs:
    """Return those pairs whose estimated resemblance reaches the threshold."""
    kept = [
        np.compress((table[part[:, 0]] == table[part[:, 1]]).mean(axis=1) >= threshold, part, axis=0)
        for part in np.array_split(pairs, len(pairs) // COMPARED_AT_ONCE + 1)
    ]
    return np.concatenate(kept)


def _candidates(table: npt.NDArray[np.uint32]) -> Iterator[Pairs]:
    yield np.empty((0, 2), np.int64)
    for start in range(0, BINS - ROWS + 1, ROWS):
        keys = np.zeros(len(table), np.uint64)
        for column in range(start, start + ROWS):
            keys = mixed(keys + table[:, column])
        order = np.argsort(keys, kind="stable")
        edges = np.flatnonzero(np.diff(keys[order])) + 1
        starts, ends = np.r_[0, edges], np.r_[edges, len(order)]
        sizes = ends - starts
        # Nearly all buckets hold two texts: these at once, the others one by one.
        twos = starts[sizes == 2]
        larger = zip(starts[sizes > 2].tolist(), ends[sizes > 2].tolist(), strict=True)
        rest = [_pairs(order[first:last]) for first, last in larger]
        yield np.concatenate([np.column_stack([order[twos], order[twos + 1]]), *rest])


def _pairs(members: npt.NDArray[np.int64]) -> Pairs:
    """Return pairs within a bucket, the lower position first; of a large one only those with the first and the next."""
    if len(members) <= COMPARED_WITH_ALL:
        above, below = np.triu_indices(len(members), 1)
        return np.column_stack([members[above], members[below]])
    rest = members[1:]
    return np.concatenate(
        [np.column_stack([np.full_like(rest, members[0]), rest]), np.column_stack([members[:-1], rest])]
    )
