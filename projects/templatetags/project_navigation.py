"""The navigation of a project: the pages that the role of the user may open."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects import selectors
from projects.roles import Capability, can

register = template.Library()

# Name, route, required capability. Routes are given by name, because this package imports nothing above it.
PAGES: list[tuple[Any, str, Capability]] = [
    (_("Overview"), "dashboard:project", Capability.VIEW_PROJECT),
    (_("My documents"), "assignments:work", Capability.ANNOTATE),
    (_("Documents"), "dashboard:documents", Capability.SEE_ALL_WORK),
    (_("Workload"), "assignments:waiting", Capability.MANAGE),
    (_("Agreement"), "agreement:latest", Capability.SEE_ALL_WORK),
    (_("Adjudication"), "adjudication:queue", Capability.ADJUDICATE),
    (_("Export"), "datasets:exports", Capability.EXPORT),
    (_("Releases"), "releases:releases", Capability.EXPORT),
    (_("Guidelines"), "projects:guidelines", Capability.VIEW_PROJECT),
    (_("Schema"), "projects:schema", Capability.VIEW_PROJECT),
    (_("Members"), "projects:members", Capability.MANAGE),
    (_("Settings"), "projects:settings", Capability.MANAGE),
]


@dataclass(frozen=True)
class Item:
    """A link of the navigation."""

    name: str
    url: str
    current: bool


@register.simple_tag(takes_context=True)
def project_navigation(context: dict[str, Any]) -> list[Item]:
    """Return the links for the role of the user; the link with the longest matching address is current.

    A page whose address is not below that of its project sets `stands_under` to the address of its link.
    """
    request, project = context["request"], context["project"]
    role = selectors.role_in(project, request.user)
    allowed = [(name, route) for name, route, capability in PAGES if role is not None and can(role, capability)]
    links = [(name, reverse(route, args=[project.slug])) for name, route in allowed]
    path = context.get("stands_under", request.path)
    here = max((url for _, url in links if path.startswith(url)), key=len, default="")
    return [Item(str(name), url, url == here) for name, url in links]
