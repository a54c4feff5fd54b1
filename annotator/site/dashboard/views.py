"""Overview pages: projects, one project, its documents."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from annotator.agreement.reports.sentences import figure_text
from annotator.agreement.selectors.reports import figures_of
from annotator.corpus.documents.downloads import original_response
from annotator.corpus.documents.selectors import documents_with_same_text, get_original, original_of
from annotator.corpus.spans.exclusions import excluded_counts
from annotator.platform.accounts.requests import user_of
from annotator.site.dashboard import progress, selectors
from annotator.workload.assignments.selectors import is_offered_documents
from annotator.workload.assignments.services.plans import ensure_plans
from annotator.workload.timing import selectors as timing
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import get_project, role_in, unseen_guidelines

NEWEST_JOBS = 5
MOST_DUPLICATES = 10


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """List the projects of the user."""
    return render(request, "dashboard/home.html", {"cards": selectors.project_cards(user_of(request))})


@login_required
@require_GET
def project_overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the overview of a project; annotators see their own progress only."""
    user = user_of(request)
    project = get_project(slug, user=user)
    role = role_in(project, user)
    may = {capability.value: role is not None and can(role, capability) for capability in Capability}
    context: dict[str, Any] = {"project": project, "role": role, "may": may}
    if may[Capability.ANNOTATE]:
        context["own"] = selectors.own_set_counts(project, user)
        context["is_offered"] = is_offered_documents(project, user)
        context["guidelines_news"] = unseen_guidelines(project, user)
    if may[Capability.SEE_ALL_WORK]:
        context |= {
            "progress": selectors.progress_of(project),
            "annotators": selectors.annotator_progress(project, with_pace=may[Capability.MANAGE]),
            "pace": timing.project_pace(project) if may[Capability.MANAGE] else None,
            "jobs": selectors.newest_jobs(project, count=NEWEST_JOBS),
            "report": selectors.newest_report(project),
            "overview": _overview(project),
        }
    return render(request, "dashboard/project.html", context)


def _overview(project: Project) -> dict[str, Any]:
    """Return how far the project is, when it will be done, how good it is, and who needs help."""
    ensure_plans(project)
    now = timezone.now()
    rounds, past = progress.round_progress(project), progress.weeks(project)
    forecast = progress.forecast(rounds, past, today=now.date())
    bars = progress.round_bars(rounds)
    mondays, people = progress.people_by_week(past)
    report = selectors.newest_report(project)
    figures = figures_of(report).labels if report else ()
    return {
        "bars": bars,
        "bars_height": 24 * len(bars),
        "forecast": forecast,
        "line": progress.burn_up(past, slots=forecast.slots),
        "past": past[-len(mondays) :],
        "mondays": mondays,
        "people": people,
        "waiting": progress.waiting_for_lead(project, now=now),
        "labels": [(row.label, row.spans, figure_text(row.overlap_f1)) for row in figures],
        "excluded": excluded_counts(project),
    }


@login_required
@require_GET
def document_page(request: HttpRequest, document_id: int) -> HttpResponse:
    """Show a document with its annotation sets."""
    user = user_of(request)
    document = selectors.get_document(document_id, user=user)
    role = role_in(document.project, user)
    may_adjudicate = role is not None and can(role, Capability.ADJUDICATE)
    context = {
        "project": document.project,
        "document": document,
        "sets": selectors.sets_of(document),
        "same_text": list(documents_with_same_text(document, user=user)[: MOST_DUPLICATES + 1]),
        "most_duplicates": MOST_DUPLICATES,
        "original": original_of(document) if role is not None and can(role, Capability.SEE_ALL_WORK) else None,
        "may_adjudicate": may_adjudicate,
        "may_manage": role is not None and can(role, Capability.MANAGE),
        "may_see_times": role is not None and can(role, Capability.MANAGE),
    }
    return render(request, "dashboard/document.html", context)


@login_required
@require_GET
def original(request: HttpRequest, document_id: int) -> HttpResponse:
    """Send the original file of a document."""
    return original_response(get_original(document_id, user=user_of(request)))
