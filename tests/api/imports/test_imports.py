"""Imports over the API."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.models import Span
from annotator.platform.jobs import runner, services
from annotator.platform.jobs.models import Job

URL = "/api/v1/projects/news/imports/"


@pytest.fixture(autouse=True)
def uploads_folder(settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path / "uploads"
    return settings.UPLOADS_DIR


def upload(name, data):
    return SimpleUploadedFile(name, data)


def test_upload_becomes_an_import_job(api, lead, project):
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
def test_invalid_file_is_refused_with_its_pointer(api, lead, project, data, pointer):
    files = [upload(*file) if isinstance(file, tuple) else file for file in data.get("files", [])]
    answer = api(lead).post(URL, data | {"files": files}, format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert Job.objects.count() == 0


def test_empty_file_is_reported(api, lead, project):
    answer = api(lead).post(URL, {"files": [upload("a.txt", b"")]}, format="multipart")
    job = Job.objects.get(pk=answer.json()["id"])
    Job.objects.update(own_process=True)
    assert services.run_here(job).problem["code"] == "nothing_imported"
    assert "has no text" in job.lines.order_by("id")[0].message


def test_too_large_upload_is_refused_before_reading(api, lead, project, settings, uploads_folder):
    settings.MAX_UPLOAD_BYTES = 1000
    answer = api(lead).post(URL, {"files": [upload("a.txt", b"x" * 1000)]}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert not uploads_folder.exists()


@pytest.mark.parametrize("who", ["ada", "viewer", "stranger"])
def test_only_leads_import(api, request, project, who):
    answer = api(request.getfixturevalue(who)).post(URL, {"files": [upload("a.txt", b"x")]}, format="multipart")
    assert answer.status_code == 404
    assert Job.objects.count() == 0


def test_import_requires_signing_in(api, project):
    assert api().post(URL, {"files": [upload("a.txt", b"x")]}, format="multipart").status_code == 401


def test_json_upload_is_refused(api, lead, project):
    assert api(lead).post(URL, {"files": []}, format="json").status_code == 415


def test_format_mapping_and_policy_can_be_set(api, lead, project):
    doccano = json.dumps({"id": 1, "text": "Ada said no.", "label": [[0, 3, "PER"]]}).encode()
    wishes = {"format": "doccano", "map": '{"labels": {"PER": "Speaker"}}', "new_labels": "skip"}
    answer = api(lead).post(URL, {"files": [upload("x.jsonl", doccano)]} | wishes, format="multipart")
    job = Job.objects.get(pk=answer.json()["id"])
    Job.objects.update(own_process=True)
    assert services.run_here(job).result["spans"] == 1
    assert job.params["files"][0]["format"] == "doccano"
    assert Span.objects.get().label == "Speaker"


@pytest.fixture
def preview(api, lead, project):
    """A preview of a file with a label that the schema lacks, looked at by a worker."""
    work = {"annotator": "A", "spans": [{"id": "s1", "label": "PER", "fragments": [[0, 3]]}]}
    file = upload("a.jsonl", json.dumps({"text": "Ada."} | work).encode())
    told = api(lead).post(URL, {"files": [file], "preview": "true"}, format="multipart").json()
    runner.run(told["id"])
    return Job.objects.get(pk=told["id"])


def test_preview_reports_contents(preview):
    (found,) = preview.result["files"]
    assert (found["documents"], found["labels"], found["sets"], found["error"]) == (1, {"PER": 1}, {"A": 1}, 1)
    assert preview.result["unknown"]["labels"] == {"PER": {"spans": 1, "parts": 1}}


def test_previewed_files_are_imported_without_resending(api, lead, preview):
    answer = api(lead).post(f"{URL}{preview.pk}/", {"map": '{"labels": {"PER": "Speaker"}}'}, format="json")
    assert answer.status_code == 202
    runner.run(answer.json()["id"])
    assert Span.objects.get().label == "Speaker"
    gone = api(lead).post(f"{URL}{preview.pk}/", {}, format="json")
    assert (gone.status_code, gone.json()["code"]) == (410, "upload_gone")


def test_previewed_files_have_one_job_and_can_be_discarded(api, lead, preview, uploads_folder):
    first = api(lead).post(f"{URL}{preview.pk}/", {"preview": True}, format="json")
    second = api(lead).post(f"{URL}{preview.pk}/", {}, format="json")
    assert (first.status_code, second.status_code, second.json()["code"]) == (202, 409, "upload_taken")
    assert api(lead).delete(f"{URL}{preview.pk}/").status_code == 409
    runner.run(first.json()["id"])
    assert api(lead).delete(f"{URL}{preview.pk}/").status_code == 204
    assert list(uploads_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "pointer"),
    [({"formats": ["word"]}, "/formats/0"), ({"formats": ["brat"]}, "/formats/0"), ({"map": "{"}, "/map")],
)
def test_invalid_choices_are_refused(api, lead, preview, given, pointer):
    answer = api(lead).post(f"{URL}{preview.pk}/", given, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_previewed_files_are_private(api, ada, stranger, preview):
    for who in (ada, stranger):
        assert api(who).post(f"{URL}{preview.pk}/", {}, format="json").status_code == 404
        assert api(who).delete(f"{URL}{preview.pk}/").status_code == 404
