"""Progress on a terminal, for commands that do a job in their own process."""

import time
from typing import TextIO

from annotator.jobs import services
from annotator.jobs.models import Job

WIDTH = 30
DRAWN_EVERY = 0.1


class ProgressBar:
    """A bar on one line of a terminal; nothing at all when the stream is no terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._visible = stream.isatty()
        self._drawn_at = 0.0
        self._length = 0

    def show(self, done: int, total: int | None) -> None:
        """Draw how far the work is."""
        now = time.monotonic()
        if not self._visible or (now - self._drawn_at < DRAWN_EVERY and done != total):
            return
        self._drawn_at = now
        self._draw(f"{done:,}" if not total else f"[{_bar(done / total)}] {done:,} of {total:,}")

    def clear(self) -> None:
        """Remove the bar."""
        if self._visible:
            self._draw("")
            self._stream.write("\r")
            self._stream.flush()

    def _draw(self, text: str) -> None:
        self._stream.write("\r" + text.ljust(self._length))
        self._stream.flush()
        self._length = len(text)


def run_with_progress(job: Job, *, stderr: TextIO) -> Job:
    """Carry out a job in this process with a bar on `stderr` if it is a terminal; returns the job as it ended."""
    bar = ProgressBar(stderr)
    try:
        return services.run_here(job, on_progress=bar.show)
    finally:
        bar.clear()


def _bar(share: float) -> str:
    filled = round(WIDTH * min(max(share, 0.0), 1.0))
    return "#" * filled + "-" * (WIDTH - filled)
