"""Asking the site as somebody, and reading what comes back."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.test import Client

from annotator.accounts.models import User
from tests.api.routes import METHODS, Route
from tests.api.world import SECRET_WORDS, World


def client_of(user: User | None, **options: Any) -> Client:
    client = Client(raise_request_exception=False, **options)
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ask(client: Client, method: str, path: str) -> HttpResponse:
    """Send a request and read the whole answer, so that no file stays open."""
    body = b"" if method == "get" else b"{}"
    response = client.generic(method.upper(), path, body, content_type="application/json")
    content = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    response.text_read = content.decode(errors="replace")
    return response


def walk(client: Client, world: World, routes: list[Route]) -> Iterator[tuple[Route, str, HttpResponse]]:
    for route in routes:
        for method in METHODS:
            yield route, method, ask(client, method, route.path(world.parameters))


def leaks(response: HttpResponse) -> list[str]:
    """Return the secret words in an answer; what stood in the address already is no secret."""
    asked = response.request["PATH_INFO"]
    return [word for word in SECRET_WORDS if word in response.text_read and word not in asked]


def is_problem(response: HttpResponse, status: int) -> bool:
    """Whether an answer is a whole problem document."""
    if response.status_code != status or response.headers["Content-Type"] != "application/problem+json":
        return False
    document = response.json()
    return {"type", "title", "status", "detail", "code"} <= document.keys() and document["status"] == status


def is_closed(route: Route, response: HttpResponse) -> bool:
    """Whether an answer says no more than that nothing is there."""
    if response.status_code == 405:
        return True
    return is_problem(response, 404) if route.is_api else response.status_code == 404
