"""Pages to read and edit the guidelines."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import Problem
from projects import selectors, services
from projects.forms import GuidelineForm
from projects.guidelines import render_markdown
from projects.models import Project
from projects.problems import StaleVersion
from projects.roles import Capability, can


@login_required
@require_GET
def guidelines(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """Show the current guidelines or an older version."""
    user = user_of(request)
    project = selectors.get_project(slug, user=user)
    current = selectors.current_guideline(project)
    version = current if number is None else selectors.get_guideline_version(project, number)
    role = selectors.role_in(project, user)
    context = {
        "project": project,
        "role": role,
        "version": version,
        "current": current,
        "guidelines_html": render_markdown(version.text),
        "versions": selectors.guideline_versions_of(project).defer("text"),
        "may_manage": role is not None and can(role, Capability.MANAGE),
    }
    return render(request, "projects/guidelines.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def edit_guidelines(request: HttpRequest, slug: str) -> HttpResponse:
    """Edit the guidelines. When a newer version exists, the user keeps their text and is informed."""
    user = user_of(request)
    project = selectors.get_project(slug, user=user, capability=Capability.MANAGE)
    current = selectors.current_guideline(project)
    context: dict[str, Any] = {"project": project, "role": selectors.role_in(project, user), "current": current}
    form = GuidelineForm(request.POST or None, initial={"text": current.text, "based_on": current.number})
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            context["preview"] = render_markdown(form.cleaned_data["text"])
        else:
            try:
                version = services.publish_guideline(project, **form.cleaned_data, by=user, now=timezone.now())
            except Problem as problem:
                form = _form_with_problem(problem, request.POST, project=project)
            else:
                messages.success(
                    request, _("Published version %(number)s of the guidelines.") % {"number": version.number}
                )
                return redirect("projects:guidelines", slug)
    status = 422 if form.errors else 200
    return render(request, "projects/guidelines_edit.html", context | {"form": form}, status=status)


def _form_with_problem(problem: Problem, data: QueryDict, *, project: Project) -> GuidelineForm:
    """Return the form with its text and the problem; after a `StaleVersion` it is based on the newest version."""
    if isinstance(problem, StaleVersion):
        data = data.copy()  # `data | {…}` would turn each value into a list.
        data["based_on"] = str(selectors.current_guideline(project).number)
    form = GuidelineForm(data)
    show_problem(form, problem)
    return form
