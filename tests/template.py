"""The migrated SQLite database: made once for all tests until a migration changes, copied by every process."""

import fcntl
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection


def template_path() -> Path:
    """Return where the template of the present migrations is."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for package in ("annotator", "projects"):
        for path in sorted((settings.BASE_DIR / package).rglob("migrations/*.py")):
            digest.update(f"{path.relative_to(settings.BASE_DIR)}\n".encode() + path.read_bytes())
    return Path(settings.BASE_DIR / f".cache/tests/migrated-{digest.hexdigest()[:16]}.sqlite3")


@contextmanager
def migrated_database() -> Iterator[None]:
    """Let the body create the database: with all migrations the first time, else as a copy of the template."""
    if connection.vendor != "sqlite":
        yield
        return
    path = template_path()
    path.parent.mkdir(parents=True, exist_ok=True)
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
    for earlier in path.parent.glob("migrated-*.sqlite3"):
        earlier.unlink()
    unfinished.rename(path)
