"""The migrated database and the collected static files: made once for all tests, by the first one that needs them.

Every process copies the database. It is kept until a migration changes: on SQLite the file, on PostgreSQL what makes it
on another server. The static files are kept until one of them changes.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from annotator.platform.http import storage
from tools.services.postgresql import find_binaries


def migrated_file() -> Path:
    """Return the SQLite database with the present migrations; the first process makes it."""
    path = Path(settings.BASE_DIR / f".cache/tests/migrated-{_digest()}.sqlite3")
    with _only_here(path.with_suffix(".lock")):
        if not path.exists():
            with TemporaryDirectory(dir=path.parent) as folder:
                _migrate({"VAR_DIR": folder})
                unfinished = Path(folder) / "annotator.sqlite3"
                with closing(sqlite3.connect(unfinished)) as database:  # one file, without a log beside it
                    database.execute("PRAGMA journal_mode = DELETE")
                for earlier in path.parent.glob("migrated-*.sqlite3"):
                    earlier.unlink()
                unfinished.rename(path)
    return path


def migrated_on_server() -> str:
    """Return the name of the template on the PostgreSQL server of the environment; the first process makes it."""
    name, url = f"migrated_{_digest()}", urlsplit(os.environ["DATABASE_URL"])
    lock = Path(settings.BASE_DIR / ".cache/tests/server.lock")
    with _only_here(lock), psycopg.connect(url.geturl(), autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(f"DROP DATABASE IF EXISTS {name}_new")
            server.execute(f"CREATE DATABASE {name}_new")
            _make_tables(url._replace(path=f"/{name}_new").geturl(), lock.with_name(f"{name}.sql"))
            server.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
    return name


def _make_tables(url: str, statements: Path) -> None:
    """Migrate an empty database, or run the statements that an earlier server with the same migrations wrote."""
    if statements.exists():
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(statements.read_bytes())
        return
    _migrate({"DATABASE_URL": url})
    binaries = find_binaries()
    if binaries and (binaries / "pg_dump").exists():
        command = [str(binaries / "pg_dump"), "--inserts", "--no-owner", url]
        dumped = subprocess.run(command, capture_output=True, check=False)
        if dumped.returncode == 0:  # it is not for servers newer than itself
            for earlier in statements.parent.glob("migrated_*.sql"):
                earlier.unlink()
            lines = dumped.stdout.splitlines(keepends=True)
            unfinished = statements.with_suffix(".new")
            unfinished.write_bytes(b"".join(line for line in lines if not line.startswith(b"\\")))  # words for psql
            unfinished.rename(statements)


def _digest() -> str:
    """Return what stands for the present migrations."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for package in ("annotator", "projects"):
        for path in sorted((settings.BASE_DIR / package).rglob("migrations/*.py")):
            digest.update(f"{path.relative_to(settings.BASE_DIR)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(variables: dict[str, str]) -> None:
    site = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment = site | {"DJANGO_SETTINGS_MODULE": "annotator.settings"} | variables
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "migrate", "-v0"]
    subprocess.run(command, env=environment, check=True)


@contextmanager
def _only_here(path: Path) -> Iterator[None]:
    """Let other processes wait while the body runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def migrated_database() -> Iterator[None]:
    """Let the body create the database of this process as a copy of the template."""
    connection.settings_dict["TEST"]["MIGRATE"] = False
    if connection.vendor == "sqlite":
        yield
        connection.ensure_connection()
        with closing(sqlite3.connect(migrated_file())) as template:
            template.backup(connection.connection)
    else:
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated_on_server()
        yield


def collected_files(storages: dict[str, Any]) -> Path:
    """Return the folder of the static files as `storages` collect them; the first process makes it."""
    path = settings.BASE_DIR / f".cache/tests/static-{_digest_of_static_files()}"
    with _only_here(path.with_suffix(".lock")):
        if not path.exists():
            unfinished = path.with_suffix(".new")
            with override_settings(STORAGES=storages, STATIC_ROOT=unfinished):
                call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            for earlier in path.parent.glob("static-????????????????"):
                shutil.rmtree(earlier)
            unfinished.rename(path)
    return Path(path)


def _digest_of_static_files() -> str:
    """Return what stands for the present static files and the code that collects them."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for module in sorted(Path(storage.__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    for finder in get_finders():
        for name, source in finder.list(ignore_patterns=None):
            digest.update(f"{name}\n".encode() + Path(source.path(name)).read_bytes())
    return digest.hexdigest()[:16]
