"""Overview pages: projects, one project, its documents."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from annotator.corpus.documents.downloads import original_response
from annotator.corpus.documents.selectors import corrections_of, documents_with_same_text, get_original, original_of
from annotator.corpus.spans.exclusions import excluded_counts
from annotator.platform.accounts.models import User
from annotator.platform.accounts.requests import user_of
from annotator.site.dashboard import charts, progress, selectors
from annotator.workload.assignments.selectors import is_offered_documents
from annotator.workload.assignments.services import tallies
from annotator.workload.assignments.services.corrections import has_begun
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
        context |= _overview(project, user, manages=may[Capability.MANAGE])
    return render(request, "dashboard/project.html", context)


def _overview(project: Project, user: User, *, manages: bool) -> dict[str, Any]:
    """Return how far the project is, when it will be done, how good it is, and who needs help."""
    now = timezone.now()
    counting = tallies.bring_up_to_date(project, by=user, now=now)
    rounds, work = progress.round_progress(project), progress.person_weeks(project)
    past = progress.weeks(work)
    forecast = progress.forecast(rounds, past, today=now.date())
    mondays, people = progress.people_by_week(work, today=now.date())
    report = selectors.newest_report(project)
    bars = charts.round_bars(rounds)
    return {
        "counting": counting,
        "progress": selectors.progress_of(project, rounds),
        "forecast": forecast,
        "burn_up": charts.burn_up(past, forecast, today=now.date()),
        "week_bars": charts.week_bars(past),
        "bars": bars,
        "mondays": mondays,
        "people": selectors.annotator_progress(project, people),
        "team": selectors.team_pace(work) if manages else None,
        "waiting": progress.waiting_for_lead(project, user, now=now) if manages else None,
        "report": report,
        "labels": selectors.label_rows(report) if report else [],
        "excluded": excluded_counts(project),
        "jobs": selectors.newest_jobs(project, count=NEWEST_JOBS),
    }


@login_required
@require_GET
def document_page(request: HttpRequest, document_id: int) -> HttpResponse:
    """Show a document with its annotation sets."""
    user = user_of(request)
    document = selectors.get_document(document_id, user=user)
    role = role_in(document.project, user)
    may_manage = role is not None and can(role, Capability.MANAGE)
    may_adjudicate = role is not None and can(role, Capability.ADJUDICATE)
    context = {
        "project": document.project,
        "document": document,
        "sets": selectors.sets_of(document),
        "same_text": list(documents_with_same_text(document, user=user)[: MOST_DUPLICATES + 1]),
        "most_duplicates": MOST_DUPLICATES,
        "original": original_of(document) if role is not None and can(role, Capability.SEE_ALL_WORK) else None,
        "may_adjudicate": may_adjudicate,
        "may_manage": may_manage,
        "may_correct": may_manage and not has_begun(document),
        "may_see_times": may_manage,
        "corrections": list(corrections_of(document)) if may_manage else [],
    }
    return render(request, "dashboard/document.html", context)


@login_required
@require_GET
def original(request: HttpRequest, document_id: int) -> HttpResponse:
    """Send the original file of a document."""
    return original_response(get_original(document_id, user=user_of(request)))
