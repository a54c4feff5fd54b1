"""Log lines with the ids of request, user and job, as plain text or JSON.

The ids are added to every line that is written while a request or a job is handled, also to those of Django and of
other packages. Texts, names, passwords and secret links are never logged by us; addresses are logged as patterns.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

_job: ContextVar[dict[str, Any] | None] = ContextVar("job", default=None)
_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)
# Members of a record that a caller gave as `extra`.
EXTRA = ("method", "route", "status", "milliseconds")


@contextmanager
def job_lines(*, job_id: int, kind: str) -> Iterator[None]:
    """Add the id and kind of a job to all lines written inside."""
    token = _job.set({"job_id": job_id, "job_kind": kind})
    try:
        yield
    finally:
        _job.reset(token)


@contextmanager
def request_lines(request: HttpRequest, request_id: str) -> Iterator[None]:
    """Add the id of a request, and of its user when known, to all lines written inside."""
    request.id = request_id  # type: ignore[attr-defined]
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def ids_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return the ids of request, user and job of a line: of those that are handled now, or of the line's own request.

    Django writes its line about an error after all middleware, and passes the request.
    """
    ids: dict[str, Any] = {}
    request = _request.get() or record.__dict__.get("request")
    if isinstance(request, HttpRequest):
        ids["request_id"] = getattr(request, "id", "")
        if (user_id := user_id_of(request)) is not None:
            ids["user_id"] = user_id
    return ids | (_job.get() or {})


def user_id_of(request: HttpRequest) -> int | None:
    """Return the id of the user of a request, without a query; None while nothing has asked who it is."""
    user = getattr(request, "_cached_user", None) or request.__dict__.get("user")
    key = user.__dict__.get("id") if user is not None else None
    return key if isinstance(key, int) else None


class RefusalsWithoutTraceback(logging.Filter):
    """Lines about malformed requests say what was wrong in one line: no code of ours failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass; without a traceback when it is about a malformed request."""
        if record.name.startswith("django.security."):
            record.exc_info = None
        return True


class PlainFormatter(logging.Formatter):
    """One line of text, with the ids at its end."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - name of the standard library
        """Return the line; a traceback follows it."""
        values = ids_of(record)
        ids = " ".join(f"{name}={value}" for name, value in values.items())
        line = super().formatMessage(record)
        return f"{line} [{ids}]" if ids else line


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback is a member of it."""
        values: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        values |= ids_of(record)
        values |= {name: value for name in EXTRA if (value := record.__dict__.get(name)) is not None}
        if record.exc_info:
            values["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            values["stack"] = record.stack_info
        return json.dumps(values, ensure_ascii=False, default=str)
