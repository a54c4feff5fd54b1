"""Pages of background jobs."""

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from annotator.platform.accounts.requests import user_of
from annotator.platform.jobs import services
from annotator.platform.jobs.models import Job, JobState
from annotator.platform.jobs.registry import find_kind
from annotator.platform.jobs.selectors import line_counts, lines_of, result_of
from annotator.site.jobs import downloads
from projects.models import Project
from projects.selectors import get_cancellable_job, get_job, get_project, jobs_of, may_cancel

JOBS_PER_PAGE = 30
LINES_PER_PAGE = 100
LONG_WAIT = timedelta(seconds=20)


@login_required
@never_cache
@require_GET
def jobs(request: HttpRequest, slug: str) -> HttpResponse:
    """List the jobs of a project, newest first."""
    user = user_of(request)
    project = get_project(slug, user=user)
    page = Paginator(jobs_of(project, user=user), JOBS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "jobs/jobs.html", {"project": project, "page": page})


@login_required
@never_cache
@require_GET
def job_page(request: HttpRequest, slug: str, job_id: int) -> HttpResponse:
    """Show the state and report of a job; an open page reloads the state until the job has ended."""
    project, job = _project_and_job(request, slug, job_id)
    is_partial = bool(request.headers.get("HX-Request"))
    if is_partial and job.is_finished:
        # Reload the whole page once; a finished job does not reload itself.
        return HttpResponseClientRefresh()
    context = {"project": project, "job": job, "silence": _silence(job)}
    if is_partial:
        response = render(request, "jobs/status.html", context)
    else:
        response = render(request, "jobs/job.html", context | _report(request, job))
    patch_vary_headers(response, ["HX-Request"])
    return response


@login_required
@require_POST
def cancel(request: HttpRequest, slug: str, job_id: int) -> HttpResponse:
    """Cancel a job."""
    job = _project_and_job(request, slug, job_id)[1]
    cancellable = get_cancellable_job(job.pk, user=user_of(request))
    services.cancel(cancellable, now=timezone.now())
    return redirect("jobs:job", slug, job_id)


@login_required
@never_cache
@require_GET
def json_report(request: HttpRequest, slug: str, job_id: int) -> StreamingHttpResponse:
    """Send the result and report of a job as JSON."""
    job = _project_and_job(request, slug, job_id)[1]
    return _download(downloads.json_report(job), "application/json", f"{slug}-job-{job.pk}.json")


@login_required
@never_cache
@require_GET
def csv_report(request: HttpRequest, slug: str, job_id: int) -> StreamingHttpResponse:
    """Send the report lines of a job as CSV."""
    job = _project_and_job(request, slug, job_id)[1]
    return _download(downloads.csv_report(job), "text/csv; charset=utf-8", f"{slug}-job-{job.pk}.csv")


def _download(pieces: Iterator[bytes], content_type: str, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(pieces, content_type=content_type, headers=headers)


def _project_and_job(request: HttpRequest, slug: str, job_id: int) -> tuple[Project, Job]:
    user = user_of(request)
    project = get_project(slug, user=user)
    return project, get_job(job_id, user=user, project=project)


def _report(request: HttpRequest, job: Job) -> dict[str, object]:
    page = Paginator(lines_of(job), LINES_PER_PAGE).get_page(request.GET.get("page"))
    has_control = may_cancel(job, user=user_of(request))
    return {
        "page": page,
        "counts": line_counts(job),
        "may_cancel": has_control and not job.is_finished,
        "result_link": _result_link(job),
        "page_of_kind": _page_of_kind(job) if has_control else "",
    }


def _page_of_kind(job: Job) -> str:
    """Return the address of the page that starts such jobs, where the project has one."""
    kind = find_kind(job.kind)
    return reverse(kind.page, args=[job.project.slug]) if kind and kind.page and job.project else ""


def _result_link(job: Job) -> dict[str, str]:
    """Return the link of the result, when it is an address of this site."""
    result = result_of(job) or {}
    url = str(result.get("url", ""))
    if not url.startswith("/") or url.startswith(("//", "/\\")):
        return {}
    return {"url": url, "text": str(result.get("url_text") or _("Show result"))}


def _silence(job: Job) -> str:
    """Return why a job makes no progress: "waiting" for a worker, worker "lost", or "" when it does."""
    now = timezone.now()
    if job.state == JobState.QUEUED and now - job.created_at > LONG_WAIT:
        return "waiting"
    if job.state == JobState.RUNNING and job.lease_until is not None and job.lease_until < now:
        return "lost"
    return ""
