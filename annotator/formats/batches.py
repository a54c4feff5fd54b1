"""Gathering what is written together, so that a batch stays small also where single ones are large."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def batches(items: Iterable[Item], *, most: int, size: Callable[[Item], int], largest: int) -> Iterator[list[Item]]:
    """Yield lists of at most `most` items whose sizes add up to `largest` at most; one that is larger stands alone.

    >>> list(batches(["a", "bb", "ccc", "d", "e", "f"], most=3, size=len, largest=3))
    [['a', 'bb'], ['ccc'], ['d', 'e', 'f']]
    """
    batch: list[Item] = []
    together = 0
    for item in items:
        own = size(item)
        if batch and (len(batch) >= most or together + own > largest):
            yield batch
            batch, together = [], 0
        batch.append(item)
        together += own
    if batch:
        yield batch
