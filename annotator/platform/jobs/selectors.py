"""The lines of a job's report. Which jobs a user may see depends on projects: `projects.selectors`."""

from django.db.models import Count, QuerySet

from annotator.platform.jobs.models import Job, JobLine, LineLevel


def lines_of(job: Job) -> QuerySet[JobLine]:
    """Return the report of a job in the order in which it was written."""
    return JobLine.objects.filter(job=job).order_by("id")


def line_counts(job: Job) -> list[tuple[str, int]]:
    """Return how many lines of each level a report has, the gravest first; levels without lines are left out."""
    counts = JobLine.objects.filter(job=job).values_list("level").annotate(count=Count("id")).order_by("level")
    found = dict(counts)
    return [(level, found[level]) for level in (LineLevel.ERROR, LineLevel.WARNING, LineLevel.INFO) if level in found]
