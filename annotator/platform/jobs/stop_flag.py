"""Whether this worker is being stopped: one byte that the worker shares with the processes it forks.

The worker's own process gets the signal, its children do the work. A shared byte reaches them without a lock that a
killed child could keep.
"""

import mmap

_byte = mmap.mmap(-1, 1)


def request() -> None:
    """Ask the jobs of this process and its children to stop at their next chance."""
    _byte[0] = 1


def requested() -> bool:
    """Return whether the jobs shall stop."""
    return _byte[0] == 1


def clear() -> None:
    """Take the request back, when a worker starts."""
    _byte[0] = 0
