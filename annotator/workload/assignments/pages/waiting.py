"""What waits for a lead: submitted sets to review, skipped documents, stuck slots; and sending sets back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.corpus.spans.models import AnnotationSet
from annotator.corpus.spans.selectors import get_set
from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import Problem
from annotator.workload.assignments import selectors, services
from annotator.workload.assignments.models import SkipDecision
from annotator.workload.assignments.pages.forms import ReturnForm
from projects.roles import Capability
from projects.selectors import get_member_by_name, get_project

MOST_SHOWN = 100
PAGE_SIZE = 50
SKIPS_ON_PAGE = 20
"""Fewer than elsewhere: each has a list of all annotators."""


@login_required
@require_GET
def waiting(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what waits for a lead."""
    project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    now = timezone.now()
    context: dict[str, Any] = {
        "project": project,
        "sets": Paginator(selectors.sets_to_review(project), PAGE_SIZE).get_page(request.GET.get("page")),
        "slots": selectors.stuck_slots(project, now=now, most=MOST_SHOWN),
        "slot_count": selectors.count_stuck_slots(project, now=now),
        "skips": Paginator(selectors.skips_of(project), SKIPS_ON_PAGE).get_page(request.GET.get("skips")),
        "names": selectors.annotating_names(project),
    }
    return render(request, "assignments/waiting.html", context)


@login_required
@require_POST
def decide_skip(request: HttpRequest, skip_id: int) -> HttpResponse:
    """Decide about a skipped document."""
    user = user_of(request)
    skip = selectors.get_skip(skip_id, user=user)
    project, name = skip.document.project, request.POST.get("annotator", "")
    try:
        decision = SkipDecision(request.POST.get("decision", ""))
    except ValueError:
        messages.error(request, _("Choose an action for the document."))
        return redirect("assignments:waiting", project.slug)
    try:
        annotator = get_member_by_name(project, name).user if name else None
        services.decide_skip(skip, decision, by=user, now=timezone.now(), annotator=annotator)
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        names = {"document": str(skip.document), "decision": skip.get_decision_display()}
        messages.success(request, _("“%(document)s”: %(decision)s.") % names)
    return redirect("assignments:waiting", project.slug)


@login_required
@require_POST
def free(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Free the slot of an annotator."""
    assignment = selectors.get_assignment(assignment_id, user=user_of(request))
    names = {"name": assignment.annotator.get_username(), "document": str(assignment.document)}
    reason = request.POST.get("reason", "").strip()[:500] or _("Freed by a lead")
    try:
        kept = services.free_slot(assignment, reason=reason, now=timezone.now())
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        if kept:
            messages.success(request, _("Freed the slot of %(name)s on “%(document)s”. Their set is kept.") % names)
        else:
            messages.success(request, _("Withdrew “%(document)s” from %(name)s.") % names)
    return _back(request, assignment.document.project.slug)


@login_required
@require_POST
def approve(request: HttpRequest, set_id: int) -> HttpResponse:
    """Let a submitted set count."""
    annotation_set = _managed_set(request, set_id)
    try:
        services.approve(annotation_set)
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        names = {"name": annotation_set.name, "document": str(annotation_set.document)}
        messages.success(request, _("Approved the set of %(name)s over “%(document)s”. It counts from now on.") % names)
    return _back(request, annotation_set.document.project.slug)


@login_required
@require_http_methods(["GET", "POST"])
def return_set(request: HttpRequest, set_id: int) -> HttpResponse:
    """Send a submitted set back with a note."""
    annotation_set = _managed_set(request, set_id)
    project = annotation_set.document.project
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.return_set(annotation_set, note=form.cleaned_data["note"], by=user_of(request), now=timezone.now())
        except Problem as problem:
            show_problem(form, problem)
        else:
            names = {"name": annotation_set.name, "document": str(annotation_set.document)}
            messages.success(request, _("Returned “%(document)s” to %(name)s.") % names)
            return redirect("dashboard:document", annotation_set.document_id)
    context = {"project": project, "annotation_set": annotation_set, "form": form}
    return render(request, "assignments/return.html", context, status=422 if form.errors else 200)


def _managed_set(request: HttpRequest, set_id: int) -> AnnotationSet:
    user = user_of(request)
    annotation_set = get_set(set_id, user=user)
    get_project(annotation_set.document.project.slug, user=user, capability=Capability.MANAGE)
    return annotation_set


def _back(request: HttpRequest, slug: str) -> HttpResponse:
    """Return to the page that the form named."""
    return redirect("assignments:all" if request.POST.get("from") == "all" else "assignments:waiting", slug)
