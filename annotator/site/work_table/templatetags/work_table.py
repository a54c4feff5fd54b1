"""Filters of the table of documents."""

import json

from django import template

from annotator.site.work_table.choice import ANSWER, META
from annotator.site.work_table.selectors import Row

register = template.Library()


@register.filter
def meta_text(row: Row, column: str) -> str:
    """Return the value of a metadata field, or of an attribute of the document, as text; "" without one."""
    if column.startswith(ANSWER):
        counts = row.answers[column.removeprefix(ANSWER)]
        return "; ".join(value if count == 1 else f"{value} ({count})" for value, count in counts.items())
    value = row.meta.get(column.removeprefix(META))
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@register.filter
def figure(value: float | None) -> str:
    """Return an agreement figure with two digits; "–" without one."""
    return "–" if value is None else f"{value:.2f}"
