"""Tags of the pages of migrations."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def set_of_example(sets: Mapping[str, int], example: Mapping[str, Any]) -> int | None:
    """Return the key of the set of an example; None when the set or its document has another name now."""
    return sets.get(f"{example['document']}\n{example['annotator']}")
