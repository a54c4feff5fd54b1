"""The web server: waitress with lanes of threads. `annotator.site.serving.web_process` runs it.

One thread of waitress reads requests and sends responses for all connections. Only complete requests reach the threads
that run views, and a response that its client reads slowly waits in a buffer, so that slow clients hold no thread.

A request takes one of three lanes, each with threads of its own. Health checks are answered while all others wait for a
locked database. Sign-ins wait for each other and not for a thread of pages, because their passwords are hashed one
at a time (`annotator.platform.password_hashing`).
"""

import resource
import socket
import time
from typing import Any

from django.conf import settings
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from annotator.site.serving.uploads import Admission, UploadParser

HASHING = ("/sign-in/", "/account/password/", "/reset-password/", "/invitations/")
HEALTH = "/healthz/"
MOST_CONNECTIONS = 4000
# Seconds for a request line with its headers; fewer when half of the connections are in use.
HEADER_SECONDS, HURRIED_HEADER_SECONDS = 30, 5
IDLE_SECONDS = 30
DRAIN_SECONDS = 3.0
# A download or a long response waits in a file, not in memory, when its client is slow.
LARGEST_RESPONSE_BUFFER = 1 << 30


class Lane(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress has no types
    """Threads with a queue of their own."""

    def __init__(self, threads: int) -> None:
        super().__init__()
        self.set_thread_count(threads)


class Lanes:
    """The lanes of all requests, in the form in which waitress expects a dispatcher."""

    def __init__(self, threads: int) -> None:
        self._pages = Lane(threads)
        self._health = Lane(1)
        self._sign_ins = Lane(1)

    def add_task(self, task: Any) -> None:
        """Queue a request in its lane."""
        requests = getattr(task, "requests", None)
        lane = self._lane(requests[0]) if requests else self._pages
        lane.add_task(task)

    def _lane(self, request: Any) -> Lane:
        path = getattr(request, "path", "")
        if path.startswith(HEALTH):
            return self._health
        hashes = getattr(request, "command", "") == "POST" and path.startswith(HASHING)
        return self._sign_ins if hashes else self._pages

    def shutdown(self, cancel_pending: bool = True, timeout: float = 1) -> None:
        """Stop all threads; what is queued is cancelled."""
        for lane in (self._pages, self._health, self._sign_ins):
            lane.shutdown(cancel_pending, timeout)


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection. A large upload is read only after its sender was found to be signed in."""

    parser_class = UploadParser
    is_asking = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.began_at = time.time()

    def readable(self) -> bool:
        """Return whether more may be read."""
        return bool(not self.is_asking and super().readable())

    def received(self, data: bytes) -> bool:
        """Take bytes that have arrived."""
        if self.request is None:
            self.began_at = time.time()
        taken = super().received(data)
        if self.request is not None and self.request.is_held and not self.is_asking:
            self.is_asking = True
            self.server.add_task(Admission(self, self.request))
        return bool(taken)

    def is_late(self, now: float, longest: float) -> bool:
        """Return whether the headers of a request take longer than allowed."""
        waiting = not self.requests and self.request is not None and not self.request.headers_finished
        return waiting and now - self.began_at > longest


class Server(TcpWSGIServer):  # type: ignore[misc]  # waitress has no types
    """Server of all connections to one listening socket."""

    channel_class = Channel

    def maintenance(self, now: float) -> None:
        """Close idle connections, and those whose headers do not arrive in time."""
        super().maintenance(now)
        crowded = len(self.active_channels) > self.adj.connection_limit // 2
        longest = HURRIED_HEADER_SECONDS if crowded else HEADER_SECONDS
        for channel in list(self.active_channels.values()):
            if channel.is_late(now, longest):
                channel.will_close = True

    def run(self) -> None:
        """Serve until `SystemExit` is raised in this thread by a signal, then finish what is under way."""
        try:
            wasyncore.loop(timeout=1, map=self._map, use_poll=True)
        except SystemExit:
            self._drain()
        self.task_dispatcher.shutdown()

    def _drain(self) -> None:
        self.del_channel()
        until = time.monotonic() + DRAIN_SECONDS
        while time.monotonic() < until and any(
            channel.requests or channel.total_outbufs_len for channel in self.active_channels.values()
        ):
            wasyncore.loop(timeout=0.1, map=self._map, use_poll=True, count=1)


def make_server(application: Any, listener: socket.socket, *, threads: int) -> Server:
    """Return a server on a listening socket, which is not running yet."""
    limits = Adjustments(
        sockets=[listener],
        # The address that the proxy reports is checked by the application (`annotator.platform.accounts.lockout`).
        clear_untrusted_proxy_headers=False,
        connection_limit=_connection_limit(),
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=2,
        recv_bytes=1 << 16,
        max_request_header_size=1 << 16,
        max_request_body_size=settings.MAX_UPLOAD_BYTES + 1,
        outbuf_high_watermark=LARGEST_RESPONSE_BUFFER,
        asyncore_use_poll=True,
        ident="",
    )
    info = (listener.family, listener.type, listener.proto, listener.getsockname())
    return Server(application, {}, True, listener, Lanes(threads), limits, info, bind_socket=False)


def _connection_limit() -> int:
    """Return how many connections may be open, after allowing as many files as this process may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + 200
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return max(min(MOST_CONNECTIONS, allowed - 200), 100)
