"""The processes that the supervisor starts. Only the standard library: the supervisor has to stay small."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
LIVED_LONG = 60.0


def _in_child() -> None:
    """Run between fork and exec: let signals through again, and end when the supervisor is killed."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """One process that is to run as long as the site does; started again, ever more slowly, when it dies."""

    def __init__(
        self, name: str, command: Sequence[str], *, pass_fds: Sequence[int] = (), silent: bool = False
    ) -> None:
        self.name = name
        self._command = command
        self._pass_fds = pass_fds
        # Its standard output only; what it logs comes on standard error.
        self._output = subprocess.DEVNULL if silent else None
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._pause = FIRST_PAUSE
        self.due_at: float | None = None

    def start(self) -> None:
        """Start it in a group of its own, so that Ctrl-C on the terminal reaches the supervisor alone."""
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            pass_fds=self._pass_fds,
            start_new_session=True,
            preexec_fn=_in_child,  # noqa: PLW1509 - the supervisor has one thread
        )
        self._started_at = time.monotonic()
        self.due_at = None

    def ended(self) -> str:
        """Return how it ended since the last look, in words; empty when it runs or was noticed before."""
        code = self._process.poll() if self._process else None
        if code is None or self._process is None:
            return ""
        self._kill_group()
        self._process = None
        if time.monotonic() - self._started_at > LIVED_LONG:
            self._pause = FIRST_PAUSE
        self.due_at = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def ask_to_end(self) -> None:
        """Let it finish what it does."""
        if self._process:
            self._process.terminate()

    def wait(self, until: float) -> None:
        """Wait for its end until a moment of the monotonic clock, then kill it and all it started."""
        if self._process:
            try:
                self._process.wait(max(until - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._kill_group()

    def _kill_group(self) -> None:
        """Kill what the process left behind; it was the leader of its group."""
        if self._process:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
