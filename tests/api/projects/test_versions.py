"""API of schema and guideline versions."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from annotator.platform.accounts.models import User
from projects.models import Project

Api = Callable[[User | None], APIClient]
SCHEMAS = "/api/v1/projects/news/schema-versions/"
GUIDELINES = "/api/v1/projects/news/guideline-versions/"


def test_members_read_versions_newest_first(api: Api, project: Project, lead: User, ada: User, viewer: User) -> None:
    api(lead).post(GUIDELINES, {"text": "Second"})
    for reader in (ada, viewer, lead):
        results = api(reader).get(GUIDELINES).json()["results"]

        assert [(each["number"], each["text"]) for each in results] == [(2, "Second"), (1, "# Rules")]
        assert api(reader).get(f"{GUIDELINES}1/").json()["text"] == "# Rules"
        assert api(reader).get(f"{SCHEMAS}1/").json()["definition"]["id"] == "claims-attribution"


@pytest.mark.parametrize("address", [f"{SCHEMAS}9/", f"{GUIDELINES}9/", f"{SCHEMAS}0/"])
def test_an_unknown_version_is_not_found(address: str, api: Api, project: Project, lead: User) -> None:
    assert api(lead).get(address).status_code == 404


def test_publishing_unchanged_content_returns_the_current_version(api: Api, project: Project, lead: User) -> None:
    body = {"definition": {"labels": [{"id": "A"}]}}
    first, second = (api(lead).post(SCHEMAS, body).json() for _ in range(2))

    assert first == second
    assert (first["number"], first["created_by"]) == (2, "lena")


def test_a_stale_base_is_refused(api: Api, project: Project, lead: User) -> None:
    api(lead).post(SCHEMAS, {"definition": {"labels": [{"id": "A"}]}, "based_on": 1})
    answer = api(lead).post(SCHEMAS, {"definition": {"labels": [{"id": "B"}]}, "based_on": 1})

    assert (answer.status_code, answer.json()["code"]) == (409, "stale_version")


def test_only_leads_publish_versions(api: Api, project: Project, ada: User, viewer: User) -> None:
    for user in (ada, viewer):
        assert api(user).post(GUIDELINES, {"text": "x"}).status_code == 404
        assert api(user).post(SCHEMAS, {"definition": {"labels": [{"id": "A"}]}}).status_code == 404


def test_each_error_of_a_definition_has_a_pointer(api: Api, project: Project, lead: User) -> None:
    answer = api(lead).post(SCHEMAS, {"definition": {"labels": [{"id": "A", "color": "red", "hotkey": "xy"}]}})

    assert [error["pointer"] for error in answer.json()["errors"]] == ["/labels/0/color", "/labels/0/hotkey"]


def test_versions_cannot_be_changed_or_deleted(api: Api, project: Project, lead: User) -> None:
    for address in (f"{SCHEMAS}1/", f"{GUIDELINES}1/"):
        for method in ("put", "patch", "delete"):
            assert getattr(api(lead), method)(address, {}).status_code == 405


def test_pictures_of_guidelines_are_uploaded_by_leads_and_listed_for_members(page, project, lead, ada):
    url = f"/api/v1/projects/{project.slug}/guideline-pictures/"
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    upload = lambda user, data: page(user).post(url, {"picture": SimpleUploadedFile("a.png", data)})  # noqa: E731
    assert upload(ada, png).status_code == 404
    assert upload(lead, b"<svg/>").status_code == 422
    stored = upload(lead, png).json()
    assert upload(lead, png).json() == stored
    assert [row["digest"] for row in page(ada).get(url).json()["results"]] == [stored["digest"]]
    assert page(ada).get(stored["url"]).content == png
