"""Everything the tests need, provided while other tests are running."""

import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from tools.services import (
    ServiceMissing,
    caddy,
    chromium,
    environments,
    firefox,
    fonts,
    nginx,
    postgresql,
    redis_server,
)
from tools.services.packages import apt_install, can_use_apt


@dataclass
class Services:
    """The services that are ready, and for each missing one the line that says why."""

    urls: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    stopping: ExitStack = field(default_factory=ExitStack)
    lock: Lock = field(default_factory=Lock)
    closed: bool = False

    def provide(self, names: Iterable[str], scratch: Path) -> None:
        """Install, start and record each of the services; a missing one raises nothing."""
        wanted = list(names)
        reason = _install(wanted)
        for name in wanted:
            try:
                self._provide_one(name, scratch)
            except (ServiceMissing, OSError) as error:
                self.missing[name] = f"{error} ({reason})" if reason else str(error)

    def close(self) -> None:
        """Stop everything that was started, including a service that is being started."""
        with self.lock:
            self.closed = True
            self.stopping.close()

    def _provide_one(self, name: str, scratch: Path) -> None:
        with self.lock:
            if self.closed:
                raise ServiceMissing(f"{name}: not started, the tests were stopped")
            if name in FOUND:
                self.urls[name] = FOUND[name]()
            elif name == "redis":
                self.urls[name] = self.stopping.enter_context(redis_server.running_redis(scratch))
            else:
                self.urls[name] = self.stopping.enter_context(postgresql.running_postgresql(scratch))


def _install(names: list[str]) -> str:
    """Install all missing Debian packages at once, where we may; return why that failed, or nothing."""
    if not can_use_apt():
        return ""
    packages = [PACKAGES[name] for name in names if name in PACKAGES and not PRESENT[name]()]
    reason = _apt_reason(packages)
    if "chromium" in names and not os.environ.get("CHROMIUM_PATH") and not chromium.find_headless_shell():
        _apt_reason([chromium.HEADLESS_PACKAGE])  # not on every system: the tests run, but longer, in any Chromium
    return reason


def _apt_reason(packages: list[str]) -> str:
    """Install Debian packages; return why that failed, or nothing."""
    if packages:
        try:
            apt_install(packages)
        except ServiceMissing as error:
            return str(error)
    return ""


def _has(find: Callable[[], str]) -> bool:
    try:
        find()
    except ServiceMissing:
        return False
    return True


# Services that are not started once for all tests.
FOUND: dict[str, Callable[[], str]] = {
    "chromium": chromium.find_headless,
    "firefox": firefox.find_drivable,
    "dejavu": lambda: fonts.ready_fonts("dejavu"),
    "noto": lambda: fonts.ready_fonts("noto"),
    "nginx": nginx.find_nginx,
    "caddy": caddy.find_caddy,
    "stores": environments.ready_stores,
    "consumers": environments.ready_consumers,
}
PACKAGES = {
    "postgresql": postgresql.DEBIAN_PACKAGE,
    "redis": redis_server.DEBIAN_PACKAGE,
    "chromium": chromium.DEBIAN_PACKAGE,
    "firefox": firefox.DEBIAN_PACKAGE,
    "nginx": nginx.DEBIAN_PACKAGE,
    "caddy": caddy.DEBIAN_PACKAGE,
}
PRESENT: dict[str, Callable[[], bool]] = {
    "postgresql": lambda: bool(os.environ.get("TEST_DATABASE_URL") or postgresql.find_binaries()),
    "redis": lambda: bool(os.environ.get("TEST_REDIS_URL") or shutil.which("redis-server")),
    "chromium": lambda: _has(chromium.find_chromium),
    "firefox": lambda: _has(firefox.find_firefox),
    "nginx": lambda: _has(nginx.find_nginx),
    "caddy": lambda: _has(caddy.find_caddy),
}
