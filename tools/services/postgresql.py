"""A private PostgreSQL server on a free port of the loopback address, removed at the end."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tools.services import ServiceMissing
from tools.services.packages import wheel_directory
from tools.services.processes import (
    SECONDS_TO_START,
    free_port,
    give_away,
    last_line,
    start_server,
    stop_group,
    wait_until,
)

DEBIAN_PACKAGE = "postgresql"
DEBIAN_DIRECTORY = Path("/usr/lib/postgresql")
# Data of tests do not have to survive a power failure.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
MOST_CONNECTIONS = "max_connections=60"


def find_binaries() -> Path | None:
    """Return the directory with `initdb` and `postgres`: the newest of Debian's, which are not on PATH."""
    directories = [path / "bin" for path in sorted(DEBIAN_DIRECTORY.glob("*"), key=_version, reverse=True)]
    on_path = shutil.which("initdb")
    if on_path:
        directories.append(Path(on_path).resolve().parent)
    return next((path for path in directories if (path / "initdb").exists() and (path / "postgres").exists()), None)


@contextmanager
def running_postgresql(scratch: Path, *, durable: bool = False) -> Iterator[str]:
    """Yield the URL of an empty server: TEST_DATABASE_URL when set, else a private one.

    A durable server keeps what it has acknowledged when one of its processes is killed, as servers of operators do.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    home, log = scratch / "postgresql", scratch / "postgresql.log"
    home.mkdir(mode=0o700)
    give_away(home)
    binaries = find_binaries() or _from_wheel(scratch)
    data = home / "data"
    _initialise(binaries, data, home=home, log=log)
    port = free_port()
    own = (MOST_CONNECTIONS, *(() if durable else FAST))
    settings = (*own, "listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", "timezone=UTC")
    options = [word for setting in settings for word in ("-c", setting)]
    process = start_server([str(binaries / "postgres"), "-D", str(data), *options], home=home, log=log)
    try:
        url = f"postgres://postgres@127.0.0.1:{port}/postgres"
        wait_until(lambda: _answers(url), process=process, name="PostgreSQL", log=log)
        yield url
    finally:
        stop_group(process)


def _initialise(binaries: Path, data: Path, *, home: Path, log: Path) -> None:
    command = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-E", "UTF8", "--no-locale"]
    process = start_server([*command, "--auth=trust", "--no-sync", "--no-instructions"], home=home, log=log)
    try:
        code = process.wait(SECONDS_TO_START)
    except subprocess.TimeoutExpired:
        code = -1
    finally:
        stop_group(process)
    if code:
        raise ServiceMissing(f"PostgreSQL could not make a data directory: {last_line(log)}")


def _from_wheel(scratch: Path) -> Path:
    """Return the directory of the wheel's binaries; as root, of a copy that an unprivileged user can read."""
    wheel = wheel_directory("postgresql")
    found = next(wheel.glob("**/bin/initdb"), None)
    if found is None:
        raise ServiceMissing("PostgreSQL: the wheel holds no initdb for this machine; set TEST_DATABASE_URL")
    if os.geteuid() != 0:
        return found.parent
    copy = scratch / "postgresql-wheel"  # all of it: its libraries lie beside the package
    shutil.copytree(wheel, copy, symlinks=True)
    return copy / found.parent.relative_to(wheel)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _version(path: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", path.name))
