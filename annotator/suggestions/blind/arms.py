"""Which sets are blind: drawn once from a digest of seed, document and annotator. Pure."""

import hashlib


def draw(seed: str, document: int, annotator: int, share: float) -> bool:
    """Return whether a set is blind: the same whenever it is asked, and in a share of all sets.

    >>> sum(draw("seed", document, 1, 0.25) for document in range(1000))
    244
    """
    digest = hashlib.sha256(f"{seed}\\0{document}\\0{annotator}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64
