"""The page where files are chosen."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from annotator.corpus.documents.models import Document
from annotator.platform.jobs import runner
from annotator.platform.jobs.models import Job

URL = "/projects/news/documents/import/"


@pytest.fixture(autouse=True)
def uploads_folder(settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path / "uploads"
    return settings.UPLOADS_DIR


def upload(name="a.txt", data=b"One."):
    return SimpleUploadedFile(name, data)


def test_form_accepts_several_files(page, lead, project):
    html = page(lead).get(URL).content.decode()
    assert re.search(r'<input type="file" name="files"[^>]*\bmultiple\b', html)
    assert 'enctype="multipart/form-data"' in html
    assert "Import the good lines" in html


def test_upload_redirects_to_its_job(page, lead, project):
    answer = page(lead).post(URL, {"files": [upload(), upload("b.jsonl")], "skip_bad": "on"})
    job = Job.objects.get(project=project)
    assert (answer.status_code, answer["Location"]) == (302, f"/projects/news/jobs/{job.pk}/")
    assert [file["name"] for file in job.params["files"]] == ["a.txt", "b.jsonl"]
    assert job.params["skip_bad"] is True


def test_a_pasted_text_is_imported_as_a_document(page, lead, project):
    text = " “No comment,” said Brandt.\r\n\r\nمرحبا 👩‍🚒\r\n"
    answer = page(lead).post(URL, {"title": "Fire 1.5: dock/pier", "text": text, "files": [upload("b.txt")]})
    job = Job.objects.get(project=project)
    runner.run(job.pk)

    assert answer.status_code == 302
    document = Document.objects.get(project=project, external_id="Fire 1.5: dock-pier")
    assert (document.title, document.text) == ("Fire 1.5: dock-pier", text.replace("\r\n", "\n"))
    assert Document.objects.filter(project=project).count() == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose one or more files, or paste a text."),
        ({"title": "Fire", "text": " \r\n"}, "Choose one or more files, or paste a text."),
        ({"text": "Fire."}, "Enter a title for the text."),
        ({"title": "Fire", "text": "Fire.", "encoding": "utf-16"}, "Leave it empty to import a pasted text."),
        ({"files": [upload("table.xlsx")]}, "unrecognised format"),
        ({"files": [upload()], "encoding": "martian"}, "Unknown character encoding"),
    ],
)
def test_invalid_import_is_reported_on_the_form(page, lead, project, data, words):
    answer = page(lead).post(URL, data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "/files/" not in answer.content.decode()
    assert Job.objects.count() == 0


def test_import_after_a_refused_preview_is_no_preview(page, lead, project):
    html = page(lead).post(URL, {"text": "Fire.", "preview": "on"}).content.decode()
    assert "Enter a title for the text." in html
    assert re.findall(r'<(\w+)[^>]* name="preview"', html) == ["button"]


def test_file_name_is_escaped(page, lead, project):
    answer = page(lead).post(URL, {"files": [upload("<b>x</b>.xlsx")]})
    assert "<b>x" not in answer.content.decode()


def test_a_large_upload_is_refused(page, lead, project, settings):
    settings.MAX_UPLOAD_BYTES = 500
    answer = page(lead).post(URL, {"files": [upload(data=b"x" * 500)]})
    assert answer.status_code == 413


@pytest.mark.parametrize("who", ["ada", "viewer", "stranger"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_leads_see_the_import_page(page, request, project, who, method):
    assert getattr(page(request.getfixturevalue(who)), method)(URL).status_code == 404


def test_import_page_requires_signing_in(page, project):
    assert page().post(URL, {"files": [upload()]})["Location"].startswith("/sign-in/")


def test_csrf_token_is_required(lead, project):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(URL, {"files": [upload()]}).status_code == 403
    token = client.get(URL).cookies["csrftoken"].value
    assert client.post(URL, {"files": [upload()], "csrfmiddlewaretoken": token}).status_code == 302
