"""The board of documents by people, with assigning, withdrawing and planning in bulk."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from annotator.platform.accounts.requests import user_of
from annotator.problems import InvalidInput, Problem
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
from annotator.workload.assignments.services.bulk import BOARD_ACTIONS, BulkContext
from annotator.workload.assignments.services.plans import ensure_plans
from annotator.workload.assignments.services.queue import MOST_AT_ONCE
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_project

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
        "stands_under": reverse("assignments:waiting", args=[project.slug]),
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
    action = BOARD_ACTIONS.get(request.POST.get("action", ""))
    values = {name: str(value) for name, value in request.POST.items()}
    context = BulkContext(project, documents_of_plans(plans), values, user_of(request), timezone.now())
    try:
        if action is None:
            raise InvalidInput(_("Choose what to do with the documents."))
        outcome = action(context)
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, outcome.message)
        if outcome.problem:
            messages.warning(request, outcome.problem)
    return HttpResponseRedirect(f"{reverse('assignments:board', args=[project.slug])}?{request.GET.urlencode()}")
