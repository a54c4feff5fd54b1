"""What has to stand before the site can answer: folders, tables, static files. Done only when something changed."""

import errno
import fcntl
import hashlib
import inspect
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from annotator.problems import Problem
from annotator.serving.static_files import CollectedFiles

Say = Callable[[str], None]
STAMP = "static-stamp"
INTERRUPTED = 130


class CannotStart(Problem):
    """Something that the site needs is not there; the detail says what, and what to do."""

    status = 500
    code = "cannot_start"
    title = "The site cannot start"


def prepare(say: Say) -> None:
    """Bring tables and static files up to date; raises `CannotStart` in one line."""
    with in_one_line(), _alone():
        for folder in (settings.UPLOADS_DIR, settings.EXPORTS_DIR, settings.BROKER_DIR):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_redis()
        if _migrations_on_disk() - set(MigrationRecorder(connection).applied_migrations()):
            say("Bringing the database up to date …")
            call_command("migrate", interactive=False, verbosity=0)
        _collect_static(say)


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turn the failures of disk and database, and Ctrl-C, into words."""
    try:
        yield
    except KeyboardInterrupt as error:
        raise CommandError("Interrupted. Start again: it goes on where it was.", returncode=INTERRUPTED) from error
    except DatabaseError as error:
        raise CannotStart(_database_trouble(error)) from error
    except OSError as error:
        raise CannotStart(_disk_trouble(error)) from error


def _disk_trouble(error: OSError) -> str:
    where = error.filename or settings.VAR_DIR
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: {where} could not be written. Free some space and start again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{where} cannot be written by this user. Give it to this user, or set VAR_DIR to another folder."
    return f"{where} could not be used: {error.strerror or error}."


def _database_trouble(error: DatabaseError) -> str:
    words = " ".join(str(error).split())
    if "disk is full" in words or "No space left" in words:
        return f"The disk is full: the database in {settings.VAR_DIR} could not be written. Free some space."
    if "readonly" in words or "unable to open" in words:
        return f"The database {connection.settings_dict['NAME']} cannot be written by this user."
    return f"The database cannot be used: {words}. Check DATABASE_URL and that it runs."


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other start works on the same folder."""
    with (settings.VAR_DIR / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrations_on_disk() -> set[tuple[str, str]]:
    """Return app and name of every migration; a look at the folders is much quicker than Django's graph."""
    return {
        (config.label, path.stem)
        for config in apps.get_app_configs()
        for path in Path(config.path, "migrations").glob("[0-9]*.py")
    }


def _collect_static(say: Say) -> None:
    """Collect the static files, unless those collected last are still the same."""
    stamp_file = Path(settings.VAR_DIR, STAMP)
    stamp = _static_stamp()
    if stamp_file.exists() and stamp_file.read_text() == stamp and Path(settings.STATIC_ROOT).is_dir():
        return
    say("Collecting the static files …")
    stamp_file.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    # Last, so that whatever was interrupted is done again.
    stamp_file.write_text(stamp)


def _static_stamp() -> str:
    """Return a digest of name, size and time of every static file, of where they go and of what collects them."""
    storage_source = Path(inspect.getfile(type(storages["staticfiles"]))).read_bytes()
    digest = hashlib.sha256(f"{settings.STATIC_ROOT} {django.__version__}".encode() + storage_source)
    for finder in get_finders():
        for name, storage in finder.list(ignore_patterns=CollectedFiles.ignore_patterns):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _check_redis() -> None:
    """Refuse to start with a `REDIS_URL` at which nobody answers."""
    parts = urlsplit(settings.REDIS_URL)
    if parts.scheme not in ("redis", "rediss"):
        return
    host, port = parts.hostname or "localhost", parts.port or 6379
    try:
        socket.create_connection((host, port), timeout=3).close()
    except OSError as error:
        reason = error.strerror or error
        raise CannotStart(
            f"REDIS_URL: nobody answers at {host}:{port} ({reason}). Start Redis, or leave it out."
        ) from error
