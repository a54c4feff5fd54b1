"""Celery, which only wakes workers. The rows of `annotator.platform.jobs` hold the state of each job.

Without `REDIS_URL` the messages are files under `VAR_DIR` (see `annotator.platform.celery.transport`), for one machine.
There is no result backend: callers read the row and never wait for a message.
"""

import logging
import os

from celery import Celery
from django.conf import settings
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
    """Send a message that a job is queued; return False when that failed (the sweeper of a worker tries again).

    The row is stored already, so no failure of the broker or of its client may turn the request into an error.
    """
    try:
        app.send_task(RUN_JOB, args=[job_id], queue=QUEUE)
    except Exception as error:  # noqa: BLE001 - missing packages, wrong addresses, refused passwords, full disks
        logger.warning("Job %s is queued, but no worker was notified: %s", job_id, _one_line(error))
        return False
    return True


def broker_failure() -> str:
    """Return in one line why workers cannot be notified; "" when they can be."""
    try:
        with app.connection_for_write(connect_timeout=1, transport_options=_probe_options()) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)
            connection.default_channel.queue_declare(queue=QUEUE, passive=False)
    except Exception as error:  # noqa: BLE001 - as above
        return _one_line(error)
    return ""


def _probe_options() -> dict[str, object]:
    return dict(app.conf.broker_transport_options) | ({"socket_timeout": 2} if settings.REDIS_URL else {})


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
