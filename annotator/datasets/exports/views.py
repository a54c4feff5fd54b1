"""Pages of exports."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from annotator.corpus.spans.exclusions import excluded_counts
from annotator.datasets.exports import downloads, selectors, services
from annotator.datasets.exports.format_registry import FORMATS, JSONL
from annotator.datasets.exports.forms import VIEW_NAMES, ExportForm, format_name
from annotator.datasets.exports.options import ExportOptions, Layout
from annotator.datasets.exports.preview import preview_export
from annotator.platform.accounts.requests import user_of
from projects.roles import Capability
from projects.selectors import get_project

PAGE_SIZE = 20


@login_required
@require_http_methods(["GET", "POST"])
def exports(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the exports of a project and the form of a new one; preview or start it."""
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
    rows = [(export, describe_options(export.options)) for export in page]
    context = {
        "project": project,
        "form": form,
        "page": page,
        "rows": rows,
        "preview": preview,
        "excluded": excluded_counts(project),
    }
    return render(request, "datasets/exports.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def data(request: HttpRequest, export_id: int) -> FileResponse:
    """Download the data of an export."""
    return downloads.data_response(selectors.get_export(export_id, user=user_of(request)))


@login_required
@require_GET
def losses(request: HttpRequest, export_id: int) -> FileResponse:
    """Download the loss report of an export."""
    return downloads.losses_response(selectors.get_export(export_id, user=user_of(request)))


@login_required
@require_GET
def loss_list(request: HttpRequest, export_id: int) -> FileResponse:
    """Download every loss of an export."""
    return downloads.loss_list_response(selectors.get_export(export_id, user=user_of(request)))


@login_required
@require_GET
def manifest(request: HttpRequest, export_id: int) -> FileResponse:
    """Download the manifest of an export."""
    return downloads.manifest_response(selectors.get_export(export_id, user=user_of(request)))


def describe_options(options: Mapping[str, Any]) -> str:
    """Return the options of an export in words: view and format, then the options that differ from the default.

    >>> describe_options({"view": "consensus", "format": "span-ner", "window": 1, "notes": False})
    'Consensus, Spans (span NER), 1 context sentence, without notes'
    """
    default = asdict(ExportOptions())
    key = options.get("format") or JSONL
    name = format_name(key) if key in FORMATS else str(key)
    if key == JSONL and options.get("layout", default["layout"]) == Layout.SET:
        name = _("JSONL, one line per annotation set")
    view = options.get("view", default["view"])
    parts = [str(VIEW_NAMES.get(view, view)), name]
    differing = {name: value for name, value in options.items() if name in default and value != default[name]}
    return ", ".join([*parts, *_differences(differing)])


def _differences(options: Mapping[str, Any]) -> Iterator[str]:
    """Yield options that differ from the default, in words."""
    if "labels" in options:
        yield ", ".join(options["labels"])
    if "attributes" in options:
        names = ", ".join(options["attributes"])
        yield _("attributes {names}").format(names=names) if names else _("without attributes")
    for name, choices in CHOICE_NAMES.items():
        if name in options:
            yield str(choices.get(options[name], options[name]))
    if "window" in options:
        count = options["window"]
        yield ngettext("{count} context sentence", "{count} context sentences", count).format(count=count)
    if "pair_sentences" in options:
        count = options["pair_sentences"]
        yield ngettext("pairs up to {count} sentence apart", "pairs up to {count} sentences apart", count).format(
            count=count
        )
    yield from (str(text) for name, text in FLAG_NAMES.items() if name in options)


CHOICE_NAMES = {
    "quotation_marks": {"out": _lazy("without quotation marks"), "in": _lazy("with quotation marks")},
    "nested": {"outer": _lazy("outer spans only"), "inner": _lazy("inner spans only")},
    "discontinuous": {
        "hull": _lazy("discontinuous spans as one span"),
        "parts": _lazy("discontinuous spans as one span per fragment"),
    },
}
FLAG_NAMES = {
    "pseudonyms": _lazy("pseudonyms"),
    "notes": _lazy("without notes"),
    "escape_formulas": _lazy("formulas escaped"),
    "gold_checks": _lazy("with gold checks"),
    "negatives": _lazy("without rows that have no spans"),
    "guideline": _lazy("with guidelines"),
}
