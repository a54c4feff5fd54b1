"""Pairs of claims that may state the same proposition, found by their words. Pure.

Two claims are a pair when they share at least `SHARED_WORDS` rare words, each in at most `RARE_SHARE` of all claims
(and in at most `MOST_CLAIMS`, which bounds the work), and their cosine over TF-IDF weights of *all* words is at least
`LEAST_COSINE`. Leaving frequent words out of the norm would give high scores to unrelated short claims. A claim that is
negated is never paired with one that is not: "is ready" is not "is not ready".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import regex
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

SHARED_WORDS = 3
RARE_SHARE = 0.02
FEWEST_CLAIMS = 5
"""In a small collection, a word is rare when at most so many claims have it."""
MOST_CLAIMS = 300
LEAST_COSINE = 0.5
ROWS_AT_ONCE = 4000

_WORD = regex.compile(r"[\p{L}\p{N}]+(?:['’][\p{L}]+)?")
_NEGATIONS = """
    not no never none nothing neither nor without cannot nicht kein keine keinen nie niemals niemand ohne
    pas jamais ningún nunca нет не ни никогда
"""
NEGATIONS = frozenset(_NEGATIONS.split())

Words = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """The words of a claim as sorted checksums, each once, and whether the claim is negated."""

    words: Words
    negated: bool

    def packed(self) -> bytes:
        """Return the words as stored: the sign of negation, then the checksums."""
        return bytes([self.negated]) + self.words.astype("<u4").tobytes()


@dataclass(frozen=True)
class Claims:
    """The words of many claims in one array, because an array for each of 100,000 claims costs more than the pairs."""

    words: Words
    lengths: NDArray[np.int64]
    negated: NDArray[np.bool_]

    @classmethod
    def of_packed(cls, packed: Sequence[bytes]) -> "Claims":
        """Return claims from their stored words."""
        lengths = np.fromiter(((len(claim) - 1) // 4 for claim in packed), dtype=np.int64, count=len(packed))
        negated = np.fromiter((claim[0] for claim in packed), dtype=np.bool_, count=len(packed))
        words = np.frombuffer(b"".join(claim[1:] for claim in packed), dtype="<u4")
        return cls(words.astype(np.uint32, copy=False), lengths, negated)

    def __len__(self) -> int:
        return len(self.lengths)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two claims by number, the first smaller, and their cosine."""

    first: int
    second: int
    cosine: float


def claim_words(text: str) -> ClaimWords:
    """Return the words of a claim.

    >>> claim_words("The bridge is ready").negated, claim_words("The bridge isn't ready").negated
    (False, True)
    """
    words = [match.group().casefold().replace("’", "'") for match in _WORD.finditer(text)]
    negations = sum(word in NEGATIONS or word.endswith("n't") for word in words)
    content = {crc32(word.encode()) for word in words if word not in NEGATIONS}
    return ClaimWords(np.array(sorted(content), dtype=np.uint32), negations % 2 == 1)


def find_pairs(claims: Claims, *, since: int = 0) -> list[Pair]:
    """Return all pairs of which at least one claim has number `since` or higher, best first."""
    if len(claims) < 2 or since >= len(claims):
        return []
    weights, rare = _matrices(claims)
    negated = claims.negated
    pairs: list[Pair] = []
    for begin in range(since, len(claims), ROWS_AT_ONCE):
        block = rare[begin : begin + ROWS_AT_ONCE]
        shared = (block @ rare.T).tocoo()
        rows, columns = shared.coords[0] + begin, shared.coords[1]
        kept = (shared.data >= SHARED_WORDS) & ((columns < rows) & (negated[rows] == negated[columns]))
        rows, columns = rows[kept], columns[kept]
        cosines = np.asarray(weights[rows].multiply(weights[columns]).sum(axis=1)).ravel()
        pairs += [
            Pair(int(column), int(row), float(cosine))
            for row, column, cosine in zip(rows, columns, cosines, strict=True)
            if cosine >= LEAST_COSINE
        ]
    return sorted(pairs, key=lambda pair: (-round(pair.cosine, 9), pair.first, pair.second))


def _matrices(claims: Claims) -> tuple["csr_array", "csr_array"]:
    """Return the normalised TF-IDF weights, and which rare words each claim has; one row a claim."""
    from scipy.sparse import csr_array  # here, so that pages and other commands start without SciPy

    lengths = claims.lengths
    vocabulary, columns = np.unique(claims.words, return_inverse=True)
    starts = np.concatenate(([0], np.cumsum(lengths)))
    shape = (len(claims), len(vocabulary))
    counts = np.bincount(columns, minlength=len(vocabulary))
    inverse = np.log((1 + len(claims)) / (1 + counts)) + 1
    rows = np.repeat(np.arange(len(claims)), lengths)
    norms = np.sqrt(np.bincount(rows, weights=inverse[columns] ** 2, minlength=len(claims)))
    values = inverse[columns] / np.where(norms == 0, 1, norms)[rows]
    weights = csr_array((values, columns, starts), shape=shape)
    most = min(max(FEWEST_CLAIMS, int(RARE_SHARE * len(claims))), MOST_CLAIMS)
    is_rare = ((counts >= 2) & (counts <= most))[columns]
    rare_starts = np.concatenate(([0], np.cumsum(np.bincount(rows[is_rare], minlength=len(claims)))))
    rare = csr_array((np.ones(int(is_rare.sum()), dtype=np.int32), columns[is_rare], rare_starts), shape=shape)
    return weights, rare
