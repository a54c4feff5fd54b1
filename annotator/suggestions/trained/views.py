"""Pages of trained models: the list, and one model with its figures."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotator.platform.accounts.requests import user_of
from annotator.suggestions.selectors import settings_of
from annotator.suggestions.trained import selectors, services
from annotator.suggestions.trained.pictures import learning_curve, reliability
from projects.models import Project
from projects.roles import Capability, can
from projects.selectors import get_project, role_in


def _context(request: HttpRequest, project: Project) -> dict[str, Any]:
    role = role_in(project, user_of(request))
    return {
        "project": project,
        "may_manage": role is not None and can(role, Capability.MANAGE),
        "stands_under": reverse("projects:settings", args=[project.slug]),
    }


@login_required
@require_http_methods(["GET", "POST"])
def models(request: HttpRequest, slug: str) -> HttpResponse:
    """List the models of a project; a lead starts training one."""
    user = user_of(request)
    if request.method == "POST":
        project = get_project(slug, user=user, capability=Capability.MANAGE)
        job = services.start_training(project, started_by=user, now=timezone.now())
        return redirect("jobs:job", slug, job.pk)
    project = get_project(slug, user=user, capability=Capability.SEE_ALL_WORK)
    rows = list(selectors.models_of(project))
    labels = list(dict.fromkeys(label for row in rows for label in row.figures["labels"]))
    table = [
        {"model": row, "figures": [row.figures["labels"].get(label, {}).get("exact", {}).get("f1") for label in labels]}
        for row in rows
    ]
    finished = len(selectors.finished_work(project).sets)
    context = {
        "rows": table,
        "labels": labels,
        "finished": finished,
        "least": services.LEAST_DOCUMENTS,
        "is_enough": finished >= services.LEAST_DOCUMENTS,
        "settings": settings_of(project),
        "is_on": selectors.MODEL in settings_of(project).sources,
    }
    return render(request, "suggestions/models.html", context | _context(request, project))


@login_required
@require_GET
def model(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show the figures of one model."""
    project = get_project(slug, user=user_of(request), capability=Capability.SEE_ALL_WORK)
    row = selectors.get_model(project, number)
    figures, settings = row.figures, settings_of(project)
    context = {
        "model": row,
        "figures": figures,
        "bar": settings.bar,
        "is_on": selectors.MODEL in settings.sources,
        "curve": learning_curve(figures["curve"]),
        "reliability": reliability(figures["labels"]),
        "left_out": {label: counts for label, counts in figures["coverage"].items() if counts["left_out"]},
        "not_learned": sorted(set(figures["coverage"]) - set(figures["labels"])),
    }
    return render(request, "suggestions/model.html", context | _context(request, project))


@login_required
@require_POST
def activate(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Offer the suggestions of another model from now on."""
    project = get_project(slug, user=user_of(request), capability=Capability.MANAGE)
    row = services.activate(project, number)
    messages.success(request, _("Model %(number)s is active.") % {"number": row.number})
    return redirect("sources:models", slug)
