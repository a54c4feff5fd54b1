"""A separate installation for a test: folder, database, broker, port, and real processes."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import uuid
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings

from tests.template import migrated_file, migrated_on_server
from tests.waiting import LONG, wait_for
from tools.services.processes import free_port

IGNORED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL", "PORT", "VAR_DIR")
# Each worker of pytest-xdist has its own database on the Redis server, and another one for these installations.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
# `make test` names a Python that has the packages of requirements.txt and no others.
PYTHON = os.environ.get("RUNTIME_PYTHON", sys.executable)
SERVER_URL, REDIS_URL = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")


def with_path(url, path):
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))


class Installation:
    """What the processes of one test share; `close` removes all of it."""

    def __init__(self, folder: Path, *, empty: bool = False, on_sqlite: bool = False) -> None:
        self.folder = folder
        self.server = "" if on_sqlite else SERVER_URL
        self.port = free_port()
        self.processes: list[subprocess.Popen] = []
        self.name = f"annotator_{uuid.uuid4().hex}"
        folder.mkdir(exist_ok=True)
        self.environment = {name: value for name, value in os.environ.items() if name not in IGNORED} | {
            "DJANGO_SETTINGS_MODULE": "tests.stores.settings",
            "PYTHONPATH": str(settings.BASE_DIR),
            "VAR_DIR": str(folder),
            "PORT": str(self.port),
        }
        if self.server:
            self.environment["DATABASE_URL"] = with_path(self.server, self.name)
            self._on_server(f"CREATE DATABASE {self.name}" + ("" if empty else f" TEMPLATE {migrated_on_server()}"))
        elif not empty:
            shutil.copy(migrated_file(), self.folder / "annotator.sqlite3")
        if REDIS_URL:
            self.environment["REDIS_URL"] = with_path(REDIS_URL, 8 + WORKER)

    @staticmethod
    def _on_server(statement):
        with psycopg.connect(SERVER_URL, autocommit=True) as connection:
            connection.execute(statement)

    def manage(self, *arguments):
        """Run a command to its end and return what it printed."""
        return self._run([PYTHON, str(settings.BASE_DIR / "manage.py"), *arguments])

    def manage_all(self, *commands):
        """Run commands one after the other in one process, and return what each printed."""
        return self.scene("run_commands", json.dumps(commands))

    def scene(self, name, *arguments):
        """Run a scene of `tests.stores.scenes` and return its result."""
        return json.loads(self._run([PYTHON, "-m", "tests.stores.scenes", name, *map(str, arguments)]))

    def _run(self, command):
        process = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=LONG, check=False
        )
        assert process.returncode == 0, process.stderr
        return process.stdout

    def start(self, *arguments):
        """Start a command and return its process; its output goes to `log`."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [PYTHON, str(settings.BASE_DIR / "manage.py"), *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    @property
    def log(self):
        return (self.folder / "log").read_text()

    def rows(self, query):
        """Query the database without Django."""
        if self.server:
            with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
                return connection.execute(query).fetchall()
        with closing(sqlite3.connect(self.folder / "annotator.sqlite3", timeout=LONG)) as connection:
            return connection.execute(query).fetchall()

    def wait_for_submits(self):
        """Wait until no submit can be undone any more, and all have taken effect."""
        query = "SELECT COUNT(*) FROM spans_annotationset WHERE submits_at IS NOT NULL"
        wait_for(lambda: self.rows(query) == [(0,)], why=lambda: self.log)

    def release_slow_jobs(self):
        """Let waiting slow jobs continue."""
        (self.folder / "go_on").touch()

    def expire_lease(self, job):
        """End the lease of a running job now, as it ends some time after its worker was killed."""
        ended = datetime.now(UTC)
        if self.server:
            with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
                connection.execute("UPDATE jobs_job SET lease_until = %s WHERE id = %s", (ended, job))
            return
        with closing(sqlite3.connect(self.folder / "annotator.sqlite3", timeout=LONG)) as connection, connection:
            values = (ended.strftime("%Y-%m-%d %H:%M:%S.%f"), job)
            connection.execute("UPDATE jobs_job SET lease_until = ? WHERE id = ?", values)

    def close(self):
        """Kill all processes and remove the database."""
        for process in self.processes:
            for pid in [process.pid, *descendants(process.pid)]:
                kill(pid)
            process.wait()
        if self.server:
            self._on_server(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)


def descendants(pid):
    """Return the ids of all descendants of a process."""
    pids = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            child = int(status.parent.name)
            pids += [child, *descendants(child)]
    return pids


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def kill(pid, number=signal.SIGKILL):
    """Send a signal to a process that may have ended."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
