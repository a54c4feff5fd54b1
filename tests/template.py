"""The migrated SQLite database: made by the first process of the tests, copied by all others."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection


def template_path() -> Path:
    """Return where the template is: in the folder of all parts of `make test`, or in that of this run."""
    return Path(os.environ.get("TEST_TEMPLATE") or f"{os.environ['ANNOTATOR_TEST_DIR']}/migrated.sqlite3")


@contextmanager
def migrated_database() -> Iterator[None]:
    """Let the body create the database: with all migrations the first time, else as a copy of the template."""
    if connection.vendor != "sqlite":
        yield
        return
    path = template_path()
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            connection.settings_dict["TEST"]["MIGRATE"] = False
            yield
            _copy(path)
        else:
            yield
            _save(path)


def _copy(path: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as template:
        template.backup(connection.connection)


def _save(path: Path) -> None:
    connection.ensure_connection()
    unfinished = path.with_suffix(".new")
    with closing(sqlite3.connect(unfinished)) as template:
        connection.connection.backup(template)
    unfinished.rename(path)
