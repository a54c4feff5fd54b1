"""What annotators do with their own documents beside annotating: skip, resume, choose to annotate."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from annotator.platform.accounts.requests import user_of
from annotator.platform.http.forms import show_problem
from annotator.problems import Problem
from annotator.workload.assignments import selectors, services
from annotator.workload.assignments.models import SkipReason
from annotator.workload.assignments.pages.forms import SkipForm
from projects.roles import Capability
from projects.selectors import get_project
from projects.services import choose_to_annotate


@login_required
@require_http_methods(["GET", "POST"])
def skip(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Skip the user's own open document."""
    assignment = selectors.get_own_assignment(assignment_id, user=user_of(request))
    project = assignment.document.project
    form = SkipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = SkipReason(form.cleaned_data["reason"])
        try:
            services.skip(assignment, reason=reason, note=form.cleaned_data["note"], now=timezone.now())
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Skipped “%(document)s”.") % {"document": str(assignment.document)})
            return redirect("assignments:work", project.slug)
    context = {
        "project": project,
        "assignment": assignment,
        "form": form,
        "stands_under": reverse("assignments:work", args=[project.slug]),
    }
    return render(request, "assignments/skip.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def resume(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Take a slot again for the user's own unfinished set, and open it."""
    assignment = selectors.get_own_assignment(assignment_id, user=user_of(request))
    try:
        services.resume(assignment)
    except Problem as problem:
        messages.error(request, problem.detail)
        return redirect("assignments:work", assignment.document.project.slug)
    return redirect("editor:edit", assignment.annotation_set_id)


@login_required
@require_POST
def annotates(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose whether documents are assigned to the user."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.ANNOTATE)
    chosen = request.POST.get("annotates") == "yes"
    choose_to_annotate(project, user, annotates=chosen)
    if chosen:
        messages.success(request, _("Documents are assigned to you when you press “Next document”."))
    else:
        messages.success(request, _("No further documents are assigned to you. Open ones stay yours."))
    return redirect("assignments:work", slug)
