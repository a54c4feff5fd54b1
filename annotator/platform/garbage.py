"""A pause for Python's search for reference cycles, for work that makes millions of small objects and no cycles.

Memory that nothing refers to is freed at once as always. Only the search is held back: repeated while spans, rows or
JSON come in, it took a quarter to a third of the processor time of an export, an import and a report (measured).
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """Search for no cycles inside, unless the body calls `collect_young` after each batch."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def collect_young() -> None:
    """Search the objects made since the last call, when a batch is done with and few of them are left."""
    gc.collect(1)


def end_pause_of_start() -> None:
    """Search for cycles again once the apps are imported, and never among what they made: it stays anyway."""
    gc.freeze()
    gc.enable()
