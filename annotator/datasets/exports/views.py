"""Pages of exports."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from annotator.datasets.exports import downloads, selectors, services
from annotator.datasets.exports.format_registry import FORMATS, JSONL
from annotator.datasets.exports.forms import ExportForm
from annotator.datasets.exports.options import ExportOptions
from annotator.datasets.exports.preview import preview_export
from annotator.platform.accounts.requests import user_of
from projects.roles import Capability
from projects.selectors import get_project

PAGE_SIZE = 20


@login_required
@require_http_methods(["GET", "POST"])
def exports(request: HttpRequest, slug: str) -> HttpResponse:
    """List the exports of a project and start another."""
    project = get_project(slug, user=user_of(request), capability=Capability.EXPORT)
    form = ExportForm(request.POST or None, vocabulary=selectors.vocabulary_of(project))
    preview = None
    if request.method == "POST" and form.is_valid():
        if request.POST.get("action") != "preview":
            options, now = form.options(), timezone.now()
            export = services.start_export(project, options=options, started_by=user_of(request), now=now)
            return redirect("jobs:job", project.slug, export.job_id)
        preview = preview_export(project, form.options())
    page = Paginator(selectors.exports_of(project), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(export, described(export.options)) for export in page]
    context = {
        "project": project,
        "form": form,
        "page": page,
        "rows": rows,
        "preview": preview,
    }
    return render(request, "datasets/exports.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def data(request: HttpRequest, export_id: int) -> FileResponse:
    """Download the lines of an export."""
    return downloads.data_response(selectors.get_export(export_id, user=user_of(request)))


@login_required
@require_GET
def losses(request: HttpRequest, export_id: int) -> FileResponse:
    """Download what the format of an export could not carry."""
    return downloads.losses_response(selectors.get_export(export_id, user=user_of(request)))


@login_required
@require_GET
def manifest(request: HttpRequest, export_id: int) -> FileResponse:
    """Download the manifest of an export."""
    return downloads.manifest_response(selectors.get_export(export_id, user=user_of(request)))


_SAID = {
    "quotation_marks": "quotation marks {}",
    "nested": "{} spans only",
    "discontinuous": "fragments as {}",
    "window": "sentences with {} of context",
    "pair_sentences": "pairs up to {} sentences apart",
}
_FLAGS = {
    "pseudonyms": "pseudonyms",
    "notes": "no notes",
    "negatives": "nothing without spans",
    "guideline": "with the guidelines",
}


def described(options: Mapping[str, Any]) -> str:
    """Say what an export was asked to hold: view and format, then what differs from the usual.

    >>> described({"view": "consensus", "format": "span-ner", "window": 1, "notes": False})
    'consensus, span-ner, sentences with 1 of context, no notes'
    """
    usual = ExportOptions().as_json()
    key = options.get("format") or JSONL
    shape = f"a line a {options.get('layout', usual['layout'])}" if key == JSONL else key
    said = [str(options.get("view", usual["view"])), shape if key in FORMATS else str(key)]
    differing = {name: value for name, value in options.items() if name in usual and value != usual[name]}
    if "labels" in differing:
        said.append(", ".join(differing["labels"]))
    if "attributes" in differing:
        said.append(f"attributes {', '.join(differing['attributes'])}" if differing["attributes"] else "no attributes")
    said += [words.format(differing[name]) for name, words in _SAID.items() if name in differing]
    return ", ".join([*said, *(words for name, words in _FLAGS.items() if name in differing)])
