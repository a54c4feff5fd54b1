"""Child processes of the tests, each in a process group of its own, so that none of its children outlives it."""

import os
import pwd
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from tools.services import ServiceMissing

UNPRIVILEGED_USER = "nobody"  # wording: the name of the Unix user
SECONDS_TO_START = 120.0
SECONDS_TO_STOP = 10.0

Process = subprocess.Popen[bytes] | subprocess.Popen[str]


def free_port() -> int:
    """Return a port that no program uses, outside of the range from which the system takes those of connections."""
    while True:
        port = random.randrange(10_000, 32_000)  # noqa: S311 - nothing depends on a port that cannot be guessed
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def give_away(path: Path) -> None:
    """Make the unprivileged user the owner of `path` when we are root, since some servers refuse to run as root."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(UNPRIVILEGED_USER)
        os.chown(path, user.pw_uid, user.pw_gid)


def server_environment(home: Path) -> dict[str, str]:
    """Return a clean environment, since PGDATA, locales and the like of ours would change a server."""
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


def start_group(
    arguments: Sequence[str], *, environment: Mapping[str, str], output: BinaryIO | None = None
) -> subprocess.Popen[bytes]:
    """Start one of our own commands in a process group of its own, on our terminal or with its output in a file."""
    return subprocess.Popen(
        arguments,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=True,
    )


def stop_group(process: Process, *, first: signal.Signals = signal.SIGTERM) -> None:
    """End a process and its group: by a signal first, then by SIGKILL."""
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
    """Return the last line of a log that is not empty."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "its log is empty"


def _signal_group(process: Process, number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return  # all of it has ended
