"""SplitPlanner groups out by hash, so that what is added later moves nothing that was there.

A group is known by a key: the value of a field that keeps its documents together, else the id of a document. The hash
of key and salt is a number in [0, 1), and the shares cut that line into splits. Which salt is taken decides how evenly
the labels spread; of `SALTS` the best is kept (stratification by choice of the draw), and a later dealing repeats it.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from annotator.datasets.splits.rule_1.sketches import mixed
from annotator.measures.units import FloatArray, IntArray

SALTS = 128
_UNIT = float(2**-53)


def key_hashes(keys: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Return 64 bits for each key, the same on every machine."""
    digests = [int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big") for key in keys]
    return np.array(digests, np.uint64)


def places(hashes: npt.NDArray[np.uint64], salt: str) -> FloatArray:
    """Return where each key falls in [0, 1) under a salt."""
    with np.errstate(over="ignore"):
        salted = mixed(mixed(hashes ^ key_hashes([salt])[0]))
    return (salted >> np.uint64(11)).astype(np.float64) * _UNIT


def deal(hashes: npt.NDArray[np.uint64], shares: Mapping[str, float], salt: str) -> IntArray:
    """Return the number of the split of each key, in the order of `shares`."""
    edges = np.cumsum(list(shares.values()))[:-1]
    return np.searchsorted(edges, places(hashes, salt), side="right").astype(np.int64)


def best_salt(hashes: npt.NDArray[np.uint64], contents: IntArray, shares: Mapping[str, float]) -> str:
    """Return the salt under which documents and labels spread most nearly as the shares say.

    `contents` has a row a group, a column for documents and one for each label. What counts is first how few splits are
    empty, then the sum over columns and splits of how far the part of the column that falls there is from the share, in
    units of the share.
    """
    totals = np.maximum(contents.sum(axis=0), 1)
    wanted = np.array(list(shares.values()))[:, None]

    def unevenness(salt: str) -> tuple[int, float]:
        dealt = deal(hashes, shares, salt)
        parts = np.stack([contents[dealt == number].sum(axis=0) for number in range(len(shares))]) / totals
        return int((parts[:, 0] == 0).sum()), float((np.abs(parts - wanted) / wanted).sum())

    return min((str(number) for number in range(1, SALTS + 1)), key=unevenness)
