"""Filters of the table of documents."""

import json

from django import template

from annotator.site.work_table.choice import META
from annotator.site.work_table.selectors import Row

register = template.Library()


@register.filter
def meta_text(row: Row, column: str) -> str:
    """Return the value of a metadata field as text; "" when the document does not have it."""
    value = row.meta.get(column.removeprefix(META))
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@register.filter
def figure(value: float | None) -> str:
    """Return an agreement figure with two digits; "–" without one."""
    return "–" if value is None else f"{value:.2f}"
