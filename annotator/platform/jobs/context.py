"""The interface of a job function to its row: progress, checkpoints, report lines, cancellation."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator.platform.accounts.models import User
from annotator.platform.jobs import leases, stop_flag
from annotator.platform.jobs.models import WHERE_LENGTH, Job, JobLine, LineLevel

OnProgress = Callable[[int, int | None], None]

# Each write is a commit; pages do not refresh more often than this.
PROGRESS_INTERVAL = 0.25
MOST_BUFFERED_LINES = 500
LONGEST_MESSAGE = 2000


class Fenced(Exception):
    """Raised when another attempt has taken over the job; this attempt must stop and write nothing more."""


class CancelRequested(Exception):
    """Raised when a user has cancelled the job."""


class WorkerStopping(Exception):
    """Raised when this process is stopping; another continues from the last checkpoint."""


class JobContext:
    """One attempt at a job.

    `params` are the parameters of the job. `cursor` is the last checkpoint of an earlier attempt, None for the first.
    Every write raises `Fenced` when another attempt has taken over; do not catch it.
    """

    def __init__(self, job: Job, *, on_progress: OnProgress | None = None) -> None:
        self.job_id: int = job.pk
        self.kind = job.kind
        self.params: dict[str, Any] = job.params
        self.cursor: Any = job.cursor
        self.attempt = job.attempt
        self.project_id: int | None = job.project_id
        self.started_by: User | None = job.started_by
        self._job = job
        self._on_progress = on_progress
        self._progress: tuple[int, int | None] = (job.progress_done, job.progress_total)
        self._written_at = 0.0
        self._lines: list[JobLine] = []
        self._has_new_lines = False

    def set_progress(self, done: int, total: int | None = None) -> None:
        """Set the progress, in any unit; it is written at most four times a second.

        Raises `CancelRequested` and `WorkerStopping` as `raise_if_cancelled` does.
        """
        self._progress = (done, total)
        if self._on_progress:
            self._on_progress(done, total)
        if time.monotonic() - self._written_at >= PROGRESS_INTERVAL:
            self.raise_if_cancelled()
            self._write()

    def save_checkpoint(self, cursor: Any) -> None:
        """Save where another attempt continues; call it last in the transaction that commits the chunk.

        `cursor` is JSON. The report lines added so far belong to the checkpoint.
        """
        with transaction.atomic():
            self._write_lines()
            values = {"cursor": cursor}
            if self._has_new_lines:
                lines = JobLine.objects.filter(job_id=self.job_id).order_by("-id")
                values["line_cursor"] = lines.values_list("id", flat=True).first() or 0
            self._write(**values)
        self._has_new_lines = False
        self.cursor = cursor

    def add_line(self, level: str, where: str, message: str) -> None:
        """Add a report line: level info, warning or error; location, as in "file.jsonl:3"; one or two sentences."""
        if len(where) > WHERE_LENGTH:
            where = f"…{where[1 - WHERE_LENGTH :]}"
        where, message = storable_text(where), storable_text(message[:LONGEST_MESSAGE])
        self._lines.append(JobLine(job_id=self.job_id, level=LineLevel(level), where=where, message=message))
        if len(self._lines) >= MOST_BUFFERED_LINES:
            self._write()

    def written_lines(self) -> list[JobLine]:
        """Write the buffered report lines and return all of the job, in order."""
        self._write()
        return list(JobLine.objects.filter(job_id=self.job_id).order_by("id"))

    def join_lines(self, lines: Sequence[JobLine], message: str) -> None:
        """Replace report lines by the first of them with another message; the caller opens the transaction."""
        first = lines[0]
        JobLine.objects.filter(pk=first.pk).update(message=storable_text(message[:LONGEST_MESSAGE]))
        JobLine.objects.filter(pk__in=[line.pk for line in lines[1:]]).delete()

    def raise_if_cancelled(self) -> None:
        """Raise `CancelRequested` when a user has cancelled the job, `WorkerStopping` when its process is stopping."""
        if stop_flag.requested():
            raise WorkerStopping
        cancelled = leases.held_by(self.job_id, self.attempt).values_list("cancel_requested", flat=True).first()
        if cancelled is None:
            raise Fenced
        if cancelled:
            raise CancelRequested

    def final_values(self) -> dict[str, Any]:
        """Write the buffered report lines and return the progress, to be stored with the final state."""
        self._write()
        return {"progress_done": self._progress[0], "progress_total": self._progress[1]}

    def _write(self, **values: Any) -> None:
        done, total = self._progress
        until = leases.lease_end(timezone.now())
        with transaction.atomic():
            job = leases.held_by(self.job_id, self.attempt)
            if not job.update(progress_done=done, progress_total=total, lease_until=until, **values):
                raise Fenced
            self._write_lines()
        self._written_at = time.monotonic()

    def _write_lines(self) -> None:
        """Insert the buffered report lines; they belong to no checkpoint until `save_checkpoint` includes them."""
        if self._lines:
            JobLine.objects.bulk_create(self._lines)
            self._lines.clear()
            self._has_new_lines = True


def storable_text(text: str) -> str:
    """Return the text with characters that PostgreSQL refuses (NUL, lone surrogates) replaced by visible ones."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{SYMBOL FOR NULL}")


def storable(value: Any) -> Any:
    """Return JSON with every string made storable; values that are not JSON become strings."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {storable_text(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else storable_text(str(value))
