"""The flag that this worker is stopping: one byte that the worker shares with the processes it forks.

The worker's own process gets the signal and its children run the jobs. A shared byte needs no lock, which a killed
child could keep.
"""

import mmap

_byte = mmap.mmap(-1, 1)


def request() -> None:
    """Ask the jobs of this process and its children to stop after their current step."""
    _byte[0] = 1


def requested() -> bool:
    """Return whether jobs should stop."""
    return _byte[0] == 1


def clear() -> None:
    """Reset the flag when a worker starts."""
    _byte[0] = 0
