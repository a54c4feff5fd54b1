"""Reading jobs: who started one sees it, and so does whoever sees all work of its project."""

from django.db.models import Count, Q, QuerySet

from annotator.accounts.models import User
from annotator.jobs.models import Job, JobLine, LineLevel
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


def get_job(job_id: int, *, user: User, project: Project | None = None) -> Job:
    """Return a job, of one project if given; `NotFound` alike when there is none and when it may not be seen."""
    jobs = visible_jobs(user) if project is None else jobs_of(project, user=user)
    job = jobs.filter(pk=job_id).first()
    if job is None:
        raise NotFound(f"There is no job {job_id}, or you may not see it.")
    return job


def may_cancel(job: Job, *, user: User) -> bool:
    """Return whether a person who sees a job may end it: an own one, or any with `manage`."""
    own = job.started_by_id == user.pk
    return own or projects_for(user, capability=Capability.MANAGE).filter(jobs=job).exists()


def get_cancellable_job(job_id: int, *, user: User) -> Job:
    """Return a job that a person may end, or raise `NotFound`."""
    job = get_job(job_id, user=user)
    if not may_cancel(job, user=user):
        raise NotFound(f"There is no job {job_id} that you may cancel.")
    return job


def lines_of(job: Job) -> QuerySet[JobLine]:
    """Return the report of a job in the order in which it was written."""
    return JobLine.objects.filter(job=job).order_by("id")


def line_counts(job: Job) -> list[tuple[str, int]]:
    """Return how many lines of each level a report has, the gravest first; levels without lines are left out."""
    counts = JobLine.objects.filter(job=job).values_list("level").annotate(count=Count("id")).order_by("level")
    found = dict(counts)
    return [(level, found[level]) for level in (LineLevel.ERROR, LineLevel.WARNING, LineLevel.INFO) if level in found]
