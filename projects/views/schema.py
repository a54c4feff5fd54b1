"""Pages to read, preview and publish the schema."""

from typing import Any

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import Problem
from projects import selectors, services
from projects.files import read_definition
from projects.forms import SchemaPublishForm, SchemaUploadForm
from projects.models import Project, SchemaVersion
from projects.problems import StaleVersion
from projects.roles import Capability, can
from projects.schema import taken_hotkeys
from projects.schema_differences import differences
from projects.schema_reader import read_schema


@login_required
@require_GET
def schema_page(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """Show the current schema or an older version."""
    user = user_of(request)
    project = selectors.get_project(slug, user=user)
    current = selectors.current_schema(project)
    version = current if number is None else selectors.get_schema_version(project, number)
    role = selectors.role_in(project, user)
    context = {
        "project": project,
        "role": role,
        "version": version,
        "current": current,
        "schema": selectors.schema_of(version),
        "versions": selectors.schema_versions_of(project).defer("definition"),
        "may_manage": role is not None and can(role, Capability.MANAGE),
        "upload_form": SchemaUploadForm(),
    }
    return render(request, "projects/schema.html", context)


@login_required
@require_GET
def schema_file(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Send a schema version as a file, to edit and publish it again."""
    project = selectors.get_project(slug, user=user_of(request))
    version = selectors.get_schema_version(project, number)
    name = f"{project.slug}-schema-{version.number}.json"
    return HttpResponse(
        orjson.dumps(version.definition, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@login_required
@require_http_methods(["GET", "POST"])
def preview_schema(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the changes of an uploaded schema without publishing it."""
    project = _project(request, slug)
    form = SchemaUploadForm(request.POST or None, request.FILES or None)
    current = selectors.current_schema(project)
    if request.method == "POST" and form.is_valid():
        try:
            schema = read_schema(read_definition(form.cleaned_data["schema_file"]))
        except Problem as problem:
            show_problem(form, problem, field="schema_file")
        else:
            definition = orjson.dumps(schema.definition).decode()
            publish_form = SchemaPublishForm({"definition": definition, "based_on": current.number})
            return _preview(request, project, current, schema=schema, publish_form=publish_form)
    return _preview(request, project, current, form=form, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def publish_schema(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish the previewed schema."""
    project = _project(request, slug)
    form = SchemaPublishForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("projects:preview-schema", slug)
    values = form.cleaned_data
    try:
        version = services.publish_schema(
            project, values["definition"], by=user_of(request), now=timezone.now(), based_on=values["based_on"]
        )
    except StaleVersion as problem:
        return _preview_again(request, project, values["definition"], problem)
    messages.success(
        request,
        _("Published version %(number)s of the schema. Existing annotation sets keep their version.")
        % {"number": version.number},
    )
    taken = taken_hotkeys(selectors.schema_of(version))
    if taken:
        messages.warning(
            request,
            ngettext(
                "%(count)s hotkey has no effect, because the editor uses the key: %(hotkeys)s.",
                "%(count)s hotkeys have no effect, because the editor uses the keys: %(hotkeys)s.",
                len(taken),
            )
            % {"count": len(taken), "hotkeys": ", ".join(f"{hotkey} ({name})" for name, hotkey in taken)},
        )
    return redirect("projects:schema", slug)


def _project(request: HttpRequest, slug: str) -> Project:
    return selectors.get_project(slug, user=user_of(request), capability=Capability.MANAGE)


def _preview_again(request: HttpRequest, project: Project, definition: Any, problem: StaleVersion) -> HttpResponse:
    """Compare a definition with the version that was published in between, so that it can be published after all."""
    messages.error(request, problem.detail)
    schema, current = read_schema(definition), selectors.current_schema(project)
    data = {"definition": orjson.dumps(schema.definition).decode(), "based_on": current.number}
    return _preview(request, project, current, schema=schema, publish_form=SchemaPublishForm(data), status=409)


def _preview(
    request: HttpRequest, project: Project, current: SchemaVersion, *, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {"project": project, "role": selectors.role_in(project, user_of(request)), "current": current}
    if "schema" in context:
        context["differences"] = differences(selectors.schema_of(current), context["schema"])
        context["taken_hotkeys"] = taken_hotkeys(context["schema"])
    return render(request, "projects/schema_preview.html", context, status=status)
