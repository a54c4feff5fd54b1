"""The Celery task that runs a job, and the slots that long jobs may take in a worker.

A worker runs several jobs at once, but long ones in all slots but one, so that a short job never waits behind a long
one. A slot is a locked file: the lock ends with the process that holds it, however it ends.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.platform.celery import RUN_JOB, app, notify_workers
from annotator.platform.jobs import runner
from annotator.platform.jobs.models import Job, JobState
from annotator.platform.jobs.registry import find_kind

# How many queued jobs are announced when a slot is free again: the first may be one that another worker takes.
ANNOUNCED = 2
# The files of this worker, which its forked processes inherit; without any, no slot is reserved.
_slots: list[Path] = []


@app.task(name=RUN_JOB)  # type: ignore[untyped-decorator]
def run_job(job_id: int) -> None:
    """Run a job, unless another worker holds it, it has ended, or it is long and has to wait for a slot."""
    job = Job.objects.filter(pk=job_id).order_by("id").first()
    if job is None:
        return
    if not is_long(job):
        runner.run(job_id)
        return
    with long_slot() as is_free:
        if is_free:
            runner.run(job_id)
    if is_free:
        _announce_waiting()


def is_long(job: Job) -> bool:
    """Return whether a job may take long, as its kind says; an unknown kind ends at once."""
    kind = find_kind(job.kind)
    return kind is not None and kind.is_long(job)


def reserve_slots(concurrency: int) -> None:
    """Make the slots of a worker, before it forks: one fewer than the jobs that it runs at once."""
    _slots.clear()
    if concurrency > 1:
        folder = Path(tempfile.mkdtemp(prefix="annotator-slots-"))
        for number in range(concurrency - 1):
            _slots.append(folder / str(number))
            _slots[-1].touch(mode=0o600)


def release_slots() -> None:
    """Remove the files of a worker that ends."""
    for slot in _slots:
        slot.unlink(missing_ok=True)
    if _slots:
        _slots[0].parent.rmdir()
    _slots.clear()


@contextmanager
def long_slot() -> Iterator[bool]:
    """Hold a slot for a long job; yield False when all are taken."""
    if not _slots:
        yield True
        return
    for slot in _slots:
        descriptor = os.open(slot, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        try:
            yield True
        finally:
            os.close(descriptor)
        return
    yield False


def _announce_waiting() -> None:
    """Notify workers of jobs that found no slot; the sweeper would do it later."""
    waiting = Job.objects.filter(state=JobState.QUEUED, own_process=False).order_by("id")
    for job_id in waiting.values_list("id", flat=True)[:ANNOUNCED]:
        notify_workers(job_id)
