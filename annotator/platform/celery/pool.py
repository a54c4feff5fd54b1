"""The pool of a worker: processes share two pipes, whose locks end with the process that holds them.

An idle process holds the lock of the pipe that it reads. The semaphores of billiard are never released when such a
process is killed, for example because memory ran out: its successors would wait for ever, and no job would run.
"""

import fcntl
from tempfile import TemporaryFile
from typing import Any

from celery.concurrency import prefork


class ProcessLock:
    """A lock between processes, on a file that forked processes inherit; the kernel releases it when one ends."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - open for as long as the lock exists

    def acquire(self) -> None:
        """Wait for the lock."""
        fcntl.lockf(self._file, fcntl.LOCK_EX)

    def release(self) -> None:
        """Release the lock."""
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()


class BlockingPool(prefork.BlockingPool):  # type: ignore[misc]
    """The pool of transports that do not tell when a message is there, as the files of one machine."""

    def _setup_queues(self) -> None:
        super()._setup_queues()
        queues: tuple[Any, Any] = (self._inqueue, self._outqueue)
        for queue in queues:
            queue._rlock, queue._wlock = ProcessLock(), ProcessLock()  # noqa: SLF001 - billiard has no other way


class TaskPool(prefork.TaskPool):  # type: ignore[misc]
    """Celery's pool of forked processes, with the locks above. With Redis each process has pipes of its own."""

    BlockingPool = BlockingPool
