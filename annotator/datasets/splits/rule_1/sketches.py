"""Sketches of texts, from which the resemblance of any two texts is estimated.

MinHash with one permutation (Li, Owen and Zhang 2012), empty bins filled by rotation (Shrivastava and Li 2014): the
shingles of a text are hashed, the hashes fall into bins by their upper bits, and each bin keeps its least. The share of
bins in which two sketches are equal estimates the Jaccard resemblance of the sets of shingles (Broder 1997), with a
standard error of at most 0.5 / sqrt(BINS), 0.044.
"""

import numpy as np
import numpy.typing as npt

SHINGLE = 8
BINS = 128
_BIN_SHIFT = 57  # Of 64 bits the upper 7 number the bin.
_POWERS = tuple(np.uint64(pow(0x9E3779B97F4A7C15, power, 1 << 64)) for power in (1, 2, 4))

Sketch = npt.NDArray[np.uint32]


def shingle_hashes(text: str) -> npt.NDArray[np.uint64]:
    """Return the hash of every run of `SHINGLE` code points of the text as words are compared; with repetitions.

    Case and the width of white space say nothing about resemblance, and are levelled first. A shorter text is one
    shingle; white space alone has none.
    """
    level = " ".join(text.lower().split())
    if not level:
        return np.empty(0, np.uint64)
    hashes = np.frombuffer(level.ljust(SHINGLE).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    for width, power in zip((1, 2, 4), _POWERS, strict=True):
        hashes = hashes[:-width] * power + hashes[width:]
    return mixed(hashes)


def mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return each value spread over all 64 bits: the finishing steps of SplitMix64 (Steele, Lea and Flood 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def sketch(text: str) -> Sketch | None:
    """Return the sketch of a text, `BINS` numbers; None for white space, which resembles nothing.

    >>> sketch(" ") is None
    True
    >>> resemblance(sketch("The ferry sails."), sketch("THE FERRY  SAILS.")), len(sketch("No."))
    (1.0, 128)
    """
    hashes = shingle_hashes(text)
    if not len(hashes):
        return None
    hashes.sort()
    bins = (hashes >> np.uint64(_BIN_SHIFT)).astype(np.int64)
    first = np.flatnonzero(np.diff(bins, prepend=-1))
    filled, least = bins[first], hashes[first].astype(np.uint32)
    # A bin that stayed empty takes from the next filled one round the circle, and adds how far that was: two texts
    # then agree in it just when they agree in where it took from.
    place = np.searchsorted(filled, np.arange(BINS))
    source = filled[place % len(filled)]
    distance = ((source - np.arange(BINS)) % BINS).astype(np.uint32)
    return least[place % len(filled)] + distance * np.uint32(0x85EBCA6B)


def resemblance(one: Sketch, other: Sketch) -> float:
    """Return the estimated Jaccard resemblance of two texts, from 0 to 1."""
    return float(np.count_nonzero(one == other)) / BINS
