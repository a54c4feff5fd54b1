"""The message for a format whose package is not installed: on pages, in the API and in commands."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError

from annotator.datasets.exports import format_registry as exported
from annotator.datasets.exports.models import Export
from annotator.formats import registry
from annotator.platform.jobs.models import Job
from tests.unit.imports.conftest import packed, report

WORDS = "Parquet) needs the package no_such_package, which is not installed: run “make formats” "


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch, settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path / "uploads"
    recipe = registry.FORMATS["parquet"]._replace(needs=("no_such_package",))
    for recipes in (registry.FORMATS, exported.FORMATS):
        monkeypatch.setitem(recipes, "parquet", recipe)


@pytest.mark.parametrize("url", ["/projects/news/documents/import/", "/projects/news/exports/"])
def test_form_lists_missing_packages(page, lead, project, url):
    html = page(lead).get(url).content.decode()
    assert "Hugging Face rows (Parquet) – needs no_such_package: make formats</option>" in html


def test_import_is_refused_on_the_page(page, lead, project):
    files = [SimpleUploadedFile("rows.parquet", b"PAR1...")]
    answer = page(lead).post("/projects/news/documents/import/", {"files": files})
    assert (answer.status_code, Job.objects.count()) == (422, 0)
    assert WORDS in answer.content.decode()


def test_archive_reports_missing_packages(project, tmp_path, capsys):
    (tmp_path / "all.zip").write_bytes(packed({"rows.parquet": b"PAR1..."}))
    with pytest.raises(CommandError, match="The files have 1 error"):
        call_command("import_documents", "news", str(tmp_path / "all.zip"))
    assert any(WORDS in message for _, _, message in report(Job.objects.get()))


def test_export_is_refused_on_page_and_in_api(page, lead, project, api):
    answer = page(lead).post("/projects/news/exports/", {"view": "each", "layout": "document", "format": "parquet"})
    assert (answer.status_code, Export.objects.count()) == (422, 0)
    assert WORDS in answer.content.decode()
    answer = api(lead).post("/api/v1/projects/news/exports/", {"format": "parquet"}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"], Export.objects.count()) == (422, "missing_packages", 0)
    assert WORDS in answer.json()["errors"][0]["detail"]


def test_command_fails_with_the_installation_hint(project, tmp_path):
    with pytest.raises(CommandError, match="needs the package no_such_package"):
        call_command("export_dataset", "news", "--format", "parquet", "--out", str(tmp_path / "out"))
