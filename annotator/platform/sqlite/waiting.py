"""Writers that wait for a database on SQLite, seen by all processes, so that long work makes way for them.

SQLite does not say whether a connection waits for its lock. Each writer therefore holds a shared lock on an empty file
beside the database until its transaction begins. The system releases the lock of a process that ends.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

FILE_ENDING = "-waiting"
LOOK_EVERY = 0.005
"""Seconds. A waiting connection asks SQLite for its lock every 25 to 100 ms."""
LONGEST_PAUSE = 0.5
"""Seconds. Long work goes on beside people who save without end."""


class WaitingWriters:
    """The writers that wait for one database; they announce themselves where the folder can be written to."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + FILE_ENDING) if database.is_file() else None
        self._file: int | None = None

    @contextmanager
    def announced(self) -> Iterator[None]:
        """Count as waiting inside; of each process, one thread at a time."""
        if self._file is None:
            self._file = self._open()
        if self._file is None:
            yield
            return
        fcntl.flock(self._file, fcntl.LOCK_SH)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def is_anyone_waiting(self) -> bool:
        """Return whether any writer waits now."""
        file = self._open()
        if file is None:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(file)
        return False

    def _open(self) -> int | None:
        if self._path is None:
            return None
        try:
            return os.open(self._path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError:  # Only the pauses of long work depend on it: a folder that others own is no failure.
            self._path = None
            return None


def make_way(longest: float = LONGEST_PAUSE) -> bool:
    """Return as soon as no writer waits for the database, at the latest after some seconds; tell whether any waited.

    Call it between two transactions of long work. On PostgreSQL writers wait for rows, and there is nothing to do.
    """
    if connection.vendor != "sqlite":
        return False
    writers = WaitingWriters(Path(str(connection.settings_dict["NAME"])))
    until = time.monotonic() + longest
    has_waited = False
    while writers.is_anyone_waiting() and time.monotonic() < until:
        has_waited = True
        time.sleep(LOOK_EVERY)
    return has_waited
