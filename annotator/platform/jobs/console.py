"""Carrying out a job in a command: in this process, with a progress bar on a terminal."""

import sys
import time
from typing import TextIO

from django.core.management.base import CommandError

from annotator.platform.jobs import services
from annotator.platform.jobs.models import Job, JobState

WIDTH = 30
DRAWN_EVERY = 0.1
INTERRUPTED = 130


class ProgressBar:
    """Draws how far a job is, on a terminal only; a file or a pipe gets nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = stream.isatty()
        self._drawn_at = 0.0

    def __call__(self, done: int, total: int | None) -> None:
        """Draw, a few times a second at most."""
        now = time.monotonic()
        if self._shown and (now - self._drawn_at >= DRAWN_EVERY or done == total):
            self._drawn_at = now
            share = done / total if total else 0
            bar = "█" * round(WIDTH * share) + "░" * (WIDTH - round(WIDTH * share))
            self._stream.write(f"\r{bar} {done:,}" + (f" of {total:,}" if total is not None else ""))
            self._stream.flush()

    def clear(self) -> None:
        """Take the bar away."""
        if self._shown and self._drawn_at:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def run_in_console(job: Job) -> Job:
    """Carry out a job here and return it done.

    Raises `CommandError` with the words of its problem when it failed (exit code 1) or was interrupted (130).
    """
    bar = ProgressBar(sys.stderr)
    try:
        ended = services.run_here(job, on_progress=bar)
    finally:
        bar.clear()
    if ended.state == JobState.CANCELLED:
        raise CommandError("Interrupted; nothing half-done was kept.", returncode=INTERRUPTED)
    if ended.state != JobState.DONE:
        problem = ended.problem or {}
        raise CommandError(str(problem.get("detail", "The job did not end well; the log says why.")))
    return ended
