"""Jobs run by a command in its own process, with a progress bar on a terminal."""

import sys
import time
from typing import TextIO

from django.core.management.base import CommandError

from annotator.platform.jobs import services
from annotator.platform.jobs.models import Job, JobState

WIDTH = 30
REDRAW_INTERVAL = 0.1
INTERRUPTED = 130


class ProgressBar:
    """A progress bar, shown on terminals only."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = stream.isatty()
        self._drawn_at = 0.0

    def __call__(self, done: int, total: int | None) -> None:
        """Draw the bar, at most ten times a second."""
        now = time.monotonic()
        if self._shown and (now - self._drawn_at >= REDRAW_INTERVAL or done == total):
            self._drawn_at = now
            share = done / total if total else 0
            bar = "█" * round(WIDTH * share) + "░" * (WIDTH - round(WIDTH * share))
            self._stream.write(f"\r{bar} {done:,}" + (f" of {total:,}" if total is not None else ""))
            self._stream.flush()

    def clear(self) -> None:
        """Erase the bar."""
        if self._shown and self._drawn_at:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def run_in_console(job: Job) -> Job:
    """Run a job in this process and return it.

    Raises `CommandError` with the detail of its problem when it failed (exit code 1) or was interrupted (130).
    """
    bar = ProgressBar(sys.stderr)
    try:
        ended = services.run_here(job, on_progress=bar)
    finally:
        bar.clear()
    if ended.state == JobState.CANCELLED:
        raise CommandError("Interrupted. No partial data was kept.", returncode=INTERRUPTED)
    if ended.state != JobState.DONE:
        problem = ended.problem or {}
        raise CommandError(str(problem.get("detail", "The job failed; the cause is in the log.")))
    return ended
