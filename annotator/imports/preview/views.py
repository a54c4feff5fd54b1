"""The page of a preview: the contents of files before anything is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from annotator.corpus.spans.markup import mark_spans
from annotator.imports import uploads
from annotator.imports.mapping.unknown_names import mapping_to_edit
from annotator.imports.preview import services
from annotator.imports.preview.form import PreviewForm
from annotator.imports.preview.people_form import PeopleChoices
from annotator.imports.run.contents import MOST_CONTESTED
from annotator.imports.selectors import get_preview
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.platform.jobs.models import Job, JobLine, JobState
from annotator.platform.jobs.selectors import line_counts, lines_of
from annotator.problems import Problem
from projects.models import Project
from projects.roles import Capability
from projects.schema import Schema
from projects.selectors import current_schema, get_project, role_in, schema_of

MOST_LINES = 100
MOST_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """One document as it would be stored, with the spans of each set drawn into its text."""

    title: str
    identifier: str
    drawn: list[tuple[str, SafeString]]
    cut: bool
    more_sets: int


@dataclass(frozen=True, slots=True)
class Remedy:
    """What can be done, in words, and the section of the page where it is done."""

    section: str
    words: str


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, slug: str, preview_id: int) -> HttpResponse:
    """Show the contents of the files, and let the user choose how to import them."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MANAGE)
    job = get_preview(preview_id, project=project, user=user)
    if job.state in (JobState.FAILED, JobState.CANCELLED):
        return redirect("jobs:job", project.slug, job.pk)
    context = {"project": project, "role": role_in(project, user), "job": job}
    if not job.is_finished:
        return _waiting(request, context)
    if request.headers.get("HX-Request"):
        # Load the page once more: the finished page no longer polls.
        return HttpResponseClientRefresh()
    schema = schema_of(current_schema(project))
    form = _form(request, project, job, schema)
    if request.method == "POST":
        answer = _act(request, project, job, form)
        if answer is not None:
            return answer
    status = 422 if form.errors else 200
    return render(request, "imports/preview.html", context | _contents(job, form, schema), status=status)


@login_required
@never_cache
@require_GET
def mapping_file(request: HttpRequest, slug: str, preview_id: int) -> HttpResponse:
    """Send a mapping of all names that the schema lacks, ready to edit."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MANAGE)
    job = get_preview(preview_id, project=project, user=user)
    mapping = mapping_to_edit((job.result or {}).get("unknown", {}))
    data = orjson.dumps(mapping, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    headers = {"Content-Disposition": f'attachment; filename="{project.slug}-mapping.json"'}
    return HttpResponse(data, content_type="application/json", headers=headers)


def _waiting(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    part = bool(request.headers.get("HX-Request"))
    response = render(request, "jobs/status.html" if part else "imports/previewing.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _form(request: HttpRequest, project: Project, job: Job, schema: Schema) -> PreviewForm:
    data = request.POST if request.method == "POST" else None
    unknown = (job.result or {}).get("unknown", {})
    files = (job.result or {}).get("files", [])
    contested = [span for file in files for span in file.get("contested", [])][:MOST_CONTESTED]
    return PreviewForm(
        data,
        params=job.params,
        unknown=unknown,
        schema=schema,
        field_names=services.field_names_of(job),
        contested=contested,
        columns=services.column_sample_of(job),
        people=PeopleChoices.of(project, (name for file in files for name in file.get("sets", ()))),
    )


def _act(request: HttpRequest, project: Project, job: Job, form: PreviewForm) -> HttpResponse | None:
    """Carry out the action of the pressed button; None shows the page again with the errors on it."""
    action = request.POST.get("action", "")
    try:
        if action == "discard":
            services.discard(job)
            messages.success(request, _("Files discarded. Nothing was imported."))
            return redirect("imports:new", project.slug)
        if not form.is_valid():
            return None
        started = services.start_from_preview(
            job,
            options=form.options(preview=action != "import"),
            formats=form.formats,
            started_by=user_of(request),
            now=timezone.now(),
        )
    except Problem as problem:
        show_problem(form, problem)
        return None
    return redirect("jobs:job" if action == "import" else "imports:preview", project.slug, started.pk)


def _contents(job: Job, form: PreviewForm, schema: Schema) -> dict[str, Any]:
    """Return what the page shows of a finished preview."""
    result = job.result or {}
    files = result.get("files", [])
    for file in files:
        file["names"] = [
            (title, sorted(file[key].items(), key=lambda item: (-item[1], item[0])))
            for title, key in ((_("Labels"), "labels"), (_("Attributes"), "attributes"),
                               (_("Relation types"), "relation_types"), (_("Annotation sets by"), "sets"))
            if file[key]
        ]  # fmt: skip
    counts = [(level, number) for level, number in line_counts(job) if level != "info"]
    lines = list(lines_of(job).exclude(level="info")[: MOST_LINES + 1])
    has_nothing = not any(result.get("items", {}).get("stored", {"documents": 1}).values())
    return {
        "form": form,
        "files": list(zip(files, form.format_fields, strict=True)),
        "result": result,
        "lines": lines[:MOST_LINES],
        "more_lines": len(lines) > MOST_LINES,
        "counts": counts,
        "samples": [_sample(sample, schema) for file in files for sample in file["samples"]][:MOST_SAMPLES],
        "is_available": uploads.is_available(job.params["folder"]),
        "more_contested": sum(file.get("contested_number", 0) for file in files) - len(form.contested),
        "has_empty_files": any(not file["documents"] for file in files),
        "has_nothing": has_nothing,
        "remedies": list(_remedies(result, form, lines)) if has_nothing else [],
    }


def _remedies(result: dict[str, Any], form: PreviewForm, lines: Sequence[JobLine]) -> Iterator[Remedy]:
    """Yield what can be done about files of which nothing would be imported."""
    files = result["files"]
    if form.name_rows and result["refused_files"]:
        yield Remedy("unknown", _("Choose what happens to the unknown labels"))
    if form.contested:
        yield Remedy("contested", _("Choose what counts for spans whose offsets and words contradict each other"))
    if any("is not valid UTF-8" in line.message for line in lines):
        yield Remedy("reading", _("Set the encoding of the files"))
    elif any(not file["documents"] for file in files):
        if form.columns:
            yield Remedy("columns", _("Choose the columns with tokens and tags"))
        yield Remedy("files", _("Choose the format of each file"))
    if any(file["bad"] and file["documents"] for file in files):
        yield Remedy("options", _("Import the good documents of files with errors"))
    if result["error"]:
        yield Remedy("lines", _("Read the errors"))
    elif result["duplicates"]:
        yield Remedy("lines", _("Everything in the files is stored already"))


def _sample(sample: dict[str, Any], schema: Schema) -> Sample:
    drawn = [(name, mark_spans(sample["text"], spans, schema)) for name, spans in sample["sets"].items()]
    if not drawn:
        drawn = [("", mark_spans(sample["text"], [], schema))]
    return Sample(sample["title"] or sample["id"], sample["id"], drawn, sample["cut"], sample["more_sets"])
