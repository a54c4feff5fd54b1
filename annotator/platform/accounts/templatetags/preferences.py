"""Preferences of the signed-in user, for templates."""

from typing import Any

from django import template

from annotator.platform.accounts.models import User
from annotator.platform.accounts.preferences import DEFAULTS
from annotator.platform.accounts.selectors import editor_preferences

register = template.Library()


@register.simple_tag(takes_context=True)
def letter_keys(context: dict[str, Any]) -> str:
    """Return the setting for single-key shortcuts: "alone", "alt" (together with Alt) or "off"."""
    user = context["request"].user
    return (editor_preferences(user) if isinstance(user, User) else DEFAULTS)["letter_keys"]
