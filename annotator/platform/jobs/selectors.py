"""Queries of report lines. Which jobs a user may see depends on projects: `projects.selectors`."""

from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from annotator.platform.jobs.models import Job, JobLine, LineLevel


def lines_of(job: Job) -> QuerySet[JobLine]:
    """Return the report lines of a job in order."""
    return JobLine.objects.filter(job=job).order_by("id")


def line_counts(job: Job) -> list[tuple[str, int]]:
    """Return the number of report lines of each level that has some, most severe first."""
    lines = JobLine.objects.filter(job=job).values_list("level").annotate(count=Count("id")).order_by("level")
    counts = dict(lines)
    return [(level, counts[level]) for level in (LineLevel.ERROR, LineLevel.WARNING, LineLevel.INFO) if level in counts]


def result_of(job: Job) -> dict[str, Any] | None:
    """Return the result of a job as it is shown: with the address of its page, if its body named one."""
    if not job.result or "page" not in job.result:
        return job.result
    name, *parts = job.result["page"]
    name, _, fragment = name.partition("#")
    shown = {key: value for key, value in job.result.items() if key != "page"}
    return shown | {"url": reverse(name, args=parts) + (f"#{fragment}" if fragment else "")}
