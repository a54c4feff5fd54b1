"""Run claimed jobs: call the body, keep the lease, store the result or problem."""

import errno
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.utils import timezone
from django.utils.translation import gettext as _

from annotator.platform.jobs import leases
from annotator.platform.jobs.context import CancelRequested, Fenced, JobContext, OnProgress, WorkerStopping, storable
from annotator.platform.jobs.models import Job, JobState
from annotator.platform.jobs.registry import find_kind
from annotator.platform.observability.logs import job_lines
from annotator.problems import DiskFull, Problem, gettext_noop

logger = logging.getLogger(__name__)


class InternalError(Problem):
    """A bug in the body of a job; the traceback is in the log only."""

    status = 500
    code = "internal_error"
    title = gettext_noop("Server error")


class UnknownKind(Problem):
    """A kind of job that this version of the site does not have."""

    status = 500
    code = "unknown_kind"
    title = gettext_noop("Unknown job type")


def run(job_id: int) -> None:
    """Claim a job and run it, for workers; do nothing when it is not available, as after a duplicate message."""
    job = leases.claim(job_id, now=timezone.now())
    if job is not None:
        run_claimed(job)


def run_claimed(job: Job, *, on_progress: OnProgress | None = None) -> None:
    """Call the body of a claimed job and store its result or problem. Raises only what ends the process."""
    context = JobContext(job, on_progress=on_progress)
    try:
        with job_lines(job_id=job.pk, kind=job.kind), _extended_lease(job.pk, job.attempt):
            _run_body(context)
    except Fenced:
        logger.warning("Job %s: attempt %s was taken over and stopped.", job.pk, job.attempt)
    except WorkerStopping:
        leases.release(job.pk, job.attempt)
    except (OperationalError, InterfaceError):
        # The database is unreachable or locked: nothing can be stored. When the lease expires, another attempt follows.
        logger.exception("Job %s (%s): the database failed during attempt %s.", job.pk, job.kind, job.attempt)


def _run_body(context: JobContext) -> None:
    """Call the body and store how the job ended."""
    try:
        kind = find_kind(context.kind)
        if kind is None:
            raise UnknownKind(f"This version of the site has no job type {context.kind!r}. Start the job again.")
        context.raise_if_cancelled()
        result = kind.body(context)
    except CancelRequested:
        _finish(context, JobState.CANCELLED)
    except KeyboardInterrupt:
        _finish(context, JobState.CANCELLED)
        raise
    except (Fenced, WorkerStopping, OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - the last place that can store how the job ended
        _finish(context, JobState.FAILED, problem=storable(_problem_of(error, context).as_document()))
    else:
        _finish(context, JobState.DONE, result=storable(result or {}))


def _problem_of(error: Exception, context: JobContext) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(_("The disk is full. Free some space, then start the job again."))
    logger.error("Job %s (%s) failed.", context.job_id, context.kind, exc_info=error)
    detail = _("The job failed because of a server error. Contact your administrator and quote job %(number)s.")
    return InternalError(detail % {"number": context.job_id})


def _finish(context: JobContext, state: JobState, **values: Any) -> None:
    values |= context.final_values()
    if not leases.finish(context.job_id, context.attempt, state=state, now=timezone.now(), **values):
        raise Fenced


@contextmanager
def _extended_lease(job_id: int, attempt: int) -> Iterator[None]:
    """Extend the lease in a thread, so that a long step of the body does not lose it."""
    ended = threading.Event()
    thread = threading.Thread(
        target=_heartbeat, args=(job_id, attempt, ended), name=f"lease of job {job_id}", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _heartbeat(job_id: int, attempt: int, ended: threading.Event) -> None:
    while not ended.wait(settings.JOB_HEARTBEAT_SECONDS):
        try:
            if not leases.extend(job_id, attempt, now=timezone.now()):
                return
        except DatabaseError:
            # The next extension may succeed; the lease outlasts several.
            logger.warning("Job %s: its lease could not be extended.", job_id, exc_info=True)
        finally:
            connections.close_all()
