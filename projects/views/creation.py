"""The page on which somebody creates a project, and the settings of one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import Problem
from projects import services
from projects.files import read_definition, read_guidelines
from projects.forms import OWN_SCHEMA, NewProjectForm, SettingsForm
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_project, role_in


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Create a project; whoever does it leads it."""
    form = NewProjectForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            project = _create(request, form)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(
                request, f"“{project.name}” is made, and you lead it. Now import documents and invite people."
            )
            return redirect("dashboard:project", project.slug)
    return render(request, "projects/new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the settings of a project."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MANAGE)
    form = SettingsForm(request.POST or None, initial=model_to_dict(project, SettingsForm.base_fields))
    if request.method == "POST" and form.is_valid():
        try:
            services.update_settings(project, **form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, "The settings are saved.")
            return redirect("projects:settings", slug)
    context = {"project": project, "role": role_in(project, user), "form": form}
    return render(request, "projects/settings.html", context, status=422 if form.errors else 200)


def _create(request: HttpRequest, form: NewProjectForm) -> Project:
    given = form.cleaned_data
    own = given["template"] == OWN_SCHEMA
    return services.create_project(
        given["slug"],
        created_by=user_of(request),
        now=timezone.now(),
        name=given["name"],
        description=given["description"],
        template="" if own else given["template"],
        schema=read_definition(given["schema_file"]) if own else None,
        guidelines=read_guidelines(given["guideline_file"]) if given["guideline_file"] else None,
    )
