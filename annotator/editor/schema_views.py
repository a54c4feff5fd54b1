"""The schema editor: a form of labels, attributes, relations and rules, with a preview on a text of the project."""

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotator.corpus.documents.models import Document
from annotator.corpus.spans.markup import mark_spans
from annotator.editor.schema_form import form_items, rule_fields
from annotator.formats.records import SpanRecord
from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput, Problem
from projects.builtin import get_template, templates
from projects.files import read_definition
from projects.models import Project
from projects.problems import StaleVersion
from projects.roles import Capability
from projects.schema import EDITOR_KEYS, Schema
from projects.schema_differences import differences
from projects.schema_editing.fields import MOST_FIELDS, act, count_fields, hotkey_clashes, with_values
from projects.schema_reader import LARGEST, read_schema
from projects.selectors import current_schema, get_project, role_in, schema_of
from projects.services import publish_schema

LONGEST_EXTRACT = 700
SAMPLE = "“I leave this without comment,” Torvand said on Monday. The minister denies that the bridge was closed."


@login_required
@require_http_methods(["GET", "POST"])
def schema_editor(request: HttpRequest, slug: str) -> HttpResponse:
    """Edit the schema of a project: each action answers with the form, `preview` with the part that shows it."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MANAGE)
    current = current_schema(project)
    problem, focus = "", ""
    definition: dict[str, Any] = json.loads(json.dumps(current.definition))
    based_on = current.number
    try:
        if request.method == "POST":
            definition, based_on = _sent(request, definition, current.number)
            definition, focus = _after(request, definition)
            if request.POST.get("action") == "publish":
                version = publish_schema(project, definition, by=user, now=timezone.now(), based_on=based_on)
                text = _("Published version %(number)s of the schema. Existing annotation sets keep their version.")
                messages.success(request, text % {"number": version.number})
                return redirect("projects:schema", slug)
        elif template := request.GET.get("template"):
            definition = json.loads(json.dumps(get_template(template).definition))
    except StaleVersion as error:
        problem, based_on = error.detail, current.number
    except Problem as error:
        problem = error.detail
    context = _context(project, definition) | {
        "project": project,
        "role": role_in(project, user),
        "current": current,
        "based_on": based_on,
        "problem": problem,
        "focus": focus,
        "templates": list(templates().values()),
        "stands_under": f"/projects/{project.slug}/schema/",
    }
    if request.headers.get("HX-Request") and request.POST.get("action") == "preview":
        return render(request, "editor/schema_preview.html", context)
    return render(request, "editor/schema_editor.html", context, status=422 if problem else 200)


def _sent(request: HttpRequest, definition: dict[str, Any], number: int) -> tuple[dict[str, Any], int]:
    """Return the definition that a form holds, and the version it is based on."""
    text = request.POST.get("definition", "")
    based_on = request.POST.get("based_on", "")
    if len(text) > LARGEST:
        raise InvalidInput(_("The schema is too large for this page. Edit it as a file."))
    if text:
        try:
            sent = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise InvalidInput(_("This is not valid JSON: %(error)s.") % {"error": error}) from error
        if not isinstance(sent, dict):
            raise InvalidInput(_("A schema must be an object with “labels”."))
        definition = sent
    return definition, int(based_on) if based_on.isascii() and based_on.isdecimal() else number


def _after(request: HttpRequest, definition: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return the definition with the values of the form and after its action, and where to go."""
    action = request.POST.get("action", "")
    if action == "open-file":
        file = request.FILES.get("schema_file")
        if file is None:
            raise InvalidInput(_("Choose a schema file."))
        return read_schema(read_definition(file)).definition, ""
    if action == "open-json":
        return definition, ""
    definition = with_values(definition, {name: request.POST.getlist(name) for name in request.POST})
    return act(definition, action)


def _context(project: Project, definition: dict[str, Any]) -> dict[str, Any]:
    """Return the form of a definition, and what it looks like: labels, a text, clashes, errors and changes."""
    errors: list[str] = []
    schema: Schema | None = None
    completed = definition
    try:
        schema = read_schema(definition)
        completed = schema.definition
    except InvalidInput as error:
        errors = error.messages() or [error.detail]
    text = _text_of(project)
    fits = count_fields(definition) <= MOST_FIELDS
    context: dict[str, Any] = {
        "definition": orjson.dumps(completed if schema else definition).decode(),
        "pretty": orjson.dumps(completed if schema else definition, option=orjson.OPT_INDENT_2).decode(),
        "fits": fits,
        "errors": errors,
        "clashes": hotkey_clashes(definition, EDITOR_KEYS),
        "schema": schema,
        "general": rule_fields(definition, ""),
        "nesting": rule_fields(definition, "nesting"),
        "boundaries": rule_fields(definition, "boundaries"),
        "labels": form_items(definition, "labels") if fits else [],
        "document_attributes": form_items(definition, "document_attributes") if fits else [],
        "relations": form_items(definition, "relations") if fits else [],
        "hints": form_items(definition, "lint") if fits else [],
    }
    if schema is not None:
        current = current_schema(project)
        context["differences"] = differences(schema_of(current), schema)
        context["marked"] = mark_spans(text, example_spans(text, schema), schema)
    return context


def _text_of(project: Project) -> str:
    """Return the beginning of a document of the project; a sample when it has none."""
    document = Document.objects.filter(project=project).order_by("position", "id").only("text").first()
    text = (document.text if document else "") or SAMPLE
    return text[:LONGEST_EXTRACT]


def example_spans(text: str, schema: Schema) -> list[SpanRecord]:
    """Return a span of two words for each label of a schema, one after the other, as far as the text goes."""
    words = [(match.start(), match.end()) for match in re.finditer(r"\w+", text)]
    labels: Mapping[str, Any] = schema.labels
    return [
        {"id": f"example-{index}", "label": label, "fragments": [[first[0], last[1]]], "attributes": {}, "note": "",
         "origin": "manual"}
        for index, (label, first, last) in enumerate(zip(labels, words[0::3], words[1::3], strict=False))
    ]  # fmt: skip
