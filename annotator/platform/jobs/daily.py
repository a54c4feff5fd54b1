"""Jobs that start every day: kinds and times are in the setting `DAILY_JOBS`.

The sweeper of each worker looks; the worker that takes the lock first starts the job. A job whose time passed while no
worker ran starts when one does.
"""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import connection, transaction

from annotator.platform.jobs import services
from annotator.platform.jobs.models import Job

# Any number that nothing else on the database server uses for its locks.
DAILY_LOCK = 7_221_944_010_530_120


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
