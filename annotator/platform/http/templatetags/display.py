"""Filters for dates, times and file sizes, built into every template (`TEMPLATES` in the settings)."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from annotator.platform.http.display import format_moment, format_size

register = template.Library()

register.filter("filesize", format_size)


@register.filter
def moment(value: datetime | None) -> SafeString:
    """Return a `<time>` element with date, time and zone, such as "2026-11-22 14:05 UTC"; nothing for no value."""
    if value is None:
        return SafeString("")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), format_moment(value))


@register.filter
def moment_text(value: datetime) -> str:
    """Return the words of `moment` without the element, for an `<option>` or an attribute."""
    return format_moment(value)


@register.filter
def number(value: float) -> str:
    """Return a number with commas between thousands: "12,345"."""
    return f"{value:,}"
