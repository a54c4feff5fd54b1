"""Failures of database and disk: 503 or 507 with the time to wait, and one line in the log."""

import errno
import json
import logging

import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.test import Client

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
