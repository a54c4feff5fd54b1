"""Limits of the site on what users and projects may store, one after the other and at once."""

import pytest
from django.core.management import call_command

from annotator.datasets.exports import services as exports
from annotator.datasets.exports.options import ExportOptions
from annotator.imports import services as imports
from annotator.imports.options import ImportOptions
from annotator.imports.uploads import IncomingFile
from annotator.platform.accounts import services as accounts
from projects import services as projects
from projects.models import Project
from projects.problems import QuotaExceeded
from tests.unit.projects.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
PROJECTS = "/api/v1/projects/"


def test_projects_of_a_user_are_limited(api, stranger, settings):
    settings.MOST_PROJECTS_PER_USER = 1

    first = api(stranger).post(PROJECTS, {"slug": "first"})
    second = api(stranger).post(PROJECTS, {"slug": "second"})

    assert (first.status_code, second.status_code, second.json()["code"]) == (201, 409, "quota_exceeded")


def test_creating_projects_can_be_reserved(api, page, ada, settings, capsys):
    settings.PROJECT_CREATORS = "chosen"
    refused = api(ada).post(PROJECTS, {"slug": "first"})
    form = page(ada).post("/projects/new/", {"slug": "first", "name": "First", "template": "claims-attribution"})
    call_command("allow_projects", "ada")
    accepted = api(type(ada).objects.get(pk=ada.pk)).post(PROJECTS, {"slug": "second"})
    call_command("allow_projects", "ada", "--revoke")
    again = api(type(ada).objects.get(pk=ada.pk)).post(PROJECTS, {"slug": "third"})

    assert (refused.status_code, refused.json()["code"]) == (403, "may_not_create_projects")
    assert b"You may not create projects" in form.content
    assert (accepted.status_code, again.status_code) == (201, 403)
    assert list(Project.objects.values_list("slug", flat=True)) == ["second"]


def test_bytes_of_a_project_are_limited(project, lead, make_document, now, settings):
    make_document("x" * 1000)
    settings.MOST_BYTES_PER_PROJECT = 1500

    with pytest.raises(QuotaExceeded, match="may store"):
        imports.start_import(project, files=[IncomingFile("a.txt", [b"y" * 600])], started_by=lead, now=now)
    imports.start_import(project, files=[IncomingFile("a.txt", [b"y" * 400])], started_by=lead, now=now)
    settings.MOST_BYTES_PER_PROJECT = 900
    with pytest.raises(QuotaExceeded):
        exports.start_export(project, options=ExportOptions(), started_by=lead, now=now)


def test_waiting_previews_and_exports_are_limited(project, lead, now):
    def preview():
        files = [IncomingFile("a.txt", [b"Ada said."])]
        imports.start_import(project, files=files, options=ImportOptions(preview=True), started_by=lead, now=now)

    def export():
        exports.start_export(project, options=ExportOptions(), started_by=lead, now=now)

    for start, most in ((preview, imports.MOST_PREVIEWS), (export, exports.MOST_WAITING_EXPORTS)):
        for _ in range(most):
            start()
        with pytest.raises(QuotaExceeded):
            start()


@pytest.mark.stores
def test_requests_at_the_same_moment_do_not_pass_a_limit_together(project, lead, ada, now, settings, monkeypatch):
    settings.MOST_PROJECTS_PER_USER = 1
    settings.MOST_BYTES_PER_PROJECT = 1500
    for module, name in ((accounts, "MOST_TOKENS"), (imports, "MOST_PREVIEWS"), (exports, "MOST_WAITING_EXPORTS")):
        monkeypatch.setattr(module, name, 1)

    def bring(size, **options):
        files = [IncomingFile("a.txt", [b"y" * size])]
        imports.start_import(project, files=files, options=ImportOptions(**options), started_by=lead, now=now)

    together = {
        "too_many_tokens": lambda: accounts.create_token(lead, name="program", now=now),
        "quota_exceeded": lambda: exports.start_export(project, options=ExportOptions(), started_by=lead, now=now),
    }
    for code, action in together.items():
        assert at_once(*[action] * 4) == sorted(["done", *[code] * 3])
    made = [
        lambda slug=slug: projects.create_project(slug, created_by=ada, now=now, within_limits=True)
        for slug in ("first", "second", "third")
    ]
    assert at_once(*made) == ["done", *["quota_exceeded"] * 2]
    assert at_once(*[lambda: bring(10, preview=True)] * 3) == ["done", *["quota_exceeded"] * 2]
    assert at_once(*[lambda: bring(900)] * 3) == ["done", *["quota_exceeded"] * 2]
