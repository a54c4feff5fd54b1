"""The database tables, and failures of disk and database as short messages."""

import errno
import fcntl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from annotator.platform.sqlite.statistics import collect_statistics
from annotator.problems import Problem, gettext_noop

Say = Callable[[str], object]
INTERRUPTED = 130
# Any number that nothing else on the database server uses for its locks.
MIGRATION_LOCK = 7_221_944_010_530_119


class CannotStart(Problem):
    """A requirement is missing; the detail says which one, and what to do."""

    status = 500
    code = "cannot_start"
    title = gettext_noop("The site cannot start")


def create_tables(say: Say) -> None:
    """Apply missing migrations; raise `CannotStart` with one line, also for tables of a newer version."""
    with short_failures():
        refuse_newer_tables()
        if not missing_migrations():
            return
        with migration_lock():
            if missing_migrations():  # another process or machine may have been faster
                say("Bringing the database up to date …")
                call_command("migrate", interactive=False, verbosity=0)
                collect_statistics()


def refuse_newer_tables() -> None:
    """Raise `CannotStart` when the tables have migrations that this version does not know: it would damage them."""
    if newer := unknown_migrations(MigrationRecorder(connection).applied_migrations()):
        raise CannotStart(
            f"The tables of the database are from a newer version of the site ({', '.join(newer[:5])}). Start that "
            "version again. To go back to this one, restore the backup made before the upgrade into an empty "
            "installation: see docs/operators/upgrading.md."
        )


def unknown_migrations(applied: Iterable[tuple[str, str]]) -> list[str]:
    """Return the migrations of installed apps that this version does not have; apps that were removed do not count."""
    known = migrations_on_disk()
    ours = {app for app, _ in known}
    return sorted(f"{app} {name}" for app, name in applied if app in ours and (app, name) not in known)


@contextmanager
def migration_lock() -> Iterator[None]:
    """Hold the lock that only one process on the same database gets at a time, on whatever machine it runs.

    PostgreSQL has it, on a connection of its own, which also releases it when this process dies. SQLite is used by one
    machine, where the lock is a file beside the database.
    """
    if connection.vendor == "sqlite":
        with Path(f"{connection.settings_dict['NAME']}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        yield
    finally:
        own.close()


@contextmanager
def start_lock() -> Iterator[None]:
    """Hold the lock that only one start on the same folder gets at a time."""
    with (settings.VAR_DIR / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def short_failures() -> Iterator[None]:
    """Turn failures of disk and database, and Ctrl-C, into short messages."""
    try:
        yield
    except KeyboardInterrupt as error:
        raise CommandError(
            "Interrupted. The next start continues where this one stopped.", returncode=INTERRUPTED
        ) from error
    except DatabaseError as error:
        raise CannotStart(_database_failure(error)) from error
    except OSError as error:
        raise CannotStart(_disk_failure(error)) from error


def missing_migrations() -> set[tuple[str, str]]:
    """Return app and name of every migration that is not applied yet."""
    return migrations_on_disk() - set(MigrationRecorder(connection).applied_migrations())


def migrations_on_disk() -> set[tuple[str, str]]:
    """Return app and name of every migration; listing the folders is much faster than Django's graph."""
    return {
        (config.label, path.stem)
        for config in apps.get_app_configs()
        for path in Path(config.path, "migrations").glob("[0-9]*.py")
    }


def _disk_failure(error: OSError) -> str:
    path = error.filename or settings.VAR_DIR
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: {path} could not be written. Free some space and start again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path} cannot be written by this user. Change its owner, or set VAR_DIR to another folder."
    return f"{path} cannot be used: {error.strerror or error}."


def _database_failure(error: DatabaseError) -> str:
    message = " ".join(str(error).split())
    if "disk is full" in message or "No space left" in message:
        return f"The disk is full: the database in {settings.VAR_DIR} could not be written. Free some space."
    if "readonly" in message or "unable to open" in message:
        return f"The database {connection.settings_dict['NAME']} cannot be written by this user."
    return f"The database cannot be used: {message}. Check DATABASE_URL and that the database runs."
