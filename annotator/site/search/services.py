"""Keeping the index of a project up to date."""

from datetime import datetime

from django.db import transaction

from annotator.corpus.documents import search
from annotator.platform.accounts.models import User
from annotator.platform.jobs import services as jobs
from annotator.platform.jobs.models import Job
from projects.models import Project
from projects.services.locks import lock_project

INDEX_JOB = "index_documents"
INDEXED_AT_ONCE = 500
"""So many new documents are indexed by the search that finds them missing; more are indexed by a job."""


def bring_up_to_date(project: Project, *, by: User, now: datetime) -> Job | None:
    """Index new documents: a few at once, many by a job, which is returned while it is not finished."""
    if not search.count_not_indexed(project):
        return None
    if search.count_not_indexed(project) <= INDEXED_AT_ONCE:
        search.index_documents(project, most=INDEXED_AT_ONCE)
        return None
    with transaction.atomic():
        lock_project(project)
        return jobs.start_once(INDEX_JOB, project_id=project.pk, params={}, started_by=by, now=now)
