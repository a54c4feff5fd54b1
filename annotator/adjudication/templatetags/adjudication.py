"""Whether links to adjudication are for the reader; pages of other parts ask once and show them or not."""

from typing import Any

from django import template

from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import role_in

register = template.Library()


@register.simple_tag(takes_context=True)
def may_adjudicate(context: dict[str, Any], project: Project) -> bool:
    """Return whether the reader may adjudicate documents of a project."""
    role = role_in(project, context["request"].user)
    return role is not None and can(role, Capability.ADJUDICATE)
