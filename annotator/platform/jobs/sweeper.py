"""Makes good what bells cannot: messages that were lost, workers that were killed. Runs as a thread of each worker."""

import logging
import threading
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.models import Q
from django.utils import timezone

from annotator.platform.celery import notify_workers
from annotator.platform.jobs import leases
from annotator.platform.jobs.models import Job, JobState

logger = logging.getLogger(__name__)

RUNG_AGAIN_AFTER = timedelta(seconds=10)
RUNG_AGAIN_AT_LEAST_EVERY = timedelta(minutes=5)
RUNG_AT_ONCE = 1000


def sweep(*, now: datetime, at_start: bool = False) -> int:
    """End what was abandoned, ring for what waits too long, and return for how many jobs the bell rang.

    A job that still waits is rung for at intervals that double, so that behind a long job no heap of messages grows.
    """
    leases.end_abandoned(now=now)
    silent = Q(state=JobState.RUNNING, lease_until__lt=now)
    waiting = Q(state=JobState.QUEUED) & (Q(rung_at__isnull=True) | Q(rung_at__lt=now - RUNG_AGAIN_AFTER))
    jobs = Job.objects.filter(silent | waiting, own_process=False).order_by("id")[:RUNG_AT_ONCE]
    return sum(_ring_once(job, now=now) for job in jobs if at_start or _is_due(job, now=now))


def _is_due(job: Job, *, now: datetime) -> bool:
    since = job.lease_until or job.created_at
    if job.rung_at is None or (job.lease_until and job.rung_at < job.lease_until):
        return True
    pause = min(max(job.rung_at - since, RUNG_AGAIN_AFTER), RUNG_AGAIN_AT_LEAST_EVERY)
    return now - job.rung_at >= pause


def _ring_once(job: Job, *, now: datetime) -> bool:
    """Ring, unless the sweeper of another worker did so meanwhile."""
    unchanged = Job.objects.filter(pk=job.pk, state=job.state, rung_at=job.rung_at)
    return bool(unchanged.update(rung_at=now)) and notify_workers(job.pk)


class Sweeper(threading.Thread):
    """Sweeps at once and then every few seconds until it is stopped."""

    def __init__(self) -> None:
        super().__init__(name="sweeper", daemon=True)
        self._stopped = threading.Event()

    def run(self) -> None:
        """Sweep; a database that is away for a while is waited for."""
        at_start = True
        while not self._stopped.is_set():
            try:
                sweep(now=timezone.now(), at_start=at_start)
                at_start = False
            except DatabaseError:
                logger.warning("Waiting jobs could not be looked for; trying again.", exc_info=True)
            finally:
                # Between sweeps the worker forks, and a child must not inherit an open connection.
                connections.close_all()
            self._stopped.wait(settings.JOB_SWEEP_SECONDS)

    def stop(self) -> None:
        """End the thread soon."""
        self._stopped.set()
