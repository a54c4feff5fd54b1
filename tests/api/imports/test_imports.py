"""Imports over the API."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotator.documents.models import Document
from annotator.jobs import services
from annotator.jobs.models import Job
from annotator.spans.models import Span

URL = "/api/v1/projects/news/imports/"


@pytest.fixture(autouse=True)
def uploads_folder(settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path / "uploads"
    return settings.UPLOADS_DIR


def upload(name, data):
    return SimpleUploadedFile(name, data)


def test_an_upload_becomes_a_job_that_takes_the_documents_in(api, lead, project):
    files = [upload("a.txt", b"One."), upload("b.jsonl", b'{"text": "Two."}\nnonsense\n')]
    answer = api(lead).post(URL, {"files": files, "skip_bad": "true"}, format="multipart")

    told = answer.json()
    assert answer.status_code == 202
    assert (told["kind"], told["state"], told["started_by"]) == ("import_documents", "queued", "lena")
    job = Job.objects.get(pk=told["id"])
    assert (job.params["skip_bad"], job.params["encoding"]) == (True, "")
    Job.objects.update(own_process=True)
    assert services.run_here(job).result["documents"] == 2
    assert Document.objects.filter(project=project).count() == 2


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({}, "/files"),
        ({"files": [], "skip_bad": "true"}, "/files"),
        ({"files": ["no file"]}, "/files/0"),
        ({"files": [("table.xlsx", b"a,b")]}, "/files/0"),
        ({"files": [("a.txt", b"x")], "skip_bad": "perhaps"}, "/skip_bad"),
        ({"files": [("a.txt", b"x")], "encoding": "martian"}, "/encoding"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_its_place(api, lead, project, data, pointer):
    files = [upload(*file) if isinstance(file, tuple) else file for file in data.get("files", [])]
    answer = api(lead).post(URL, data | {"files": files}, format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert Job.objects.count() == 0


def test_an_empty_file_is_told_in_the_report(api, lead, project):
    answer = api(lead).post(URL, {"files": [upload("a.txt", b"")]}, format="multipart")
    job = Job.objects.get(pk=answer.json()["id"])
    Job.objects.update(own_process=True)
    assert services.run_here(job).problem["code"] == "nothing_imported"
    assert "holds no text" in job.lines.order_by("id")[0].message


def test_an_upload_that_is_too_large_is_refused_before_it_is_read(api, lead, project, settings, uploads_folder):
    settings.MAX_UPLOAD_BYTES = 1000
    answer = api(lead).post(URL, {"files": [upload("a.txt", b"x" * 1000)]}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert not uploads_folder.exists()


@pytest.mark.parametrize("who", ["ada", "viewer", "stranger"])
def test_only_who_manages_the_project_imports(api, request, project, who):
    answer = api(request.getfixturevalue(who)).post(URL, {"files": [upload("a.txt", b"x")]}, format="multipart")
    assert answer.status_code == 404
    assert Job.objects.count() == 0


def test_nobody_imports_without_signing_in(api, project):
    assert api().post(URL, {"files": [upload("a.txt", b"x")]}, format="multipart").status_code == 401


def test_json_is_not_what_is_expected(api, lead, project):
    assert api(lead).post(URL, {"files": []}, format="json").status_code == 415


def test_format_mapping_and_new_names_can_be_given(api, lead, project):
    doccano = json.dumps({"id": 1, "text": "Ada said no.", "label": [[0, 3, "PER"]]}).encode()
    wishes = {"format": "doccano", "map": '{"labels": {"PER": "Speaker"}}', "new_labels": "skip"}
    answer = api(lead).post(URL, {"files": [upload("x.jsonl", doccano)]} | wishes, format="multipart")
    job = Job.objects.get(pk=answer.json()["id"])
    Job.objects.update(own_process=True)
    assert services.run_here(job).result["spans"] == 1
    assert job.params["files"][0]["format"] == "doccano"
    assert Span.objects.get().label == "Speaker"
