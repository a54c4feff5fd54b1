"""The job that indexes the documents of a project for search."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from annotator.corpus.documents import search
from annotator.platform.jobs.context import JobContext
from annotator.platform.jobs.registry import job_kind
from annotator.site.search.services import INDEX_JOB
from projects.selectors import project_of_job


@job_kind(INDEX_JOB, title="Index documents for search")
def index_documents(context: JobContext) -> dict[str, Any]:
    """Index all documents that are not in the index; a second attempt goes on where the first one ended."""
    project = project_of_job(context)
    total, done = search.count_not_indexed(project), 0
    while indexed := search.index_documents(project, most=search.READ_AT_ONCE):
        context.raise_if_cancelled()
        done += indexed
        context.set_progress(done, max(done, total))
    summary = gettext("Indexed %(count)s documents.") % {"count": f"{done:,}"}
    return {
        "documents": done,
        "summary": summary,
        "url": reverse("search:search", args=[project.slug]),
        "url_text": gettext("Search the documents"),
    }
