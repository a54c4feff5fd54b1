"""Requests to the site as a user, and their responses."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client

from annotator.platform.accounts.models import User
from annotator.platform.http.middleware import page_above
from tests.api.routes import METHODS, Route, every_route
from tests.api.world import SECRET_WORDS, World


@dataclass(frozen=True)
class Answer:
    """A response, read to its end so that no file stays open, and the path of its request."""

    path: str
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def kind(self) -> str:
        """The content type."""
        return self.headers.get("Content-Type", "")

    def is_problem(self, status: int) -> bool:
        """Return whether it is a complete problem document."""
        if self.status != status or self.kind != "application/problem+json":
            return False
        document: dict[str, Any] = json.loads(self.text)
        return {"type", "title", "status", "detail", "code"} <= document.keys() and document["status"] == status

    def leaks(self) -> list[str]:
        """Return the secret words in it, except for words of its own path."""
        return [word for word in SECRET_WORDS if word in self.text and word not in self.path]


def client_of(user: User | None, **options: Any) -> Client:
    """Return a client that is signed in as a user, or an anonymous one; a bug responds with 500."""
    client = Client(raise_request_exception=False, **options)
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ask(
    client: Client,
    method: str,
    path: str,
    body: bytes = b"{}",
    *,
    content_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> Answer:
    """Send a request and read the complete response."""
    sent = b"" if method == "get" else body
    response: Any = client.generic(method.upper(), path, sent, content_type=content_type, headers=headers)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    return Answer(path, response.status_code, response.headers, content.decode(errors="replace"))


def walk(
    client: Client, world: World, routes: list[Route], methods: Mapping[str, Collection[str]] | None = None
) -> Iterator[tuple[Route, str, Answer]]:
    """Request each route with each method, or with those that `methods` has for its pattern."""
    for route in routes:
        for method in methods[route.pattern] if methods else METHODS:
            yield route, method, ask(client, method, route.path(world.parameters))


def accepted_methods(world: World) -> dict[str, list[str]]:
    """Return by pattern GET and the methods that a route names when it refuses an unknown one; else all methods.

    Three of four requests would only be answered with 405, for every user.
    """
    if not _ACCEPTED:
        client = client_of(world.lead)
        for route in every_route():
            answer = ask(client, "propfind", route.path(world.parameters))
            named = answer.headers["Allow"].lower().split(", ") if answer.status == 405 else METHODS
            _ACCEPTED[route.pattern] = [method for method in METHODS if method == "get" or method in named]
    return _ACCEPTED


_ACCEPTED: dict[str, list[str]] = {}


def is_closed(route: Route, answer: Answer) -> bool:
    """Return whether a response reveals nothing about the object of a route."""
    if answer.status == 405 or leads_up(answer):
        return True
    return answer.is_problem(404) if route.is_api else answer.status == 404


def leads_up(answer: Answer) -> bool:
    """Return whether an address that only accepts forms leads to the page above it, whatever it names."""
    location = answer.headers.get("Location", "").partition("?")[0]
    return answer.status == 302 and location == page_above(answer.path.partition("?")[0])
