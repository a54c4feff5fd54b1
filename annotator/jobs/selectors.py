"""Reading jobs: who started one sees it, and so does whoever sees all work of its project."""

from django.db.models import Q, QuerySet

from annotator.accounts.models import User
from annotator.jobs.models import Job, JobLine
from annotator.problems import NotFound
from projects.models import Project
from projects.roles import Capability
from projects.selectors import projects_for


def visible_jobs(user: User) -> QuerySet[Job]:
    """Return the jobs that a person may see, newest first: own ones while a member, and all with the right."""
    all_work = Q(project__in=projects_for(user, capability=Capability.SEE_ALL_WORK).order_by())
    own = Q(started_by=user) & (Q(project__isnull=True) | Q(project__in=projects_for(user).order_by()))
    return Job.objects.filter(all_work | own).select_related("project", "started_by").order_by("-id")


def jobs_of(project: Project, *, user: User) -> QuerySet[Job]:
    """Return the jobs of a project that a person may see, newest first."""
    return visible_jobs(user).filter(project=project)


def get_job(job_id: int, *, user: User) -> Job:
    """Return a job, or raise `NotFound` alike when there is none and when it may not be seen."""
    job = visible_jobs(user).filter(pk=job_id).first()
    if job is None:
        raise NotFound(f"There is no job {job_id}, or you may not see it.")
    return job


def get_cancellable_job(job_id: int, *, user: User) -> Job:
    """Return a job that a person may end: an own one, or any with `manage`; `NotFound` otherwise."""
    job = get_job(job_id, user=user)
    may_manage = projects_for(user, capability=Capability.MANAGE).filter(jobs=job).exists()
    if job.started_by_id != user.pk and not may_manage:
        raise NotFound(f"There is no job {job_id} that you may cancel.")
    return job


def lines_of(job: Job) -> QuerySet[JobLine]:
    """Return the report of a job in the order in which it was written."""
    return JobLine.objects.filter(job=job).order_by("id")
