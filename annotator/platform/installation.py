"""What has to stand before anything can work on the data: the tables; and failures of disk and database in words."""

import errno
import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from annotator.problems import Problem

Say = Callable[[str], object]
INTERRUPTED = 130


class CannotStart(Problem):
    """Something that is needed is not there; the detail says what, and what to do."""

    status = 500
    code = "cannot_start"
    title = "The site cannot start"


def make_tables(say: Say) -> None:
    """Bring the tables up to date when a migration is missing; raises `CannotStart` in one line."""
    with in_one_line():
        if not _missing_migrations():
            return
        with alone():
            if _missing_migrations():  # unless somebody else was faster
                say("Bringing the database up to date …")
                call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other start works on the same folder."""
    with (settings.VAR_DIR / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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


def _missing_migrations() -> set[tuple[str, str]]:
    return migrations_on_disk() - set(MigrationRecorder(connection).applied_migrations())


def migrations_on_disk() -> set[tuple[str, str]]:
    """Return app and name of every migration; a look at the folders is much quicker than Django's graph."""
    return {
        (config.label, path.stem)
        for config in apps.get_app_configs()
        for path in Path(config.path, "migrations").glob("[0-9]*.py")
    }


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
