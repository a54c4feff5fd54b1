"""Leases of jobs: the only code that changes the state of a job, always by one conditional UPDATE.

A worker holds a job until `lease_until` and keeps extending the lease. `attempt` is the fence: each claim increases it,
and whatever an earlier attempt still tries to write matches no row.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from annotator.platform.jobs.models import Job, JobLine, JobState
from annotator.problems import gettext_noop

MAX_ATTEMPTS = 3
GIVEN_UP = {
    "type": "about:blank",
    "title": gettext_noop("The job never finished"),
    "status": 500,
    "code": "job_gave_up",
    "detail": (
        f"The job was started {MAX_ATTEMPTS} times, and each time its process ended before the job did (killed, out of "
        "memory, or the machine stopped). Finished steps are kept. See the log of the server, then start it again."
    ),
}
COMMAND_ENDED = {
    "type": "about:blank",
    "title": gettext_noop("The command ended early"),
    "status": 500,
    "code": "command_ended",
    "detail": "The process of the command ended before the job did. Finished steps are kept; run the command again.",
}


def lease_end(now: datetime) -> datetime:
    """Return when a lease taken now expires unless it is extended."""
    seconds: float = settings.JOB_LEASE_SECONDS
    return now + timedelta(seconds=seconds)


def claim(job_id: int, *, now: datetime, own_process: bool = False) -> Job | None:
    """Claim a queued job, or one whose lease has expired, as a new attempt; return None when it is not available."""
    expired = Q(state=JobState.RUNNING, lease_until__lt=now)
    free = Q(state=JobState.QUEUED) if own_process else Q(state=JobState.QUEUED) | expired
    if not own_process:
        free &= Q(own_process=False)
    with transaction.atomic():
        claimed = Job.objects.filter(free, pk=job_id, cancel_requested=False, attempt__lt=MAX_ATTEMPTS).update(
            state=JobState.RUNNING,
            attempt=F("attempt") + 1,
            lease_until=lease_end(now),
            own_process=own_process,
            started_at=Coalesce("started_at", Value(now)),
        )
        if not claimed:
            return None
        job = Job.objects.select_related("project", "started_by").get(pk=job_id)
        # Lines that an earlier attempt added after its last checkpoint will be added again.
        JobLine.objects.filter(job=job, pk__gt=job.line_cursor).delete()
    return job


def held_by(job_id: int, attempt: int) -> QuerySet[Job]:
    """Return the job while this attempt holds it, otherwise an empty queryset."""
    return Job.objects.filter(pk=job_id, attempt=attempt, state=JobState.RUNNING)


def extend(job_id: int, attempt: int, *, now: datetime) -> bool:
    """Extend a lease; return False when another attempt has taken over."""
    return held_by(job_id, attempt).update(lease_until=lease_end(now)) == 1


def release(job_id: int, attempt: int) -> bool:
    """Return a job to the queue because its worker is stopping. The attempt does not count."""
    return (
        held_by(job_id, attempt).update(state=JobState.QUEUED, lease_until=None, attempt=attempt - 1, rung_at=None) == 1
    )


def finish(job_id: int, attempt: int, *, state: JobState, now: datetime, **values: Any) -> bool:
    """Store the final state of a job; return False when another attempt has taken over."""
    return held_by(job_id, attempt).update(state=state, lease_until=None, finished_at=now, **values) == 1


def cancel_waiting(job_id: int, *, now: datetime) -> bool:
    """Cancel a job that no worker holds; return False when one does."""
    unheld = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now)
    waiting = Job.objects.filter(unheld, pk=job_id)
    return waiting.update(state=JobState.CANCELLED, lease_until=None, finished_at=now, cancel_requested=True) == 1


def end_abandoned(*, now: datetime) -> None:
    """End the jobs that no worker holds or may claim: cancelled, tried too often, or left by a command."""
    silent = Q(state=JobState.RUNNING, lease_until__lt=now)
    waiting = Q(state=JobState.QUEUED)
    never_begun = waiting & Q(created_at__lt=now - timedelta(seconds=settings.JOB_LEASE_SECONDS))
    cancelled = Q(cancel_requested=True) & (silent | waiting)
    left = Q(own_process=True) & (silent | never_begun)
    given_up = Q(attempt__gte=MAX_ATTEMPTS) & (silent | waiting)
    if not Job.objects.filter(cancelled | left | given_up).exists():
        return
    ended: dict[str, Any] = {"lease_until": None, "finished_at": now}
    Job.objects.filter(cancelled).update(state=JobState.CANCELLED, **ended)
    Job.objects.filter(left).update(state=JobState.FAILED, problem=COMMAND_ENDED, **ended)
    Job.objects.filter(given_up).update(state=JobState.FAILED, problem=GIVEN_UP, **ended)
