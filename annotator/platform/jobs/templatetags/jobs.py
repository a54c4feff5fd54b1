"""Filters for jobs in templates."""

from django import template

from annotator.platform.jobs import registry
from annotator.platform.jobs.models import Job, JobState, LineLevel

register = template.Library()

STATE_BADGES = {JobState.DONE: "badge--success", JobState.FAILED: "badge--danger", JobState.CANCELLED: "badge--warning"}
LEVEL_BADGES = {LineLevel.ERROR: "badge--danger", LineLevel.WARNING: "badge--warning"}
LEVEL_SIGNS = {LineLevel.ERROR: "✕", LineLevel.WARNING: "!", LineLevel.INFO: "i"}


@register.filter
def job_title(kind: str) -> str:
    """Return the title of a kind of job."""
    return registry.title_of(kind)


@register.filter
def state_badge(state: str) -> str:
    """Return the CSS class of the badge of a state."""
    return STATE_BADGES.get(JobState(state), "")


@register.filter
def outcome_badge(job: Job) -> str:
    """Return the CSS class of the badge of a job: a warning when it ended and its result is incomplete."""
    if job.state == JobState.DONE and (job.result or {}).get("incomplete"):
        return "badge--warning"
    return state_badge(job.state)


@register.filter
def state_name(state: str) -> str:
    """Return the name of a state as people read it."""
    return str(JobState(state).label)


@register.filter
def level_name(level: str) -> str:
    """Return the name of a level as people read it."""
    return str(LineLevel(level).label)


@register.filter
def level_badge(level: str) -> str:
    """Return the CSS class of the badge of a level."""
    return LEVEL_BADGES.get(LineLevel(level), "")


@register.filter
def level_sign(level: str) -> str:
    """Return the sign that is shown before the name of a level."""
    return LEVEL_SIGNS[LineLevel(level)]


@register.filter
def percent(job: Job) -> int:
    """Return the progress of a job in percent, rounded down."""
    return min(100 * job.progress_done // (job.progress_total or 1), 100)


@register.filter
def grouped(number: int) -> str:
    """Return a whole number with thousands separators."""
    return f"{number:,}"
