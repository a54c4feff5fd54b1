"""The job that counts the work of a project."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.registry import job_kind
from annotator.workload.assignments.services import tallies
from projects.selectors import project_of_job


@job_kind(tallies.TALLY_JOB, title="Count the work of the project")
def tally_work(context: JobContext) -> dict[str, Any]:
    """Count all sets that changed; a second attempt goes on where the first one ended."""
    project = project_of_job(context)
    total, done = tallies.count_not_tallied(project), 0
    while counted := tallies.count_sets(project):
        context.raise_if_cancelled()
        done += counted
        context.set_progress(done, max(done, total))
    return {
        "sets": done,
        "summary": gettext("Counted %(count)s annotation sets.") % {"count": f"{done:,}"},
        "url": reverse("dashboard:project", args=[project.slug]),
        "url_text": gettext("Show the overview"),
    }
