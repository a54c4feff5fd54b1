"""What a token may do: its scope, its project, its time, and no more than the token that created it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from annotator.platform.accounts.models import ApiToken, User
from annotator.platform.accounts.services import create_token
from projects.models import Project
from projects.roles import Role
from tests.api.asking import accepted_methods, ask, is_closed
from tests.api.routes import every_route
from tests.api.world import World
from tests.conftest import PASSWORD, MakeDocument, MakeProject

pytestmark = pytest.mark.django_db(transaction=True)
TOKENS = "/api/v1/tokens/"


def program(user: User, **fields: object) -> APIClient:
    """Return a client with a new token."""
    _, secret = create_token(user, name="program", now=timezone.now(), **fields)  # type: ignore[arg-type]
    return APIClient(headers={"authorization": f"Bearer {secret}"})


def test_scopes_include_each_other_in_order(
    project: Project, lead: User, ada: User, make_document: MakeDocument
) -> None:
    make_document()
    rename, next_document = "/api/v1/projects/news/", "/api/v1/projects/news/next-document/"

    for scope, may_annotate, may_manage in (("read", 403, 403), ("annotate", 200, 403), ("manage", 200, 200)):
        assert program(lead, scope=scope).get(rename).status_code == 200
        assert program(lead, scope=scope).patch(rename, {"name": "New"}).status_code == may_manage
        assert program(ada, scope=scope).post(next_document).status_code == may_annotate
    refused = program(lead, scope="read").patch(rename, {"name": "New"}).json()
    assert (refused["code"], "needs “manage”" in refused["detail"]) == ("token_scope", True)


def test_reading_token_may_export_but_changes_nothing(world: World) -> None:
    client = program(world.lead, scope="read")
    allowed = {"api-exports", "api-export-preview", "api-release-preview", "api-release-verify"}
    wrong = []
    for route in every_route():
        if route.is_api and route.name not in allowed:
            for method in ("post", "put", "patch", "delete"):
                status = client.generic(method.upper(), route.path(world.parameters), "{}").status_code
                if status not in (403, 405):
                    wrong.append((route.name, method, status))

    assert wrong == []
    assert client.post(f"/api/v1/projects/{world.project.slug}/exports/", {}).status_code == 202


def test_token_of_another_project_opens_nothing(world: World, make_project: MakeProject) -> None:
    other = make_project("other", members={world.lead: Role.LEAD})
    _, secret = create_token(world.lead, name="program", now=timezone.now(), project=other)
    client = Client(headers={"authorization": f"Bearer {secret}"}, raise_request_exception=False)
    bound = [
        route for route in every_route() if route.is_api and route.parameters and "token_id" not in route.parameters
    ]
    wrong = [
        (route.name, method)
        for route in bound
        for method in accepted_methods(world)[route.pattern]
        if not is_closed(route, answer := ask(client, method, route.path(world.parameters))) or answer.leaks()
    ]

    assert wrong == []
    assert [row["slug"] for row in client.get("/api/v1/projects/").json()["results"]] == ["other"]
    assert client.get("/api/v1/projects/other/").status_code == 200
    created = client.post("/api/v1/projects/", {"slug": "third"}, content_type="application/json")
    assert created.status_code == 403
    assert [row["project"] for row in client.get("/api/v1/me/").json()["memberships"]] == ["other"]
    assert not ask(client, "get", TOKENS).leaks()


def test_token_cannot_create_a_stronger_one(project: Project, lead: User, make_project: MakeProject) -> None:
    other = make_project("other", members={lead: Role.LEAD})
    soon = timezone.now() + timedelta(days=1)
    limited = program(lead, project=project, expires_at=soon)

    for stronger in ({"project": other.slug}, {"expires_at": str(soon + timedelta(days=1))}):
        assert limited.post(TOKENS, {"name": "more"} | stronger).status_code in (403, 422)
    made = limited.post(TOKENS, {"name": "same"}).json()

    assert made["project"] == "news"
    assert datetime.fromisoformat(made["expires_at"]) == soon
    assert program(lead, scope="annotate").post(TOKENS, {"name": "more"}).json()["code"] == "token_scope"


def test_site_limits_the_time_of_tokens(lead: User, api: Callable[[User], APIClient], settings: object) -> None:
    settings.TOKEN_MAX_DAYS = 30  # type: ignore[attr-defined]
    longer = {"name": "p", "expires_at": str(timezone.now() + timedelta(days=31))}

    refused = api(lead).post(TOKENS, longer)
    unlimited = api(lead).post(TOKENS, {"name": "p"}).json()

    assert refused.json()["errors"][0]["detail"] == "Tokens of this site are valid for at most 30 days."
    assert timezone.now() < datetime.fromisoformat(unlimited["expires_at"]) <= timezone.now() + timedelta(days=30)


def test_some_tokens_end_with_the_password(lead: User, page: Callable[[User], Client]) -> None:
    kept, ended = program(lead), program(lead, ends_with_password=True)

    page(lead).post("/sign-in/", {"username": "lena", "password": PASSWORD})
    assert ended.get("/api/v1/me/").status_code == 200
    lead.set_password("another long password")
    lead.save()

    assert (kept.get("/api/v1/me/").status_code, ended.get("/api/v1/me/").status_code) == (200, 401)


def test_account_page_creates_and_shows_limited_tokens(
    project: Project, lead: User, page: Callable[[User], Client]
) -> None:
    form = {"name": "nightly export", "scope": "read", "project": project.pk, "lasts": "30", "ends_with_password": "on"}

    answer = page(lead).post("/account/tokens/", form)
    token = ApiToken.objects.get()

    assert (token.scope, token.project, token.ends_with_password) == ("read", project, True)
    assert "read and export" in answer.content.decode()


def test_tokens_are_created_by_command(project: Project, lead: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_token", "lena", "--project", "news", "--days", "7", "--scope", "annotate")
    secret = capsys.readouterr().out.strip()
    token = ApiToken.objects.get()

    assert APIClient().get("/api/v1/me/", headers={"authorization": f"Bearer {secret}"}).status_code == 200
    assert (token.scope, token.project) == ("annotate", project)
    assert token.expires_at is not None
    assert timedelta(days=6) < token.expires_at - timezone.now() <= timedelta(days=7)
    with pytest.raises(CommandError, match="no account"):
        call_command("create_token", "nobody")
