"""Failures of what the site depends on: a database that does not respond, a full disk.

They are neither bugs nor faults of the request: the response is 503 or 507 with the time to wait, and the log has one
line without a traceback. Which other failures of the database are bugs is decided here.
"""

import errno
import logging
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from rest_framework.request import Request

from annotator.problems import DiskFull, ServiceUnavailable

logger = logging.getLogger(__name__)

Outage = ServiceUnavailable | DiskFull
AnyResponse = TypeVar("AnyResponse", bound=HttpResponse)

NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
# Of SQLite, which has no codes for Python 3.11's `OperationalError` as Django passes it on.
SQLITE_FULL = ("database or disk is full",)
SQLITE_OUTAGES = ("is locked", "unable to open", "disk i/o error", "readonly database", "locking protocol")
# Classes of PostgreSQL: connection, transaction rollback, resources, operator intervention, system error.
POSTGRESQL_FULL = "53100"
POSTGRESQL_OUTAGES = ("08", "40", "53", "57", "58")


def outage_of(error: BaseException | None) -> Outage | None:
    """Return the problem of a failure of database or disk; None for other exceptions, which are bugs."""
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        return _disk_full()
    if isinstance(error, DatabaseError | InterfaceError):
        return _database_outage(error)
    return None


def _database_outage(error: Exception) -> Outage | None:
    state = getattr(error.__cause__, "sqlstate", None)
    message = str(error).lower()
    if state == POSTGRESQL_FULL or any(words in message for words in SQLITE_FULL):
        return _disk_full()
    from_postgresql = type(error.__cause__).__module__.startswith("psycopg")
    lost = isinstance(error, OperationalError | InterfaceError) and from_postgresql and state is None
    outage = lost or (state or "").startswith(POSTGRESQL_OUTAGES) or any(words in message for words in SQLITE_OUTAGES)
    if not outage:
        return None
    return ServiceUnavailable(
        _("The database does not respond at the moment. Saved work is not affected. Try again in a few seconds.")
    )


def _disk_full() -> Outage:
    return DiskFull(_("The disk of the server is full. Saved work is not affected. Contact your administrator."))


def outage_response(request: HttpRequest, problem: Outage, error: BaseException) -> HttpResponse:
    """Return the response to a failure of database or disk, and write its line in the log.

    The page uses neither user nor session, which may be what cannot be read.
    """
    log_outage(request, problem, error)
    return mark_as_logged(_document(request, problem) if _is_api(request) else _page(problem), problem)


def log_outage(request: HttpRequest | Request, problem: Outage, error: BaseException) -> None:
    """Write the one line about a failed request."""
    reason = " ".join(str(error).split()) or type(error).__name__
    logger.error("%s %s: status %s, %s", request.method, request.path, problem.status, reason)


def mark_as_logged(response: AnyResponse, problem: Outage) -> AnyResponse:
    """Add the time to wait, and keep Django from writing a second line about the response."""
    response.headers["Retry-After"] = str(problem.retry_after)
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own mark
    return response


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _document(request: HttpRequest, problem: Outage) -> HttpResponse:
    document = problem.as_document(instance=request.path)
    return JsonResponse(document, status=problem.status, content_type="application/problem+json")


def _page(problem: Outage) -> HttpResponse:
    return HttpResponse(render_to_string("http/outage.html", {"problem": problem}), status=problem.status)
