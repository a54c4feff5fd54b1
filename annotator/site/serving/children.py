"""Child processes of the supervisor. Standard library only, to keep the supervisor small."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
# A process that is killed did not fail by itself, and people wait for it.
LONGEST_PAUSE_AFTER_KILL = 2.0
STABLE_AFTER = 10.0


def _in_child() -> None:
    """Run between fork and exec: unblock signals, and end when the supervisor is killed."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A process that runs as long as the site; when it ends, it is restarted at growing intervals."""

    def __init__(
        self, name: str, command: Sequence[str], *, pass_fds: Sequence[int] = (), silent: bool = False
    ) -> None:
        self.name = name
        self._command = command
        self._pass_fds = pass_fds
        # Standard output only; logs are written to standard error.
        self._output = subprocess.DEVNULL if silent else None
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._pause = FIRST_PAUSE
        self.due_at: float | None = None

    def start(self) -> None:
        """Start the process in its own group, so that Ctrl-C on the terminal reaches the supervisor only."""
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
        """Return how the process ended since the last call; "" when it runs or its end was already returned."""
        code = self._process.poll() if self._process else None
        if code is None or self._process is None:
            return ""
        self._kill_group()
        self._process = None
        if time.monotonic() - self._started_at > STABLE_AFTER:
            self._pause = FIRST_PAUSE
        longest = LONGEST_PAUSE_AFTER_KILL if code == -signal.SIGKILL else LONGEST_PAUSE
        self.due_at = time.monotonic() + min(self._pause, longest)
        self._pause = min(self._pause * 2, longest)
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def stop(self) -> None:
        """Ask the process to finish its current work and end."""
        if self._process:
            self._process.terminate()

    def wait(self, until: float) -> None:
        """Wait for the end until a time of the monotonic clock, then kill the process and its children."""
        if self._process:
            try:
                self._process.wait(max(until - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._kill_group()

    def _kill_group(self) -> None:
        """Kill the remaining processes of the group."""
        if self._process:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return
