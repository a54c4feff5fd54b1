"""The board of documents by people, with assigning, withdrawing and planning in bulk."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from annotator.corpus.documents.models import Document
from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput, Problem
from annotator.workload.assignments import selectors, services
from annotator.workload.assignments.models import Round
from annotator.workload.assignments.selectors.board import (
    NO_ROUND,
    STATES,
    Board,
    BoardFilter,
    board,
    board_plans,
    documents_of_plans,
)
from annotator.workload.assignments.services.plans import ensure_plans
from annotator.workload.assignments.services.queue import MOST_AT_ONCE
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_member_by_name, get_project

STATE_NAMES = {
    "free": gettext_lazy("with a free slot"),
    "full": gettext_lazy("all slots taken"),
    "unassigned": gettext_lazy("not assigned"),
    "adjudicated": gettext_lazy("adjudicated"),
    "excluded": gettext_lazy("excluded"),
}
LONGEST_SEARCH = 100
MOST_COUNTED = 10_000
"""Up to so many documents are counted; of more it is only said that they are more."""


@login_required
@require_http_methods(["GET", "POST"])
def board_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a page of the board; a POST changes the chosen documents, or all that the filter lets through."""
    project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    ensure_plans(project)
    chosen = _filter(request)
    if request.method == "POST":
        return _change(request, project, chosen)
    after = request.GET.get("after", "")
    shown: Board = board(project, chosen, after=int(after) if after.isdecimal() and len(after) < 10 else -1)
    context: dict[str, Any] = {
        "project": project,
        "board": shown,
        "chosen": chosen,
        "rounds": Round.objects.filter(project=project).order_by("-priority", "id"),
        "no_round": NO_ROUND,
        "states": [(name, STATE_NAMES[name]) for name in STATES],
        "count": board_plans(project, chosen).order_by()[: MOST_COUNTED + 1].count(),
        "most_counted": MOST_COUNTED,
        "most": MOST_AT_ONCE,
    }
    return render(request, "assignments/board.html", context)


def _filter(request: HttpRequest) -> BoardFilter:
    values = request.GET
    return BoardFilter(
        round=values.get("round", "")[:10],
        state=values.get("state", ""),
        person=values.get("person", "")[:150],
        search=values.get("search", "").strip()[:LONGEST_SEARCH],
    )


def _change(request: HttpRequest, project: Project, chosen: BoardFilter) -> HttpResponseRedirect:
    plans = board_plans(project, chosen)
    if request.POST.get("all") != "yes":
        keys = [int(key) for key in request.POST.getlist("document") if key.isdecimal() and len(key) < 19]
        plans = plans.filter(document__in=keys)
    action = ACTIONS.get(request.POST.get("action", ""))
    try:
        if action is None:
            raise InvalidInput(_("Choose what to do with the documents."))
        action(request, project, documents_of_plans(plans))
    except Problem as problem:
        messages.error(request, problem.detail)
    return HttpResponseRedirect(f"{reverse('assignments:board', args=[project.slug])}?{request.GET.urlencode()}")


def _assign(request: HttpRequest, project: Project, documents: Any) -> None:
    annotator = get_member_by_name(project, request.POST.get("annotator", "")).user
    chosen: list[Document] = list(documents[:MOST_AT_ONCE])
    result = services.assign_many(chosen, annotator, now=timezone.now())
    message = ngettext(
        "Assigned %(count)s document to %(name)s.", "Assigned %(count)s documents to %(name)s.", result.assigned
    )
    messages.success(request, message % {"count": f"{result.assigned:,}", "name": annotator.get_username()})
    if result.refused:
        detail = ngettext(
            "%(count)s document was not assigned: %(problem)s",
            "%(count)s documents were not assigned, the first one because: %(problem)s",
            result.refused,
        )
        messages.warning(request, detail % {"count": f"{result.refused:,}", "problem": result.problems[0]})


def _withdraw(request: HttpRequest, project: Project, documents: Any) -> None:
    annotator = get_member_by_name(project, request.POST.get("annotator", "")).user
    keys = set(documents.values_list("pk", flat=True)[:MOST_AT_ONCE])
    kept = withdrawn = 0
    for assignment in selectors.open_assignments_of(project, annotator):
        if assignment.document_id in keys:
            is_kept = services.free_slot(assignment, reason=_("Freed by a lead"), now=timezone.now())
            kept, withdrawn = kept + is_kept, withdrawn + (not is_kept)
    message = _("Freed %(all)s slots of %(name)s; %(kept)s begun sets are kept as unfinished.")
    messages.success(
        request, message % {"all": f"{kept + withdrawn:,}", "kept": f"{kept:,}", "name": annotator.get_username()}
    )


def _plan(request: HttpRequest, project: Project, documents: Any) -> None:
    values: dict[str, Any] = {}
    number = request.POST.get("to_round", "")
    if number == NO_ROUND:
        values["to_round"] = None
    elif number:
        values["to_round"] = selectors.get_round(int(number) if number.isdecimal() else 0, user=user_of(request))
    priority = request.POST.get("priority", "").strip()
    if priority:
        if not priority.removeprefix("-").isdecimal() or len(priority) > 5:
            raise InvalidInput(_("The priority must be a whole number."))
        values["priority"] = int(priority)
    count = services.plan_documents(project, documents, **values)
    message = ngettext("Planned %(count)s document.", "Planned %(count)s documents.", count)
    messages.success(request, message % {"count": f"{count:,}"})


def _exclude(request: HttpRequest, project: Project, documents: Any) -> None:
    reason, count = request.POST.get("reason", ""), 0
    for document in documents[:MOST_AT_ONCE]:
        if not document.is_excluded:
            services.exclude_work(project, document, reason=reason, by=user_of(request), now=timezone.now())
            count += 1
    message = ngettext("Excluded %(count)s document.", "Excluded %(count)s documents.", count)
    messages.success(request, message % {"count": f"{count:,}"})


ACTIONS: dict[str, Callable[[HttpRequest, Project, Any], None]] = {
    "assign": _assign,
    "withdraw": _withdraw,
    "plan": _plan,
    "exclude": _exclude,
}
