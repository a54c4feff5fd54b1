"""The agreement pages."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from annotator.agreement import services
from annotator.agreement.counting.statistics import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.agreement.filters import DisagreementFilters, facets
from annotator.agreement.models import AgreementReport, ReportedSet
from annotator.agreement.pages.charts import week_name
from annotator.agreement.pages.comparison import compare_reports, paired_rows
from annotator.agreement.pages.disagreement_kinds import KINDS
from annotator.agreement.pages.disagreement_list import DisagreementList, filter_choices
from annotator.agreement.pages.document_attributes import document_attribute_views
from annotator.agreement.pages.forms import ScopeForm
from annotator.agreement.pages.names import SchemaNames
from annotator.agreement.pages.patterns import BOUNDARY_CLASSES, PatternsView, patterns_view
from annotator.agreement.pages.pictures import as_file
from annotator.agreement.pages.report_page import project_context, report_context
from annotator.agreement.pages.side_by_side import compare_sets
from annotator.agreement.reports import exports, location_files
from annotator.agreement.reports.label_figures import LABEL_FIGURES
from annotator.agreement.reports.paired import compare_pairwise
from annotator.agreement.reports.sentences import basis_sentence, scope_sentence
from annotator.agreement.scope import Scope
from annotator.agreement.selectors import disagreements as stored_disagreements
from annotator.agreement.selectors import reports, sets
from annotator.agreement.selectors.document_attributes import document_attribute_agreement
from annotator.corpus.documents.models import Document
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.display import format_moment
from annotator.problems import Problem
from projects.roles import Capability
from projects.schema import Schema
from projects.selectors import current_schema, get_project, schema_of

MOST_WITHOUT_LOCATIONS = 2
"""Two annotators have one disagreement at a location, so that a report without locations counts the same."""


@login_required
@require_GET
def latest(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the newest finished report of a project, or how to create one."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    newest = reports.latest_report(project)
    if newest is None:
        return render(request, "agreement/none.html", project_context(project, user))
    return render(request, "agreement/report.html", report_context(newest, user, request.GET))


@login_required
@require_GET
def report(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """Show one report."""
    user = user_of(request)
    chosen = reports.get_project_report(slug, report_id, user=user)
    if chosen.result is None:
        return redirect("jobs:job", slug, services.job_of(chosen).pk)
    return render(request, "agreement/report.html", report_context(chosen, user, request.GET))


@login_required
@require_POST
def measure(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a report and show its job."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MEASURE)
    form = ScopeForm(request.POST, project=project)
    try:
        scope, gamma = form.scope(), "without_gamma" not in request.POST
        started = services.start_report(project, started_by=user, now=timezone.now(), scope=scope, gamma=gamma)
    except Problem as problem:
        newest = reports.latest_report(project)
        context = project_context(project, user) if newest is None else report_context(newest, user, request.GET)
        template = "agreement/none.html" if newest is None else "agreement/report.html"
        return render(request, template, context | {"form": form, "problem": problem}, status=problem.status)
    return redirect("jobs:job", project.slug, services.job_of(started).pk)


@login_required
@require_POST
def measure_gamma(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """Start measuring gamma of a report and show its job."""
    user = user_of(request)
    get_project(slug, user=user, capability=Capability.MEASURE)
    chosen = reports.get_project_report(slug, report_id, user=user)
    job = services.start_gamma(chosen, started_by=user, now=timezone.now())
    return redirect("agreement:report", slug, report_id) if job is None else redirect("jobs:job", slug, job.pk)


@login_required
@require_GET
def measures(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how the figures are defined."""
    project = get_project(slug, user=user_of(request), capability=Capability.SEE_ALL_WORK)
    context = {
        "project": project,
        "figures": LABEL_FIGURES.values(),
        "kinds": KINDS.values(),
        "minimum_documents": MINIMUM_DOCUMENTS,
        "minimum_spans": MINIMUM_SPANS,
    }
    return render(request, "agreement/definitions.html", context)


