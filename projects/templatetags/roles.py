"""Names of roles, for templates."""

from django import template

from projects.models import ROLE_CHOICES

register = template.Library()

NAMES = dict(ROLE_CHOICES)


@register.filter
def role_name(role: str) -> str:
    """Return the name of a role as people read it."""
    return str(NAMES[role])
