"""The order in which each annotator gets documents: reproducible from the project's seed, and computable in SQL. Pure.

Every document has a *shuffle key* below the Mersenne prime p = 2³¹ - 1, drawn from the project's seed and the
document's own id. Every annotator has two numbers *a* and *b*, drawn from the seed and the user name. The annotator's
order sorts the documents by `(shuffle_key * a + b) mod p`. As p is prime and a is not 0, this permutes the keys:
different documents stay different, every annotator has another order, and nothing has to be stored for it. The product
stays below 2⁶², inside a signed 64-bit integer of any database.
"""

import hashlib
from typing import NamedTuple

PRIME = 2**31 - 1


class AnnotatorOrder(NamedTuple):
    """The two numbers of one annotator: `multiplier` in 1..p-1, `offset` in 0..p-1."""

    multiplier: int
    offset: int

    def rank(self, shuffle_key: int) -> int:
        """Return where a document stands in this annotator's order; the smallest comes first.

        >>> AnnotatorOrder(multiplier=2, offset=1).rank(10)
        21
        """
        return (shuffle_key * self.multiplier + self.offset) % PRIME


def shuffle_key(seed: str, external_id: str) -> int:
    """Return the shuffle key of a document, in 0..p-1.

    >>> shuffle_key("seed", "doc-1") == shuffle_key("seed", "doc-1")
    True
    >>> shuffle_key("seed", "doc-1") == shuffle_key("other seed", "doc-1")
    False
    """
    return _number("document", seed, external_id) % PRIME


def annotator_order(seed: str, user_name: str) -> AnnotatorOrder:
    """Return the order of an annotator in a project with this seed."""
    return AnnotatorOrder(
        multiplier=1 + _number("multiplier", seed, user_name) % (PRIME - 1),
        offset=_number("offset", seed, user_name) % PRIME,
    )


def _number(purpose: str, seed: str, name: str) -> int:
    """The first eight bytes of SHA-256, big-endian, over the parts with a NUL between them, which no part can hold."""
    return int.from_bytes(hashlib.sha256("\0".join([purpose, seed, name]).encode()).digest()[:8], "big")
