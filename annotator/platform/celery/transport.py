"""The embedded broker: a Kombu transport whose messages are files, for one machine without Redis.

Kombu's own filesystem transport creates a file first and writes it later, so a reader may find it empty and lose the
message. Here a message is written under a name that readers ignore, flushed to disk and then renamed, so that it is
either complete or absent. A reader reads the file and removes it; only one reader succeeds and gets the message.

Beside the folder of a queue is a named pipe: a writer puts a byte into it, which wakes a waiting reader. An unread
byte loses nothing, because readers look a few times a second anyway.
"""

import contextlib
import os
import select
import time
import uuid
from collections import deque
from pathlib import Path
from queue import Empty
from typing import Any
from urllib.parse import quote

import orjson
from kombu.transport import virtual

UNFINISHED = "."
UNFINISHED_LIFETIME = 3600.0
LONGEST_WAIT = 0.3


class Channel(virtual.Channel):
    """Channel that stores messages in one folder per queue and reads them in order of the wall clock."""

    do_restore = False
    supports_fanout = False

    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)  # type: ignore[no-untyped-call]
        self._seen: dict[str, deque[str]] = {}
        self._pipes: dict[str, int | None] = {}

    def close(self) -> None:
        """Close the channel and its pipes."""
        super().close()  # type: ignore[no-untyped-call]
        while self._pipes:
            _, pipe = self._pipes.popitem()
            if pipe is not None:
                os.close(pipe)

    def wake_pipes(self) -> list[int]:
        """Return the descriptors that become readable with a message that this channel would take now."""
        if not self._active_queues or not self.qos.can_consume():
            return []
        for queue in self._active_queues:
            if queue not in self._pipes:
                self._pipes[queue] = _open_pipe(_pipe_of(self._folder(queue)))
        return [pipe for queue in self._active_queues if (pipe := self._pipes[queue]) is not None]

    def _folder(self, queue: str) -> Path:
        return Path(str(self.connection.client.transport_options["folder"])) / quote(queue, safe="")

    def _new_queue(self, queue: str, **kwargs: Any) -> None:
        folder = self._folder(queue)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_unfinished(folder)

    def _has_queue(self, queue: str, **kwargs: Any) -> bool:
        return self._folder(queue).is_dir()

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        folder = self._folder(queue)
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}"
        unfinished = folder / f"{UNFINISHED}{name}"
        try:
            with unfinished.open("xb") as file:
                file.write(orjson.dumps(message))
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(folder / name)
            _wake(_pipe_of(folder))
        except BaseException:
            with contextlib.suppress(OSError):
                unfinished.unlink()
            raise

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        folder = self._folder(queue)
        names = self._seen.setdefault(queue, deque())
        if not names:
            # One listing serves until all its names are taken, so that a long queue is not sorted for each message.
            names.extend(_messages_in(folder))
        while names:
            content = _take(folder / names.popleft())
            if content is not None:
                message: dict[str, Any] = orjson.loads(content)
                return message
        raise Empty

    def _size(self, queue: str) -> int:
        return len(_messages_in(self._folder(queue)))

    def _purge(self, queue: str) -> int:
        folder = self._folder(queue)
        return sum(_take(folder / name) is not None for name in _messages_in(folder))

    def _delete(self, queue: str, *args: Any, **kwargs: Any) -> None:
        self._purge(queue)


class Transport(virtual.Transport):
    """Transport over files in a folder. A reader without a pipe looks ten times a second while the queue is empty."""

    Channel = Channel
    global_state = virtual.BrokerState()  # type: ignore[no-untyped-call]
    implements = virtual.Transport.implements.extend(exchange_type=frozenset(["direct"]))
    polling_interval = 0.1
    driver_type = "annotator-files"
    driver_name = "annotator-files"

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)  # type: ignore[no-untyped-call]
        self.state = self.global_state

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> Any:
        """Wait for a message; a wait with a timeout is kept short, so that a stopping worker reacts soon."""
        end = None if timeout is None else time.monotonic() + min(timeout, LONGEST_WAIT)
        while True:
            try:
                return self.cycle.get(self._deliver, timeout=timeout)  # type: ignore[union-attr]
            except Empty:
                left = LONGEST_WAIT if end is None else end - time.monotonic()
                if left <= 0:
                    raise TimeoutError from None
                self._wait(left)

    def _wait(self, seconds: float) -> None:
        """Wait until a message wakes the reader, at most so long."""
        waiting = select.poll()
        pipes = [pipe for channel in self.channels for pipe in channel.wake_pipes()]
        for pipe in pipes:
            waiting.register(pipe, select.POLLIN)
        longest = seconds if pipes else min(seconds, self.polling_interval)
        for pipe, _ in waiting.poll(longest * 1000):
            with contextlib.suppress(BlockingIOError):  # another reader was woken, too
                os.read(pipe, 4096)

    def driver_version(self) -> str:
        """Return the version of the folder layout."""
        return "1"


def _pipe_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.wake")


def _open_pipe(path: Path) -> int | None:
    """Open the pipe of a queue as a reader; None where there are no named pipes."""
    try:
        with contextlib.suppress(FileExistsError):
            os.mkfifo(path, 0o600)
        if not path.is_fifo():
            return None
        return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None


def _wake(path: Path) -> None:
    """Wake a reader that waits; no reader, and a full pipe, are no failure."""
    with contextlib.suppress(OSError):
        pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            os.write(pipe, b"!")
        finally:
            os.close(pipe)


def _messages_in(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in os.scandir(folder) if not entry.name.startswith(UNFINISHED))
    except FileNotFoundError:
        return []


def _take(path: Path) -> bytes | None:
    """Read and remove a message; return None when another reader was first."""
    try:
        content = path.read_bytes()
        path.unlink()
    except FileNotFoundError:
        return None
    return content


def _remove_unfinished(folder: Path) -> None:
    """Remove old unfinished messages of processes that were killed while writing."""
    for path in folder.glob(f"{UNFINISHED}*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > UNFINISHED_LIFETIME:
                path.unlink()
