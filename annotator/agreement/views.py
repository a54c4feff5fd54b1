"""Pages of agreement."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from annotator.accounts.models import User
from annotator.accounts.requests import user_of
from annotator.agreement import selectors, services, wording
from annotator.agreement.models import AgreementReport, DocumentAgreement
from annotator.agreement.presentation import Names, report_shown
from annotator.agreement.reports import MINIMUM_DOCUMENTS, MINIMUM_SPANS
from annotator.agreement.side_by_side import side_by_side
from annotator.agreement.wording import shown_or_not
from projects.models import Project
from projects.roles import Capability, can
from projects.schema import Schema
from projects.schema_reading import read_schema
from projects.selectors import current_schema, get_project, role_in

DOCUMENTS_A_PAGE = 50
OLDER_REPORTS = 20


@login_required
@require_GET
def latest(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the newest finished report of a project, or how to get one."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    found = selectors.latest_report(project)
    if found is None:
        return render(request, "agreement/none.html", _project_context(project, user))
    return _report_page(request, found, user)


@login_required
@require_GET
def report(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """Show one report."""
    user = user_of(request)
    found = selectors.get_report_of(slug, report_id, user=user)
    if found.result is None:
        return redirect("jobs:job", slug, services.job_of(found).pk)
    return _report_page(request, found, user)


@login_required
@require_POST
def measure(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a report and show its job."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MEASURE)
    started = services.start_report(project, started_by=user, now=timezone.now())
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
def compare(request: HttpRequest, slug: str, report_id: int, document_id: int) -> HttpResponse:
    """Show two sets of a document side by side; `first` and `second` choose which, by id."""
    found = selectors.get_report_of(slug, report_id, user=user_of(request))
    measured = selectors.get_document_agreement(found, document_id)
    sets = list(selectors.reported_sets(found.pk, [document_id]))
    first = next((each for each in sets if str(each.annotation_set_id) == request.GET.get("first")), sets[0])
    others = [each for each in sets if each != first]
    second = next((each for each in others if str(each.annotation_set_id) == request.GET.get("second")), others[0])
    schema = read_schema(current_schema(found.project).definition)
    compared = side_by_side(
        measured.document.text,
        selectors.seen_set(first.annotation_set),
        selectors.seen_set(second.annotation_set),
        names=(first.author, second.author),
        schema=schema,
        chosen=request.GET.get("place", ""),
    )
    moved = [each for each in (first, second) if each.revision != each.annotation_set.revision]
    context = {"project": found.project, "report": found, "measured": measured, "sets": sets, "first": first}
    context |= {"second": second, "compared": compared, "moved": moved, "labels": _legend(schema)}
    return render(request, "agreement/compare.html", context)


def _report_page(request: HttpRequest, found: AgreementReport, user: User) -> HttpResponse:
    order = request.GET.get("order", "")
    order = order if order in selectors.ORDERS else "overlap"
    documents = selectors.documents_of(found, order=order).defer("document__text")
    page = Paginator(documents, DOCUMENTS_A_PAGE).get_page(request.GET.get("page"))
    stale = selectors.staleness(found)
    context = _project_context(found.project, user) | {
        "report": found,
        "shown": report_shown(services.result_of(found), read_schema(current_schema(found.project).definition)),
        "stale": wording.stale_sentence(changed=stale.changed, withdrawn=stale.withdrawn, added=stale.added),
        "order": order,
        "page": page,
        "rows": [_document_row(each) for each in page.object_list],
    }
    return render(request, "agreement/report.html", context)


def _project_context(project: Project, user: User) -> dict[str, Any]:
    """What a page says about measuring: whether the person may, whether it would give anything, what there is."""
    role = role_in(project, user)
    reports = list(selectors.reports_of(project)[:OLDER_REPORTS])
    return {
        "project": project,
        "may_measure": role is not None and can(role, Capability.MEASURE),
        "comparable": selectors.comparable_documents(project).count(),
        "absent": selectors.left_out(project),
        "reports": reports,
        "running": next((each for each in reports if each.job is not None and not each.job.is_finished), None),
    }


def _document_row(measured: DocumentAgreement) -> dict[str, Any]:
    """A document of the list with its figures as text."""
    figures = {"overlap": measured.overlap_f1, "exact": measured.exact_f1, "alpha": measured.alpha}
    return {"document": measured.document, **{name: shown_or_not(value) for name, value in figures.items()}}


def _legend(schema: Schema) -> list[tuple[str, str]]:
    """Name and looks of every label."""
    names = Names(schema)
    return [(label.name, names.style(label.id)) for label in schema.labels.values()]
