"""What has expired is removed once a day; everything else stays."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from annotator.datasets.exports import services as exports
from annotator.datasets.exports.models import Export
from annotator.datasets.exports.options import ExportOptions
from annotator.platform.accounts.models import ApiToken
from annotator.platform.accounts.services import create_token
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import JobState
from annotator.site.removal.jobs import TIDY_UP

pytestmark = pytest.mark.django_db(transaction=True)


def tidy_up():
    """Run the job to its end."""
    started = jobs.start(TIDY_UP, project_id=None, params={}, started_by=None, now=timezone.now(), own_process=True)
    ended = jobs.run_here(started)
    assert ended.state == JobState.DONE, ended.problem


def test_expired_sessions_sign_ins_and_tokens_are_removed(lead):
    now = timezone.now()
    for seconds in (-1, 3600):
        session = SessionStore()
        session.set_expiry(now + timedelta(seconds=seconds))
        session.save()
    for model, days in ((AccessAttempt, 31), (AccessLog, 91)):
        for age in (1, days):
            fields = {"failures_since_start": 1} if model is AccessAttempt else {}
            row = model.objects.create(username="lena", ip_address="203.0.113.1", user_agent=str(age), **fields)
            model.objects.filter(pk=row.pk).update(attempt_time=now - timedelta(days=age))
    for age in (1, 91):
        token, _ = create_token(lead, name=str(age), now=now)
        ApiToken.objects.filter(pk=token.pk).update(expires_at=now - timedelta(days=age))

    tidy_up()

    assert Session.objects.count() == 1
    assert [row.user_agent for model in (AccessAttempt, AccessLog) for row in model.objects.all()] == ["1", "1"]
    assert [token.name for token in ApiToken.objects.all()] == ["1"]


def test_files_of_exports_are_kept_unless_a_time_is_set(project, lead, now, settings):
    export = exports.start_export(project, options=ExportOptions(), started_by=lead, now=now, own_process=True)
    jobs.run_here(exports.job_of(export))
    Export.objects.update(created_at=timezone.now() - timedelta(days=31))
    folder = exports.directory_of(export)

    tidy_up()
    assert list(folder.files())
    settings.EXPORT_DAYS = 30
    tidy_up()
    assert not list(folder.files())
    assert Export.objects.get().sha256


def test_job_is_among_the_daily_ones(settings):
    assert TIDY_UP in settings.DAILY_JOBS
