"""Queries of report lines. Which jobs a user may see depends on projects: `projects.selectors`."""

from django.db.models import Count, QuerySet

from annotator.platform.jobs.models import Job, JobLine, LineLevel


def lines_of(job: Job) -> QuerySet[JobLine]:
    """Return the report lines of a job in order."""
    return JobLine.objects.filter(job=job).order_by("id")


def line_counts(job: Job) -> list[tuple[str, int]]:
    """Return the number of report lines of each level that has some, most severe first."""
    lines = JobLine.objects.filter(job=job).values_list("level").annotate(count=Count("id")).order_by("level")
    counts = dict(lines)
    return [(level, counts[level]) for level in (LineLevel.ERROR, LineLevel.WARNING, LineLevel.INFO) if level in counts]
