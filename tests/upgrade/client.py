"""A site in a folder, asked as its people would: over HTTP, with commands, and with jobs as a worker runs them.

It knows no module of the project, so that it works at any commit.
"""

import json
import os
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.http.response import HttpResponseBase

API = "/api/v1/"
RUN_JOB = "annotator.jobs.run_job"


def open_site(folder: Path, *, at: datetime | None = None) -> None:
    """Set Django up over the database and the files in `folder`, once in a process.

    With `at` the clock of the site starts there: invitations and the files of previews expire.
    """
    import django
    from django.utils import timezone

    if at is not None:
        start, present = datetime.now(UTC), timezone.now
        timezone.now = lambda: present() - start + at
    os.environ |= {"ANNOTATOR_TEST_DIR": str(folder.parent), "PYTEST_XDIST_WORKER": folder.name}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    for name in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL"):
        os.environ.pop(name, None)
    django.setup()


class Person:
    """A member with a browser."""

    def __init__(self, name: str) -> None:
        from django.contrib.auth import get_user_model
        from django.test import Client

        self.name = name
        self.client = Client(raise_request_exception=False, SERVER_NAME="localhost")
        user = get_user_model().objects.get(username=name)
        self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def api(self, method: str, path: str, data: Any = None, *, files: Any = None, expect: int = 0) -> Any:
        """Return the JSON that the API answers with; with `expect`, fail for another status."""
        body = {"data": files} if files is not None else {"data": data, "content_type": "application/json"}
        answer = getattr(self.client, method)(API + path, **({} if data is None and files is None else body))
        content = content_of(answer)
        assert expect in (0, answer.status_code), (method, path, answer.status_code, content[:2000])
        return json.loads(content) if content else None

    def job(self, method: str, path: str, data: Any = None, *, files: Any = None, expect: int = 202) -> dict[str, Any]:
        """Start a job over the API, run it, and return the answer that started it."""
        started: dict[str, Any] = self.api(method, path, data, files=files, expect=expect)
        job = started["job"] if isinstance(started.get("job"), int) else started["id"]
        run_job(job)
        ended = self.api("get", f"jobs/{job}/")
        assert ended["state"] == "done", ended
        return started


def content_of(answer: HttpResponseBase) -> bytes:
    """Return the body, also of an answer that is streamed."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]


def run_job(job_id: int) -> None:
    """Run a job as a worker does that got its message."""
    from celery import current_app
    from django.urls import get_resolver

    assert get_resolver().url_patterns  # imports the site, and with it its Celery application
    current_app.loader.import_default_modules()
    current_app.tasks[RUN_JOB].run(job_id)


def run_command(*words: str) -> str:
    """Run a command of `manage.py` and return what it prints, with its exit code when it is not 0."""
    from django.core.management import CommandError

    out = StringIO()
    try:
        call_command(*words, stdout=out, stderr=out)
    except CommandError as error:
        return f"{out.getvalue()}{error} ({error.returncode})"
    return out.getvalue()
