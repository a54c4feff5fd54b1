"""The supervisor, which runs the processes of the web server and one worker and stops all cleanly.

A separate program, to save memory: `serve` prepares everything with Django and then replaces itself by it. Run as
`python -m annotator.site.serving.supervisor LISTENER ADDRESS HOST PORT [COMMAND OF THE WORKER …]`.
"""

import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from typing import TextIO

from annotator.site.serving.children import Child

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WATCHED = (*STOPPING, signal.SIGCHLD)
STOP_TIMEOUT = 6.0
PROBE_INTERVAL = 0.05
CHECK_INTERVAL = 1.0


class Probe:
    """A request that waits in the queue of the socket until the web server responds."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port))
        self._socket.sendall(f"GET /healthz/live/ HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        self._socket.setblocking(False)

    def is_answered(self) -> bool:
        """Return whether the response has begun."""
        try:
            answered = self._socket.recv(1) != b""
        except BlockingIOError:
            return False
        except OSError:
            answered = False
        self._socket.close()
        return answered


class Supervisor:
    """Supervisor that starts the web server first, and the worker when the web server responds."""

    def __init__(self, web: Sequence[Child], worker: Child | None, *, address: str, host: str, port: int) -> None:
        self._web, self._worker = web, worker
        self._address, self._host, self._port = address, host, port

    def run(self) -> int:
        """Run until a stop signal, and return the exit code."""
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        for web in self._web:
            web.start()
        if self._wait_for_response():
            _print(f"The site runs at {self._address}  Ctrl-C stops it.")
            if self._worker:
                self._worker.start()
            self._wait_for_stop()
        elif any(web.due_at is not None for web in self._web):
            self._stop_children()
            _print("The web server could not start. See the lines above.", sys.stderr)
            return 1
        self._stop()
        return 0

    def _wait_for_response(self) -> bool:
        """Wait for the first response; return False when a signal arrives or the web server ends before."""
        probe = Probe(self._host, self._port)
        while not probe.is_answered():
            if _next_signal(PROBE_INTERVAL) in STOPPING or any(web.ended() for web in self._web):
                return False
        return True

    def _wait_for_stop(self) -> None:
        while _next_signal(CHECK_INTERVAL) not in STOPPING:
            for child in self._children():
                if reason := child.ended():
                    _print(f"{child.name} ended ({reason}) and is restarted.", sys.stderr)
                if child.due_at is not None and time.monotonic() >= child.due_at:
                    child.start()

    def _children(self) -> list[Child]:
        return [*self._web, *([self._worker] if self._worker else [])]

    def _stop(self) -> None:
        _print("Stopping …")
        self._stop_children()
        _print("Stopped.")

    def _stop_children(self) -> None:
        until = time.monotonic() + STOP_TIMEOUT
        for child in reversed(self._children()):
            child.stop()
        for child in self._children():
            child.wait(until)


def _print(message: str, stream: TextIO | None = None) -> None:
    """Print a line at once, also when the output is a file."""
    stream = stream or sys.stdout
    stream.write(f"{message}\n")
    stream.flush()


def _next_signal(seconds: float) -> int | None:
    """Return the next watched signal; None when none arrives in time."""
    information = signal.sigtimedwait(WATCHED, seconds)
    return None if information is None else information.si_signo


def main(arguments: Sequence[str]) -> int:
    """Run the supervisor with the arguments of the command line (see above)."""
    listener, address, host, port, *worker = arguments
    command = [sys.executable, "-m", "annotator.site.serving.web_process"]
    processes = int(os.environ.get("ANNOTATOR_WEB_PROCESSES", "1"))
    web = [Child("The web server", command, pass_fds=[int(listener)]) for _ in range(processes)]
    background = Child("The worker", worker, silent=True) if worker else None
    return Supervisor(web, background, address=address, host=host, port=int(port)).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
