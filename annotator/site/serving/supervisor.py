"""Keeps one web server and one worker running, and stops both cleanly.

A program of its own, made small on purpose: `serve` prepares everything with Django and then becomes this. Run as
`python -m annotator.site.serving.supervisor LISTENER ADDRESS HOST PORT [COMMAND OF THE WORKER …]`.
"""

import signal
import socket
import sys
import time
from collections.abc import Sequence
from typing import TextIO

from annotator.site.serving.children import Child

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WATCHED = (*STOPPING, signal.SIGCHLD)
STOPS_WITHIN = 6.0
PROBED_EVERY = 0.05
LOOKED_AFTER_EVERY = 1.0


class Probe:
    """One request that the web server answers as soon as it can; it waits in the queue of the socket until then."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port))
        self._socket.sendall(f"GET /healthz/live/ HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        self._socket.setblocking(False)

    def is_answered(self) -> bool:
        """Return whether the first bytes of an answer have come."""
        try:
            answered = self._socket.recv(1) != b""
        except BlockingIOError:
            return False
        except OSError:
            answered = False
        self._socket.close()
        return answered


class Supervisor:
    """The web server first, the worker as soon as that answers."""

    def __init__(self, web: Child, worker: Child | None, *, address: str, host: str, port: int) -> None:
        self._web, self._worker = web, worker
        self._address, self._host, self._port = address, host, port

    def run(self) -> int:
        """Run until a signal says stop, and return the exit code."""
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        self._web.start()
        if self._until_answered():
            _say(f"The site runs at {self._address}  Ctrl-C stops it.")
            if self._worker:
                self._worker.start()
            self._until_stopped()
        elif self._web.due_at is not None:
            _say("The web server could not start; the lines above say why.", sys.stderr)
            return 1
        self._stop()
        return 0

    def _until_answered(self) -> bool:
        """Wait for the first answer; False when a signal came or the web server died before."""
        probe = Probe(self._host, self._port)
        while not probe.is_answered():
            if _next_signal(PROBED_EVERY) in STOPPING or self._web.ended():
                return False
        return True

    def _until_stopped(self) -> None:
        children = [child for child in (self._web, self._worker) if child]
        while _next_signal(LOOKED_AFTER_EVERY) not in STOPPING:
            for child in children:
                if how := child.ended():
                    _say(f"{child.name} ended ({how}) and is started again.", sys.stderr)
                if child.due_at is not None and time.monotonic() >= child.due_at:
                    child.start()

    def _stop(self) -> None:
        _say("Stopping …")
        until = time.monotonic() + STOPS_WITHIN
        for child in (self._worker, self._web):
            if child:
                child.ask_to_end()
        for child in (self._web, self._worker):
            if child:
                child.wait(until)
        _say("Stopped.")


def _say(words: str, stream: TextIO | None = None) -> None:
    """Write a line now, also when the output is a file."""
    stream = stream or sys.stdout
    stream.write(f"{words}\n")
    stream.flush()


def _next_signal(seconds: float) -> int | None:
    """Return the next of the watched signals; None when none came in this time."""
    information = signal.sigtimedwait(WATCHED, seconds)
    return None if information is None else information.si_signo


def main(arguments: Sequence[str]) -> int:
    """Run as told by the command line (see above)."""
    listener, address, host, port, *worker = arguments
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "python:annotator.site.serving.web_server",
        "annotator.wsgi",
    ]
    web = Child("The web server", command, pass_fds=[int(listener)])
    background = Child("The worker", worker, silent=True) if worker else None
    return Supervisor(web, background, address=address, host=host, port=int(port)).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
