"""Failures of database and disk: 503 or 507 with the time to wait, and one line in the log."""

import errno
import json
import logging
import subprocess
import sys

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client

from annotator.platform.accounts.authentication import SessionStore
from annotator.platform.http.outages import outage_of
from projects.models import Project


def caused(error, cause=None):
    """Return an error of Django with the error of the driver that caused it."""
    error.__cause__ = cause
    return error


LOCKED = OperationalError("database is locked")
DOWN = caused(OperationalError("connection failed: refused"), psycopg.OperationalError("connection failed"))
OUTAGES = [
    (LOCKED, 503),
    (OperationalError("disk I/O error"), 503),
    (OperationalError("database or disk is full"), 507),
    (DOWN, 503),
    (caused(InterfaceError("connection already closed"), psycopg.InterfaceError()), 503),
    (caused(OperationalError("shutting down"), psycopg.errors.AdminShutdown()), 503),
    (caused(OperationalError("too many connections"), psycopg.errors.TooManyConnections()), 503),
    (caused(OperationalError("no space"), psycopg.errors.DiskFull()), 507),
    (OSError(errno.ENOSPC, "No space left on device"), 507),
    (OSError(errno.EDQUOT, "Quota exceeded"), 507),
]
BUGS = [
    OperationalError("no such column: spans.colour"),
    ProgrammingError("near SELEC: syntax error"),
    caused(ProgrammingError("column does not exist"), psycopg.errors.UndefinedColumn()),
    OSError(errno.ENOENT, "No such file or directory"),
    ValueError("wrong"),
    None,
]


@pytest.mark.parametrize(("error", "status"), OUTAGES)
def test_outages_are_recognised(error, status):
    assert outage_of(error).status == status


@pytest.mark.parametrize("error", BUGS)
def test_bugs_are_not_outages(error):
    assert outage_of(error) is None


@pytest.mark.parametrize(("error", "status"), [(LOCKED, 503), (OSError(errno.ENOSPC, "No space left"), 507)])
@pytest.mark.parametrize("path", ["/", "/api/v1/projects/"])
@pytest.mark.parametrize("inside", ["view", "middleware"])
def test_each_outage_is_one_line(lead, page, monkeypatch, caplog, error, status, path, inside):
    def fail(*_arguments, **_options):
        raise error

    client = page(lead)
    client.raise_request_exception = False
    assert client.get(path).status_code == 200
    if inside == "view":
        monkeypatch.setattr(Project.objects.__class__, "filter", fail)
    else:
        monkeypatch.setattr(SessionStore, "load", fail)
    caplog.clear()

    response = client.get(path)

    assert response.status_code == status
    assert int(response["Retry-After"]) > 0
    if path.startswith("/api/"):
        document = json.loads(response.content)
        assert (document["status"], document["code"]) == (status, {503: "unavailable", 507: "disk_full"}[status])
    else:
        assert b"Saved work is not affected" in response.content
    lines = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [(line.name, line.exc_info) for line in lines] == [("annotator.platform.http.outages", None)]
    assert path in lines[0].getMessage()


def test_live_answers_without_a_database(monkeypatch):
    def fail(*_arguments, **_options):
        raise DOWN

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection", fail)

    assert Client().get("/healthz/live/").json() == {"status": "ok"}


@pytest.fixture
def hasty_database(transactional_db):
    """The test database in its file, with a connection that waits for locks for a moment only."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
        yield cursor
        cursor.execute("PRAGMA busy_timeout = 20000")


def test_lock_of_another_process_is_an_outage(hasty_database, lead, page, caplog):
    client = page(lead)
    client.raise_request_exception = False
    name = connection.settings_dict["NAME"]
    lock = "import sqlite3, sys; own = sqlite3.connect(sys.argv[1]); own.execute('BEGIN IMMEDIATE')"
    command = [sys.executable, "-c", f"{lock}; print('locked', flush=True); input()", name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "locked\n"
        assert client.get("/api/v1/projects/").status_code == 200
        refused = client.post("/api/v1/projects/", {"slug": "daily", "name": "Daily"}, content_type="application/json")
        other.communicate("\n")
    stored = client.post("/api/v1/projects/", {"slug": "daily", "name": "Daily"}, content_type="application/json")

    assert (refused.status_code, refused.json()["code"], stored.status_code) == (503, "unavailable", 201)
    assert [line.getMessage() for line in caplog.records if line.levelno >= logging.WARNING] == [
        "POST /api/v1/projects/: status 503, database is locked"
    ]


def test_full_database_is_an_outage(hasty_database, lead, page, caplog):
    client = page(lead)
    client.raise_request_exception = False
    hasty_database.execute("PRAGMA page_count")
    (pages,) = hasty_database.fetchone()
    hasty_database.execute(f"PRAGMA max_page_count = {pages}")
    try:
        given = {"name": "Daily", "description": "x" * 900}
        statuses = []
        for number in range(200):
            values = given | {"slug": f"daily-{number}"}
            response = client.post("/api/v1/projects/", values, content_type="application/json")
            statuses.append(response.status_code)
            if response.status_code != 201:
                break
    finally:
        hasty_database.execute("PRAGMA max_page_count = 1073741823")

    assert (statuses[-1], response.json()["code"]) == (507, "disk_full"), response.content
    assert [line.getMessage() for line in caplog.records if line.levelno >= logging.WARNING] == [
        "POST /api/v1/projects/: status 507, database or disk is full"
    ]
    assert client.get("/api/v1/projects/").status_code == 200
