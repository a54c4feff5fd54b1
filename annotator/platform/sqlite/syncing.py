"""Writing commits to the disk after the lock of the database is released, one write for all that wait.

With `synchronous=FULL` SQLite waits for the disk at each commit, and all other writers wait with it: 50 people who
request a document at once wait for 50 writes in turn (3 to 5 ms each, measured). Here a transaction commits with
`NORMAL`, which writes the log (the file `-wal`) without waiting for the disk, and passes its turn on. Then its thread
waits until the log is on the disk, before the save is acknowledged. Threads that wait at the same moment
share one write.

What is acknowledged is on the disk, as before. The log is read up to its first gap after a power failure, so that no
transaction is kept without those that it was based on. New is only that others can read a transaction during the
milliseconds before it is on the disk.
"""

import os
import threading
from pathlib import Path

LOG_ENDING = "-wal"
_write_to_disk = getattr(os, "fdatasync", os.fsync)  # macOS has only the other; SQLite chooses in the same way


class LogOnDisk:
    """The log of one database, whose writes to the disk the threads of a process share."""

    def __init__(self, database: str) -> None:
        self._path = Path(database + LOG_ENDING)
        self._guard = threading.Lock()
        self._writing = threading.Lock()
        self._asked = 0
        self._written = 0

    def exists(self) -> bool:
        """Return whether there is a log: without one SQLite itself has to wait for the disk."""
        return self._path.exists()

    def wait(self) -> None:
        """Return when everything that is committed now is on the disk; raise `OSError` when it cannot be written."""
        with self._guard:
            self._asked += 1
            own = self._asked
        with self._writing:
            if self._written >= own:
                return  # the write that began after this commit has covered it
            with self._guard:
                asked = self._asked
            self._write()
            self._written = asked

    def _write(self) -> None:
        try:
            # SQLite locks the database and its index, never the log: closing it here gives up no lock of this process.
            file = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return  # the last connection was closed: SQLite has moved all into the database, and waited for the disk
        try:
            _write_to_disk(file)
        finally:
            os.close(file)


_logs: dict[str, LogOnDisk] = {}


def log_of(name: str) -> LogOnDisk:
    """Return the log of a database."""
    return _logs.get(name) or _logs.setdefault(name, LogOnDisk(name))


# The threads of a forked process do not wait for those of its parent.
os.register_at_fork(after_in_child=_logs.clear)
