"""The migrated database and the collected static files: made once for all tests.

Every process copies the database: on SQLite it is kept until a migration changes, on PostgreSQL as long as the server
runs. The static files are kept until one of them changes.
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
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from annotator.platform.http import storage


def template_path() -> Path:
    """Return where the template of the present migrations is, for SQLite."""
    return Path(settings.BASE_DIR / f".cache/tests/migrated-{_digest()}.sqlite3")


def migrated_on_server() -> str:
    """Return the name of the template on the PostgreSQL server of the environment; the first process makes it."""
    name, url = f"migrated_{_digest()}", urlsplit(os.environ["DATABASE_URL"])
    folder = template_path().parent
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "server.lock").open("w") as lock, psycopg.connect(url.geturl(), autocommit=True) as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(f"DROP DATABASE IF EXISTS {name}_new")
            server.execute(f"CREATE DATABASE {name}_new")
            migrated = os.environ | {"DATABASE_URL": url._replace(path=f"/{name}_new").geturl()}
            command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "migrate", "-v0"]
            subprocess.run(command, env=migrated, check=True)
            server.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
    return name


def _digest() -> str:
    """Return what stands for the present migrations."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for package in ("annotator", "projects"):
        for path in sorted((settings.BASE_DIR / package).rglob("migrations/*.py")):
            digest.update(f"{path.relative_to(settings.BASE_DIR)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def migrated_database() -> Iterator[None]:
    """Let the body create the database: with all migrations the first time, else as a copy of the template."""
    if connection.vendor != "sqlite":
        connection.settings_dict["TEST"] |= {"TEMPLATE": migrated_on_server(), "MIGRATE": False}
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


def collected_files(storages: dict[str, Any]) -> Path:
    """Return the folder of the static files as `storages` collect them; the first process makes it."""
    path = settings.BASE_DIR / f".cache/tests/static-{_digest_of_static_files()}"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
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