@login_required
@require_GET
def document_attributes(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the agreement on attributes of the document, as it is now."""
    project = get_project(slug, user=user_of(request), capability=Capability.SEE_ALL_WORK)
    context = {"project": project, "rows": document_attribute_views(document_attribute_agreement(project), project)}
    return render(request, "agreement/document_attributes.html", context)


@login_required
@require_GET
def report_json(request: HttpRequest, slug: str, report_id: int) -> StreamingHttpResponse:
    """Download a report, or one part of it, with everything needed to repeat it."""
    chosen = reports.get_project_report(slug, report_id, user=user_of(request))
    pieces = exports.report_json(chosen, part=request.GET.get("part", ""))
    response = StreamingHttpResponse(pieces, content_type="application/json")
    return as_file(response, chosen, "json")


@login_required
@require_GET
def report_csv(request: HttpRequest, slug: str, report_id: int) -> StreamingHttpResponse:
    """Download the figures of a report, or of one part of it, as a table, with everything needed to repeat it."""
    chosen = reports.get_project_report(slug, report_id, user=user_of(request))
    lines = exports.report_csv(chosen, part=request.GET.get("part", ""))
    return as_file(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), chosen, "csv")


@login_required
@require_GET
def compare_two_reports(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """Compare a report with an earlier or later one, `with`."""
    user = user_of(request)
    chosen = reports.get_project_report(slug, report_id, user=user)
    given = request.GET.get("with", "")
    other = reports.get_project_report(slug, int(given) if given.isascii() and given.isdigit() else 0, user=user)
    first, second = sorted((chosen, other), key=lambda row: row.pk)
    names = SchemaNames(schema_of(current_schema(chosen.project)))
    figures = [reports.figures_of(row) for row in (first, second)]
    scopes = [scope_sentence(Scope.of_record(row.scope), label_name=names.label) for row in (first, second)]
    labels = [row.label for row in figures[1].labels]
    paired = compare_pairwise(reports.statistics_of_shared_documents(first, second), labels)
    context = {
        "project": chosen.project,
        "paired": paired,
        "paired_rows": paired_rows(paired, names),
        "minimum_documents": MINIMUM_DOCUMENTS,
        "compared": list(zip((first, second), map(basis_sentence, figures), scopes, strict=True)),
        "first": first,
        "second": second,
        "sections": compare_reports(figures[0], figures[1], names),
    }
    return render(request, "agreement/report_comparison.html", context)


@login_required
@require_GET
def side_by_side(request: HttpRequest, slug: str, report_id: int, document_id: int) -> HttpResponse:
    """Show two sets of a document side by side, as the report measured them or, with `now`, as they are.

    `first` and `second` are the ids of the sets; `place` is the disagreement to highlight.
    """
    chosen = reports.get_project_report(slug, report_id, user=user_of(request))
    measured = reports.get_document_agreement(chosen, document_id)
    measured_sets = list(reports.reported_sets(chosen.pk, [document_id]))
    first = _chosen(measured_sets, request.GET.get("first"))
    second = _chosen([row for row in measured_sets if row != first], request.GET.get("second"))
    schema, spans = schema_of(current_schema(chosen.project)), sets.span_filter_of(chosen, measured_sets)
    is_now = "now" in request.GET
    contents = [
        sets.content_at(row.annotation_set, row.annotation_set.revision if is_now else row.revision, spans)
        for row in (first, second)
    ]
    compared = compare_sets(
        measured.document.text,
        *contents,
        names=(first.author, second.author),
        schema=schema,
        chosen=request.GET.get("place", ""),
    )
    query = urlencode({"first": first.annotation_set_id, "second": second.annotation_set_id})
    context = {
        "project": chosen.project,
        "report": chosen,
        "measured": measured,
        "sets": measured_sets,
        "first": first,
        "second": second,
        "compared": compared,
        "changed": [row for row in (first, second) if row.revision != row.annotation_set.revision],
        "is_now": is_now,
        "query": query,
        "labels": _legend(schema),
    }
    return render(request, "agreement/side_by_side.html", context)


def _chosen(rows: list[ReportedSet], set_id: str | None) -> ReportedSet:
    return next((row for row in rows if str(row.annotation_set_id) == set_id), rows[0])


def _legend(schema: Schema) -> list[tuple[str, str]]:
    """Return name and style of every label."""
    names = SchemaNames(schema)
    return [(label.name, names.style(label.id)) for label in schema.labels.values()]


@login_required
@require_GET
def disagreements(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """List the disagreements behind the figures of a report."""
    chosen = reports.get_project_report(slug, report_id, user=user_of(request))
    figures = reports.figures_of(chosen)
    filters = DisagreementFilters.of_query(request.GET)
    page = stored_disagreements.page_of(
        chosen, filters, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    counts = facets(stored_disagreements.counted_locations(chosen, filters), filters)
    names = SchemaNames(schema_of(current_schema(chosen.project)))
    documents = reports.documents_with_texts({row.document for row in page.rows})
    rows = DisagreementList(
        names,
        texts={document.pk: document.text for document in documents.values()},
        titles={document.pk: str(document) for document in documents.values()},
        sets=reports.sets_by_author(chosen, documents),
    )
    context = {
        "boundary": BOUNDARY_CLASSES.get(filters.boundary, filters.boundary),
        "batch": format_moment(datetime.fromisoformat(filters.batch)) if filters.batch else "",
        "week": week_name(filters.week) if filters.week else "",
        "project": chosen.project,
        "report": chosen,
        "filters": filters,
        "total": counts.total,
        "rows": [
            rows.row(located, head.document)
            for head, located in zip(page.rows, stored_disagreements.with_others(page.rows), strict=True)
        ],
        "by_pair": figures.locations is None and len(figures.annotators) > MOST_WITHOUT_LOCATIONS,
        "before": _page_query(filters, "before", page.before),
        "after": _page_query(filters, "after", page.after),
        "document": _document(chosen, filters),
    }
    annotators = [annotator.name for annotator in figures.annotators]
    return render(request, "agreement/disagreements.html", context | filter_choices(filters, counts, names, annotators))


def _page_query(filters: DisagreementFilters, name: str, cursor: str) -> str:
    return "&".join(filter(None, [filters.query(), f"{name}={cursor}"])) if cursor else ""


def _document(chosen: AgreementReport, filters: DisagreementFilters) -> Document | None:
    if not filters.document:
        return None
    return reports.get_document_agreement(chosen, int(filters.document)).document


@login_required
@require_GET
def disagreements_csv(request: HttpRequest, slug: str, report_id: int) -> StreamingHttpResponse:
    """Download the filtered list as a table."""
    return _download(request, slug, report_id, "csv", exports.disagreements_csv)


@login_required
@require_GET
def disagreements_json_lines(request: HttpRequest, slug: str, report_id: int) -> StreamingHttpResponse:
    """Download the filtered list as JSON, one line per disagreement."""
    return _download(request, slug, report_id, "jsonl", exports.disagreements_json_lines)


@login_required
@require_GET
def locations_csv(request: HttpRequest, slug: str, report_id: int) -> StreamingHttpResponse:
    """Download the locations of the filtered list as a table."""
    return _download(request, slug, report_id, "csv", location_files.locations_csv, of="locations")


@login_required
@require_GET
def locations_json_lines(request: HttpRequest, slug: str, report_id: int) -> StreamingHttpResponse:
    """Download the locations of the filtered list as JSON, one line per location."""
    return _download(request, slug, report_id, "jsonl", exports.disagreements_json_lines, of="locations")


def _download(
    request: HttpRequest,
    slug: str,
    report_id: int,
    ending: str,
    write: Callable[[Iterator[dict[str, Any]]], Iterator[str] | Iterator[bytes]],
    *,
    of: str = "disagreements",
) -> StreamingHttpResponse:
    chosen = reports.get_project_report(slug, report_id, user=user_of(request))
    reports.figures_of(chosen)
    filters = DisagreementFilters.of_query(request.GET)
    _document(chosen, filters)
    content_type = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}[ending]
    records = exports.disagreement_records if of == "disagreements" else location_files.location_records
    response = StreamingHttpResponse(write(records(chosen, filters)), content_type=content_type)
    name = f"{of}-{chosen.project.slug}-{chosen.pk}{exports.part_of_name(chosen)}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@require_GET
def patterns(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """Show patterns of disagreement."""
    chosen = reports.get_project_report(slug, report_id, user=user_of(request))
    context = {"project": chosen.project, "report": chosen, "patterns": _patterns(chosen)}
    return render(request, "agreement/patterns.html", context)


@login_required
@require_GET
def draft(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """Download the draft for the guideline meeting."""
    chosen = reports.get_project_report(slug, report_id, user=user_of(request))
    response = HttpResponse(_patterns(chosen).draft, content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="disagreements-{chosen.project.slug}-{chosen.pk}{exports.part_of_name(chosen)}.md"'
    )
    return response


def _patterns(chosen: AgreementReport) -> PatternsView:
    names = SchemaNames(schema_of(current_schema(chosen.project)))
    repeated = stored_disagreements.repeated_strings(chosen)
    disputed = stored_disagreements.disputed_sentences(chosen)
    return patterns_view(reports.figures_of(chosen), repeated, disputed, names)
