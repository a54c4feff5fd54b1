"""Pages of assignments: the user's own documents, and for leads all assignments."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from annotator.platform.accounts.requests import user_of
from annotator.workload.assignments import selectors, services
from annotator.workload.assignments.problems import AssignmentStarted, NoDocumentLeft, NotAnnotating, QueuePaused
from projects.roles import Capability, can
from projects.selectors import get_project, role_in

PAGE_SIZE = 50


@login_required
@require_GET
def work(request: HttpRequest, slug: str) -> HttpResponse:
    """List the documents assigned to the user, open ones first."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.ANNOTATE)
    role = role_in(project, user)
    page = Paginator(selectors.own_assignments(project, user), PAGE_SIZE).get_page(request.GET.get("page"))
    used = [max(assignment.created_at, assignment.annotation_set.changed_at) for assignment in page]
    rows = [(row, selectors.expires_at(project, moment)) for row, moment in zip(page, used, strict=True)]
    notes = selectors.returned_notes(project, user)
    services.mark_seen(project, user, now=timezone.now())
    context = {
        "rows": rows,
        "notes": notes,
        "is_offered": selectors.is_offered_documents(project, user),
        "project": project,
        "role": role,
        "page": page,
        "progress": selectors.own_progress(project, user),
        "sees_all": role is not None and can(role, Capability.SEE_ALL_WORK),
    }
    return render(request, "assignments/work.html", context)


@login_required
@require_POST
def next_document(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the user's open document, or assign the next one."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.ANNOTATE)
    try:
        result = services.next_document(project, user=user, now=timezone.now())
    except (NoDocumentLeft, NotAnnotating, QueuePaused) as problem:
        messages.info(request, problem.detail)
        return redirect("assignments:work", project.slug)
    # By name, because the editor is in a layer above.
    return redirect("editor:edit", result.assignment.annotation_set_id)


@login_required
@require_GET
def assignments(request: HttpRequest, slug: str) -> HttpResponse:
    """List all assignments."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    role = role_in(project, user)
    rows = selectors.visible_assignments(project, user)
    # Keys first: the rows that belong to them are joined for one page only.
    page = Paginator(rows.select_related(None).values_list("pk", flat=True), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    may_withdraw = role is not None and can(role, Capability.MANAGE)
    context = {
        "project": project,
        "role": role,
        "page": page,
        "rows": rows.filter(pk__in=list(page)),
        "may_withdraw": may_withdraw,
        "stands_under": reverse("assignments:waiting", args=[slug]),
    }
    return render(request, "assignments/all.html", context)


@login_required
@require_POST
def withdraw(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Withdraw a document from an annotator who has not started it."""
    assignment = selectors.get_assignment(assignment_id, user=user_of(request))
    names = {"name": assignment.annotator.get_username(), "document": str(assignment.document)}
    try:
        services.withdraw(assignment, by=user_of(request), now=timezone.now())
        messages.success(request, _("Withdrew “%(document)s” from %(name)s.") % names)
    except AssignmentStarted as problem:
        messages.error(request, problem.detail)
    return redirect("assignments:all", assignment.document.project.slug)
