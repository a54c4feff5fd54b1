"""Carrying out a job that was claimed: call its body, keep the lease alive, write down how it ended."""

import errno
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.utils import timezone

from annotator.platform.jobs import leases
from annotator.platform.jobs.context import CancelRequested, Fenced, JobContext, OnProgress, WorkerStopping, storable
from annotator.platform.jobs.models import Job, JobState
from annotator.platform.jobs.registry import find_kind
from annotator.problems import Problem

logger = logging.getLogger(__name__)


class InternalError(Problem):
    """A bug in the body of a job: nothing of it is shown, all of it is in the log."""

    status = 500
    code = "internal_error"
    title = "Something went wrong here"


class DiskFull(Problem):
    """There is no room to go on."""

    status = 507
    code = "disk_full"
    title = "The disk is full"


class UnknownKind(Problem):
    """The job was started by another version of the site."""

    status = 500
    code = "unknown_kind"
    title = "Nobody here can do this work"


def run(job_id: int) -> None:
    """Claim a job and carry it out, for workers. Nothing happens when it is not to be had: the bell rang twice."""
    job = leases.claim(job_id, now=timezone.now())
    if job is not None:
        carry_out(job)


def carry_out(job: Job, *, on_progress: OnProgress | None = None) -> None:
    """Call the body of a claimed job and write down its result or problem. Raises only what ends the process."""
    context = JobContext(job, on_progress=on_progress)
    try:
        with _lease_kept_alive(job.pk, job.attempt):
            _carry_out(context)
    except Fenced:
        logger.warning("Job %s: attempt %s was taken over and stopped.", job.pk, job.attempt)
    except WorkerStopping:
        leases.hand_back(job.pk, job.attempt)
    except (OperationalError, InterfaceError):
        # The database is away or locked: nothing can be written down. The lease runs out and another attempt goes on.
        logger.exception("Job %s (%s): the database failed during attempt %s.", job.pk, job.kind, job.attempt)


def _carry_out(context: JobContext) -> None:
    """Call the body and end the job as it ended."""
    try:
        kind = find_kind(context.kind)
        if kind is None:
            raise UnknownKind(f"This version of the site knows no work called {context.kind!r}. Start it again.")
        context.raise_if_cancelled()
        result = kind.body(context)
    except CancelRequested:
        _finish(context, JobState.CANCELLED)
    except KeyboardInterrupt:
        _finish(context, JobState.CANCELLED)
        raise
    except (Fenced, WorkerStopping, OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - the last one who can write down how the job ended
        _finish(context, JobState.FAILED, problem=storable(_problem_of(error, context).as_document()))
    else:
        _finish(context, JobState.DONE, result=storable(result or {}))


def _problem_of(error: Exception, context: JobContext) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull("There is no room left on the disk. Free some, then start the work again.")
    logger.error("Job %s (%s) failed.", context.job_id, context.kind, exc_info=error)
    return InternalError(
        "It is not your fault. The cause is in the server's log under the number of this job; tell who runs the site."
    )


def _finish(context: JobContext, state: JobState, **values: Any) -> None:
    values |= context.final_values()
    if not leases.finish(context.job_id, context.attempt, state=state, now=timezone.now(), **values):
        raise Fenced


@contextmanager
def _lease_kept_alive(job_id: int, attempt: int) -> Iterator[None]:
    """Extend the lease from a thread, so that a long step of the body does not lose it."""
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
            # The next beat may find it again; the lease outlasts several.
            logger.warning("Job %s: its lease could not be extended.", job_id, exc_info=True)
        finally:
            connections.close_all()
