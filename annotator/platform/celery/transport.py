"""The embedded broker: a Kombu transport whose messages are files, for one machine without Redis.

Kombu's own filesystem transport creates a file first and writes it later, so a reader may find it empty and lose the
message. Here a message is written under a name that readers ignore, flushed to disk and then renamed, so that it is
either complete or absent. A reader reads the file and removes it; only one reader succeeds and gets the message.
"""

import contextlib
import os
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
    """Transport over files in a folder, polled ten times a second while the queue is empty."""

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
        wait = None if timeout is None else min(timeout, LONGEST_WAIT)
        return super().drain_events(connection, timeout=wait)  # type: ignore[no-untyped-call]

    def driver_version(self) -> str:
        """Return the version of the folder layout."""
        return "1"


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
