"""Starting, running and cancelling jobs."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from annotator.platform.accounts.models import User
from annotator.platform.jobs import leases, runner
from annotator.platform.jobs.context import OnProgress
from annotator.platform.jobs.models import FINAL_STATES, Job, JobState
from annotator.problems import Conflict


class JobFinished(Conflict):
    """The job has finished and cannot be cancelled."""

    code = "job_finished"


class JobTaken(Conflict):
    """A worker holds the job."""

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
    """Store a job in the transaction of the caller and notify the workers when it commits.

    A command that does the work itself passes `own_process=True` and calls `run_here`: no worker is notified, and none
    claims the job. `params` is JSON; the kind must be registered when a worker runs the job.
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
        transaction.on_commit(partial(_notify_workers, job.pk))
    return job


def start_once(
    kind: str,
    *,
    project_id: int,
    params: dict[str, Any],
    same: Sequence[str] = (),
    started_by: User | None,
    now: datetime,
    own_process: bool = False,
) -> Job:
    """Return the unfinished job of this kind in a project, or start one as `start` does.

    Only jobs with equal values of the parameters named by `same` count. The caller holds a lock, so that two calls at
    the same time do not both start one. A command that does the work itself always starts one.
    """
    if not own_process:
        equal = {f"params__{name}": params[name] for name in same}
        unfinished = Job.objects.filter(kind=kind, project_id=project_id, **equal).exclude(state__in=FINAL_STATES)
        if (job := unfinished.order_by("-id").first()) is not None:
            return job
    return start(kind, project_id=project_id, params=params, started_by=started_by, now=now, own_process=own_process)


def _notify_workers(job_id: int) -> None:
    # Celery takes a quarter of the time in which a command starts, and commands do the work themselves.
    from annotator.platform.celery import notify_workers

    notify_workers(job_id)


def run_here(job: Job, *, on_progress: OnProgress | None = None) -> Job:
    """Run a job in this process, without worker, broker or server, and return it in its final state.

    `on_progress` is called with (done, total or None) whenever the body sets its progress. A keyboard interrupt cancels
    the job. Raises `JobTaken` when a worker holds the job or the job has ended.
    """
    claimed = leases.claim(job.pk, now=timezone.now(), own_process=True)
    if claimed is None:
        raise JobTaken(f"Job {job.pk} is held by a worker or has ended. See its page.")
    try:
        runner.run_claimed(claimed, on_progress=on_progress)
    except KeyboardInterrupt:
        # The state of the row is already cancelled; the caller checks it.
        claimed.refresh_from_db()
        return claimed
    claimed.refresh_from_db()
    return claimed


def cancel(job: Job, *, now: datetime) -> Job:
    """Cancel a job: at once while it is queued, after the current step while it is running. Raises `JobFinished`."""
    if not leases.cancel_waiting(job.pk, now=now):
        running = Job.objects.filter(pk=job.pk, state=JobState.RUNNING)
        if not running.update(cancel_requested=True):
            raise JobFinished(_("Job %(number)s has already ended.") % {"number": job.pk})
    job.refresh_from_db()
    return job
