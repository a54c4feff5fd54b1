"""API of the user and their projects."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from annotator.platform.accounts.models import User
from projects.models import Membership, Project
from projects.roles import Role
from tests.conftest import MakeProject

Api = Callable[[User | None], APIClient]


def test_me_returns_projects_and_roles(api: Api, project: Project, ada: User) -> None:
    answer = api(ada).get("/api/v1/me/").json()

    assert answer == {
        "id": ada.pk,
        "username": "ada",
        "memberships": [{"project": "news", "name": "News", "role": "annotator"}],
    }


def test_the_list_has_the_projects_of_the_user(
    api: Api, project: Project, make_project: MakeProject, ada: User, stranger: User
) -> None:
    make_project("other", members={ada: Role.LEAD, stranger: Role.VIEWER})
    answer = api(ada).get("/api/v1/projects/").json()

    assert [(each["slug"], each["role"], each["schema_version"]) for each in answer["results"]] == [
        ("news", "annotator", 1),
        ("other", "lead", 1),
    ]
    assert (answer["next"], answer["previous"]) == (None, None)


def test_lists_are_split_into_pages(api: Api, make_project: MakeProject, lead: User) -> None:
    for number in range(5):
        make_project(f"p{number}", members={lead: Role.LEAD})
    slugs, address = [], "/api/v1/projects/?page_size=2"
    while address:
        page = api(lead).get(address).json()
        slugs += [each["slug"] for each in page["results"]]
        address = page["next"]

    assert slugs == ["p0", "p1", "p2", "p3", "p4"]


def test_a_project_is_created_from_the_template_by_default(api: Api, lead: User) -> None:
    made = api(lead).post("/api/v1/projects/", {"slug": "daily", "name": "Daily"})

    assert (made.status_code, made.json()["role"], made.json()["schema_version"]) == (201, "lead", 1)
    assert Project.objects.get(slug="daily").created_by == lead


def test_a_project_is_created_from_a_schema(api: Api, lead: User) -> None:
    body = {"slug": "daily", "schema": {"labels": [{"id": "Person"}]}, "guidelines": " # Mine\n"}
    api(lead).post("/api/v1/projects/", body)

    (version,) = api(lead).get("/api/v1/projects/daily/schema-versions/").json()["results"]
    (guideline,) = api(lead).get("/api/v1/projects/daily/guideline-versions/").json()["results"]
    assert [label["id"] for label in version["definition"]["labels"]] == ["Person"]
    assert guideline["text"] == " # Mine\n"


@pytest.mark.parametrize(
    ("body", "status", "code", "pointers"),
    [
        ({}, 422, "invalid_input", ["/slug"]),
        ({"slug": "Not this"}, 422, "invalid_input", ["/slug"]),
        ({"slug": "news"}, 409, "slug_taken", None),
        ({"slug": "daily", "template": "none"}, 422, "invalid_input", ["/template"]),
        ({"slug": "daily", "schema": {"labels": [{"id": "a\tb"}]}}, 422, "invalid_input", ["/labels/0/id"]),
        ({"slug": "daily", "schema": []}, 422, "invalid_input", ["/schema"]),
        ({"slug": "daily", "annotators_per_document": 0}, 422, "invalid_input", ["/annotators_per_document"]),
        ({"slug": "daily", "name": "a\u0000b"}, 422, "invalid_input", ["/name"]),
    ],
)
def test_errors_of_a_new_project_are_reported(
    body: dict[str, object], status: int, code: str, pointers: list[str] | None, api: Api, project: Project, lead: User
) -> None:
    answer = api(lead).post("/api/v1/projects/", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if pointers is not None:
        assert [error["pointer"] for error in answer.json()["errors"]] == pointers
    assert Project.objects.count() == 1


def test_only_leads_change_settings(api: Api, project: Project, lead: User, ada: User, viewer: User) -> None:
    change = {"annotators_per_document": 4, "show_optional_labels": True}

    assert api(ada).patch("/api/v1/projects/news/", change).status_code == 404
    assert api(viewer).patch("/api/v1/projects/news/", change).status_code == 404
    answer = api(lead).patch("/api/v1/projects/news/", change)
    assert (answer.json()["annotators_per_document"], answer.json()["show_optional_labels"]) == (4, True)
    project.refresh_from_db()
    assert project.annotators_per_document == 4


def test_the_number_of_queries_does_not_grow(
    api: Api, make_project: MakeProject, lead: User, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for number in range(10):
        make_project(f"p{number}", members={lead: Role.LEAD})

    with django_assert_max_num_queries(2):  # type: ignore[attr-defined]
        assert len(api(lead).get("/api/v1/projects/").json()["results"]) == 10
    assert Membership.objects.count() == 10
