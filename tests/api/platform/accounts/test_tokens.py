"""API tokens: creation, use, deletion."""

from collections.abc import Callable
from datetime import datetime

from django.test import Client
from rest_framework.test import APIClient

from annotator.platform.accounts.models import User
from annotator.platform.accounts.services import create_token, set_active
from projects.models import Project

Api = Callable[[User | None], APIClient]


def test_a_token_works_until_it_is_deleted(api: Api, lead: User) -> None:
    made = api(lead).post("/api/v1/tokens/", {"name": "program"})
    program = APIClient(headers={"authorization": f"Bearer {made.json()['token']}"})

    assert made.status_code == 201
    assert program.get("/api/v1/me/").json()["username"] == "lena"
    assert program.get("/api/v1/tokens/").json()["results"][0]["name"] == "program"
    assert api(lead).delete(f"/api/v1/tokens/{made.json()['id']}/").status_code == 204
    assert program.get("/api/v1/me/").status_code == 401


def test_the_secret_is_shown_once(api: Api, lead: User) -> None:
    api(lead).post("/api/v1/tokens/", {"name": "program"})
    (listed,) = api(lead).get("/api/v1/tokens/").json()["results"]

    assert set(listed) == {
        "id", "name", "prefix", "created_at", "expires_at", "last_used_at", "scope", "project", "ends_with_password"
    }  # fmt: skip


def test_requests_with_a_token_need_no_csrf_token(project: Project, lead: User, now: datetime) -> None:
    _, secret = create_token(lead, name="program", now=now)
    client = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {secret}"})

    answer = client.patch("/api/v1/projects/news/", {"name": "Other"}, content_type="application/json")
    assert answer.json()["name"] == "Other"


def test_a_closed_account_ends_its_tokens(project: Project, lead: User, now: datetime) -> None:
    _, secret = create_token(lead, name="program", now=now)
    set_active(lead, active=False)

    answer = APIClient().get("/api/v1/me/", headers={"authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_errors_have_pointers(api: Api, lead: User) -> None:
    unnamed = api(lead).post("/api/v1/tokens/", {})
    past = api(lead).post("/api/v1/tokens/", {"name": "p", "expires_at": "2020-01-01T00:00:00Z"})

    assert [error["pointer"] for error in unnamed.json()["errors"]] == ["/name"]
    assert [error["pointer"] for error in past.json()["errors"]] == ["/expires_at"]
    assert unnamed.status_code == past.status_code == 422
