"""Child processes of the tests: each in a process group of its own, so that all of it can be ended for certain."""

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tools.services import ServiceMissing

UNPRIVILEGED_USER = "nobody"
SECONDS_TO_START = 120.0
SECONDS_TO_STOP = 10.0

Process = subprocess.Popen[bytes] | subprocess.Popen[str]


def free_port() -> int:
    """A TCP port of the loopback address that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def give_away(path: Path) -> None:
    """Let servers that refuse to run as root own `path`; for ordinary users nothing has to change."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(UNPRIVILEGED_USER)
        os.chown(path, user.pw_uid, user.pw_gid)


def server_environment(home: Path) -> dict[str, str]:
    """A clean environment: a server must not pick up PGDATA, locales and the like from ours."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C"}


def start_server(arguments: Sequence[str], *, home: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start a server in `home`, as an unprivileged user when we are root, with its output in `log`."""
    user = pwd.getpwnam(UNPRIVILEGED_USER) if os.geteuid() == 0 else None
    with log.open("ab") as output:
        return subprocess.Popen(
            arguments,
            cwd=home,
            env=server_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )


def start_group(arguments: Sequence[str], *, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a command of ours in a process group of its own, on our terminal."""
    return subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)


def stop_group(process: Process, *, first: signal.Signals = signal.SIGTERM) -> None:
    """End a process and all of its group: asked first, then killed."""
    _signal_group(process, first)
    with suppress(subprocess.TimeoutExpired):  # killed below, like the children that outlived it
        process.wait(SECONDS_TO_STOP)
    _signal_group(process, signal.SIGKILL)
    process.wait()


def wait_until(is_ready: Callable[[], bool], *, process: subprocess.Popen[bytes], name: str, log: Path) -> None:
    """Wait for a server to answer; raise `ServiceMissing` with the end of its log when it does not."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        if is_ready():
            return
        time.sleep(0.05)
    raise ServiceMissing(f"{name} did not start: {last_line(log)}")


def last_line(log: Path) -> str:
    """The last line of a log that says something."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "its log is empty"


def _signal_group(process: Process, number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return  # all of it has ended
