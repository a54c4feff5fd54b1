"""The page that lists disagreements."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from annotator.agreement import disagreement_exports, disagreement_selectors, selectors, services
from annotator.agreement.alignment import Kind
from annotator.agreement.disagreement_list import DisagreementList
from annotator.agreement.filters import NOTHING, ORDERS, Facets, Filters, facets
from annotator.agreement.kinds import KINDS
from annotator.agreement.models import AgreementReport
from annotator.agreement.pattern_page import BOUNDARY_WORDS
from annotator.agreement.presentation import Names
from annotator.agreement.wording import moment
from annotator.corpus.documents.models import Document
from annotator.platform.accounts.requests import user_of
from projects.selectors import current_schema, schema_of


@login_required
@require_GET
def disagreements(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """List the disagreements behind the figures of a report."""
    report = selectors.get_report_of(slug, report_id, user=user_of(request))
    services.result_of(report)
    filters = Filters.of_query(request.GET)
    page = disagreement_selectors.page_of(
        report, filters, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    counted = facets(disagreement_selectors.counts_of(report, filters), filters)
    names = Names(schema_of(current_schema(report.project)))
    documents = selectors.documents_with_texts({row.document for row in page.rows})
    shown = DisagreementList(
        names,
        texts={document.pk: document.text for document in documents.values()},
        titles={document.pk: str(document) for document in documents.values()},
        sets=selectors.sets_by_author(report, documents),
    )
    context = {
        "boundary": BOUNDARY_WORDS.get(filters.boundary, filters.boundary),
        "batch": moment(filters.batch) if filters.batch else "",
        "project": report.project,
        "report": report,
        "filters": filters,
        "total": counted.total,
        "rows": [shown.row(row, row.document) for row in page.rows],
        "before": _address(filters, "before", page.before),
        "after": _address(filters, "after", page.after),
        "document": _document(report, filters),
    }
    return render(request, "agreement/disagreements.html", context | _choices(filters, counted, names, report))


@login_required
@require_GET
def as_table(request: HttpRequest, slug: str, report_id: int) -> StreamingHttpResponse:
    """Download the list within its limits as a table."""
    return _download(request, slug, report_id, "csv", disagreement_exports.as_csv)


@login_required
@require_GET
def as_lines(request: HttpRequest, slug: str, report_id: int) -> StreamingHttpResponse:
    """Download the list within its limits as JSON, a line for each disagreement."""
    return _download(request, slug, report_id, "jsonl", disagreement_exports.as_json_lines)


def _download(
    request: HttpRequest,
    slug: str,
    report_id: int,
    ending: str,
    write: Callable[[Iterator[disagreement_exports.Record]], Iterator[str] | Iterator[bytes]],
) -> StreamingHttpResponse:
    report = selectors.get_report_of(slug, report_id, user=user_of(request))
    services.result_of(report)
    filters = Filters.of_query(request.GET)
    _document(report, filters)
    kind = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}[ending]
    rows = disagreement_exports.disagreement_records(report, filters)
    response = StreamingHttpResponse(write(rows), content_type=kind)
    name = f"disagreements-{report.project.slug}-{report.pk}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _address(filters: Filters, name: str, cursor: str) -> str:
    return "&".join(filter(None, [filters.query(), f"{name}={cursor}"])) if cursor else ""


def _document(report: AgreementReport, filters: Filters) -> Document | None:
    if not filters.document:
        return None
    return selectors.get_document_agreement(report, int(filters.document)).document


def _choices(filters: Filters, counted: Facets, names: Names, report: AgreementReport) -> dict[str, Any]:
    """Links and lists to choose from, each with how many there would be."""
    kinds = [
        {
            "looks": looks,
            "count": counted.kinds[kind],
            "query": filters.query(kind=kind),
            "current": filters.kind == kind,
        }
        for kind, looks in KINDS.items()
        if counted.kinds.get(kind)
    ]
    name = names.relation if filters.kind == Kind.RELATION else names.label
    labels = sorted((name(label), label, count) for label, count in counted.labels.items())
    people = [person["name"] for person in (report.result or {}).get("annotators", [])]
    pairs = [(f"{one} and {another}", one, another, count) for (one, another), count in sorted(counted.pairs.items())]
    return {
        "kinds": kinds,
        "every_kind": filters.query(kind="", attribute=""),
        "all_kinds": sum(counted.kinds.values()),
        "labels": labels,
        "nothing": NOTHING,
        "people": people,
        "pairs": pairs,
        "attributes": sorted(counted.attributes.items()),
        "orders": ORDERS.items(),
        "without_document": filters.query(document=""),
        "without_words": filters.query(words=""),
        "without_boundary": filters.query(boundary="", side=""),
        "without_place": filters.query(place=""),
        "without_batch": filters.query(batch=""),
    }
