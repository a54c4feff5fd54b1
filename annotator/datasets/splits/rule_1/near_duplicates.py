"""Near-duplicates among many texts, found without comparing all pairs.

Sketches are cut into bands of `ROWS` bins; texts that are equal in a whole band are compared (Leskovec, Rajaraman and
Ullman, Mining of Massive Datasets, section 3.4). With 42 bands of 3, a pair of resemblance 0.7 is missed less than once
in 10,000 times, one of 0.5 four times in 1,000; one of 0.1, such as two articles with the same footer, is
compared unnecessarily once in 24 times.
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

    Of many texts that are equal in a band, only enough pairs are returned to connect all of them.
    """
    if len(sketches) < 2:
        return np.empty((0, 2), np.int64)
    table = np.stack(sketches)
    # One band at a time: most pairs that are equal in one band are not similar, and all pairs would fill the memory.
    similar = [_similar(table, part, threshold) for part in _candidates(table)]
    return np.unique(np.concatenate(similar), axis=0)


def _similar(table: npt.NDArray[np.uint32], pairs: Pairs, threshold: float) -> Pairs:
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
        limits = np.flatnonzero(np.diff(keys[order])) + 1
        starts, ends = np.r_[0, limits], np.r_[limits, len(order)]
        sizes = ends - starts
        # Nearly all buckets have two texts: these are handled at once, the others one by one.
        pairs_of_two = starts[sizes == 2]
        larger = zip(starts[sizes > 2].tolist(), ends[sizes > 2].tolist(), strict=True)
        rest = [_pairs(order[first:last]) for first, last in larger]
        yield np.concatenate([np.column_stack([order[pairs_of_two], order[pairs_of_two + 1]]), *rest])


def _pairs(members: npt.NDArray[np.int64]) -> Pairs:
    """Return pairs within a bucket, the lower position first; of a large one only those with the first and the next."""
    if len(members) <= COMPARED_WITH_ALL:
        above, below = np.triu_indices(len(members), 1)
        return np.column_stack([members[above], members[below]])
    rest = members[1:]
    return np.concatenate(
        [np.column_stack([np.full_like(rest, members[0]), rest]), np.column_stack([members[:-1], rest])]
    )
