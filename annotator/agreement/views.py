"""Pages of agreement."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from annotator.agreement import exports, selectors, services
from annotator.agreement.forms import ScopeForm
from annotator.agreement.measured import seen_at, wanted_of
from annotator.agreement.models import AgreementReport, ReportedSet
from annotator.agreement.presentation import Names, report_shown
from annotator.agreement.report_comparison import compared_reports
from annotator.agreement.report_page import project_context, report_context
from annotator.agreement.reports import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.agreement.scope import Scope
from annotator.agreement.scope_words import scope_sentence
from annotator.agreement.side_by_side import side_by_side
from annotator.platform.accounts.requests import user_of
from projects.roles import Capability
from projects.schema import Schema
from projects.selectors import current_schema, get_project, schema_of


@login_required
@require_GET
def latest(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the newest finished report of a project, or how to get one."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    found = selectors.latest_report(project)
    if found is None:
        return render(request, "agreement/none.html", project_context(project, user))
    return render(request, "agreement/report.html", report_context(found, user, request.GET))


@login_required
@require_GET
def report(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """Show one report."""
    user = user_of(request)
    found = selectors.get_report_of(slug, report_id, user=user)
    if found.result is None:
        return redirect("jobs:job", slug, services.job_of(found).pk)
    return render(request, "agreement/report.html", report_context(found, user, request.GET))


@login_required
@require_POST
def measure(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a report and show its job."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MEASURE)
    scope = ScopeForm(request.POST, project=project).scope()
    started = services.start_report(project, started_by=user, now=timezone.now(), scope=scope)
    return redirect("jobs:job", project.slug, services.job_of(started).pk)


@login_required
@require_GET
def measures(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what each number means."""
    project = get_project(slug, user=user_of(request), capability=Capability.SEE_ALL_WORK)
    minimum = {"minimum_documents": MINIMUM_DOCUMENTS, "minimum_spans": MINIMUM_SPANS}
    return render(request, "agreement/measures.html", {"project": project, **minimum})


@login_required
@require_GET
def report_json(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """Download a report, or one part of it, with everything needed to repeat it."""
    found = selectors.get_report_of(slug, report_id, user=user_of(request))
    response = JsonResponse(
        exports.report_record(found, part=request.GET.get("part", "")),
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
    return _as_file(response, found, "json")


@login_required
@require_GET
def report_csv(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """Download the figures of a report, or of one part of it, as a table, with everything needed to repeat it."""
    found = selectors.get_report_of(slug, report_id, user=user_of(request))
    table = exports.report_csv(found, part=request.GET.get("part", ""))
    return _as_file(HttpResponse(table, content_type="text/csv; charset=utf-8"), found, "csv")


def _as_file(response: HttpResponse, report: AgreementReport, ending: str) -> HttpResponse:
    name = f"agreement-{report.project.slug}-{report.pk}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@require_GET
def against(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """Compare a report with an earlier or later one, `with`."""
    user = user_of(request)
    found = selectors.get_report_of(slug, report_id, user=user)
    wanted = request.GET.get("with", "")
    other = selectors.get_report_of(slug, int(wanted) if wanted.isascii() and wanted.isdigit() else 0, user=user)
    first, second = sorted((found, other), key=lambda each: each.pk)
    schema = schema_of(current_schema(found.project))
    one, another = (report_shown(services.result_of(each), schema) for each in (first, second))
    compared = compared_reports(one, another, services.result_of(first), services.result_of(second))
    context = {"project": found.project, "first": first, "second": second, "one": one, "another": another}
    label_name = Names(schema).label
    scopes = [scope_sentence(Scope.of_record(each.scope), label_name=label_name) for each in (first, second)]
    context |= {"sections": compared, "first_scope": scopes[0], "second_scope": scopes[1]}
    return render(request, "agreement/against.html", context)


@login_required
@require_GET
def compare(request: HttpRequest, slug: str, report_id: int, document_id: int) -> HttpResponse:
    """Show two sets of a document side by side, as the report measured them or, with `now`, as they are.

    `first` and `second` choose which, by id, `place` what is marked.
    """
    found = selectors.get_report_of(slug, report_id, user=user_of(request))
    measured = selectors.get_document_agreement(found, document_id)
    sets = list(selectors.reported_sets(found.pk, [document_id]))
    first = _chosen(sets, request.GET.get("first"))
    second = _chosen([each for each in sets if each != first], request.GET.get("second"))
    schema, wanted, is_now = schema_of(current_schema(found.project)), wanted_of(found, sets), "now" in request.GET
    seen = [
        seen_at(each.annotation_set, each.annotation_set.revision if is_now else each.revision, wanted)
        for each in (first, second)
    ]
    compared = side_by_side(
        measured.document.text,
        *seen,
        names=(first.author, second.author),
        schema=schema,
        chosen=request.GET.get("place", ""),
    )
    moved = [each for each in (first, second) if each.revision != each.annotation_set.revision]
    query = urlencode({"first": first.annotation_set_id, "second": second.annotation_set_id})
    context = {"project": found.project, "report": found, "measured": measured, "sets": sets, "first": first}
    context |= {"second": second, "compared": compared, "moved": moved, "is_now": is_now, "query": query}
    return render(request, "agreement/compare.html", context | {"labels": _legend(schema)})


def _chosen(sets: list[ReportedSet], wanted: str | None) -> ReportedSet:
    return next((each for each in sets if str(each.annotation_set_id) == wanted), sets[0])


def _legend(schema: Schema) -> list[tuple[str, str]]:
    """Name and looks of every label."""
    names = Names(schema)
    return [(label.name, names.style(label.id)) for label in schema.labels.values()]
