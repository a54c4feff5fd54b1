"""Every route of the URL configuration, found by introspection, and checks of any page."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
METHODS = ("get", "post", "put", "patch", "delete")
# The query that a page needs, by the name of its route.
QUERIES = {
    "agreement:against": "?with=<report_id>",
    "search-api:search": "?q=rained",
    "releases:compare": "?first=<number>&second=<other_number>",
}


@dataclass(frozen=True)
class Route:
    """One address: `pattern` as in the URL configuration, `name` with its namespace."""

    pattern: str
    name: str
    view: Callable[..., Any]

    @property
    def is_api(self) -> bool:
        """Whether it belongs to the API; the API's description does not."""
        return self.pattern.startswith("/api/v1/")

    @property
    def parameters(self) -> list[str]:
        """The names of its parameters, including those of its query."""
        return PARAMETER.findall(self.pattern + QUERIES.get(self.name, ""))

    def path(self, values: dict[str, object]) -> str:
        """Return the path with its parameters filled in; fail with instructions for an unknown parameter."""
        for name in self.parameters:
            assert name in values, (
                f"The route {self.pattern} has the unknown parameter “{name}”. "
                "Add an object for it to `make_world` in tests/api/world.py."
            )
        pattern = self.pattern + QUERIES.get(self.name, "")
        return PARAMETER.sub(lambda match: str(values[match.group(1)]), pattern)


def every_route() -> list[Route]:
    """Return all routes, pages and API."""
    return list(_walk(get_resolver(), "/", ""))


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            yield Route(pattern, f"{namespace}{entry.name}", entry.callback)


class PageCheck(HTMLParser):
    """Violations of a strict policy in a page: inline script and style, event handlers, foreign addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.violations: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record the violations of one element."""
        attributes = {name: value or "" for name, value in attrs}
        self.violations += [f"<{tag} {name}>" for name in attributes if name.startswith("on") or name == "style"]
        if tag == "style" or (
            tag == "script" and "src" not in attributes and attributes.get("type") != "application/json"
        ):
            self.violations.append(f"inline <{tag}>")
        if tag in ("script", "img", "link", "iframe", "object", "embed"):
            address = attributes.get("src") or attributes.get("href") or attributes.get("data") or "/"
            if not address.startswith("/") or address.startswith("//"):
                self.violations.append(f"<{tag}> from {address}")
        if attributes.get("href", "").strip().lower().startswith("javascript:"):
            self.violations.append(f"<{tag} href=javascript:>")


def faults_of_page(html: str) -> list[str]:
    """Return the violations in a page."""
    check = PageCheck()
    check.feed(html)
    return check.violations
