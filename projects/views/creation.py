"""Pages to create a project and change its settings."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import Problem
from projects import services
from projects.files import read_definition, read_guidelines
from projects.forms import CUSTOM_SCHEMA, NewProjectForm, SettingsForm
from projects.models import Project
from projects.roles import Capability
from projects.schema_reader import read_schema
from projects.selectors import get_project, role_in


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Create a project, of which the user becomes the lead."""
    form = NewProjectForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        project = _create_or_show_problem(request, form)
        if project is not None:
            message = _("Created project “%(name)s”. You are its lead. Next, import documents and invite members.")
            messages.success(request, message % {"name": project.name})
            return redirect("dashboard:project", project.slug)
    return render(request, "projects/new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the settings of a project."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MANAGE)
    current = model_to_dict(project, SettingsForm.base_fields)
    form = SettingsForm(request.POST or None, initial=current)
    if request.method == "POST" and form.is_valid():
        form.check_current(current)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_settings(project, **form.changes())
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Settings saved."))
            return redirect("projects:settings", slug)
    context = {"project": project, "role": role_in(project, user), "form": form}
    return render(request, "projects/settings.html", context, status=422 if form.errors else 200)


def _create_or_show_problem(request: HttpRequest, form: NewProjectForm) -> Project | None:
    try:
        schema = _custom_schema(form)
    except Problem as problem:
        show_problem(form, problem, field="labels" if form.cleaned_data["labels"] else "schema_file")
        return None
    try:
        return _create(request, form, schema=schema)
    except Problem as problem:
        show_problem(form, problem)
        return None


def _create(request: HttpRequest, form: NewProjectForm, *, schema: dict[str, Any] | None) -> Project:
    values = form.cleaned_data
    is_custom = values["template"] == CUSTOM_SCHEMA
    return services.create_project(
        values["slug"] or services.free_slug(values["name"]),
        within_limits=True,
        created_by=user_of(request),
        now=timezone.now(),
        name=values["name"],
        description=values["description"],
        template="" if is_custom else values["template"],
        schema=schema,
        guidelines=read_guidelines(values["guideline_file"]) if values["guideline_file"] else None,
    )


def _custom_schema(form: NewProjectForm) -> dict[str, Any] | None:
    """Return the definition of the labels or in the schema file of the form; None for a template."""
    labels, file = form.cleaned_data["labels"], form.cleaned_data["schema_file"]
    if labels:
        return read_schema({"labels": [{"id": label} for label in labels]}).definition
    return read_schema(read_definition(file)).definition if file else None
