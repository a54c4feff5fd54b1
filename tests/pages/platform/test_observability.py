"""Logs with ids, and metrics for Prometheus."""

import io
import json
import logging
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from annotator.platform.environment import SettingError
from annotator.platform.jobs import runner, services
from annotator.platform.jobs.registry import _kinds, job_kind
from annotator.platform.observability import middleware
from annotator.platform.observability.counters import RequestCounts
from annotator.platform.observability.logs import JsonFormatter, PlainFormatter
from annotator.platform.operations import read_operations

TOKEN = "a-token-of-24-characters"
SAMPLE = re.compile(r'[a-z_]+(\{([a-z_]+="([^"\\]|\\.)*",?)+\})? [0-9.e+-]+')


@pytest.fixture
def log(request):
    """The lines of the log as they are written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(getattr(request, "param", JsonFormatter)())
    loggers = [logging.getLogger(name) for name in ("annotator", "django.request")]
    for logger in loggers:
        logger.addHandler(handler)
    yield lambda: stream.getvalue().splitlines()
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.fixture
def counts(settings, tmp_path, monkeypatch):
    """Metrics that are switched on, with counts of their own."""
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(middleware, "counts", RequestCounts(tmp_path / "metrics"))
    monkeypatch.setattr("annotator.site.serving.metrics.counts", middleware.counts)


@pytest.mark.django_db
def test_request_is_logged_with_its_ids_and_without_secrets(log, settings, page, ada):
    settings.LOG_REQUESTS = True

    response = page(ada).get("/invitations/secret-of-the-link/")

    (line,) = (json.loads(line) for line in log() if "annotator.requests" in line)
    assert (line["logger"], line["method"], line["status"]) == ("annotator.requests", "GET", 404)
    assert (line["route"], line["user_id"]) == ("invitations/<str:token>/", ada.pk)
    assert response.headers["X-Request-ID"] == line["request_id"]
    assert line["milliseconds"] > 0
    assert "secret-of-the-link" not in line["message"]


@pytest.mark.parametrize(("given", "kept"), [("abcd-1234", True), ("short", False), ("a b c d e f g h", False)])
def test_id_of_a_proxy_is_kept_when_it_is_plain(client, given, kept):
    answered = client.get("/healthz/live/", headers={"X-Request-ID": given}).headers["X-Request-ID"]

    assert (answered == given) == kept
    assert re.fullmatch(r"[\w.-]{8,64}", answered)


@pytest.mark.django_db
@pytest.mark.parametrize("log", [JsonFormatter, PlainFormatter], indirect=True, ids=["json", "plain"])
def test_lines_of_a_job_have_its_id(log, now, request):
    def fail(context):
        raise RuntimeError("broken")

    job_kind("breaks")(fail)
    try:
        job = services.start("breaks", project_id=None, params={}, started_by=None, now=now)
        runner.run(job.pk)
    finally:
        _kinds.pop("breaks")

    text = "\n".join(log())
    if text.startswith("{"):
        line = json.loads(log()[0])
        assert (line["job_id"], line["job_kind"], line["level"]) == (job.pk, "breaks", "error")
        assert "RuntimeError: broken" in line["exception"]
        assert len(log()) == 1
    else:
        assert f"[job_id={job.pk} job_kind=breaks]\nTraceback" in text


@pytest.mark.django_db
def test_metrics_need_the_token(counts, page, lead, settings):
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        assert page(lead).get("/metrics", headers=headers).status_code == 404
    settings.METRICS_TOKEN = ""
    assert page(lead).get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
def test_metrics_tell_requests_jobs_and_database(counts, page, ada, project, now):
    page(ada).get("/account/")
    page(ada).post("/api/v1/annotation-sets/1/changes/", {}, content_type="application/json")
    old = timezone.now() - timedelta(minutes=5)
    services.start("import_documents", project_id=project.pk, params={}, started_by=None, now=old)

    text = page().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()

    lines = text.splitlines()
    assert all(line.startswith("#") or SAMPLE.fullmatch(line) for line in lines)
    assert 'annotator_request_seconds_count{method="GET",route="account/",status="200"} 1' in lines
    assert 'annotator_request_seconds_bucket{method="GET",route="account/",status="200",le="+Inf"} 1' in lines
    assert 'annotator_saves_total{status="404"} 1' in lines
    assert 'annotator_jobs{kind="import_documents",state="queued"} 1' in lines
    age = next(line for line in lines if line.startswith('annotator_job_queue_age_seconds{kind="import_documents"}'))
    assert 300 <= float(age.split()[-1]) < 400
    assert {"annotator_database_up 1", "annotator_workers 0"} <= set(lines)
    assert "annotator_database_bytes" in text
    assert "annotator_disk_free_bytes" in text


def test_counts_of_all_processes_are_added_up_also_of_ended_ones(tmp_path):
    count = (
        "import sys; from pathlib import Path; from annotator.platform.observability.counters import RequestCounts;"
        "RequestCounts(Path(sys.argv[1])).count('GET', 'x', 200, 0.03)"
    )
    counts = RequestCounts(tmp_path)
    counts.count("GET", "x", 200, 0.03)
    for _ in range(2):
        subprocess.run([sys.executable, "-c", count, str(tmp_path)], check=True, cwd=settings.BASE_DIR)

    totals = [counts.totals() for _ in range(2)]

    assert [total["GET", "x", "200", "2"] for total in totals] == [3, 3]
    assert totals[0]["GET", "x", "200", "seconds"] == pytest.approx(0.09)
    assert len(list(tmp_path.glob("*.json"))) == 2


@pytest.mark.parametrize(
    "given",
    [{"LOG_FORMAT": "xml"}, {"LOG_LEVEL": "loud"}, {"LOG_REQUESTS": "yes"}, {"METRICS_TOKEN": "short"},
     {"EMAIL_URL": "http://x", "PUBLIC_URL": "https://x"}, {"EMAIL_URL": "smtp://host?tls=no"},
     {"EMAIL_URL": "smtp://localhost"}],
    ids=str,
)  # fmt: skip
def test_invalid_settings_are_refused(given):
    with pytest.raises(SettingError, match=next(iter(given))):
        read_operations(given)


def test_mail_settings_are_read():
    given = {"EMAIL_URL": "smtp://me%40x:p%2Fw@mail.example.org?tls=starttls", "PUBLIC_URL": "https://a.example.org"}
    mail = read_operations(given).mail

    assert (mail.host, mail.port, mail.user, mail.password) == ("mail.example.org", 587, "me@x", "p/w")
    assert (mail.starttls, mail.tls, mail.sender) == (True, False, "annotator@a.example.org")
    assert read_operations(given | {"EMAIL_URL": "smtps://mail.example.org"}).mail.port == 465
