"""Figures of sources in templates."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def share(value: float) -> str:
    """Return a share in whole percent: "82 %"."""
    return f"{round(100 * value)}\N{NO-BREAK SPACE}%"


@register.filter
def signed(value: float) -> str:
    """Return a difference with its sign: "+0.12", "−3.64"."""
    return f"{value:+.2f}".replace("-", "−")


@register.filter
def figure_columns(counts: Mapping[str, Any]) -> list[float | None]:
    """Return the figures of a label in the order of the table."""
    exact = counts["exact"]
    return [exact["f1"], exact["precision"], exact["recall"], counts["overlap"]["f1"], counts["calibration_error"]]
