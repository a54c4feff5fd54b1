"""What holds for every answer of the site: policy, types, tokens of forms, sizes, problem documents."""

from collections.abc import Callable

import pytest
from django.conf import settings

from annotator.http.middleware import CONTENT_SECURITY_POLICY
from annotator.http.uploads import takes_uploads
from projects.models import Invitation, Membership, Project
from tests.api.asking import ask, client_of, is_problem
from tests.api.routes import Route, every_route, faults_of_page
from tests.api.world import World

pytestmark = pytest.mark.django_db(transaction=True)

ROUTES = every_route()


def test_every_page_a_lead_opens_keeps_to_the_strict_policy(world: World) -> None:
    wrong: list[tuple[object, ...]] = []
    for user in (world.lead, world.ada, world.stranger, None):
        client = client_of(user)
        for route in ROUTES:
            response = ask(client, "get", route.path(world.parameters))
            faults = faults_of_page(response)
            if response.status_code >= 500 or faults:
                wrong.append((user and user.username, route.pattern, response.status_code, faults))

    assert wrong == []


def test_a_lead_can_open_every_page(world: World) -> None:
    client = client_of(world.lead)
    answers = {route.pattern: ask(client, "get", route.path(world.parameters)) for route in ROUTES}
    unreadable = {
        pattern: response.status_code
        for pattern, response in answers.items()
        if response.status_code not in (200, 302, 405)
    }

    assert unreadable == {}


def test_every_answer_carries_the_policy_and_forbids_guessing_types(world: World) -> None:
    wrong = []
    for user in (None, world.stranger, world.lead):
        client = client_of(user)
        for path in [
            *(route.path(world.parameters) for route in ROUTES),
            "/nothing/",
            "/api/nothing/",
            "/static/x.css",
        ]:
            headers = ask(client, "get", path).headers
            if (headers.get("Content-Security-Policy"), headers.get("X-Content-Type-Options")) != (
                CONTENT_SECURITY_POLICY,
                "nosniff",
            ):
                wrong.append(path)

    assert wrong == []
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_files_are_downloads_and_uploads_have_no_address(world: World) -> None:
    shown = ("text/html", "application/json", "application/problem+json", "application/vnd.oai.openapi")
    client = client_of(world.lead)
    inline = []
    for route in ROUTES:
        response = ask(client, "get", route.path(world.parameters))
        kind, disposition = response.headers.get("Content-Type", ""), response.headers.get("Content-Disposition", "")
        download = disposition.startswith("attachment")
        is_file = any(word in route.pattern for word in ("/file/", "/data/", "/manifest/"))
        if response.status_code == 200 and not download and (is_file or not kind.startswith(shown)):
            inline.append((route.pattern, kind))
    settings.UPLOADS_DIR.mkdir(exist_ok=True)
    (settings.UPLOADS_DIR / "page.html").write_text("<script>alert(1)</script>")

    assert inline == []
    for path in ("/uploads/page.html", "/media/page.html", "/static/uploads/page.html", "/static/../uploads/page.html"):
        assert client.get(path).status_code == 404


def test_a_form_without_its_token_is_refused_and_changes_nothing(world: World) -> None:
    client = client_of(world.lead, enforce_csrf_checks=True)
    before = (Membership.objects.count(), Invitation.objects.count(), Project.objects.count())
    wrong = []
    for route in ROUTES:
        for method in ("post", "put", "patch", "delete"):
            response = ask(client, method, route.path(world.parameters))
            if response.status_code not in (403, 405, 415):
                wrong.append((method, route.pattern, response.status_code))

    assert wrong == []
    assert (Membership.objects.count(), Invitation.objects.count(), Project.objects.count()) == before


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_body_over_the_limit_is_refused_before_it_is_read(world: World, content_type: str) -> None:
    client = client_of(world.lead)
    wrong = []
    for route in ROUTES:
        uploading = content_type == "multipart/form-data" and takes_uploads(route.view)
        limit = settings.MAX_UPLOAD_BYTES if uploading else settings.MAX_BODY_BYTES
        path = route.path(world.parameters)
        # Nothing could be read: the body is not even what its type says.
        headers = {"content-length": str(limit + 1)}
        response = client.generic("POST", path, b"{", content_type=f"{content_type}; boundary=x", headers=headers)
        fits = is_problem(response, 413) if path.startswith("/api/") else response.status_code == 413
        if not fits:
            wrong.append((route.pattern, response.status_code))

    assert wrong == []


def test_only_imports_take_uploads() -> None:
    names: Callable[[Route], bool] = lambda route: takes_uploads(route.view)  # noqa: E731

    assert {route.name for route in filter(names, ROUTES)} == {"imports:new", "imports-api:imports"}


def test_failures_of_the_api_are_problem_documents(world: World) -> None:
    client = client_of(world.lead)
    cases = [
        (404, client.get("/api/v1/nothing/")),
        (404, client.get("/api/nothing/")),
        (405, client.delete("/api/v1/projects/")),
        (400, client.post("/api/v1/projects/", b"{", content_type="application/json")),
        (400, client.post("/api/v1/projects/", b'"\xff"', content_type="application/json")),
        (415, client.post("/api/v1/projects/", b"<a/>", content_type="text/xml")),
        (422, client.post("/api/v1/projects/", {}, content_type="application/json")),
        (422, client.post("/api/v1/projects/", b"[1]", content_type="application/json")),
        (401, client_of(None).get("/api/v1/me/")),
        (401, client_of(None).get("/api/v1/me/", headers={"authorization": "Bearer wrong"})),
        (401, client_of(None).get("/api/v1/me/", headers={"authorization": "Bearer a b"})),
        (400, client_of(None).get("/api/v1/me/", headers={"host": "elsewhere.example"})),
    ]

    assert [(status, is_problem(response, status)) for status, response in cases] == [(s, True) for s, _ in cases]
