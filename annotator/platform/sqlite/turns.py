"""Taking turns: threads of one process that wait for the same database, in the order in which they came."""

import os
import threading
from collections import deque
from pathlib import Path

from annotator.platform.sqlite.waiting import WaitingWriters


class Turns:
    """A lock that is handed to the thread that has waited longest, and can be released by any thread.

    The thread whose turn it is may have to wait for other processes, which `writers` tells them.
    """

    def __init__(self, database: str = "") -> None:
        self.writers = WaitingWriters(Path(database))
        self._guard = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Event] = deque()

    def take(self, seconds: float) -> bool:
        """Wait for the turn of the calling thread; return False when it does not come in time."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(seconds):
            return True
        with self._guard:
            if turn.is_set():  # it came at the last moment
                return True
            self._waiting.remove(turn)
            return False

    def pass_on(self) -> None:
        """End the present turn; the next one begins."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False


_turns: dict[str, Turns] = {}


def turns_of(name: str) -> Turns:
    """Return the turns of a database."""
    return _turns.get(name) or _turns.setdefault(name, Turns(name))


# A forked process has none of the threads that hold or wait for a turn.
os.register_at_fork(after_in_child=_turns.clear)
