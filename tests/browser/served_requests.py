"""The requests that the server of the tests answers at the moment.

A page that is closed may have sent its last report just then. The database is emptied, and closed to the threads of the
server, only when these requests are answered: otherwise they would write among the rows of the next test.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.servers import basehttp

from tests.waiting import wait_for


class ServedRequests:
    """A count of requests under way in all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count a request while the body runs."""
        self._add(1)
        try:
            yield
        finally:
            self._add(-1)

    def _add(self, number: int) -> None:
        with self._lock:
            self._count += number

    def wait_until_answered(self) -> None:
        """Wait until no request is under way."""
        wait_for(lambda: self._count == 0)


def count_requests() -> ServedRequests:
    """Let the servers of this process count the requests that they answer."""
    requests = ServedRequests()

    class CountedHandler(basehttp.ServerHandler):
        """The handler of one request."""

        def run(self, application: Any) -> None:
            with requests.counted():
                super().run(application)

    basehttp.ServerHandler = CountedHandler  # type: ignore[misc]
    return requests
