"""Waiting for conditions in tests, long enough that only a fault reaches the time limit.

`TEST_PATIENCE` sets another limit in seconds, for a machine that is busy with other work.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")

LONG = float(os.environ.get("TEST_PATIENCE", "120"))
LONG_MILLISECONDS = LONG * 1000


def wait_for(condition: Callable[[], Value], *, why: Callable[[], str] = str) -> Value:
    """Wait until a condition holds and return its value; fail with a reason at the time limit."""
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"The condition did not hold within {LONG} s. {why()}")


def is_running(process: int) -> bool:
    """Return whether a process runs; a process that has ended and is a zombie does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
