"""Middleware that gives each request an id, counts it, and logs it when `LOG_REQUESTS` is set."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from annotator.platform.observability.counters import RequestCounts
from annotator.platform.observability.logs import request_lines

logger = logging.getLogger("annotator.requests")
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
HEADER = "X-Request-ID"
UNKNOWN_ROUTE = "unknown"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
counts = RequestCounts(Path(settings.VAR_DIR) / "metrics")


class ObservedRequestMiddleware:
    """The outermost middleware: its id is in the response and in every line of the log.

    An id that a proxy has given is kept, so that its log and ours can be joined.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        request_id = given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        with request_lines(request, request_id):
            began = time.monotonic()
            response = self.get_response(request)
            seconds = time.monotonic() - began
            response.headers[HEADER] = request_id
            self._record(request, response, seconds)
            return response

    @staticmethod
    def _record(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        # Patterns, because addresses hold secrets of links, and would be a series of metrics each.
        route = request.resolver_match.route if request.resolver_match else UNKNOWN_ROUTE
        method = request.method if request.method in METHODS else "OTHER"
        if settings.METRICS_TOKEN:
            try:
                counts.count(method or "", route, response.status_code, seconds)
            except OSError as error:
                logger.warning("Requests could not be counted: %s", error)
        if settings.LOG_REQUESTS:
            extra = {
                "method": method,
                "route": route,
                "status": response.status_code,
                "milliseconds": round(1000 * seconds, 1),
            }
            logger.info("%s %s %s", method, route, response.status_code, extra=extra)
