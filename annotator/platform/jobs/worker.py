"""The worker process: Celery with a pool of forked processes, and the sweeper."""

import logging
import os
import warnings
from typing import Any

from celery import signals
from celery.exceptions import SecurityWarning

from annotator.platform.celery import app
from annotator.platform.celery.pool import TaskPool
from annotator.platform.jobs import stop_flag, tasks
from annotator.platform.jobs.sweeper import Sweeper

logger = logging.getLogger(__name__)


def run_worker(*, concurrency: int) -> int:
    """Run jobs until a signal stops the worker, and return the exit code.

    SIGTERM and SIGINT stop it gracefully: jobs stop after the current step and return to the queue with a checkpoint.
    """
    # Messages hold only names and numbers, as JSON, and in a container root is the usual user.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    # The checks import every page of the site, which would only use memory of the worker.
    os.environ["CELERY_SKIP_CHECKS"] = "1"
    stop_flag.clear()
    sweeper = Sweeper()
    begin, end = _receivers(sweeper)
    signals.worker_ready.connect(begin, weak=False)
    signals.worker_shutting_down.connect(end, weak=False)
    worker = app.Worker(
        pool_cls=TaskPool,
        concurrency=concurrency,
        loglevel=logging.WARNING,
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    tasks.reserve_slots(concurrency)
    try:
        worker.start()
    finally:
        tasks.release_slots()
    sweeper.stop()
    return int(worker.exitcode or 0)


def _receivers(sweeper: Sweeper) -> tuple[Any, Any]:
    def begin(**_: Any) -> None:
        sweeper.start()
        logger.info("The worker is ready.")

    def end(**_: Any) -> None:
        stop_flag.request()

    return begin, end
