"""Published answers in the pages of other packages: beside the guidelines, and in the editor."""

from typing import Any

from django import template

from annotator.workload.questions import selectors
from projects.models import Project

register = template.Library()


@register.simple_tag
def published_answers(project: Project) -> list[dict[str, Any]]:
    """Return the published answers of a project, by label and rule."""
    return selectors.published_answers(project)
