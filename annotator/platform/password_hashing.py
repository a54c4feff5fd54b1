"""Passwords hashed one at a time, in a thread of a lower priority than everything else of the process.

Only the computation has this priority. A thread that keeps it for a whole sign-in is also interrupted while it holds
Python's lock or the database, and all others then wait for it.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.contrib.auth import hashers

NICENESS = 5


class PBKDF2PasswordHasher(hashers.PBKDF2PasswordHasher):
    """Django's hasher with the same hashes, which computes them in that thread."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """Return the hash of a password."""
        return _thread(os.getpid()).submit(super().encode, password, salt, iterations).result()


@cache
def _thread(_process_id: int) -> ThreadPoolExecutor:
    """Return the thread of this process; a process that was forked from another has one of its own."""
    return ThreadPoolExecutor(1, thread_name_prefix="hashing", initializer=_lower_priority)


def _lower_priority() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
