"""The sweeper, a thread of each worker that handles lost messages and killed workers."""

import logging
import os
import threading
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Q
from django.utils import timezone

from annotator.platform.celery import notify_workers
from annotator.platform.jobs import leases, services
from annotator.platform.jobs.models import Job, JobState
from annotator.platform.jobs.registry import sweep_tasks
from annotator.platform.jobs.workers import remove_worker, report_worker

logger = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(minutes=5)
MOST_NOTIFICATIONS = 1000
# Any number that nothing else on the database server uses for its locks.
DAILY_LOCK = 7_221_944_010_530_120


def sweep(*, now: datetime, at_start: bool = False) -> int:
    """End abandoned jobs, notify workers of jobs that are queued for too long, and return how many these are.

    Notifications of one job are repeated at intervals that double, so that messages do not pile up behind a long job.
    """
    leases.end_abandoned(now=now)
    silent = Q(state=JobState.RUNNING, lease_until__lt=now)
    waiting = Q(state=JobState.QUEUED) & (Q(rung_at__isnull=True) | Q(rung_at__lt=now - FIRST_PAUSE))
    jobs = Job.objects.filter(silent | waiting, own_process=False).order_by("id")[:MOST_NOTIFICATIONS]
    return sum(_notify_once(job, now=now) for job in jobs if at_start or _is_due(job, now=now))


def _is_due(job: Job, *, now: datetime) -> bool:
    since = job.lease_until or job.created_at
    if job.rung_at is None or (job.lease_until and job.rung_at < job.lease_until):
        return True
    pause = min(max(job.rung_at - since, FIRST_PAUSE), LONGEST_PAUSE)
    return now - job.rung_at >= pause


def _notify_once(job: Job, *, now: datetime) -> bool:
    """Notify the workers, unless the sweeper of another worker has just done so."""
    unchanged = Job.objects.filter(pk=job.pk, state=job.state, rung_at=job.rung_at)
    return bool(unchanged.update(rung_at=now)) and notify_workers(job.pk)


def start_due(*, now: datetime) -> list[str]:
    """Start the daily jobs that are due and have not been started, and return their kinds."""
    due = {kind: _last_due(at, now=now) for kind, at in settings.DAILY_JOBS.items()}
    return [kind for kind, since in due.items() if not _is_started(kind, since) and _start(kind, since, now=now)]


def _start(kind: str, since: datetime, *, now: datetime) -> bool:
    """Start a job unless another worker has just done so."""
    with transaction.atomic():
        if connection.vendor == "postgresql":  # on SQLite, writers wait for each other anyway
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DAILY_LOCK])
        if _is_started(kind, since):
            return False
        services.start(kind, project_id=None, params={}, started_by=None, now=now)
        return True


def _is_started(kind: str, since: datetime) -> bool:
    return Job.objects.filter(kind=kind, project=None, created_at__gte=since).exists()


def _last_due(at: str, *, now: datetime) -> datetime:
    due = datetime.combine(now.date(), time.fromisoformat(at), now.tzinfo)
    return due if due <= now else due - timedelta(days=1)


# Held while the sweeper has a connection. A process forked at such a time, in place of a killed one, would inherit it:
# SQLite would take the locks of the parent for its own, and find the database locked for ever.
connected = threading.RLock()
os.register_at_fork(before=connected.acquire, after_in_parent=connected.release, after_in_child=connected.release)


class Sweeper(threading.Thread):
    """Thread that sweeps at once and then every few seconds until it is stopped."""

    def __init__(self) -> None:
        super().__init__(name="sweeper", daemon=True)
        self._stopped = threading.Event()
        self._started_at = timezone.now()
        self._reported_at = datetime.min.replace(tzinfo=UTC)

    def run(self) -> None:
        """Sweep until stopped; while the database is unreachable, try again."""
        at_start = True
        while not self._stopped.is_set():
            with connected:
                try:
                    self._sweep(at_start=at_start)
                    at_start = False
                except DatabaseError as error:
                    logger.warning("Queued jobs could not be read; trying again: %s", " ".join(str(error).split()))
                finally:
                    connections.close_all()
            self._stopped.wait(settings.JOB_SWEEP_SECONDS)

    def _sweep(self, *, at_start: bool) -> None:
        self._report()
        sweep(now=timezone.now(), at_start=at_start)
        start_due(now=timezone.now())
        for task in sweep_tasks():
            task(now=timezone.now())

    def stop(self) -> None:
        """Stop the thread after the current sweep, and remove the report that this worker runs."""
        self._stopped.set()
        try:
            remove_worker()
        except DatabaseError as error:
            logger.warning("The row of this worker could not be removed: %s", " ".join(str(error).split()))
        finally:
            connections.close_all()

    def _report(self) -> None:
        now = timezone.now()
        if now - self._reported_at >= timedelta(seconds=settings.WORKER_REPORT_SECONDS):
            report_worker(started_at=self._started_at, now=now)
            self._reported_at = now
