"""Every route of the URL configuration, found by introspection, and what must hold for any page."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
METHODS = ("get", "post", "put", "patch", "delete")
# What a page needs to be asked for beside its address, by the name of its route.
QUERIES = {
    "agreement:against": "?with=<report_id>",
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
        """Whether it belongs to the API proper, beyond its description."""
        return self.pattern.startswith("/api/v1/")

    @property
    def parameters(self) -> list[str]:
        """The names of its parameters, those of what it is asked with included."""
        return PARAMETER.findall(self.pattern + QUERIES.get(self.name, ""))

    def path(self, values: dict[str, object]) -> str:
        """Fill the parameters in; fail with what to do for one that nobody knows."""
        for name in self.parameters:
            assert name in values, (
                f"The route {self.pattern} has a parameter “{name}” that the walk does not know. "
                "Add an object for it to `make_world` in tests/api/world.py."
            )
        whole = self.pattern + QUERIES.get(self.name, "")
        return PARAMETER.sub(lambda match: str(values[match.group(1)]), whole)


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
    """Collects what a strict policy would refuse: inline script and style, handlers, addresses elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Judge one element."""
        given = {name: value or "" for name, value in attrs}
        self.found += [f"<{tag} {name}>" for name in given if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            self.found.append(f"inline <{tag}>")
        if tag in ("script", "img", "link", "iframe", "object", "embed"):
            address = given.get("src") or given.get("href") or given.get("data") or "/"
            if not address.startswith("/") or address.startswith("//"):
                self.found.append(f"<{tag}> from {address}")
        if given.get("href", "").strip().lower().startswith("javascript:"):
            self.found.append(f"<{tag} href=javascript:>")


def faults_of_page(html: str) -> list[str]:
    """Return what is wrong with a page."""
    check = PageCheck()
    check.feed(html)
    return check.found
