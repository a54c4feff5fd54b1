"""Checks of every response of the site: policy, types, tokens of forms, sizes, problem documents."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.conf import settings

from annotator.platform.accounts.models import User
from annotator.platform.http.middleware import CONTENT_SECURITY_POLICY
from annotator.platform.http.uploads import is_upload_view
from projects.models import Invitation, Membership, Project
from tests.api.asking import Answer, accepted_methods, ask, client_of, walk
from tests.api.routes import Route, every_route, faults_of_page
from tests.api.world import World

pytestmark = pytest.mark.django_db(transaction=True)

ROUTES = every_route()
BODIES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
SHOWN = ("text/html", "application/json", "application/problem+json")


def test_every_response_follows_every_rule(world: World) -> None:
    faults: list[tuple[str, object, str]] = []
    for user in (world.lead, world.ada, world.stranger, None):
        client, name = client_of(user), user and user.username
        for route in ROUTES:
            answer = ask(client, "get", route.path(world.parameters))
            faults += [(fault, name, route.pattern) for fault in faults_of(answer, route)]
            # On a slow machine the last report of the worker is too old for `ready` before the walk comes to it.
            if user == world.lead and answer.status not in (200, 302, 405) and route.name != "ready":
                faults.append((f"answers {answer.status} to the lead", name, route.pattern))

    # Only its annotator skips a document; sets that are data have no feedback of quality control; no source was
    # measured; without EMAIL_URL and METRICS_TOKEN two pages do not exist.
    missing = (
        "/annotation-sets/<int:set_id>/quality-feedback/",
        "/api/v1/projects/<slug:slug>/suggestion-sources/evaluation/",
        "/assignments/<int:assignment_id>/skip/",
        "/metrics",
        "/reset-password/",
    )
    expected = [("answers 404 to the lead", "lena", pattern) for pattern in missing]
    # A calibration names the two reports that it compares.
    expected.append(("answers 422 to the lead", "lena", "/api/v1/projects/<slug:slug>/quality/calibration/"))
    assert sorted(faults) == expected


def faults_of(answer: Answer, route: Route) -> list[str]:
    """Return what is wrong with a response: an error, its headers, a file shown by a browser, an unsafe page."""
    kind, disposition = answer.headers.get("Content-Type", ""), answer.headers.get("Content-Disposition", "")
    is_catalogue = route.name == "javascript-catalogue"
    is_download = disposition.startswith("attachment")
    is_file = any(word in route.pattern for word in ("/file/", "/data/", "/manifest/"))
    rules = {
        f"answers {answer.status}": answer.status < 500 or route.name == "ready",  # 503 without a worker
        "has no security headers": has_security_headers(answer),
        "may be stored": is_catalogue or "no-store" in answer.headers.get("Cache-Control", ""),
        f"shows a file of type {kind}": answer.status != 200
        or is_download
        or is_catalogue
        or (kind.startswith(SHOWN) and not is_file),
    }
    unsafe = faults_of_page(answer.text) if kind.startswith("text/html") else []
    return [rule for rule, is_kept in rules.items() if not is_kept] + unsafe


def has_security_headers(answer: Answer) -> bool:
    """Return whether the policy and the type of a response are binding for browsers."""
    headers = answer.headers
    return headers.get("Content-Security-Policy") == CONTENT_SECURITY_POLICY and (
        headers.get("X-Content-Type-Options") == "nosniff"
    )


def test_missing_pages_have_the_security_headers(lead: User) -> None:
    paths = ("/nothing/", "/api/nothing/", "/static/x.css")

    for user in (None, lead):
        assert [path for path in paths if not has_security_headers(ask(client_of(user), "get", path))] == []
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_null_characters_are_refused_everywhere(world: World) -> None:
    client = client_of(world.lead)
    wrong = []
    for route in ROUTES:
        path = route.path(world.parameters)
        joined = "&" if "?" in path else "?"
        for query in ("q=%00", "cursor=%00", "%00=1"):
            answer = ask(client, "get", f"{path}{joined}{query}")
            if not (answer.is_problem(400) if path.startswith("/api/") else answer.status == 400):
                wrong.append((route.pattern, query, answer.status))
        answer = ask(client, "post", path, b"name=a%00b", content_type="application/x-www-form-urlencoded")
        if not path.startswith("/api/") and answer.status not in (400, 405):
            wrong.append((route.pattern, "form", answer.status))

    assert wrong == []


def test_refusal_for_the_origin_names_it(settings: Any) -> None:
    settings.PUBLIC_URL = "https://annotate.example.org"
    client = client_of(None, enforce_csrf_checks=True)

    form = b"username=lena&password=x"
    kind = "application/x-www-form-urlencoded"
    elsewhere = ask(
        client, "post", "/sign-in/", form, content_type=kind, headers={"origin": "https://other.example.org"}
    )
    outdated = ask(client, "post", "/sign-in/", form, content_type=kind)

    assert elsewhere.status == outdated.status == 403
    assert "https://other.example.org" in elsewhere.text
    assert "https://annotate.example.org" in elsewhere.text
    assert "PUBLIC_URL" in elsewhere.text
    assert "other.example.org" not in outdated.text
    assert "cookies" in outdated.text


def test_uploads_have_no_url(lead: User) -> None:
    client = client_of(lead)
    settings.UPLOADS_DIR.mkdir(exist_ok=True)
    (settings.UPLOADS_DIR / "page.html").write_text("<script>alert(1)</script>")

    for path in ("/uploads/page.html", "/media/page.html", "/static/uploads/page.html", "/static/../uploads/page.html"):
        assert client.get(path).status_code == 404


def test_form_without_its_token_changes_nothing(world: World) -> None:
    client = client_of(world.lead, enforce_csrf_checks=True)
    before = (Membership.objects.count(), Invitation.objects.count(), Project.objects.count())
    changing = {pattern: set(methods) - {"get"} for pattern, methods in accepted_methods(world).items()}
    wrong = [
        (method, route.pattern, answer.status)
        for route, method, answer in walk(client, world, ROUTES, changing)
        if answer.status not in (403, 405, 415)
    ]

    assert wrong == []
    assert (Membership.objects.count(), Invitation.objects.count(), Project.objects.count()) == before


def test_body_over_the_limit_is_refused_before_reading(world: World) -> None:
    client = client_of(world.lead)
    wrong = []
    for route, content_type in product(ROUTES, BODIES):
        uploading = content_type == "multipart/form-data" and is_upload_view(route.view)
        limit = settings.MAX_UPLOAD_BYTES if uploading else settings.MAX_BODY_BYTES
        path = route.path(world.parameters)
        # The body is not valid for its type, so reading it would fail in another way.
        headers = {"content-length": str(limit + 1)}
        answer = ask(client, "post", path, b"{", content_type=f"{content_type}; boundary=x", headers=headers)
        fits = answer.is_problem(413) if path.startswith("/api/") else answer.status == 413
        if not fits:
            wrong.append((route.pattern, content_type, answer.status))

    assert wrong == []


def test_only_imports_accept_uploads() -> None:
    names: Callable[[Route], bool] = lambda route: is_upload_view(route.view)  # noqa: E731

    assert {route.name for route in filter(names, ROUTES)} == {
        *("imports:new", "imports-api:imports", "speakers:import", "speakers-api:import"),
    }


def test_api_errors_are_problem_documents(lead: User) -> None:
    client = client_of(lead)
    anonymous, projects = client_of(None), "/api/v1/projects/"
    cases = [
        (404, ask(client, "get", "/api/v1/nothing/")),
        (404, ask(client, "get", "/api/nothing/")),
        (405, ask(client, "delete", projects)),
        (400, ask(client, "post", projects, b"{")),
        (400, ask(client, "post", projects, b'"\xff"')),
        (415, ask(client, "post", projects, b"<a/>", content_type="text/xml")),
        (422, ask(client, "post", projects, b"{}")),
        (422, ask(client, "post", projects, b"[1]")),
        (401, ask(anonymous, "get", "/api/v1/me/")),
        (401, ask(anonymous, "get", "/api/v1/me/", headers={"authorization": "Bearer wrong"})),
        (401, ask(anonymous, "get", "/api/v1/me/", headers={"authorization": "Bearer a b"})),
        (400, ask(anonymous, "get", "/api/v1/me/", headers={"host": "elsewhere.example"})),
    ]

    assert [status for status, answer in cases if not answer.is_problem(status)] == []
