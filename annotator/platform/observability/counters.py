"""Requests counted by each web process, and added up over all processes of this machine.

A process keeps its counts in memory and writes them to a file of its own, at most once a second. The process that
returns metrics adds the files up; those of ended processes are added to a common one, so that counts never go down.
"""

import fcntl
import json
import os
import socket
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WRITE_INTERVAL = 1.0
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper limits in seconds; the last bucket has none."""

PAST = "past"
# Method, route, status, and the index of the bucket; or "seconds" for the sum of durations.
Key = tuple[str, str, str, str]


class RequestCounts:
    """The counts of this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._counts: Counter[Key] = Counter()
        self._written_at = 0.0
        self._process = 0

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        with self._lock:
            self._after_fork()
            self._counts[method, route, str(status), str(bisect_left(BUCKETS, seconds))] += 1
            self._counts[method, route, str(status), "seconds"] += seconds  # type: ignore[assignment]
            if time.monotonic() - self._written_at > WRITE_INTERVAL:
                self._write()

    def totals(self) -> Counter[Key]:
        """Return the counts of all processes of this machine."""
        with self._lock:
            self._after_fork()
            self._write()
        with self._locked():
            self._add_ended()
            return sum((_read(path) for path in self._folder.glob(f"{_host()}-*.json")), Counter())

    def _after_fork(self) -> None:
        """Start from zero in a new process."""
        if self._process != os.getpid():
            self._process, self._written_at = os.getpid(), 0.0
            self._counts.clear()

    def _write(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _store(self._folder / f"{_host()}-{self._process}.json", self._counts)
        self._written_at = time.monotonic()

    def _add_ended(self) -> None:
        """Add the counts of ended processes to the common file."""
        past = self._folder / f"{_host()}-{PAST}.json"
        for path in self._folder.glob(f"{_host()}-*.json"):
            process = path.stem.rpartition("-")[2]
            if process != PAST and not Path(f"/proc/{process}").exists():
                _store(past, _read(past) + _read(path))
                path.unlink(missing_ok=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _host() -> str:
    return socket.gethostname()


def _read(path: Path) -> "Counter[Key]":
    try:
        rows = json.loads(path.read_bytes())
    except FileNotFoundError:
        return Counter()
    return Counter({(method, route, status, bucket): value for method, route, status, bucket, value in rows})


def _store(path: Path, counts: "Counter[Key]") -> None:
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(json.dumps([[*key, value] for key, value in counts.items()]))
    temporary.replace(path)
