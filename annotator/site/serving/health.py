"""Whether the site can work: each thing that it depends on is checked by itself."""

import logging
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from annotator.platform.celery import broker_failure
from annotator.platform.installation import missing_migrations
from annotator.platform.jobs.workers import running_workers
from annotator.platform.shared_files import SharedPath, shared_storage

logger = logging.getLogger(__name__)

# Below this, SQLite and uploads soon fail.
LEAST_FREE_BYTES = 64 << 20


@dataclass(frozen=True)
class Check:
    """The outcome of a check; `detail` is empty when it passed, and names no address or password."""

    name: str
    detail: str = ""

    @property
    def passed(self) -> bool:
        """Whether the check passed."""
        return not self.detail


def run_checks(names: list[str]) -> list[Check]:
    """Run some checks. While the database does not respond, those that need it say that they are unknown."""
    checks: list[Check] = []
    database = Check("database", _database())
    for name in names:
        if name == "database":
            checks.append(database)
        elif name in NEED_DATABASE and not database.passed:
            checks.append(Check(name, "Unknown, because the database does not respond."))
        else:
            checks.append(Check(name, CHECKS[name]()))
    return checks


_failing: dict[str, str] = {}


def log_changes(checks: list[Check]) -> None:
    """Write a line when a check begins to fail or passes again, not each time that monitoring asks."""
    for check in checks:
        if check.detail != _failing.get(check.name, ""):
            if check.passed:
                logger.warning("Ready again: %s.", check.name)
            else:
                logger.warning("Not ready: %s: %s", check.name, check.detail)
        _failing[check.name] = check.detail


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except (Error, OSError):
        return "The database does not respond. Check DATABASE_URL and that the database runs."
    return ""


def _migrations() -> str:
    try:
        missing = missing_migrations()
    except Error:
        return "The migrations cannot be read."
    return f"{len(missing)} migrations are not applied. Restart the site." if missing else ""


def _worker() -> str:
    try:
        running = running_workers(now=timezone.now())
    except Error:
        return "The workers cannot be read."
    return "" if running else "No worker runs, so that jobs stay queued. Start one with manage.py run_worker."


def _broker() -> str:
    if not broker_failure():
        return ""
    return "Workers cannot be notified of jobs. Check REDIS_URL, that Redis runs and its Python package is installed."


def _disk() -> str:
    try:
        status = os.statvfs(settings.VAR_DIR)
        if status.f_bavail * status.f_frsize < LEAST_FREE_BYTES:
            return f"Less than {LEAST_FREE_BYTES >> 20} MB are free in VAR_DIR. Free some space."
        with tempfile.TemporaryFile(dir=settings.VAR_DIR) as file:
            file.write(b"x")
    except OSError:
        return "VAR_DIR cannot be written. Check the disk and the owner of the folder."
    return "" if SharedPath("uploads").local else _shared_storage()


def _shared_storage() -> str:
    try:
        shared_storage().exists("uploads/0")
    except Exception:  # each storage has errors of its own; all of them mean that it does not respond
        logger.exception("The storage of the shared files failed.")
        return "The storage of uploads, exports and releases does not respond. Check SHARED_STORAGE."
    return ""


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "disk": _disk,
    "broker": _broker,
    "worker": _worker,
}
NEED_DATABASE = ("migrations", "worker")
