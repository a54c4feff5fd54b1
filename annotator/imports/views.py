"""The page where files are chosen for an import."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from annotator.imports import services, uploads
from annotator.imports.forms import ImportForm
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.platform.http.uploads import accepts_uploads
from annotator.problems import Problem
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_project, role_in


@accepts_uploads
@csrf_exempt
@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Import files into a project.

    Checking the CSRF token reads the whole upload. The user is checked first, and then the token.
    """
    project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    return _new(request, project)


@csrf_protect
def _new(request: HttpRequest, project: Project) -> HttpResponse:
    user = user_of(request)
    uploads.remove_left_over()
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        try:
            job = services.start_import(
                project,
                files=form.incoming_files(),
                options=form.options(),
                started_by=user,
                now=timezone.now(),
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            return redirect("imports:preview" if form.options().preview else "jobs:job", project.slug, job.pk)
    context = {"project": project, "role": role_in(project, user), "form": form}
    return render(request, "imports/new.html", context, status=422 if form.errors else 200)
