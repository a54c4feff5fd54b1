"""Readiness tells database, migrations, disk, broker and worker apart."""

import os
import socket
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from annotator.platform.celery import app
from annotator.platform.jobs import services
from annotator.platform.jobs.models import Job, JobState, Worker
from annotator.platform.jobs.sweeper import Sweeper
from annotator.platform.jobs.workers import remove_worker, report_worker, running_workers
from annotator.site.serving import health

pytestmark = pytest.mark.django_db(transaction=True)
ALL = ["database", "migrations", "disk", "broker", "worker"]


@pytest.fixture
def worker():
    """A worker that has just reported itself."""
    report_worker(started_at=timezone.now(), now=timezone.now())


def failing():
    """Return the failing checks, after comparing the responses to all and to each one."""
    client = Client()
    response = client.get("/healthz/ready/")
    checks = response.json()["checks"]
    names = [name for name in checks if checks[name]["status"] != "ok"]
    assert list(checks) == ALL
    assert response.status_code == (503 if names else 200)
    for name in ALL:
        assert client.get(f"/healthz/ready/{name}/").status_code == (503 if name in names else 200)
    return names


def test_site_with_everything_is_ready(worker):
    assert failing() == []
    assert Client().get("/healthz/ready/").json()["status"] == "ok"
    assert Client().get("/healthz/ready/nothing/").status_code == 404


def test_missing_worker_is_reported_by_itself():
    assert failing() == ["worker"]


def test_missing_migration_is_reported_by_itself(worker, monkeypatch):
    monkeypatch.setattr(health, "missing_migrations", lambda: {("jobs", "9999_new")})

    assert failing() == ["migrations"]


def test_full_disk_is_reported_by_itself(worker, monkeypatch):
    full = SimpleNamespace(f_bavail=10, f_frsize=4096)
    monkeypatch.setattr(health.os, "statvfs", lambda _path: full)

    assert failing() == ["disk"]


def test_unwritable_folder_is_reported_by_itself(worker, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "missing"

    assert failing() == ["disk"]


def test_database_that_is_down_makes_its_checks_unknown(worker, monkeypatch):
    def fail(*_arguments, **_options):
        raise OperationalError("connection refused at 10.1.2.3")

    monkeypatch.setattr(connection, "cursor", fail)

    assert failing() == ["database", "migrations", "worker"]
    assert "10.1.2.3" not in Client().get("/healthz/ready/").text


@pytest.fixture
def unreachable_broker():
    """A broker address at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    yield from _with_broker(f"redis://127.0.0.1:{port}/0")


@pytest.fixture
def broker_without_client(monkeypatch):
    """A broker whose Python package is not installed."""
    monkeypatch.setattr("kombu.transport.redis.redis", None)
    yield from _with_broker("redis://127.0.0.1:1/0")


def _with_broker(url):
    before = app.conf.broker_url, app.conf.broker_transport_options
    app.conf.update(broker_url=url, broker_write_url=url, broker_transport_options={"socket_connect_timeout": 1})
    app._pool = None
    app.amqp._producer_pool = None
    yield url
    app.conf.update(broker_url=before[0], broker_write_url=before[0], broker_transport_options=before[1])
    app._pool = None
    app.amqp._producer_pool = None


@pytest.mark.parametrize("broker", ["unreachable_broker", "broker_without_client"])
def test_job_without_a_broker_is_queued_and_readiness_says_so(broker, request, worker, project, lead, now):
    request.getfixturevalue(broker)

    job = services.start("measure_agreement", project_id=project.pk, params={}, started_by=lead, now=now)

    assert Job.objects.get(pk=job.pk).state == JobState.QUEUED
    assert failing() == ["broker"]


def test_workers_report_themselves_while_they_run():
    sweeper = Sweeper()
    sweeper._report()
    sweeper._report()
    now = timezone.now()

    assert Worker.objects.get().name == f"{socket.gethostname()}:{os.getpid()}"
    assert running_workers(now=now) == 1
    assert running_workers(now=now + timedelta(minutes=1)) == 0
    remove_worker()
    assert running_workers(now=now) == 0


def test_changes_of_readiness_are_logged_once(worker, caplog, monkeypatch):
    client = Client()
    client.get("/healthz/ready/")
    caplog.clear()
    for _ in range(3):
        with monkeypatch.context() as patched:
            patched.setattr(health.os, "statvfs", lambda _path: SimpleNamespace(f_bavail=0, f_frsize=1))
            client.get("/healthz/ready/")
    client.get("/healthz/ready/")

    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["Not ready", "Ready again"]
