"""Pages of background work."""

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from annotator.platform.accounts.requests import user_of
from annotator.platform.jobs import services
from annotator.platform.jobs.models import Job, JobState
from annotator.platform.jobs.selectors import line_counts, lines_of
from annotator.site.jobs import downloads
from projects.models import Project
from projects.selectors import get_cancellable_job, get_job, get_project, jobs_of, may_cancel

JOBS_A_PAGE = 30
LINES_A_PAGE = 100
WAITS_LONG_AFTER = timedelta(seconds=20)


@login_required
@never_cache
@require_GET
def jobs(request: HttpRequest, slug: str) -> HttpResponse:
    """List the jobs of a project, newest first."""
    user = user_of(request)
    project = get_project(slug, user=user)
    page = Paginator(jobs_of(project, user=user), JOBS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "jobs/jobs.html", {"project": project, "page": page})


@login_required
@never_cache
@require_GET
def job(request: HttpRequest, slug: str, job_id: int) -> HttpResponse:
    """Show how far a job is and what it reports; a page that is open asks again for the part that moves."""
    project, shown = _project_and_job(request, slug, job_id)
    is_part = bool(request.headers.get("HX-Request"))
    if is_part and shown.is_finished:
        # Loads the page once more, as it is at the end, which asks no more.
        return HttpResponseClientRefresh()
    context = {"project": project, "job": shown, "silence": _silence_of(shown)}
    if is_part:
        response = render(request, "jobs/status.html", context)
    else:
        response = render(request, "jobs/job.html", context | _report(request, shown))
    patch_vary_headers(response, ["HX-Request"])
    return response


@login_required
@require_POST
def cancel(request: HttpRequest, slug: str, job_id: int) -> HttpResponse:
    """Ask a job to end."""
    _, shown = _project_and_job(request, slug, job_id)
    cancellable = get_cancellable_job(shown.pk, user=user_of(request))
    services.cancel(cancellable, now=timezone.now())
    return redirect("jobs:job", slug, job_id)


@login_required
@never_cache
@require_GET
def json_report(request: HttpRequest, slug: str, job_id: int) -> StreamingHttpResponse:
    """Send result and report of a job as JSON."""
    _, shown = _project_and_job(request, slug, job_id)
    return _download(downloads.json_report(shown), "application/json", f"{slug}-job-{shown.pk}.json")


@login_required
@never_cache
@require_GET
def csv_report(request: HttpRequest, slug: str, job_id: int) -> StreamingHttpResponse:
    """Send the lines of a report as CSV."""
    _, shown = _project_and_job(request, slug, job_id)
    return _download(downloads.csv_report(shown), "text/csv; charset=utf-8", f"{slug}-job-{shown.pk}.csv")


def _download(pieces: Iterator[bytes], content_type: str, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(pieces, content_type=content_type, headers=headers)


def _project_and_job(request: HttpRequest, slug: str, job_id: int) -> tuple[Project, Job]:
    user = user_of(request)
    project = get_project(slug, user=user)
    return project, get_job(job_id, user=user, project=project)


def _report(request: HttpRequest, shown: Job) -> dict[str, object]:
    page = Paginator(lines_of(shown), LINES_A_PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "counts": line_counts(shown),
        "may_cancel": not shown.is_finished and may_cancel(shown, user=user_of(request)),
        "onward": _onward(shown),
    }


def _onward(shown: Job) -> dict[str, str]:
    """Where the job leads on to, when its result names an address of this site."""
    result = shown.result or {}
    url = str(result.get("url", ""))
    if not url.startswith("/") or url.startswith(("//", "/\\")):
        return {}
    return {"url": url, "text": str(result.get("url_text") or "Go on")}


def _silence_of(shown: Job) -> str:
    """What to say about a job that does not move: "waiting", "lost", or nothing."""
    now = timezone.now()
    if shown.state == JobState.QUEUED and now - shown.created_at > WAITS_LONG_AFTER:
        return "waiting"
    if shown.state == JobState.RUNNING and shown.lease_until is not None and shown.lease_until < now:
        return "lost"
    return ""
