"""The pages of rounds: a list with progress, and the form of one."""

from typing import Any

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
from annotator.workload.assignments.models import Round
from annotator.workload.assignments.pages.forms import RoundForm, RoundMembersForm
from annotator.workload.assignments.selectors.tallies import round_progress
from annotator.workload.assignments.services import tallies
from projects.models import Project
from projects.roles import Capability
from projects.selectors import get_project, get_schema_version


@login_required
@require_http_methods(["GET", "POST"])
def rounds(request: HttpRequest, slug: str) -> HttpResponse:
    """List the rounds with their progress; a POST creates one."""
    user = user_of(request)
    project = get_project(slug, user=user, capability=Capability.MANAGE)
    initial = {"annotators_per_document": project.annotators_per_document}
    form = RoundForm(request.POST or None, project=project, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            created = services.create_round(project, now=timezone.now(), **_values(project, form))
        except Problem as problem:
            show_problem(form, problem)
        else:
            message = _("Created round “%(name)s”. Choose its people here, and its documents on the board.")
            messages.success(request, message % {"name": created.name})
            return redirect("assignments:round", created.pk)
    counting = tallies.bring_up_to_date(project, by=user, now=timezone.now())
    context = {
        "project": project,
        "form": form,
        "progress": round_progress(project),
        "counting": counting,
        "stands_under": reverse("assignments:waiting", args=[slug]),
    }
    return render(request, "assignments/rounds.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def round_page(request: HttpRequest, round_id: int) -> HttpResponse:
    """Change a round and its people."""
    changed = selectors.get_round(round_id, user=user_of(request))
    project = changed.project
    names = selectors.annotating_names(project)
    number = changed.schema_version.number if changed.schema_version else ""
    columns = {name: getattr(changed, name) for name in RoundForm.base_fields} | {"schema_version": number}
    form = RoundForm(request.POST or None, project=project, initial=columns)
    people = RoundMembersForm(request.POST or None, project=project, names=names, initial=_people(changed))
    if request.method == "POST" and form.is_valid() and people.is_valid():
        try:
            services.update_round(changed, **_values(project, form))
            services.set_round_members(changed, people.people())
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("Saved round “%(name)s”.") % {"name": changed.name})
            return redirect("assignments:rounds", project.slug)
    context: dict[str, Any] = {
        "project": project,
        "round": changed,
        "form": form,
        "people": people,
        "stands_under": reverse("assignments:waiting", args=[project.slug]),
    }
    return render(request, "assignments/round.html", context, status=422 if form.errors or people.errors else 200)


@login_required
@require_POST
def delete_round(request: HttpRequest, round_id: int) -> HttpResponse:
    """Delete a round; documents and annotations are kept."""
    deleted = selectors.get_round(round_id, user=user_of(request))
    services.delete_round(deleted)
    messages.success(
        request, _("Deleted round “%(name)s”. Its documents are in no round now.") % {"name": deleted.name}
    )
    return redirect("assignments:rounds", deleted.project.slug)


def _values(project: Project, form: RoundForm) -> dict[str, Any]:
    values = dict(form.cleaned_data)
    number = values["schema_version"]
    values["schema_version"] = None if number is None else get_schema_version(project, number)
    return values


def _people(changed: Round) -> dict[str, Any]:
    initial: dict[str, Any] = {}
    for member in changed.members.order_by("id"):
        initial |= {
            f"in-{member.user_id}": True,
            f"all-{member.user_id}": member.annotates_all,
            f"quota-{member.user_id}": member.quota,
        }
    return initial
