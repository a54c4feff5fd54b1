"""Exports over the API and by command."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.http import FileResponse
from rest_framework.test import APIClient

from annotator.datasets.exports import services
from annotator.datasets.exports.models import Export
from annotator.datasets.exports.options import ExportOptions, View
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from projects.models import Project
from tests.conftest import MakeDocument, MakeSet
from tests.notation import make_spans

Api = Callable[[User | None], APIClient]


def downloaded(response: object) -> bytes:
    """Return what a streaming answer sends."""
    assert isinstance(response, FileResponse)
    return response.getvalue()


@pytest.fixture
def finished(project: Project, make_document: MakeDocument, make_set: MakeSet, now: datetime) -> Export:
    """A finished export of one document."""
    text, spans = make_spans("Ada[Speaker] said so.\n")
    make_set(make_document(text), "A", spans)
    export = services.start_export(project, options=ExportOptions(), started_by=None, now=now, own_process=True)
    jobs.run_here(services.job_of(export))
    export.refresh_from_db()
    return export


def test_export_is_started_as_a_job(api: Api, lead: User, project: Project) -> None:
    response = api(lead).post("/api/v1/projects/news/exports/", {"view": "adjudicated"})

    assert response.status_code == 202
    assert response.json()["options"] == ExportOptions(view=View.ADJUDICATED).as_json()
    assert Export.objects.get(pk=response.json()["id"]).job_id == response.json()["job"]


def test_wrong_options_are_refused_and_start_nothing(api: Api, lead: User, project: Project) -> None:
    response = api(lead).post("/api/v1/projects/news/exports/", {"view": "some"})

    assert (response.status_code, response.json()["code"]) == (422, "invalid_input")
    assert not Export.objects.exists()


def test_downloaded_data_match_the_manifest(api: Api, viewer: User, finished: Export) -> None:
    data = api(viewer).get(f"/api/v1/exports/{finished.pk}/data/")
    manifest = api(viewer).get(f"/api/v1/exports/{finished.pk}/manifest/")

    body = downloaded(data)
    assert data["Content-Disposition"] == 'attachment; filename="news-each.jsonl"'
    assert json.loads(downloaded(manifest))["data"]["sha256"] == hashlib.sha256(body).hexdigest()


def test_annotators_and_strangers_see_no_exports(api: Api, ada: User, stranger: User, finished: Export) -> None:
    for user in (ada, stranger):
        for path in (f"exports/{finished.pk}/", f"exports/{finished.pk}/data/", "projects/news/exports/"):
            assert api(user).get(f"/api/v1/{path}").status_code == 404


def test_missing_file_is_explained(api: Api, lead: User, finished: Export) -> None:
    (services.directory_of(finished) / "data.jsonl").remove()

    response = api(lead).get(f"/api/v1/exports/{finished.pk}/data/")

    assert (response.status_code, response.json()["code"]) == (410, "export_file_gone")
    assert "Export the data again" in response.json()["detail"]


def test_command_writes_data_and_manifest(finished: Export, tmp_path: Path) -> None:
    out = tmp_path / "news.jsonl"

    call_command("export_dataset", "news", "--out", str(out))

    assert hashlib.sha256(out.read_bytes()).hexdigest() == finished.sha256
    assert json.loads((tmp_path / "news.jsonl.manifest.json").read_text())["documents"] == 1


def test_command_names_the_folder_that_is_missing(project: Project, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"the folder .*nowhere does not exist"):
        call_command("export_dataset", "news", "--out", str(tmp_path / "nowhere" / "x.jsonl"))


def test_command_names_the_projects_there_are(project: Project, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no project “newz”. Projects: news."):
        call_command("export_dataset", "newz", "--out", str(tmp_path / "x.jsonl"))


def test_export_in_another_format_has_a_loss_report(
    api: Api, lead: User, project: Project, make_document: MakeDocument, make_set: MakeSet
) -> None:
    text, spans = make_spans("Ada[Speaker] said so.\n")
    make_set(make_document(text), "A", spans)
    told = api(lead).post("/api/v1/projects/news/exports/", {"format": "spacy"}).json()
    export = Export.objects.get(pk=told["id"])
    Job.objects.update(own_process=True)
    jobs.run_here(services.job_of(export))

    data = api(lead).get(f"/api/v1/exports/{export.pk}/data/")
    losses = api(lead).get(f"/api/v1/exports/{export.pk}/losses/")

    assert json.loads(downloaded(data))["text"] == text
    assert data.headers["Content-Type"] == "application/x-ndjson"
    assert json.loads(downloaded(losses))["format"] == "spacy"


def test_format_that_cannot_be_written_is_refused(api: Api, lead: User, project: Project) -> None:
    for wrong in ({"format": "text"}, {"format": "brat", "layout": "set"}):
        response = api(lead).post("/api/v1/projects/news/exports/", wrong)
        assert (response.status_code, response.json()["code"]) == (422, "invalid_input")


def test_preview_is_available_over_api(
    api: Api, lead: User, ada: User, project: Project, make_document: MakeDocument, make_set: MakeSet
) -> None:
    text, spans = make_spans("Ada[Speaker] said so.\n")
    make_set(make_document(text), "A", spans)
    path = "/api/v1/projects/news/exports/preview/"

    shown = api(lead).post(path, {"format": "token-tagging", "labels": ["Speaker"]})
    wrong = api(lead).post(path, {"labels": ["Speakers"]})

    assert shown.status_code == 200
    assert json.loads(shown.json()["pieces"][0]["text"])["layers"] == [
        {"label": "Speaker", "tags": ["B-Speaker", "O", "O", "O"]}
    ]
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/labels")
    assert api(ada).post(path, {}).status_code == 404
    assert not Export.objects.exists()
