"""Which workers run: each reports itself in a row while it lives."""

import os
import socket
from datetime import datetime, timedelta

from django.conf import settings

from annotator.platform.jobs.models import Worker

FORGOTTEN_AFTER = timedelta(days=1)


def report_worker(*, started_at: datetime, now: datetime) -> None:
    """Store that the worker of this process runs, and forget workers that have been gone for a day."""
    Worker.objects.update_or_create(name=_own_name(), defaults={"started_at": started_at, "seen_at": now})
    Worker.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()


def remove_worker() -> None:
    """Remove the row of this process, which is stopping."""
    Worker.objects.filter(name=_own_name()).delete()


def running_workers(*, now: datetime) -> int:
    """Return how many workers have reported themselves lately."""
    return Worker.objects.filter(seen_at__gt=now - timedelta(seconds=3 * settings.WORKER_REPORT_SECONDS)).count()


def _own_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
