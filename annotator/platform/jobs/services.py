"""Starting and ending background work."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotator.platform.accounts.models import User
from annotator.platform.celery import notify_workers
from annotator.platform.jobs import leases, runner
from annotator.platform.jobs.context import OnProgress
from annotator.platform.jobs.models import Job, JobState
from annotator.problems import Conflict


class JobFinished(Conflict):
    """There is nothing left to cancel."""

    code = "job_finished"


class JobTaken(Conflict):
    """Somebody else works on it."""

    code = "job_taken"


def start(
    kind: str,
    *,
    project_id: int | None,
    params: dict[str, Any],
    started_by: User | None,
    now: datetime,
    own_process: bool = False,
) -> Job:
    """Store a job in the caller's transaction and wake a worker when it commits.

    A command that does the work itself passes `own_process=True` and calls `run_here`: then no worker is woken, and
    none takes the job. `params` is JSON; the kind must be one that is registered by the time a worker gets to it.
    """
    job = Job.objects.create(
        kind=kind,
        project_id=project_id,
        params=params,
        started_by=started_by,
        created_at=now,
        rung_at=now,
        own_process=own_process,
    )
    if not own_process:
        transaction.on_commit(partial(notify_workers, job.pk))
    return job


def run_here(job: Job, *, on_progress: OnProgress | None = None) -> Job:
    """Carry out a job in this process, without worker, broker or server, and return it as it ended.

    `on_progress` gets (done, total or None) each time the body says how far it is. An interrupt from the keyboard ends
    the job as cancelled. Raises `JobTaken` when a worker was faster or the job has ended.
    """
    claimed = leases.claim(job.pk, now=timezone.now(), own_process=True)
    if claimed is None:
        raise JobTaken(f"Job {job.pk} is being done by a worker, or has ended. Look at its page.")
    try:
        runner.carry_out(claimed, on_progress=on_progress)
    except KeyboardInterrupt:
        # The row says so already; the caller looks at the state.
        claimed.refresh_from_db()
        return claimed
    claimed.refresh_from_db()
    return claimed


def cancel(job: Job, *, now: datetime) -> Job:
    """End a job: at once when it waits, at its next step when somebody works on it. Raises `JobFinished`."""
    if not leases.cancel_waiting(job.pk, now=now):
        running = Job.objects.filter(pk=job.pk, state=JobState.RUNNING)
        if not running.update(cancel_requested=True):
            raise JobFinished(f"Job {job.pk} has ended already; there is nothing to cancel.")
    job.refresh_from_db()
    return job
