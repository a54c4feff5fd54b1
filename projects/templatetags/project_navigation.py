"""The navigation of a project: the pages that the role of the user may open."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects import selectors
from projects.roles import Capability, can

register = template.Library()

# Groups of name, route and required capability. Routes are given by name, because this package imports nothing above
# it. The group without a name comes first.
PAGES: list[tuple[Any, list[tuple[Any, str, Capability]]]] = [
    ("", [(_("Overview"), "dashboard:project", Capability.VIEW_PROJECT)]),
    (
        _("Annotate"),
        [
            (_("My documents"), "assignments:work", Capability.ANNOTATE),
            (_("Guidelines"), "projects:guidelines", Capability.VIEW_PROJECT),
            (_("Questions"), "questions:questions", Capability.VIEW_PROJECT),
        ],
    ),
    (
        _("Data"),
        [
            (_("Documents"), "dashboard:documents", Capability.SEE_ALL_WORK),
            (_("Search"), "search:search", Capability.VIEW_PROJECT),
            (_("Ledger"), "ledger:ledger", Capability.SEE_ALL_WORK),
            (_("Export"), "datasets:exports", Capability.EXPORT),
            (_("Releases"), "releases:releases", Capability.EXPORT),
        ],
    ),
    (
        _("Quality"),
        [
            (_("Workload"), "assignments:waiting", Capability.MANAGE),
            (_("Agreement"), "agreement:latest", Capability.SEE_ALL_WORK),
            (_("Adjudication"), "adjudication:queue", Capability.ADJUDICATE),
        ],
    ),
    (
        _("Set-up"),
        [
            (_("Schema"), "projects:schema", Capability.VIEW_PROJECT),
            (_("Members"), "projects:members", Capability.MANAGE),
            (_("Settings"), "projects:settings", Capability.MANAGE),
        ],
    ),
]


@dataclass(frozen=True)
class Item:
    """A link of the navigation."""

    name: str
    url: str
    current: bool


@dataclass(frozen=True)
class Group:
    """Links of the navigation that belong together; the first group has no name."""

    name: str
    items: list[Item]


@register.simple_tag(takes_context=True)
def project_navigation(context: dict[str, Any]) -> list[Group]:
    """Return the links for the role of the user, in groups; the link with the longest matching address is current.

    A page whose address is not below that of its project sets `stands_under` to the address of its link.
    """
    request, project = context["request"], context["project"]
    role = selectors.role_in(project, request.user)
    groups = [
        (str(group), [(str(name), reverse(route, args=[project.slug])) for name, route, capability in pages
                      if role is not None and can(role, capability)])
        for group, pages in PAGES
    ]  # fmt: skip
    path = context.get("stands_under", request.path)
    urls = [url for _, links in groups for _, url in links if path.startswith(url)]
    here = max(urls, key=len, default="")
    return [Group(name, [Item(*link, link[1] == here) for link in links]) for name, links in groups if links]
