"""Filters of the overview: rounds and stages in words and as filters of the table of documents."""

from django import template
from django.utils.translation import gettext as _

from annotator.workload.assignments.selectors.board import NO_ROUND
from annotator.workload.assignments.selectors.tallies import RoundProgress

register = template.Library()


@register.filter
def round_filter(row: RoundProgress) -> str:
    """Return the value with which the table of documents shows a round."""
    return row.round.name if row.round else NO_ROUND


@register.filter
def round_title(row: RoundProgress) -> str:
    """Return the name of a round."""
    return row.round.name if row.round else _("No round")


@register.filter
def stage_title(stage: str) -> str:
    """Return a stage in words."""
    names = {
        "unassigned": _("not assigned"),
        "begun": _("in progress"),
        "submitted": _("submitted"),
        "adjudicated": _("adjudicated"),
    }
    return names[stage]
