"""What templates say about jobs."""

from django import template

from annotator.platform.jobs import registry
from annotator.platform.jobs.models import Job, JobState, LineLevel

register = template.Library()

STATE_BADGES = {JobState.DONE: "badge--success", JobState.FAILED: "badge--danger", JobState.CANCELLED: "badge--warning"}
LEVEL_BADGES = {LineLevel.ERROR: "badge--danger", LineLevel.WARNING: "badge--warning"}
LEVEL_SIGNS = {LineLevel.ERROR: "✕", LineLevel.WARNING: "!", LineLevel.INFO: "i"}


@register.filter
def job_title(kind: str) -> str:
    """Return what people call a kind of job."""
    return registry.title_of(kind)


@register.filter
def state_badge(state: str) -> str:
    """Return the class that a badge of this state has beside `badge`."""
    return STATE_BADGES.get(JobState(state), "")


@register.filter
def level_badge(level: str) -> str:
    """Return the class that a badge of this level has beside `badge`."""
    return LEVEL_BADGES.get(LineLevel(level), "")


@register.filter
def level_sign(level: str) -> str:
    """Return the sign of a level, which stands beside its word."""
    return LEVEL_SIGNS[LineLevel(level)]


@register.filter
def percent(job: Job) -> int:
    """Return how far a job is, rounded down: the units are the body's own (bytes, documents) and say little."""
    return min(100 * job.progress_done // (job.progress_total or 1), 100)


@register.filter
def grouped(number: int) -> str:
    """Return a whole number with its thousands set apart."""
    return f"{number:,}"
