"""The navigation of a project: the pages that the reader's role may open."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse

from projects import selectors
from projects.roles import Capability, can

register = template.Library()

# Name, route, what one must be able to do. Routes are names, so that this floor imports nothing above it.
PAGES: list[tuple[str, str, Capability]] = [
    ("Overview", "dashboard:project", Capability.VIEW_PROJECT),
    ("My work", "assignments:work", Capability.ANNOTATE),
    ("Documents", "dashboard:documents", Capability.SEE_ALL_WORK),
    ("Agreement", "agreement:latest", Capability.SEE_ALL_WORK),
    ("Adjudication", "adjudication:queue", Capability.ADJUDICATE),
    ("Export", "datasets:exports", Capability.EXPORT),
    ("Releases", "releases:releases", Capability.EXPORT),
    ("Guidelines", "projects:guidelines", Capability.VIEW_PROJECT),
    ("Schema", "projects:schema", Capability.VIEW_PROJECT),
    ("People", "projects:members", Capability.MANAGE),
    ("Settings", "projects:settings", Capability.MANAGE),
]


@dataclass(frozen=True)
class Item:
    """One link of the navigation."""

    name: str
    url: str
    current: bool


@register.simple_tag(takes_context=True)
def project_navigation(context: dict[str, Any]) -> list[Item]:
    """Return the links for the reader's role; the longest address that begins the present one is current.

    A page whose address does not lie under that of its project says in `stands_under` where it belongs.
    """
    request, project = context["request"], context["project"]
    role = selectors.role_in(project, request.user)
    allowed = [(name, route) for name, route, needed in PAGES if role is not None and can(role, needed)]
    links = [(name, reverse(route, args=[project.slug])) for name, route in allowed]
    path = context.get("stands_under", request.path)
    here = max((url for _, url in links if path.startswith(url)), key=len, default="")
    return [Item(name, url, url == here) for name, url in links]
