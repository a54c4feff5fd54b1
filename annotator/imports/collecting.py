"""Reading millions of small objects without Python's search for cycles at every step."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def few_collections() -> Iterator[None]:
    """Leave the search for cycles to `collect_young`, which a body calls after each chunk.

    What JSON holds has no cycles and goes by its own as soon as nobody looks at it; searching it again and again while
    it comes in took a quarter of the processor time of an import (measured).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def collect_young() -> None:
    """Search what was made since the last time, when a chunk is done with and little of it is left."""
    gc.collect(1)
