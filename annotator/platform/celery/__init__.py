"""Celery, which only wakes workers. The rows of `annotator.platform.jobs` hold the state of each job.

Without `REDIS_URL` the messages are files under `VAR_DIR` (see `annotator.platform.celery.transport`), for one machine.
There is no result backend: callers read the row and never wait for a message.
"""

import logging
import os

from celery import Celery
from django.conf import settings
from kombu.exceptions import KombuError
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.settings")

logger = logging.getLogger(__name__)

QUEUE = "jobs"
RUN_JOB = "annotator.jobs.run_job"
TRANSPORT_ALIASES["files"] = "annotator.platform.celery.transport:Transport"

app = Celery("annotator")
app.conf.update(
    broker_url=settings.REDIS_URL or "files://localhost",
    broker_transport_options=(
        {"socket_connect_timeout": 2} if settings.REDIS_URL else {"folder": str(settings.BROKER_DIR)}
    ),
    broker_connection_timeout=2,
    broker_connection_retry_on_startup=True,
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0.1, "interval_max": 0.1},
    result_backend=None,
    task_ignore_result=True,
    task_default_queue=QUEUE,
    task_serializer="json",
    accept_content=["json"],
    # A message only wakes a worker and the row decides which one works, so a message need not be delivered again.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    # In kB; a process above this size is replaced after its job.
    worker_max_memory_per_child=400_000,
    enable_utc=True,
    timezone="UTC",
)
app.autodiscover_tasks()


def notify_workers(job_id: int) -> bool:
    """Send a message that a job is queued; return False when the broker is unreachable (the sweeper tries again)."""
    try:
        app.send_task(RUN_JOB, args=[job_id], queue=QUEUE)
    except (KombuError, OSError) as error:
        logger.warning("Job %s is queued, but the broker is unreachable: %s", job_id, error)
        return False
    return True
