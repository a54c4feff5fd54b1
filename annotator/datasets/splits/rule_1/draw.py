"""The draw: groups are assigned to splits by hash, so that documents added later do not move others.

A group is identified by a key: the value of a field that keeps its documents together, otherwise the id of a document.
The hash of key and salt is a number in [0, 1), and the shares divide this interval into splits. The salt decides how
evenly labels are distributed; the best of `SALTS` salts is used (stratification by choice of the draw), and can be
passed to later draws.
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


def positions(hashes: npt.NDArray[np.uint64], salt: str) -> FloatArray:
    """Return the position of each key in [0, 1) for a salt."""
    with np.errstate(over="ignore"):
        salted = mixed(mixed(hashes ^ key_hashes([salt])[0]))
    return (salted >> np.uint64(11)).astype(np.float64) * _UNIT


def draw(hashes: npt.NDArray[np.uint64], shares: Mapping[str, float], salt: str) -> IntArray:
    """Return the number of the split of each key, in the order of `shares`."""
    limits = np.cumsum(list(shares.values()))[:-1]
    return np.searchsorted(limits, positions(hashes, salt), side="right").astype(np.int64)


def best_salt(hashes: npt.NDArray[np.uint64], contents: IntArray, shares: Mapping[str, float]) -> str:
    """Return the salt for which the distribution of documents and labels is closest to the shares.

    `contents` has one row per group, a column for documents and one for each label. The fewest empty splits win, then
    the smallest sum, over columns and splits, of the relative deviation from the share.
    """
    totals = np.maximum(contents.sum(axis=0), 1)
    wanted = np.array(list(shares.values()))[:, None]

    def deviation(salt: str) -> tuple[int, float]:
        drawn = draw(hashes, shares, salt)
        parts = np.stack([contents[drawn == number].sum(axis=0) for number in range(len(shares))]) / totals
        return int((parts[:, 0] == 0).sum()), float((np.abs(parts - wanted) / wanted).sum())

    return min((str(number) for number in range(1, SALTS + 1)), key=deviation)
